/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_SESSION_H
#define UCRUN_SESSION_H

#include <stdint.h>

#include "compartment.h"

/*
 * Sessions on disk: NAME/sessions/PID/ belongs to the ucrun of that pid.
 *
 *	lock	held by flock(2) as long as the session lives: the kernel lets go, whatever happens
 *	info	"key=value" lines: pid, start, started, command, level, traps_fd, and for the
 *		native level userns and mntns: descriptors of that pid (session_pool_set())
 *	tmp/	private files of the session
 *
 * A directory whose lock can be taken is stale; the next session_begin() sweeps it. Beginning,
 * sweeping, reset and rm exclude each other by a lock on sessions/.lock, so that none of them
 * takes a half-made session for a stale one. It is held for moments only.
 */

struct session;

/**
 * session_begin() - register this process as a session of @c; sweep stale ones first
 * @out:  session_end()
 * @c:    borrowed, must outlive the session; call compartment_become() first
 * @level: who carries it; one compartment's sessions are all of one level at a time
 * @argv: what is run, for "uc ps"
 * Return: -EDEADLK: live sessions are of the other level
 */
int session_begin(struct session **out, struct compartment *c, enum uc_level level,
		  char *const argv[], char *err, size_t errlen);
/**
 * session_end() - remove the session's directory and free @s; NULL is fine
 * In a child that was forked since, it only frees.
 */
void session_end(struct session *s);
const char *session_path(const struct session *s); /* absolute; borrowed */
const char *session_tmp(const struct session *s); /* its tmp/, absolute; borrowed */
/**
 * session_exclude() - keep other sessions of @c from beginning; for moments
 * Return: a descriptor: closing it ends that; or -errno
 */
int session_exclude(const struct compartment *c, char *err, size_t errlen);
/** session_pool_set() - tell other sessions where our namespaces are: descriptors of this process
 */
int session_pool_set(struct session *s, int userns, int mntns);
/** session_lock_fd() - hand this to whoever must keep the session alive after us; borrowed */
int session_lock_fd(const struct session *s);

/** session_traps() - count trapped calls here, for "uc top"; NULL: no memory for it. Borrowed */
uint64_t *session_traps(const struct session *s);

/** One live session, as its info file tells. */
struct session_info {
	pid_t pid;
	unsigned long long start; /* clock ticks after boot, field 22 of /proc/PID/stat */
	long long started; /* seconds since 1970 */
	char *command; /* escaped for a terminal */
	enum uc_level level;
	int userns, mntns; /* descriptors of @pid; -1: none yet */
	int traps_fd; /* in that process: where session_traps() counts; -1: nowhere */
};

/**
 * session_list() - the live sessions of a compartment, by pid
 * @out: array: session_list_free()
 * Return: how many, or -errno
 */
int session_list(const struct compartment *c, struct session_info **out);
/** session_pidfd() - the session's ucrun, which is verified to be that process still. -ESRCH,
 * -errno */
int session_pidfd(const struct session_info *s);
/** session_read_traps() - trapped calls so far, or -errno; with the rights of the compartment's
 * user */
long long session_read_traps(const struct session_info *s);
void session_list_free(struct session_info *list, int n);
/** session_supervised() - does its supervisor run still? What it started can outlive it for moments
 */
bool session_supervised(const struct session_info *s);

#endif
