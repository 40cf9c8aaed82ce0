/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_CGROUP_H
#define UCRUN_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "compartment.h"

/*
 * Budgets in the kernel: control groups.
 *
 * In each hierarchy that has a controller which we need (one on v2, several on v1, both on a hybrid
 * machine), below the cgroup that ucrun was started in:
 *
 *	uc-NAME-ID/		the compartment's: cpu, memory and io limits. ID is its inode
 *	  sPID/			the supervisor and guard of the session PID
 *	  run/			the limit on pids
 *	    sPID/		the tasks of that session; v2: of its environments and in
 *	      t/		the rest, for a cgroup with processes cannot hand controllers on
 *	      e-NAME/		an environment with a budget of its own: cgroup_env.c
 *	      e-NAME~N/		the same of a nested session
 *	  keep/			v2, where ucrun's own cgroup must be empty: the keeper
 *
 * So everything that works for a compartment is charged to it, and the supervisor's own threads do
 * not take any of the pids that tasks are promised. Where v1 has the processor alone, tasks stay
 * with their supervisor in sPID (cgroup.c says why), environments are below that, and the guard is
 *in run/sPID: it must end a bomb of 4000 tasks, and would get a 4000th of the compartment's share.
 *
 * Who made the cgroups removes them: the *keeper*, a small process that root's ucrun leaves behind
 * before it becomes the compartment's user (an ordinary user's has one too). It keeps root's
 * uid and CAP_DAC_OVERRIDE, waits for the supervisor's end and removes what is empty, however that
 * end came. What is left when the keeper was killed as well, the next ucrun or uc sweeps: a record
 * (cgroup_record.c) says where a compartment's cgroups are. It also brings the sessions of one
 * compartment together when they are started in different cgroups. Its directory belongs to who
 * starts us, so the record can be believed; a lock orders beginnings, endings and sweeps.
 *
 * A process moves itself: writing one's own pid ("0") into a descriptor that root opened is judged
 * by root's rights (Linux 5.16, and 5.15.14), so the first task can do it after the supervisor has
 * given up root, and on v1 moving the one thread of a process costs no RCU grace period.
 */

enum cgroup_controller {
	CGROUP_CPU,
	CGROUP_CPUACCT, /* v1 only: v2 counts everywhere */
	CGROUP_MEMORY,
	CGROUP_PIDS,
	CGROUP_IO, /* v1: blkio */
	CGROUP_FREEZER, /* v1 only, and used where there is no CGROUP_CPU: cgroup_duty.c */
	CGROUP_CONTROLLER_COUNT,
};

/** One hierarchy, seen from one place in it. */
struct cgroup_place {
	int version; /* 1 or 2 */
	unsigned controllers; /* 1 << enum cgroup_controller; v2: filled in from cgroup.controllers
			       */
	char *path; /* host directory */
	bool rdonly;
};

#define CGROUP_PLACES_MAX 8

struct cgroup_places {
	struct cgroup_place p[CGROUP_PLACES_MAX];
	unsigned n;
};

/**
 * cgroup_find() - the places of a process
 * @mountinfo: text of /proc/PID/mountinfo, @self: of /proc/PID/cgroup
 * Only v1 hierarchies with a controller of ours, and v2 whatever it has. What is mounted so that
 * the process's own cgroup cannot be reached is left out. cgroup_places_finish()
 */
int cgroup_find(const char *mountinfo, const char *self, struct cgroup_places *out);
void cgroup_places_finish(struct cgroup_places *p);

/** What happened to a session's tasks since it began. */
struct cgroup_events {
	unsigned long long oom_kills;
	unsigned long long pids_refused;
	unsigned long long throttled, throttled_us; /* of the whole compartment */
};

/** What a compartment uses now, and may use. */
struct cgroup_usage {
	unsigned long long cpu_us, throttled, throttled_us;
	unsigned long long memory_bytes, cache_bytes, swap_bytes;
	unsigned long long pids;
	unsigned long long oom_kills, pids_refused; /* of the sessions that run */
	int64_t limit[BUDGET_KEY_COUNT]; /* as the kernel has it; BUDGET_UNSET: not enforced */
};

#define ENVIRONMENT_NAME_BYTES 64

/** An environment with a budget of its own, in one session. limit: its own, see cgroup_usage. */
struct cgroup_environment {
	char name[ENVIRONMENT_NAME_BYTES], session[24]; /* session: "sPID" */
	struct cgroup_usage u;
};

struct cgroup_environments {
	struct cgroup_environment *v;
	unsigned n;
};

void cgroup_environments_finish(struct cgroup_environments *l);

struct cgroup_session;

/**
 * cgroup_session_begin() - make this process's session a part of the compartment's cgroups
 * Call with one thread, before compartment_become(); forks the keeper.
 * @b:     every limit that shall hold
 * @given: mask of those that were asked for on the command line: they also change the limits of a
 *         compartment that runs already
 * @systemd: ask systemd for a scope when no cgroup can be made here
 * Return: 0; -EACCES, -EROFS, -ENOENT, -EBUSY, ...: no cgroup, and @err tells why
 */
int cgroup_session_begin(struct cgroup_session **out, const struct compartment *c,
			 const struct budget *b, unsigned given, bool systemd, char *err,
			 size_t errlen);
/** cgroup_session_enforced() - mask of the limits that hold now */
unsigned cgroup_session_enforced(const struct cgroup_session *s);
/** cgroup_session_duty() - does the limit of processors hold by a duty cycle only? */
bool cgroup_session_duty(const struct cgroup_session *s);
/**
 * cgroup_session_enter() - make the calling process one of the session's tasks
 * It must have one thread, and may have any rights. Before it starts anything. 0 or -errno.
 */
int cgroup_session_enter(const struct cgroup_session *s);
/** cgroup_session_enter_guard() - the same for the guard: to where the tasks' load is not its own
 */
int cgroup_session_enter_guard(const struct cgroup_session *s);
/**
 * cgroup_session_environment() - put a task into the cgroup of an environment, made when needed
 * Any thread, and process 1 of the native level, which is a copy of the supervisor. By the keeper.
 * @pidfd: of its process, which must not end meanwhile
 * @nest: a number of the nested session that it is in; 0: none
 * @name: letters, digits and any of . _ + -; fewer than ENVIRONMENT_NAME_BYTES
 * Return: mask of the limits that hold; -EOPNOTSUPP: there is no cgroup; -EPIPE: no keeper;
 * -ENOSPC: too many; -ESRCH: no task of the session; -EINVAL; another -errno
 */
int cgroup_session_environment(const struct cgroup_session *s, int pidfd, unsigned nest,
			       const char *name, const struct budget *b);
/** cgroup_session_events() - readable by the supervisor after it became the compartment's user */
void cgroup_session_events(const struct cgroup_session *s, struct cgroup_events *ev);
/** cgroup_session_environments() - the session's; cgroup_environments_finish() */
void cgroup_session_environments(const struct cgroup_session *s, struct cgroup_environments *l);
int cgroup_session_usage(const struct cgroup_session *s, struct cgroup_usage *u);
/** cgroup_session_usage_asked() - the same where cgroup files are not to be seen: by the keeper */
int cgroup_session_usage_asked(const struct cgroup_session *s, struct cgroup_usage *u);
/** cgroup_session_destroy() - frees; the keeper removes the cgroups when this process has ended */
void cgroup_session_destroy(struct cgroup_session *s);

/**
 * cgroup_set() - change limits of the sessions that run
 * Return: mask of the keys that hold now (0: no session with a cgroup), or -errno
 */
int cgroup_set(const struct compartment *c, const struct budget *b, char *err, size_t errlen);
/**
 * cgroup_usage() - what a compartment uses
 * @l: NULL, or its environments with budgets of their own; cgroup_environments_finish()
 * Return: 0; -ENOENT when no session with a cgroup runs, and @l is empty
 */
int cgroup_usage(const struct compartment *c, struct cgroup_usage *u,
		 struct cgroup_environments *l);
/** cgroup_sweep() - remove what sessions and keepers that were killed left, of all compartments */
void cgroup_sweep(const char *state);

/** Of one controller: could a cgroup with it be made below our own? */
struct cgroup_found {
	int result; /* 0; -ENOENT there is none; -EROFS, -EACCES, ... */
	int version;
	char path[256]; /* of our own cgroup in that hierarchy; "" */
};

struct cgroup_check {
	struct cgroup_found found[CGROUP_CONTROLLER_COUNT];
	bool systemd; /* it runs here, and may give a scope */
};

/** cgroup_check() - try it out. 0, or -errno: /proc tells nothing */
int cgroup_check(struct cgroup_check *c);

#endif
