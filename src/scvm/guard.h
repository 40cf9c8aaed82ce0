/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_GUARD_H
#define UCRUN_GUARD_H

#include <mqueue.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/*
 * The guard: a process beside the supervisor that ends what must not outlive it, tasks and kernel
 * objects that no process holds. It makes these objects itself, so that there is no moment at which
 * one exists and nobody knows it: see guard.c.
 */

enum guard_kind { GUARD_SHM, GUARD_SEM, GUARD_MSG, GUARD_MQ, GUARD_KIND_COUNT };

#define GUARD_SYSV_COUNT GUARD_MQ /* the kinds before are those of sysvipc(7) */

struct guard_want {
	enum guard_kind kind;
	uint64_t size; /* SHM: bytes; SEM: how many */
	int flags; /* SHM: SHM_HUGETLB and its like, without a mode */
	bool have_attr; /* MQ: without, the kernel's defaults */
	struct mq_attr attr;
	rlim_t msgqueue_bytes; /* MQ: RLIMIT_MSGQUEUE of who asks */
};

/** guard_start() - fork it; before any other thread is there. Return 0 or -errno. */
int guard_start(void);
/** guard_stop() - remove what is left of the session's objects, and end the guard */
void guard_stop(void);
/**
 * guard_create() - make an object without a name, that its maker alone may use
 * Return: its id (MQ: a number for guard_mq_name()), or -errno as shmget(2) and so on; -ENOSPC when
 *         the guard is gone
 */
int guard_create(const struct guard_want *want);
/** guard_remove() - IPC_RMID or mq_unlink(3). Return 0 or -errno. */
int guard_remove(enum guard_kind kind, int id);

#define GUARD_MQ_NAME_BYTES 32

/** guard_mq_name() - the host name of queue @id, as the system call wants it: without a slash */
void guard_mq_name(int id, char name[GUARD_MQ_NAME_BYTES]);

#endif
