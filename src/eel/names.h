/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_NAMES_H
#define UCRUN_EEL_NAMES_H

#include <stdbool.h>

/*
 * What a name does to a reader: all that a supervisor asks of src/eel. Nothing here reads a file.
 */

/** eel_name_suspect() - must eel look at the content before a file of this name is run? */
bool eel_name_suspect(const char *path);
/** name_promises_document() - does it have an extension of documents? */
bool name_promises_document(const char *path);

#endif
