/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_OPTIONS_H
#define UCRUN_EEL_OPTIONS_H

#include "chain.h"
#include "compartment.h"
#include "options.h"
#include "scvm.h"

/**
 * eel_find() - open the eel that belongs to this ucrun: next to it, or in libexec
 * Call it before any privilege is given up: the compartment's user need not reach it by name.
 * @e: filled in; @e->fd stays -1 when there is none
 */
void eel_find(struct scvm_eel *e);

/**
 * eel_options() - what eel is told: the command line's wishes, and the levels of trust that the
 * owner's configuration on the host sets for the compartment
 * @documents_only: the first program must be a document's viewer: a display was opened for one
 * Mistakes in that configuration are told as warnings. Strings are never freed.
 */
void eel_options(struct scvm_eel *e, const struct options *o, const struct compartment *c,
		 bool documents_only);

/**
 * eel_binds() - show eel as EEL_OPEN in the session, and our own emulators beside it, as far as the
 * compartment's user may read them
 */
void eel_binds(const struct scvm_eel *e, struct options *o, const struct compartment *c);

#define EEL_OPEN_DIR EEL_PROGRAMS /* in /dev, the session's own: no trace in the layers */
#define EEL_OPEN     EEL_OPEN_DIR "/open"

#endif
