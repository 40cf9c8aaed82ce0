// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's rules for credentials, as pure functions over a value: kernel/sys.c, kernel/groups.c
 * and security/commoncap.c, for a user namespace whose root is uid 0. File capabilities are not
 * known here: a file of the compartment has a virtual owner and mode and no more.
 */
#include "identity.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAP_BIT(cap) (UINT64_C(1) << (cap))
#define CAP_ALL	     (CAP_BIT(CAP_LAST_CAP + 1) - 1)

/* What setfsuid(2) gives and takes: CAP_FS_SET of the kernel. */
#define CAP_FS_SET                                                                  \
	(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_DAC_OVERRIDE) |      \
	 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_FSETID) | \
	 CAP_BIT(CAP_MAC_OVERRIDE) | CAP_BIT(CAP_LINUX_IMMUTABLE))

#define ID_KEEP ((uint32_t)-1)

void cred_init_root(struct cred *c)
{
	*c = (struct cred){
		.cap_effective = CAP_ALL,
		.cap_permitted = CAP_ALL,
		.cap_bounding = CAP_ALL,
	};
}

bool cred_has_cap(const struct cred *c, int cap)
{
	return cap >= 0 && cap <= CAP_LAST_CAP && (c->cap_effective & CAP_BIT(cap));
}

static bool secure(const struct cred *c, int bit)
{
	return c->securebits & issecure_mask(bit);
}

/* Capabilities follow the uids from root and to root: cap_emulate_setxuid(). */
static void caps_follow_uids(struct cred *c, const struct cred *old)
{
	bool had_root = old->ruid == 0 || old->euid == 0 || old->suid == 0;
	bool has_root = c->ruid == 0 || c->euid == 0 || c->suid == 0;

	if (secure(c, SECURE_NO_SETUID_FIXUP))
		return;
	if (had_root && !has_root) {
		if (!secure(c, SECURE_KEEP_CAPS)) {
			c->cap_permitted = 0;
			c->cap_effective = 0;
		}
		c->cap_ambient = 0; /* even with KEEP_CAPS: older programs count on it */
	}
	if (old->euid == 0 && c->euid != 0)
		c->cap_effective = 0;
	if (old->euid != 0 && c->euid == 0)
		c->cap_effective = c->cap_permitted;
}

int cred_setuid(struct cred *c, uid_t uid)
{
	struct cred old = *c;

	if (uid == ID_KEEP)
		return -EINVAL;
	if (cred_has_cap(c, CAP_SETUID))
		c->ruid = c->suid = uid;
	else if (uid != c->ruid && uid != c->suid)
		return -EPERM;
	c->euid = c->fsuid = uid;
	caps_follow_uids(c, &old);
	return 0;
}

int cred_setgid(struct cred *c, gid_t gid)
{
	if (gid == ID_KEEP)
		return -EINVAL;
	if (cred_has_cap(c, CAP_SETGID))
		c->rgid = c->sgid = gid;
	else if (gid != c->rgid && gid != c->sgid)
		return -EPERM;
	c->egid = c->fsgid = gid;
	return 0;
}

/* The rules of the pairs and triples are the same for uids and gids, with another capability. */
struct ids {
	uint32_t r, e, s;
};

static int ids_setre(struct ids *id, uint32_t r, uint32_t e, bool capable)
{
	const struct ids old = *id;

	if (r != ID_KEEP && r != old.r && r != old.e && !capable)
		return -EPERM;
	if (e != ID_KEEP && e != old.r && e != old.e && e != old.s && !capable)
		return -EPERM;
	if (r != ID_KEEP)
		id->r = r;
	if (e != ID_KEEP)
		id->e = e;
	if (r != ID_KEEP || (e != ID_KEEP && e != old.r))
		id->s = id->e;
	return 0;
}

static bool id_is_new(const struct ids *id, uint32_t n)
{
	return n != ID_KEEP && n != id->r && n != id->e && n != id->s;
}

static int ids_setres(struct ids *id, uint32_t r, uint32_t e, uint32_t s, bool capable)
{
	if (!capable && (id_is_new(id, r) || id_is_new(id, e) || id_is_new(id, s)))
		return -EPERM;
	if (r != ID_KEEP)
		id->r = r;
	if (e != ID_KEEP)
		id->e = e;
	if (s != ID_KEEP)
		id->s = s;
	return 0;
}

static void uids_store(struct cred *c, const struct ids *id)
{
	struct cred old = *c;

	c->ruid = id->r;
	c->euid = c->fsuid = id->e;
	c->suid = id->s;
	caps_follow_uids(c, &old);
}

static void gids_store(struct cred *c, const struct ids *id)
{
	c->rgid = id->r;
	c->egid = c->fsgid = id->e;
	c->sgid = id->s;
}

int cred_setreuid(struct cred *c, uid_t r, uid_t e)
{
	struct ids id = { c->ruid, c->euid, c->suid };
	int ret = ids_setre(&id, r, e, cred_has_cap(c, CAP_SETUID));

	if (ret == 0)
		uids_store(c, &id);
	return ret;
}

int cred_setregid(struct cred *c, gid_t r, gid_t e)
{
	struct ids id = { c->rgid, c->egid, c->sgid };
	int ret = ids_setre(&id, r, e, cred_has_cap(c, CAP_SETGID));

	if (ret == 0)
		gids_store(c, &id);
	return ret;
}

/* A call that changes none of the three leaves the fs id alone, too, unless e names the euid. */
static bool setres_is_noop(const struct ids *id, uint32_t fs, uint32_t r, uint32_t e, uint32_t s)
{
	return (r == ID_KEEP || r == id->r) && (e == ID_KEEP || (e == id->e && e == fs)) &&
	       (s == ID_KEEP || s == id->s);
}

int cred_setresuid(struct cred *c, uid_t r, uid_t e, uid_t s)
{
	struct ids id = { c->ruid, c->euid, c->suid };
	int ret;

	if (setres_is_noop(&id, c->fsuid, r, e, s))
		return 0;
	ret = ids_setres(&id, r, e, s, cred_has_cap(c, CAP_SETUID));
	if (ret == 0)
		uids_store(c, &id);
	return ret;
}

int cred_setresgid(struct cred *c, gid_t r, gid_t e, gid_t s)
{
	struct ids id = { c->rgid, c->egid, c->sgid };
	int ret;

	if (setres_is_noop(&id, c->fsgid, r, e, s))
		return 0;
	ret = ids_setres(&id, r, e, s, cred_has_cap(c, CAP_SETGID));
	if (ret == 0)
		gids_store(c, &id);
	return ret;
}

uid_t cred_setfsuid(struct cred *c, uid_t uid)
{
	uid_t old = c->fsuid;

	if (uid == ID_KEEP || uid == old)
		return old;
	if (uid != c->ruid && uid != c->euid && uid != c->suid && !cred_has_cap(c, CAP_SETUID))
		return old;
	c->fsuid = uid;
	if (!secure(c, SECURE_NO_SETUID_FIXUP)) {
		if (old == 0)
			c->cap_effective &= ~CAP_FS_SET;
		else if (uid == 0)
			c->cap_effective |= c->cap_permitted & CAP_FS_SET;
	}
	return old;
}

gid_t cred_setfsgid(struct cred *c, gid_t gid)
{
	gid_t old = c->fsgid;

	if (gid != ID_KEEP &&
	    (gid == c->rgid || gid == c->egid || gid == c->sgid || cred_has_cap(c, CAP_SETGID)))
		c->fsgid = gid;
	return old;
}

static int gid_compare(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return x < y ? -1 : x > y;
}

int cred_setgroups(struct cred *c, const gid_t *groups, size_t n)
{
	if (!cred_has_cap(c, CAP_SETGID))
		return -EPERM;
	if (n > CRED_GROUPS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (groups[i] == ID_KEEP)
			return -EINVAL;
	if (n > 0)
		memcpy(c->groups, groups, n * sizeof(*groups));
	c->ngroups = n;
	/* getgroups(2) has shown them in order since Linux 4.16 */
	qsort(c->groups, n, sizeof(*groups), gid_compare);
	return 0;
}

int cred_capset(struct cred *c, uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	uint64_t raisable = c->cap_inheritable | c->cap_permitted;

	/* Unknown bits are cut off, not refused: mk_kernel_cap(). */
	effective &= CAP_ALL;
	permitted &= CAP_ALL;
	inheritable &= CAP_ALL;
	if (!cred_has_cap(c, CAP_SETPCAP) && (inheritable & ~raisable))
		return -EPERM;
	if (inheritable & ~(c->cap_inheritable | c->cap_bounding))
		return -EPERM;
	if (permitted & ~c->cap_permitted)
		return -EPERM;
	if (effective & ~permitted)
		return -EPERM;
	c->cap_effective = effective;
	c->cap_permitted = permitted;
	c->cap_inheritable = inheritable;
	c->cap_ambient &= permitted & inheritable;
	return 0;
}

static int prctl_securebits(struct cred *c, unsigned long bits)
{
	unsigned long locked = (c->securebits & SECURE_ALL_LOCKS) >> 1;

	if ((locked & (c->securebits ^ bits)) || (c->securebits & SECURE_ALL_LOCKS & ~bits) ||
	    (bits & ~(unsigned long)(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) ||
	    !cred_has_cap(c, CAP_SETPCAP))
		return -EPERM;
	c->securebits = bits;
	return 0;
}

static int prctl_keepcaps(struct cred *c, unsigned long on)
{
	if (on > 1)
		return -EINVAL;
	if (secure(c, SECURE_KEEP_CAPS_LOCKED))
		return -EPERM;
	c->securebits &= ~issecure_mask(SECURE_KEEP_CAPS);
	if (on)
		c->securebits |= issecure_mask(SECURE_KEEP_CAPS);
	return 0;
}

static int prctl_ambient(struct cred *c, unsigned long op, unsigned long cap)
{
	if (op == PR_CAP_AMBIENT_CLEAR_ALL) {
		if (cap)
			return -EINVAL;
		c->cap_ambient = 0;
		return 0;
	}
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return (c->cap_ambient & CAP_BIT(cap)) != 0;
	case PR_CAP_AMBIENT_RAISE:
		if (!(c->cap_permitted & c->cap_inheritable & CAP_BIT(cap)) ||
		    secure(c, SECURE_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		c->cap_ambient |= CAP_BIT(cap);
		return 0;
	case PR_CAP_AMBIENT_LOWER:
		c->cap_ambient &= ~CAP_BIT(cap);
		return 0;
	}
	return -EINVAL;
}

int cred_prctl(struct cred *c, int option, unsigned long a2, unsigned long a3)
{
	switch (option) {
	case PR_CAPBSET_READ:
		return a2 > CAP_LAST_CAP ? -EINVAL : (c->cap_bounding & CAP_BIT(a2)) != 0;
	case PR_CAPBSET_DROP:
		if (!cred_has_cap(c, CAP_SETPCAP))
			return -EPERM;
		if (a2 > CAP_LAST_CAP)
			return -EINVAL;
		c->cap_bounding &= ~CAP_BIT(a2);
		return 0;
	case PR_CAP_AMBIENT:
		return prctl_ambient(c, a2, a3);
	case PR_GET_SECUREBITS:
		return c->securebits;
	case PR_SET_SECUREBITS:
		return prctl_securebits(c, a2);
	case PR_GET_KEEPCAPS:
		return secure(c, SECURE_KEEP_CAPS);
	case PR_SET_KEEPCAPS:
		return prctl_keepcaps(c, a2);
	}
	return -EINVAL;
}

void cred_exec(struct cred *c, mode_t mode, uid_t uid, gid_t gid)
{
	bool becomes_root, changes_id;

	if (mode & S_ISUID)
		c->euid = uid;
	/* Without group execute permission the bit once meant mandatory locking. */
	if ((mode & S_ISGID) && (mode & S_IXGRP))
		c->egid = gid;
	changes_id = c->euid != c->ruid || c->egid != c->rgid;
	becomes_root = !secure(c, SECURE_NOROOT) && (c->euid == 0 || c->ruid == 0);

	c->cap_permitted = becomes_root ? c->cap_bounding | c->cap_inheritable : 0;
	if (changes_id)
		c->cap_ambient = 0;
	c->cap_permitted |= c->cap_ambient;
	c->cap_effective = becomes_root && c->euid == 0 ? c->cap_permitted : c->cap_ambient;
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	c->securebits &= ~issecure_mask(SECURE_KEEP_CAPS);
}

bool cred_in_group(const struct cred *c, gid_t gid)
{
	if (gid == c->fsgid)
		return true;
	for (uint32_t i = 0; i < c->ngroups; i++)
		if (c->groups[i] == gid)
			return true;
	return false;
}

int cred_may(const struct cred *c, mode_t mode, uid_t uid, gid_t gid, int want)
{
	int granted;

	want &= R_OK | W_OK | X_OK;
	if (c->fsuid == uid)
		granted = mode >> 6;
	else if (cred_in_group(c, gid))
		granted = mode >> 3;
	else
		granted = mode;
	if ((want & ~granted) == 0)
		return 0;
	if (S_ISDIR(mode)) {
		if (!(want & W_OK) && cred_has_cap(c, CAP_DAC_READ_SEARCH))
			return 0;
		return cred_has_cap(c, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if (want == R_OK && cred_has_cap(c, CAP_DAC_READ_SEARCH))
		return 0;
	/* Not even root executes what nobody may. */
	if ((want & X_OK) && !(mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return -EACCES;
	return cred_has_cap(c, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
}

void cred_real(struct cred *out, const struct cred *c)
{
	*out = *c;
	out->fsuid = c->ruid;
	out->fsgid = c->rgid;
	if (!secure(c, SECURE_NO_SETUID_FIXUP))
		out->cap_effective = c->ruid == 0 ? c->cap_permitted : 0;
}
