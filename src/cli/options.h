/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_OPTIONS_H
#define UCRUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "budget.h"

enum bind_mode { BIND_RW, BIND_RO, BIND_COW, BIND_MINCOW, BIND_MERGE, BIND_TMP, BIND_MODE_COUNT };

#define BIND_EXCEPT_MAX 16

struct bind_spec {
	char *src, *dst;
	enum bind_mode mode;
	char *except[BIND_EXCEPT_MAX]; /* holes: view paths where what is below shows */
	unsigned nexcept;
};

struct options {
	const char *user;
	const char *root;
	const char *cwd;
	const char *hostname;
	const char *trace_file;
	bool ephemeral, trace;
	unsigned trace_classes;
	struct budget budget; /* --cpus and so on; unset where nothing was said */
	bool require_budget;
	struct bind_spec *binds;
	unsigned nbinds;
	char **env; /* NAME or NAME=VALUE, in order */
	unsigned nenv;
	char *const *argv; /* the program and its arguments */
};

/**
 * options_parse() - the command line; prints and exits for --help, --version and mistakes (125)
 * Strings point into @argv or are never freed: they live as long as the process.
 */
void options_parse(int argc, char **argv, struct options *o);

#endif
