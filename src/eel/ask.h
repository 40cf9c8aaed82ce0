/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_ASK_H
#define UCRUN_EEL_ASK_H

#include <stdio.h>

#include "trust.h"

#define HASH_TEXT 65 /* SHA-256 in hexadecimal, with the NUL */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_NEVER, ANSWER_ALWAYS, ANSWER_COUNT };

/** hash_file() - SHA-256 of all that @fd holds, read through a fixed buffer. Return: 0 or -errno */
int hash_file(int fd, char out[HASH_TEXT]);

/** question_text() - the question as it is shown, many lines, the caller's; NULL: no memory */
char *question_text(const char *path, const struct content *c, const struct record *env,
		    const struct judgement *j);

/** question_ask() - on the user's terminal. Return: the answer; ANSWER_NO without a terminal */
enum answer question_ask(const char *text);

/**
 * decision_find() - what was decided earlier for this content, rule and environment
 * @store: a file of decisions; one line each, the last one counts
 * Return: ANSWER_YES, ANSWER_NO, or -ENOENT
 */
int decision_find(const char *store, const char *hash, enum trust_rule rule, const char *env);
/** decision_add() - remember. Return: 0 or -errno */
int decision_add(const char *store, const char *hash, enum trust_rule rule, const char *env,
		 bool yes);
/** decision_store() - the standard place: $XDG_STATE_HOME/uc/decisions. Return: "" when there is
 * none */
const char *decision_store(void);

#endif
