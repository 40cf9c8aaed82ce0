// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX ACLs (acl(5)) of recorded objects. A real one would change the real mode, which is not what
 * programs see (layer_attr.c), and its entries are ids of the view. So the three entries that every
 * ACL has become the mode that is recorded, as the kernel does it, and one with more entries is
 * kept in an attribute of ours and told back. cp -p sets an ACL where one would expect chmod(2).
 *
 * The supervisor is who asks them, and hands a directory's default ACL down. In a base and in a
 * host directory they are the kernel's: there the modes alone are asked for the view's users.
 */
#include <endian.h>
#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_priv.h"

#define ACL_MAX_BYTES 65536
#define XATTR_ACCESS  "system.posix_acl_access"
#define XATTR_DEFAULT "system.posix_acl_default"

static const struct {
	const char *name, *kept;
} names[] = {
	{ XATTR_ACCESS, "user.uc.acl.access" },
	{ XATTR_DEFAULT, "user.uc.acl.default" },
};

const char *acl_kept_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].kept;
	return NULL;
}

const char *acl_told_name(const char *kept)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(kept, names[i].kept) == 0)
			return names[i].name;
	return NULL;
}

/* Return: how many entries, -EINVAL, -EOPNOTSUPP for another version */
static int acl_count(const void *value, size_t size)
{
	const struct posix_acl_xattr_header *h = value;

	if (size < sizeof(*h) || (size - sizeof(*h)) % sizeof(struct posix_acl_xattr_entry) ||
	    size > ACL_MAX_BYTES)
		return -EINVAL;
	if (le32toh(h->a_version) != POSIX_ACL_XATTR_VERSION)
		return -EOPNOTSUPP;
	return (size - sizeof(*h)) / sizeof(struct posix_acl_xattr_entry);
}

/* posix_acl_valid(): the entries come in the order of their tags. Return: 0 or -EINVAL */
static int acl_valid(const struct posix_acl_xattr_entry *e, int n)
{
	unsigned last = 0, need_mask = 0, seen = 0;

	for (int i = 0; i < n; i++) {
		unsigned tag = le16toh(e[i].e_tag);
		bool many = tag == ACL_USER || tag == ACL_GROUP;

		if (le16toh(e[i].e_perm) & ~7U || tag < last || (tag == last && !many))
			return -EINVAL;
		if (tag != ACL_USER_OBJ && tag != ACL_GROUP_OBJ && tag != ACL_MASK &&
		    tag != ACL_OTHER && !many)
			return -EINVAL;
		need_mask |= many;
		seen |= tag;
		last = tag;
	}
	if ((seen & (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER)) !=
		    (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER) ||
	    (need_mask && !(seen & ACL_MASK)))
		return -EINVAL;
	return 0;
}

/* posix_acl_equiv_mode(): the group's bits are the mask's where there is one. */
static mode_t acl_mode(const struct posix_acl_xattr_entry *e, int n)
{
	mode_t mode = 0;

	for (int i = 0; i < n; i++) {
		unsigned perm = le16toh(e[i].e_perm);

		switch (le16toh(e[i].e_tag)) {
		case ACL_USER_OBJ:
			mode |= perm << 6;
			break;
		case ACL_GROUP_OBJ:
		case ACL_MASK: /* comes later */
			mode = (mode & ~070U) | perm << 3;
			break;
		case ACL_OTHER:
			mode |= perm;
		}
	}
	return mode;
}

/* What chmod(2) did since then shows in the entries that the mode stands for. */
static void acl_follow(struct posix_acl_xattr_entry *e, int n, mode_t mode)
{
	bool mask = false;

	for (int i = 0; i < n; i++)
		mask |= le16toh(e[i].e_tag) == ACL_MASK;
	for (int i = 0; i < n; i++)
		switch (le16toh(e[i].e_tag)) {
		case ACL_USER_OBJ:
			e[i].e_perm = htole16(mode >> 6 & 7);
			break;
		case ACL_GROUP_OBJ:
			if (!mask)
				e[i].e_perm = htole16(mode >> 3 & 7);
			break;
		case ACL_MASK:
			e[i].e_perm = htole16(mode >> 3 & 7);
			break;
		case ACL_OTHER:
			e[i].e_perm = htole16(mode & 7);
		}
}

static int acl_forget(const char *path, const char *kept)
{
	return removexattr(path, kept) < 0 && errno != ENODATA && errno != EPERM &&
			       errno != EOPNOTSUPP
		       ? -errno
		       : 0;
}

/* FIFOs and sockets can only have what a mode can say. */
static int acl_keep(const struct lnode *n, const char *path, const char *kept, const void *value,
		    size_t size)
{
	if (!S_ISREG(n->stx.stx_mode) && !S_ISDIR(n->stx.stx_mode))
		return -EOPNOTSUPP;
	return setxattr(path, kept, value, size, 0) < 0 ? -errno : 0;
}

int acl_set(struct layers *l, const struct cred *who, const struct lnode *n, const char *name,
	    const void *value, size_t size)
{
	const struct posix_acl_xattr_header *h = value;
	const struct posix_acl_xattr_entry *e = (const void *)(h + 1);
	bool access = strcmp(name, XATTR_ACCESS) == 0;
	int ret = 0, count = value ? acl_count(value, size) : 0;
	mode_t mode = n->stx.stx_mode;
	char path[64];

	if (S_ISLNK(mode))
		return -EOPNOTSUPP;
	if (!access && !S_ISDIR(mode))
		return value ? -EACCES : 0;
	fd_path_name(n->fd, path);
	if (count > 0)
		ret = acl_valid(e, count);
	if (ret < 0 || count < 0)
		return ret < 0 ? ret : count;
	if (count == 0)
		return acl_forget(path, acl_kept_name(name));
	if (count == 3 && access)
		ret = acl_forget(path, acl_kept_name(name));
	else
		ret = acl_keep(n, path, acl_kept_name(name), value, size);
	if (ret < 0 || !access)
		return ret;
	mode = (mode & ~0777U) | acl_mode(e, count);
	if (who && !S_ISDIR(mode) && !cred_in_group(who, n->stx.stx_gid) &&
	    !cred_has_cap(who, CAP_FSETID))
		mode &= ~S_ISGID;
	return attr_record(l, n->fd, mode, n->stx.stx_uid, n->stx.stx_gid,
			   makedev(n->stx.stx_rdev_major, n->stx.stx_rdev_minor));
}

ssize_t acl_get(const struct lnode *n, const char *name, void *value, size_t size)
{
	autofree char *all = malloc(ACL_MAX_BYTES);
	struct posix_acl_xattr_header *h = (void *)all;
	char path[64];
	ssize_t got;
	int count;

	if (!all)
		return -ENOMEM;
	fd_path_name(n->fd, path);
	got = getxattr(path, acl_kept_name(name), all, ACL_MAX_BYTES);
	if (got < 0)
		return errno == EOPNOTSUPP || errno == EPERM ? -ENODATA : -errno;
	count = acl_count(all, got);
	if (count < 0)
		return -ENODATA;
	if (strcmp(name, XATTR_ACCESS) == 0)
		acl_follow((void *)(h + 1), count, n->stx.stx_mode);
	if (size && size < (size_t)got)
		return -ERANGE;
	if (size)
		memcpy(value, all, got);
	return got;
}

/* ---- asking ---- */

/* posix_acl_permission(), for who is not the owner */
static bool acl_grants(const struct cred *who, const struct posix_acl_xattr_entry *e, int n,
		       gid_t owner, int want)
{
	unsigned mask = 7;
	bool in_group = false;

	for (int i = 0; i < n; i++)
		if (le16toh(e[i].e_tag) == ACL_MASK)
			mask = le16toh(e[i].e_perm);
	for (int i = 0; i < n; i++) {
		unsigned tag = le16toh(e[i].e_tag), perm = le16toh(e[i].e_perm);
		gid_t gid = tag == ACL_GROUP_OBJ ? owner : le32toh(e[i].e_id);

		if (tag == ACL_USER && le32toh(e[i].e_id) == who->fsuid)
			return (want & ~(perm & mask)) == 0;
		if ((tag == ACL_GROUP_OBJ || tag == ACL_GROUP) && cred_in_group(who, gid)) {
			in_group = true;
			if ((want & ~(perm & mask)) == 0)
				return true;
		}
		if (tag == ACL_OTHER)
			return !in_group && (want & ~perm) == 0;
	}
	return false;
}

int layers_may(const struct layers *l, const struct cred *who, const struct lnode *n, int want)
{
	const struct statx *stx = &n->stx;
	struct posix_acl_xattr_header *h;
	autofree char *all = NULL;
	_Alignas(struct posix_acl_xattr_header) char few[256]; /* most fit */
	char path[64];
	ssize_t got;

	/* The owner and others are in the mode, and where the mask is empty it says enough. */
	if (!l->overlay[n->layer] || n->fd < 0 || who->fsuid == stx->stx_uid ||
	    !(stx->stx_mode & 070) || cred_has_cap(who, CAP_DAC_OVERRIDE))
		goto by_mode;
	fd_path_name(n->fd, path);
	got = getxattr(path, acl_kept_name(XATTR_ACCESS), few, sizeof(few));
	h = (void *)few;
	if (got < 0 && errno == ERANGE) {
		all = malloc(ACL_MAX_BYTES);
		h = (void *)all;
		if (!all)
			return -ENOMEM;
		got = getxattr(path, acl_kept_name(XATTR_ACCESS), all, ACL_MAX_BYTES);
	}
	if (got < 0 || acl_count(h, got) < 0)
		goto by_mode;
	acl_follow((void *)(h + 1), acl_count(h, got), stx->stx_mode);
	if (acl_grants(who, (void *)(h + 1), acl_count(h, got), stx->stx_gid,
		       want & (R_OK | W_OK | X_OK)))
		return 0;
	/* what is left to a capability */
	return cred_may(who, stx->stx_mode & ~077U, stx->stx_uid, stx->stx_gid, want);
by_mode:
	return cred_may(who, stx->stx_mode, stx->stx_uid, stx->stx_gid, want);
}

/* ---- handing down ---- */

/* Where the format is not ours the kernel hands it down, and we need not know more than that. */
static int default_read(const struct layers *l, const struct lnode *dir, struct birth *b)
{
	const char *name = l->overlay[dir->layer] ? acl_kept_name(XATTR_DEFAULT) : XATTR_DEFAULT;
	char path[64];
	ssize_t got;

	fd_path_name(dir->fd, path);
	got = getxattr(path, name, NULL, 0);
	if (got <= 0)
		return 0;
	b->acl = malloc(got);
	if (!b->acl)
		return -ENOMEM;
	got = getxattr(path, name, b->acl, got);
	b->acl_bytes = got < 0 ? 0 : got;
	if (acl_count(b->acl, b->acl_bytes) <= 0)
		acl_birth_finish(b);
	return 0;
}

int acl_birth(struct layers *l, const struct cred *who, const char *parent, mode_t mode,
	      struct birth *b)
{
	struct lnode dir;
	int ret = 0;

	*b = (struct birth){ .mode = mode % LAYERS_UMASK(1), .gid = who ? who->fsgid : 0 };
	if (find_name(l, parent, &dir) == 0 && dir.fd >= 0) {
		if (dir.stx.stx_mode & S_ISGID) {
			b->gid = dir.stx.stx_gid;
			if (S_ISDIR(b->mode))
				b->mode |= S_ISGID;
		}
		if (!S_ISLNK(b->mode))
			ret = default_read(l, &dir, b);
	}
	layers_node_finish(&dir);
	if (!b->acl)
		b->mode &= ~(mode / LAYERS_UMASK(1));
	else if (!(l->flags & LAYERS_HOST)) /* posix_acl_create_masq() */
		b->mode &= ~0777U | acl_mode((void *)((struct posix_acl_xattr_header *)b->acl + 1),
					     acl_count(b->acl, b->acl_bytes));
	return ret;
}

int acl_birth_of(struct layers *l, const struct cred *who, const char *rel, mode_t mode,
		 struct birth *b)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%.*s", (int)(slash ? slash - rel : 0), rel);
	return acl_birth(l, who, parent, mode, b);
}

void acl_birth_finish(struct birth *b)
{
	free(b->acl);
	b->acl = NULL;
}

int acl_inherit(int fd, const struct birth *b)
{
	const char *kept = acl_kept_name(XATTR_DEFAULT);
	char path[64];

	if (!b->acl || (!S_ISREG(b->mode) && !S_ISDIR(b->mode)))
		return 0; /* FIFOs and sockets can only have what a mode can say */
	fd_path_name(fd, path);
	if (S_ISDIR(b->mode) && setxattr(path, kept, b->acl, b->acl_bytes, 0) < 0)
		return -errno;
	if (acl_count(b->acl, b->acl_bytes) == 3)
		return 0;
	/* its entries for the mode are told as the mode has them: acl_follow() */
	return setxattr(path, acl_kept_name(XATTR_ACCESS), b->acl, b->acl_bytes, 0) < 0 ? -errno
											: 0;
}
