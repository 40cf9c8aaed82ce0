/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_FILTER_H
#define UCRUN_FILTER_H

#include <linux/filter.h>

enum filter_level {
	FILTER_PATH,
	FILTER_NATIVE,
	FILTER_NATIVE_BUDGET, /* TRAP_BUDGET is TRAP_NOTIFY */
	FILTER_NATIVE_DEAF, /* nobody listens: a row that asks for it is let through */
};

/**
 * filter_compile() - the session's seccomp filter out of the call table
 * At native level 32-bit programs run: their calls go by the row of the same name, and none of
 * them is trapped, because nobody injects into them.
 * @allow: set of enum call_allow; of no effect at path level
 * @prog: filter is the caller's, free() it
 * Return: 0 or -ENOMEM
 */
int filter_compile(struct sock_fprog *prog, enum filter_level level, unsigned allow);

#endif
