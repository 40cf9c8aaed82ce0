/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LOADER_H
#define UCRUN_LOADER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "stub.h"

/*
 * Loaders: what executing a file means. They see host descriptors and buffers only, never a task.
 *
 * A plan follows scripts down to an ELF file, exactly as fs/exec.c and fs/binfmt_script.c do, but
 * every name on the way is looked up in the view. What is left for the kernel is to run one ELF
 * file; where the kernel would take that file's ELF interpreter from the host instead of the view,
 * our stub takes its place.
 */

/** An executable file of the view. Give back with loader_file_close(). */
struct loader_file {
	int fd; /* readable, CLOEXEC; -1: none */
	char view[PATH_MAX]; /* its name as a program may be told it */
	char host[PATH_MAX]; /* real path */
	dev_t dev;
	ino_t ino;
};

struct loader_ops {
	/**
	 * open_exec() - open an executable regular file
	 * @path: in the view; relative to the task's cwd
	 * Return: 0, @out is the caller's; -ENOENT, -EACCES (no x bit, no regular file), ...
	 */
	int (*open_exec)(void *arg, const char *path, struct loader_file *out);
	/** same_as_host() - is what the kernel itself finds at @path the object (@dev, @ino)? */
	bool (*same_as_host)(void *arg, const char *path, dev_t dev, ino_t ino);
	bool foreign; /* files of other environments may be planned: somebody can run them */
	bool text; /* so may documents that are plain text */
};

enum plan_kind {
	PLAN_ELF, /* the kernel can run file by its host path */
	/*
	 * Our stub must map it: its ELF interpreter in the view is not the host's, or the mode bits
	 * that permit the exec are virtual ones and the kernel sees none.
	 */
	PLAN_ELF_STUB,
	/*
	 * Another environment has to run file: eel gets prefix (never NULL here) and then the
	 * arguments behind the program's first.
	 */
	PLAN_FOREIGN,
	PLAN_KIND_COUNT,
};

struct exec_plan {
	enum plan_kind kind;
	struct loader_file file; /* what is run in the end */
	struct loader_file interp; /* PLAN_ELF_STUB: its ELF interpreter; fd -1: it is static */
	char **prefix; /* from scripts: replaces argv[0]; NULL-terminated, NULL: no script */
	size_t nprefix;
	char execfn[PATH_MAX]; /* name of what was asked for, even a script: AT_EXECFN, comm */
	char reason[128]; /* of a refusal, for a person, one line; may be empty */
};

/** What can execute a kind of file. There are three: elf, script, foreign. */
struct loader {
	const char *name;
	/** claims() - is it this loader's? @head: the first @n bytes, zeros behind them */
	bool (*claims)(const struct loader_ops *ops, const unsigned char *head, size_t n);
	/**
	 * plan() - say how p->file is executed
	 * Return: 0 p is complete; 1 p->file is another file now, that has to be planned instead;
	 *         else as loader_plan()
	 */
	int (*plan)(const struct loader_ops *ops, void *arg, struct exec_plan *p,
		    const unsigned char *head, size_t n);
};

#define LOADER_HEAD_BYTES 256 /* BINPRM_BUF_SIZE, Linux >= 5.1 */

/**
 * loader_script_parse() - take "#!" and what follows apart, as the kernel does
 * @buf: the file's beginning, padded with NULs; changed, and pointed into
 * @arg: NULL there: none. Return: 0 or -ENOEXEC
 */
int loader_script_parse(char buf[LOADER_HEAD_BYTES], char **interp, char **arg);

/** loader_foreign: what neither runs, for an environment; see foreign.c */
extern const struct loader loader_foreign;

/**
 * loader_plan() - how to execute @file
 * @file: taken over, also when the call fails; its view name is what a script gets as argument, so
 *        it should be the name that the program gave ("/dev/fd/N[/PATH]" for execveat(2))
 * Return: 0; -ENOEXEC no loader claims it; -ELOOP scripts nest too deep; -ENOENT,
 *         -EACCES, ... an interpreter cannot be run; -ELIBBAD an ELF interpreter is broken;
 *         -EACCES a noexec mount; -EIO, -ENOMEM. exec_plan_finish() in any case.
 */
int loader_plan(const struct loader_ops *ops, void *arg, struct loader_file *file,
		struct exec_plan *out);
void exec_plan_finish(struct exec_plan *p);
/** loader_file_close() - close the descriptor; harmless when there is none */
void loader_file_close(struct loader_file *f);

/** loader_stub() - the ELF image of the stub, called as stub.h says; static, @size in bytes */
const void *loader_stub(size_t *size);

#endif
