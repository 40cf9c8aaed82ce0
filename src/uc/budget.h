/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_BUDGET_H
#define UCRUN_BUDGET_H

#include <stdint.h>

#include "compartment.h"

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

enum budget_key {
	BUDGET_CPUS, /* 1/1000 of a processor */
	BUDGET_CPU_WEIGHT, /* 1 to 10000, 100 is everybody's */
	BUDGET_MEMORY, /* bytes */
	BUDGET_SWAP, /* bytes, beside memory */
	BUDGET_PIDS, /* processes and threads */
	BUDGET_IO_WEIGHT, /* 1 to 10000, 100 is everybody's */
	BUDGET_NOFILE, /* open files of one process */
	BUDGET_KEY_COUNT,
};

#define BUDGET_UNSET   (-1)
#define BUDGET_NOLIMIT INT64_MAX /* "max" was said */

#define BUDGET_DEFAULT_PIDS	      4096
#define BUDGET_DEFAULT_MEMORY_PERCENT 80

/** Limits, or a ceiling: BUDGET_UNSET where nothing is said. */
struct budget {
	int64_t value[BUDGET_KEY_COUNT];
};

void budget_init(struct budget *b);
const char *budget_key_name(enum budget_key key); /* "cpu-weight" */
/** budget_key_find() - a key by its name, or -1 */
int budget_key_find(const char *name);

/**
 * budget_parse() - one limit from text: "0.5", "512M", "max"
 * @why: on failure what is wrong with it, without naming it
 * Return: 0, -EINVAL or -ERANGE
 */
int budget_parse(enum budget_key key, const char *text, int64_t *value, char *why, size_t len);
/** budget_format() - a limit as budget_parse() reads it; "" for BUDGET_UNSET */
void budget_format(enum budget_key key, int64_t value, char *text, size_t len);

/** budget_over() - values of @from that are set replace those in @b */
void budget_over(struct budget *b, const struct budget *from);
/** budget_cut() - bring @b below @ceiling; also where @b says nothing. Return: mask of keys cut */
unsigned budget_cut(struct budget *b, const struct budget *ceiling);
/** budget_defaults() - fill in what nobody said */
void budget_defaults(struct budget *b);
/** budget_given() - mask (1 << enum budget_key) of what is set */
unsigned budget_given(const struct budget *b);

/* ---- budget_config.c ---- */

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
