/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_CHAIN_H
#define UCRUN_EEL_CHAIN_H

#include <limits.h>

#include "registry.h"

/*
 * From a file to something that the kernel runs: choose an environment, then an environment for its
 * program, and so on down to a native ELF program or script.
 *
 * Args templates: %f the file, %a the file's own arguments (a word of its own), %d its directory,
 * %n its last component, %s that without its extension, %h the home directory, %% a percent sign.
 */

#define CHAIN_MAX      8
#define CANDIDATES_MAX 256
#define WHY_BYTES      256

/* Where a session has the programs that come with ucrun. Looked at after PATH. */
#define EEL_PROGRAMS "/dev/uc"

/** What is there where we run. */
struct situation {
	const char *ee; /* --ee: the only environment wanted; NULL: any */
	char *search; /* PATH, and then the programs that come with ucrun */
	bool x11, wayland, terminal;
};

struct candidate {
	size_t record; /* index in the registry */
	char why[WHY_BYTES]; /* it won or lost */
};

/** Everything that matched, in order. */
struct choice {
	struct candidate v[CANDIDATES_MAX];
	unsigned n;
	int won; /* index in v; -1: nobody */
	int missing; /* first that only lacks its program; -1: none */
};

struct chain_link {
	size_t record;
	char program[PATH_MAX]; /* where it is */
	struct content what; /* what the program is */
};

struct chain {
	struct chain_link v[CHAIN_MAX]; /* v[0] runs the file, v[1] runs v[0]'s program */
	unsigned n;
	char **argv; /* of the last link, complete; argv[0] is its program */
};

/**
 * situation_now() - from the environment and the descriptors of this process
 * @own: where the programs that come with ucrun are; NULL: EEL_PROGRAMS
 */
void situation_now(struct situation *s, const char *own);
void situation_finish(struct situation *s);

/**
 * choose() - who could run @c, and who does
 * @head: the file's first bytes, for records with a Magic
 * @all:  load every stage, even when somebody has won
 */
void choose(struct registry *r, const struct situation *s, const struct content *c,
	    const char *path, const unsigned char *head, size_t nhead, bool all,
	    struct choice *out);

/**
 * chain_build() - from the winner down to a native program
 * @args: the file's own arguments, NULL-terminated
 * @why:  on failure a line for a person: "what: why"
 * Return: 0, chain_finish() it; -ENOENT nobody runs a program on the way (status 127);
 *         -ELOOP too long or a cycle; -EACCES a program cannot be read; -ENOMEM
 */
int chain_build(struct registry *r, const struct situation *s, const struct mime *mime,
		size_t record, const char *file, char *const *args, struct chain *out,
		char why[WHY_BYTES]);
void chain_finish(struct chain *c);

/** program_find() - along @search, or as a path. Return: 0 or -ENOENT, -EACCES */
int program_find(const char *name, const char *search, char out[PATH_MAX]);

/** expand_args() - one link's argument vector; NULL: out of memory or too many */
char **expand_args(const struct record *rec, const char *program, const char *file,
		   char *const *args);

#endif
