/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOADERS_FIXTURE_H
#define LOADERS_FIXTURE_H

/*
 * For the tests of loaders, test_loaders*.c: each runs in a private directory. Plans are made over
 * the host's own files. "i" in that directory is the test program itself: called so, it tells its
 * arguments.
 */
#include <check.h>

#include "loader.h"

#define TEXT_BYTES     16384
#define STATUS_NO_EXEC 99 /* of a child: execve failed, errno is in the text */
#define FD_PROG	       30 /* up to FD_INTERP: what run()'s child keeps */
#define FD_INTERP      31

extern bool same; /* what same_as_host() answers; true at the start */

void file_make(const char *name, const void *data, size_t len, mode_t mode);
void script_make(const char *name, const char *text);
/** fds_open() - how many descriptors this process has */
int fds_open(void);

extern const struct loader_ops host_ops; /* a view that is the host */
/** file_open() - what open_exec() gives, whatever the file's mode */
int file_open(const char *path, struct loader_file *out);
/** plan() - loader_plan()'s answer for @path, in a view that is the host */
int plan(const char *path, struct exec_plan *p);
/**
 * run() - run @path, or @fd when it is not -1
 * @text:	of TEXT_BYTES, for stdout and stderr
 *
 * Return: the wait status.
 */
int run(const char *path, int fd, char *const argv[], char *const envp[], char *text);
/** text_add_arg() - append to @text what "i" says of the argument @arg */
void text_add_arg(char *text, const char *arg);

struct loaders_case {
	const char *name; /* NULL: the end */
	void (*add_tests)(TCase *t);
};

/** loaders_main() - "i", or run the tests of @cases; what main() returns */
int loaders_main(const char *name, struct loaders_case *cases, int argc, char **argv);

#endif
