/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_OWN_BUDGET_H
#define UCRUN_OWN_BUDGET_H

#include "chain.h"

/*
 * The budget that an environment's record asks for. In a session eel asks the supervisor, by an
 * execve(2) of a name that no file has: at both levels that call is trapped. Its one argument is
 * "NAME KEY=VALUE...", and it returns instead of executing: a mask (1 << enum budget_key) of what
 * holds from now on for this process and what it starts, or an error.
 */
#define OWN_BUDGET_ASK	 "/dev/uc/budget"
#define OWN_BUDGET_BYTES 512 /* of that argument, with its NUL */

/**
 * own_budget_of() - what the environments of @c want, the least of each
 * Return: the id of the first that wants something; NULL: none does
 */
const char *own_budget_of(const struct registry *r, const struct chain *c, struct budget *b);
/**
 * own_budget_enter() - have this process put under it; what no cgroup holds, setrlimit(2) may
 * @why: a line about what does not hold: to warn with, and with @required an error
 * Return: 0: all holds; -EOPNOTSUPP: @why tells
 */
int own_budget_enter(const char *id, const struct budget *b, bool required, char why[WHY_BYTES]);

#endif
