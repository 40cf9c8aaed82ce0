/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_UC_INTERNAL_H
#define UCRUN_UC_INTERNAL_H

#include "compartment.h"
#include "util.h"

/* Shared by the files of src/uc alone. */

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

#define XATTR_OPAQUE   "user.overlay.opaque"
#define XATTR_OVERRIDE "user.containers.override_stat"

struct err {
	char *text;
	size_t size;
};

/** fail() - put the reason into @e; returns @ret */
int fail(struct err e, int ret, const char *fmt, ...) UCRUN_PRINTF(3, 4);
/** fail_path() - "path: why; way out" for the errno in @ret (negative); returns @ret */
int fail_path(struct err e, int ret, const char *path);

struct state {
	char *path; /* absolute, free of symlinks */
	int fd;
};

/** state_open() - find STATE and see that nobody else can change it. -ENOENT: there is none yet */
int state_open(struct state *s, bool create, struct err e);
void state_finish(struct state *s);
/** state_lock() - exclude other makers and removers; the lock ends with the descriptor returned */
int state_lock(const struct state *s, struct err e);
/** state_sweep() - with the lock held: remove what crashed makers and removers left */
void state_sweep(int statefd);
/** state_new_uid() - with the lock held: a uid that no user and no compartment has, recorded */
int state_new_uid(const struct state *s, uid_t *uid, struct err e);

/** lock_file_at() - create and flock a lock file without following links, waiting for moments */
int lock_file_at(int dirfd, const char *name);
bool directory_is_empty(int dirfd);
/** read_own_file() - a small regular file, never a link, FIFO or device; NUL-terminated */
ssize_t read_own_file(int dirfd, const char *name, char *buf, size_t size);

struct session;
const struct compartment *session_compartment(const struct session *s);
int session_dirfd(const struct session *s);

/** sessions_lock() - the lock of sessions/, see session.h; -ESTALE: the compartment was removed */
int sessions_lock(const struct compartment *c, struct err e);
/** sessions_sweep() - with that lock: remove stale sessions. Return: number of live ones or -errno
 */
int sessions_sweep(const struct compartment *c);

/*
 * Between these two, root has the file rights of the compartment's user and no more; what it makes
 * is hers. Per thread. Nothing for an ordinary user.
 */
int owner_begin(uid_t uid, gid_t gid);
void owner_end(void);

#endif
