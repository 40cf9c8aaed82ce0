// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX ACLs (acl(5)) of recorded objects. A real one would change the real mode, which is not what
 * programs see (layer_attr.c), and its entries are ids of the view. So the three entries that every
 * ACL has become the mode that is recorded, as the kernel does it, and one with more entries is
 * kept in an attribute of ours and told back. cp -p sets an ACL where one would expect chmod(2).
 *
 * Entries for certain users and groups are told, not asked, and a directory's default ACL is not
 * handed down: limits.md.
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
