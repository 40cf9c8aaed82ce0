/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_IDENTITY_H
#define UCRUN_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Identity: who a task is *inside* its compartment.
 *
 * On the host all tasks of a session are one unprivileged user. Inside, that user is root, and root
 * may become anybody. The kernel cannot carry this without a user namespace, so we do: struct cred
 * is a plain value, changed by the pure functions below with the rules of credentials(7) and
 * capabilities(7), and stored per process by the supervisor.
 */

#define CRED_GROUPS_MAX 64 /* a program that sets more gets EINVAL, as past NGROUPS_MAX */

struct cred {
	uid_t ruid, euid, suid, fsuid;
	gid_t rgid, egid, sgid, fsgid;
	uint64_t cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
	uint32_t securebits;
	uint32_t ngroups;
	gid_t groups[CRED_GROUPS_MAX];
};

/** cred_init_root() - root of a fresh compartment: all ids 0, no groups, all capabilities */
void cred_init_root(struct cred *c);

/*
 * The set*id family. Arguments and results as the system calls of that name; (uid_t)-1 leaves an
 * id. Return 0 or -EPERM / -EINVAL; setfsuid and setfsgid return the previous id and never fail.
 */
int cred_setuid(struct cred *c, uid_t uid);
int cred_setgid(struct cred *c, gid_t gid);
int cred_setreuid(struct cred *c, uid_t r, uid_t e);
int cred_setregid(struct cred *c, gid_t r, gid_t e);
int cred_setresuid(struct cred *c, uid_t r, uid_t e, uid_t s);
int cred_setresgid(struct cred *c, gid_t r, gid_t e, gid_t s);
uid_t cred_setfsuid(struct cred *c, uid_t uid);
gid_t cred_setfsgid(struct cred *c, gid_t gid);
int cred_setgroups(struct cred *c, const gid_t *groups, size_t n);
/** cred_capset() - the rules of capset(2). Return 0 or -EPERM. */
int cred_capset(struct cred *c, uint64_t effective, uint64_t permitted, uint64_t inheritable);
/**
 * cred_prctl() - the PR_* options that belong to credentials: PR_CAPBSET_READ/DROP, PR_CAP_AMBIENT,
 * PR_GET/SET_SECUREBITS, PR_GET/SET_KEEPCAPS.
 * Return: the call's result >= 0, -EPERM, -EINVAL.
 */
int cred_prctl(struct cred *c, int option, unsigned long a2, unsigned long a3);
/**
 * cred_exec() - what execve(2) does to credentials
 * @mode: the file's virtual mode (S_ISUID and S_ISGID count), @uid, @gid its virtual owner
 */
void cred_exec(struct cred *c, mode_t mode, uid_t uid, gid_t gid);

bool cred_has_cap(const struct cred *c, int cap);
bool cred_in_group(const struct cred *c, gid_t gid); /* fsgid or a supplementary group */
/**
 * cred_may() - may @c access an object, by mode bits and capabilities (path_resolution(7))
 * @mode: type and permission bits, @uid, @gid virtual owner; @want: R_OK | W_OK | X_OK
 * Return: 0 or -EACCES
 */
int cred_may(const struct cred *c, mode_t mode, uid_t uid, gid_t gid, int want);
/** cred_real() - @c with fs ids set to the real ids and capabilities as access(2) sees them */
void cred_real(struct cred *out, const struct cred *c);

#endif
