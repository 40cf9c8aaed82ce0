// SPDX-License-Identifier: GPL-2.0-or-later
/* Extended attributes: ours are hidden, file capabilities are recorded under another name. */
#include <linux/capability.h>
#include <linux/xattr.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "layers_priv.h"

bool xattr_is_private(const char *name)
{
	return strncmp(name, "user.overlay.", 13) == 0 || strcmp(name, XATTR_OVERRIDE) == 0 ||
	       strncmp(name, "user.uc.", 8) == 0 || strncmp(name, "trusted.overlay.", 16) == 0;
}

/* security.capability cannot be set by us; it is recorded, and told back. */
static const char *xattr_real_name(const char *name)
{
	return strcmp(name, "security.capability") == 0 ? XATTR_CAPABILITY : name;
}

static int xattr_permission(const struct layers *l, const struct cred *who, const struct lnode *n,
			    const char *name, int want)
{
	if (strncmp(name, "trusted.", 8) == 0)
		return who && !cred_has_cap(who, CAP_SYS_ADMIN) ? -ENODATA : -EOPNOTSUPP;
	if (strncmp(name, "user.", 5) == 0 && !S_ISREG(n->stx.stx_mode) &&
	    !S_ISDIR(n->stx.stx_mode))
		return want & W_OK ? -EPERM : -ENODATA;
	if (strncmp(name, "user.", 5) == 0)
		return layers_may(l, who, n, want);
	if (want & W_OK && who && who->fsuid != n->stx.stx_uid && !cred_has_cap(who, CAP_FOWNER))
		return -EPERM;
	return 0;
}

/* The layers that have the format have our names; elsewhere a name means itself. */
static bool node_recorded(const struct layers *l, const struct lnode *n)
{
	return l->overlay[n->layer];
}

static void node_xattr_path(const struct lnode *n, char name[64])
{
	fd_path_name(n->fd, name);
}

ssize_t layers_getxattr(struct layers *l, const struct cred *who, const char *rel, const char *name,
			void *value, size_t size)
{
	struct lnode n;
	char path[64];
	ssize_t ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	if (xattr_is_private(name))
		ret = -ENODATA;
	else
		ret = xattr_permission(l, who, &n, name, R_OK);
	if (ret == -EOPNOTSUPP)
		ret = -ENODATA;
	if (ret == 0 && S_ISLNK(n.stx.stx_mode))
		ret = -ENODATA; /* a symlink can only have trusted and security ones */
	if (ret == 0 && node_recorded(l, &n) && acl_kept_name(name)) {
		ret = acl_get(&n, name, value, size);
	} else if (ret == 0) {
		node_xattr_path(&n, path);
		ret = getxattr(path, node_recorded(l, &n) ? xattr_real_name(name) : name, value,
			       size);
		if (ret < 0)
			ret = -errno;
	}
	layers_node_finish(&n);
	return ret;
}

ssize_t layers_listxattr(struct layers *l, const struct cred *who, const char *rel, char *list,
			 size_t size)
{
	autofree char *all = malloc(XATTR_LIST_MAX);
	struct lnode n;
	char path[64];
	size_t used = 0;
	ssize_t got, ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	node_xattr_path(&n, path);
	got = !all ? -1 : S_ISLNK(n.stx.stx_mode) ? 0 : listxattr(path, all, XATTR_LIST_MAX);
	if (got < 0)
		ret = all ? -errno : -ENOMEM;
	for (char *p = all; got > 0 && p < all + got; p += strlen(p) + 1) {
		const char *name = p;
		size_t len;

		if (strcmp(p, XATTR_CAPABILITY) == 0)
			name = "security.capability";
		else if (acl_told_name(p))
			name = acl_told_name(p);
		else if (xattr_is_private(p))
			continue;
		len = strlen(name) + 1;
		if (size) {
			if (used + len > size) {
				ret = -ERANGE;
				break;
			}
			memcpy(list + used, name, len);
		}
		used += len;
	}
	layers_node_finish(&n);
	return ret < 0 ? ret : (ssize_t)used;
}

static int xattr_change(struct layers *l, const struct cred *who, const char *rel, const char *name,
			const void *value, size_t size, int flags, bool remove)
{
	struct lnode n;
	char path[64];
	int ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	ret = xattr_is_private(name) ? -EPERM : xattr_permission(l, who, &n, name, W_OK);
	layers_node_finish(&n);
	if (ret == 0)
		ret = change_begin(l, rel, &n);
	if (ret < 0)
		return ret;
	if (node_recorded(l, &n) && acl_kept_name(name)) {
		ret = acl_set(l, who, &n, name, remove ? NULL : value, size);
		layers_node_finish(&n);
		return ret;
	}
	node_xattr_path(&n, path);
	if (S_ISLNK(n.stx.stx_mode))
		ret = -EPERM;
	else if (node_recorded(l, &n))
		name = xattr_real_name(name);
	if (ret == 0)
		ret = (remove ? removexattr(path, name)
			      : setxattr(path, name, value, size, flags)) < 0
			      ? -errno
			      : 0;
	layers_node_finish(&n);
	return ret;
}

int layers_setxattr(struct layers *l, const struct cred *who, const char *rel, const char *name,
		    const void *value, size_t size, int flags)
{
	return xattr_change(l, who, rel, name, value, size, flags, false);
}

int layers_removexattr(struct layers *l, const struct cred *who, const char *rel, const char *name)
{
	return xattr_change(l, who, rel, name, NULL, 0, 0, true);
}
