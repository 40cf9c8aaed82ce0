/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_BUDGET_H
#define UCRUN_BUDGET_H

#include "compartment.h"
#include "limit.h"

/*
 * Budgets: what a compartment may use of the machine.
 *
 * Limits come from, each overriding those before it:
 *
 *	built-in		pids, and memory at a share of the machine's
 *	/etc/uc/uc.conf		[budget]
 *	$XDG_CONFIG_HOME/uc/uc.conf	[budget]
 *	NAME/uc.conf		[budget], what "uc set" writes
 *	the command line
 *
 * and are cut to the ceiling, which is the machine's owner's and cannot be lifted: [ceiling] in
 * /etc/uc/uc.conf for everybody, [budget] in /etc/uc/user.d/NAME.conf for the compartments of the
 * host's user NAME, and for those called NAME.
 *
 * Who enforces them is told in cgroup.h.
 */

enum budget_file {
	BUDGET_FILE_MACHINE, /* /etc/uc/uc.conf: [budget] and [ceiling] */
	BUDGET_FILE_USER_CEILING, /* /etc/uc/user.d/NAME.conf: [budget] is a ceiling */
	BUDGET_FILE_PLAIN, /* the user's and the compartment's own: [budget] */
};

/**
 * budget_read() - the text of one configuration file
 * @file: its name, for messages
 * @b, @ceiling: what it says goes over them; @ceiling is only lowered
 * Return: 0, or -EINVAL and "file:line: what" in @err
 */
int budget_read(const char *text, const char *file, enum budget_file kind, struct budget *b,
		struct budget *ceiling, char *err, size_t errlen);
/**
 * budget_load() - what all files say about a compartment, without defaults and not cut
 * @c: NULL: the machine's and the user's alone
 */
int budget_load(const struct compartment *c, struct budget *b, struct budget *ceiling, char *err,
		size_t errlen);
/**
 * budget_edit() - a configuration text with one limit of [budget] changed
 * @value: BUDGET_UNSET takes the line out. Everything else in the text stays as it is.
 * Return: the caller's; NULL when out of memory
 */
char *budget_edit(const char *text, enum budget_key key, int64_t value);
/** budget_store() - change the compartment's own uc.conf: all keys set in @b; @unset: mask to drop
 */
int budget_store(const struct compartment *c, const struct budget *b, unsigned unset, char *err,
		 size_t errlen);

#endif
