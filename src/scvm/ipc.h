/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_IPC_H
#define UCRUN_IPC_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <uthash.h>

#include "guard.h"
#include "machine.h"

/*
 * The session's System V objects: see ipc.c. An object belongs to its set; whoever looks at one
 * holds ipc_lock.
 */

#define IPC_MODE_BITS 0777

struct ipc_object {
	enum guard_kind kind;
	int id;
	struct ipc_name {
		int key; /* IPC_PRIVATE: none, or removed and still attached */
		unsigned nest; /* whose key that is, and whose object */
	} name;
	unsigned slot; /* what SHM_STAT and its like call index */
	uid_t uid, cuid;
	gid_t gid, cgid;
	unsigned mode;
	pid_t cpid;
	uint64_t size; /* bytes, or how many semaphores */
	bool removed; /* a segment that goes with its last attachment */
	UT_hash_handle hh_id, hh_key;
};

struct ipc_set {
	struct ipc_object *by_id, *by_key;
	struct ipc_object **slots; /* NULL: free */
	unsigned nslots, nremoved;
};

extern pthread_mutex_t ipc_lock; /* guards ipc_sets */
extern struct ipc_set ipc_sets[GUARD_SYSV_COUNT];

/* What the *ctl(2) calls fill in; all begin with the permissions. */
union ipc_data {
	struct ipc_perm perm;
	struct shmid_ds shm;
	struct semid_ds sem;
	struct msqid_ds msg;
};

/** ipc_real_ctl() - shmctl, semctl or msgctl on the host. Return its result or -errno. */
int ipc_real_ctl(enum guard_kind kind, int id, int cmd, void *buf);

/** ipc_create() - a new object of the asking task's; the id or -errno, as shmget(2) and so on */
int ipc_create(struct request *rq, enum guard_kind kind, int key, uint64_t size, int flags);
/** ipc_remove() - IPC_RMID; the object is freed, or waits for its last detachment */
int ipc_remove(struct ipc_object *o);
/** ipc_collect() - free removed segments that nobody has attached any more */
void ipc_collect(enum guard_kind kind);

/** Find an object of @nest, NULL: there is none. Slots are what SHM_STAT and its like call index.
 */
struct ipc_object *ipc_by_key(const struct nest *nest, enum guard_kind kind, int key);
struct ipc_object *ipc_by_id(const struct nest *nest, enum guard_kind kind, int id);
struct ipc_object *ipc_by_slot(const struct nest *nest, enum guard_kind kind, int slot);
/** ipc_nest_end() - remove the objects of a nested session that has ended; takes the lock */
void ipc_nest_end(const struct nest *nest);

/**
 * ipc_may() - does the mode let @c do that?
 * @want: has the permission bits in the place of one class, or of all
 */
bool ipc_may(const struct ipc_object *o, const struct cred *c, unsigned want);
/** ipc_owns() - is @c the owner or maker, or has it the capability @cap? */
bool ipc_owns(const struct ipc_object *o, const struct cred *c, int cap);
/** ipc_translate() - make what the kernel tells of an object what it is in the view */
void ipc_translate(const struct ipc_object *o, union ipc_data *d);

/** ipc_list() - the text of /proc/sysvipc/KIND, the caller's; takes the lock. NULL: no memory */
char *ipc_list(const struct nest *nest, enum guard_kind kind);

#endif
