/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_OPTIONS_H
#define UCRUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "budget.h"
#include "plan.h"

/** --display; auto: what the file and the owner make of it */
enum show { SHOW_AUTO, SHOW_NONE, SHOW_HOST, SHOW_NESTED };

enum trap_level { TRAP_LEVEL_AUTO, TRAP_LEVEL_PATH, TRAP_LEVEL_NATIVE };

struct options {
	const char *user;
	const char *root;
	const char *cwd;
	const char *hostname;
	const char *trace_file;
	enum trap_level trap;
	enum show show;
	bool ephemeral, trace;
	unsigned trace_classes;
	struct budget budget; /* --cpus and so on; unset where nothing was said */
	bool require_budget;
	struct bind_spec *binds;
	unsigned nbinds;
	char **env; /* NAME or NAME=VALUE, in order */
	unsigned nenv;
	const char *ee; /* the environment that is to run FILE */
	const char *policy; /* of what is not plainly allowed: allow, ask, deny */
	unsigned allow; /* set of enum call_allow: --allow */
	bool explain, json;
	const char *open_dir; /* of the command open in the session; NULL: there is none */
	char *const *argv; /* the program and its arguments */
};

/**
 * options_parse() - the command line; prints and exits for --help, --version and mistakes (125)
 * Strings point into @argv or are never freed: they live as long as the process.
 */
void options_parse(int argc, char **argv, struct options *o);

/**
 * options_bind_before() - add binds of our own in front of the user's, which may cover them
 * @binds: copied; what they point to must live as long as @o. Return: 0 or -ENOMEM
 */
int options_bind_before(struct options *o, const struct bind_spec *binds, unsigned n);

#endif
