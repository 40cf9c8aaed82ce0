/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_STATE_H
#define UCRUN_M68K_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state_file.h"
#include "thread.h"

/*
 * Theory of operation.
 * --save reserves a signal. When it comes, every guest thread parks: between two runs of the
 * engine, or in a call of the host's that was interrupted without any effect. The last one to park
 * writes the file; then all go on, and the interrupted calls are made again, for the rest of the
 * time that they had. What is saved is a program in front of such a call, so that it makes it again
 * when it is restored. A child of the program's is not saved, nor can it save.
 */

/** struct state_options - what --save and its companions say */
struct state_options {
	const char *file; /* absolute; NULL: nothing is saved */
	int signal;
	bool end; /* --save-exit */
};
extern struct state_options state_options;

/** state_set_file() - --save. Return: 0 or -errno. */
int state_set_file(const char *path);
/** state_set_signal() - --save-signal, "USR1" or a number. Return: 0 or -EINVAL. */
int state_set_signal(const char *name);
/** state_arm() - from now on the signal saves; the engine's lock is held */
void state_arm(void);
/** state_forget() - in a child: the signal is the program's again */
void state_forget(void);
/** state_before_exec() - the signal must not end a program that is not armed yet.
 * state_after_exec(): there was none. Return: is there a file to be saved by the next program? */
bool state_before_exec(void);
void state_after_exec(void);

/** state_has_terminal() - is standard input a terminal whose settings are ours to change now? */
bool state_has_terminal(void);

extern _Atomic bool state_wanted; /* a thread should park when it can */
/** state_park() - between two runs of the engine; lock held */
void state_park(struct m68k_thread *t);

/** struct state_wait - a call of the host's that may be made again */
struct state_wait {
	long nr;
	long *args;
	int64_t deadline_ns; /* -1: none */
};
/** state_wait_begin() - before the call; what is left from a restored wait is put in */
void state_wait_begin(struct state_wait *w, struct m68k_thread *t, long nr, long args[6]);
/** state_wait_again() - it was interrupted: to save? Then it was done; make the call again. */
bool state_wait_again(struct state_wait *w, struct m68k_thread *t);
static inline bool state_watches(const struct m68k_thread *t)
{
	return state_options.file || t->wait_ns != STATE_NO_LIMIT;
}

/* state_save.c */
/** state_save() - all threads are parked. Return: false: it was said why not */
bool state_save(const char *path);
/* state_restore.c */
/**
 * state_restore() - bring a program back into an engine that has run nothing
 * @out: the thread to continue; the engine's lock is not held
 * Return: 0, or the exit status, after saying why
 */
int state_restore(const char *path, struct m68k_thread **out);
/** state_restore_end() - the rest, with the lock held: signals, timers, the other threads */
int state_restore_end(struct m68k_thread *t);

/* state_fds.c */
/** state_list_fds() - all numbers but ours, ascending. Return: count or -errno; *out the caller's
 */
int state_list_fds(int **out);
/** state_describe_fds() - fill s->fds. @why: room for a text. Return: 0, -errno, or -ENOTSUP: *why
 */
int state_describe_fds(struct state *s, char *why, size_t room);
/** state_reopen_fds() - the same backwards. Return: 0, or -errno and a text in *why. */
int state_reopen_fds(const struct state *s, char *why, size_t room);

#endif
