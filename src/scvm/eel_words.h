/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_WORDS_H
#define UCRUN_EEL_WORDS_H

#include "scvm.h"

/** eel_words_max() - how many words eel_words() may write */
size_t eel_words_max(const struct scvm_eel *eel);
/**
 * eel_words() - eel's own arguments, up to the file's name
 * @first: for the first program of the session
 * @v:     the words are the caller's, each from malloc(3); a NULL among them: out of memory
 * Return: how many
 */
size_t eel_words(const struct scvm_eel *eel, bool first, char **v);
/** eel_has_extension() - a name like a document's: with an extension, and not hidden */
bool eel_has_extension(const char *path);

#endif
