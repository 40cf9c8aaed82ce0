/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PROBE_H
#define UCRUN_PROBE_H

#include <stdbool.h>

/* What "uc check" finds out by trying it, in a child that has given up root's rights. */

struct probe_seccomp {
	int listener; /* 0 or -errno of SECCOMP_FILTER_FLAG_NEW_LISTENER; -EBUSY: somebody has one
		       */
	int wait_killable; /* these: 0 or -errno; -ECANCELED: could not be tried */
	int sync_wake_up;
	int receive; /* a trapped call came and could be answered */
	int addfd;
	int read_memory;
	int write_memory;
	int pidfd_getfd;
};

struct probe_state {
	int error; /* 0 or -errno: nothing can be made there at all */
	int xattr;
	int whiteout;
	int tmpfile;
};

/** probe_seccomp() - Return 0 or -errno when no child could try */
int probe_seccomp(struct probe_seccomp *out);
/** probe_state() - try in @dir, which exists; leaves nothing behind */
int probe_state(const char *dir, struct probe_state *out);
int probe_openat2(void);
/** probe_landlock() - the ABI's number, or -errno */
int probe_landlock(void);

#endif
