/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_SCVM_H
#define UCRUN_SCVM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "view.h"

/*
 * The system-call virtual machine: runs a program and everything that it starts, and performs on
 * their behalf the system calls that the view needs. See docs/internals.md for the way of one call.
 */

/** The program that runs files of other environments. It must be static: a view may be empty. */
struct scvm_eel {
	int fd; /* its file, readable; -1: there is none, such files are refused */
	char *const *options; /* for each of its runs; NULL-terminated */
	char *const *first_options; /* besides, for the first program's */
	bool first; /* the first program goes to it whatever it is, even when it is not there */
};

/** What the budget leaves a session, as programs are to see it. 0: as the machine has it. */
struct scvm_budget {
	unsigned cpus;
	unsigned long long memory_bytes, memory_used_bytes, memory_cache_bytes;
	unsigned long long swap_bytes; /* counts when memory_bytes does */
	unsigned long long swap_used_bytes;
};

/** scvm_budget_text() - @file (meminfo, cpuinfo, online) cut to it; the caller's. NULL: no memory
 */
char *scvm_budget_text(const struct scvm_budget *b, const char *file, const char *text);

/** A task asks for a session in its session. */
struct scvm_ask {
	const char *words; /* what it wants, NUL-terminated each */
	size_t len; /* of all of them */
	const struct walker *who; /* it: its view, what it may, its root */
	pid_t pid; /* its process */
	void *outer; /* scvm_nest.handle of its session */
};

struct scvm_nest {
	struct view *view; /* scvm's now; proc is added */
	char hostname[65]; /* "": as outside of it */
	void *handle; /* for nest_close() */
};

struct scvm_config {
	struct view *view; /* borrowed; proc is added by scvm_run() */
	char *const *argv; /* argv[0] is looked for as execvp(3) does, in the view */
	char *const *envp;
	const char *cwd; /* view path to start in */
	const char *hostname; /* NULL: the host's */
	const char *tmp; /* a private directory for shadows, absolute host path */
	FILE *trace; /* NULL: no trace */
	unsigned trace_classes; /* 1 << enum call_class, 0: all */
	uid_t host_uid;
	gid_t host_gid;
	mode_t umask; /* of the first program */
	const struct scvm_eel *eel; /* borrowed; NULL: none */
	/*
	 * Called in the first task, which has one thread and may have other rights than the caller,
	 * before it starts anything: put this process into the session's budget. Not 0: it must not
	 * run. NULL: there is nothing to do.
	 */
	int (*enter)(void *arg);
	void (*guard)(void *arg); /* the same for the guard; NULL: nothing to do */
	/* What of the machine shows in sysinfo(2), /proc/meminfo, ...: any thread. NULL: all */
	void (*look)(void *arg, struct scvm_budget *out);
	/*
	 * Put a process of the session into the cgroup of an environment: any thread. @words:
	 * "NAME KEY=VALUE...", from anybody inside; @nest: a number of the nested session that it
	 * is in, 0: none. Mask of the limits that hold, or -errno. NULL: there are no such cgroups.
	 */
	int (*environment)(void *arg, int pidfd, unsigned nest, const char *words);
	void *budget_arg;
	/*
	 * Sessions in the session: any thread, one at a time. What nest_open() returns is what an
	 * error of ucrun would say; nest_close() is called when its last task has ended, but its
	 * view may be looked at for a moment longer. NULL: there are none.
	 */
	int (*nest_open)(const struct scvm_ask *ask, struct scvm_nest *out, char *err,
			 size_t errlen);
	void (*nest_close)(void *handle);
	void *nest_handle; /* scvm_ask.outer for a task of the session itself */
	uint64_t *traps; /* counts trapped calls, for others to read; NULL: does not */
	rlim_t nofile; /* of the first program at most; 0: as it is */
};

/**
 * scvm_run() - run the program until the last task of the session is gone
 * @status: wait status of the first program
 * @err:    on failure a line that says what is missing and what would help
 * Return: 0, or -errno when the session could not be started (nothing has run then)
 */
int scvm_run(const struct scvm_config *cfg, int *status, char *err, size_t errlen);

/**
 * scvm_other_listener() - are we below another supervisor, so that no session can start here?
 * The kernel allows one listener for a tree of processes. For telling why something else failed.
 */
bool scvm_other_listener(void);
#define SCVM_OTHER_LISTENER                                                                       \
	"seccomp: another supervisor already listens here (a sandbox or another ucrun), and the " \
	"kernel allows one: start ucrun outside of it"

/** scvm_trace_classes() - "path,exec" to a mask for trace_classes; 0 for an unknown name */
unsigned scvm_trace_classes(const char *list);

/**
 * scvm_kill_session() - SIGKILL every task that carries the session's tag, until none is left
 * Used by the guard when the supervisor died, and by a sweep of a crashed session.
 */
void scvm_kill_session(unsigned long tag);

#endif
