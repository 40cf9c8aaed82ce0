/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_FRAME_H
#define UCRUN_M68K_FRAME_H

#include "thread.h"

/* What Linux/m68k puts on the stack for a handler: arch/m68k/kernel/signal.c, both forms. */

/** frame_push() - make the thread continue in the handler. Return: false when the stack is not
 *  there; nothing changed then. @old is the mask to come back to. */
bool frame_push(struct m68k_thread *t, int sig, const struct m68k_action *act,
		const siginfo_t *info, uint64_t old);

#endif
