/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PROCS_H
#define UCRUN_PROCS_H

#include "session.h"

/* The processes of the host, read once, and which of them belong to a session. */

struct proc {
	pid_t pid, ppid;
	unsigned long long start, ticks,
		rss_bytes; /* ticks: user and system, of sysconf's length */
	bool counted;
};

struct procs {
	struct proc *list;
	size_t n;
};

struct procs_sum {
	unsigned long long cpu_us, rss_bytes;
};

struct procs procs_read(void);
void procs_finish(struct procs *all);
/**
 * procs_of() - how many descendants the supervisor of a session has
 * @sum: what they and it use, or NULL
 * Return: -1: that pid is not the session's here (another pid namespace)
 */
int procs_of(struct procs *all, const struct session_info *s, struct procs_sum *sum);

#endif
