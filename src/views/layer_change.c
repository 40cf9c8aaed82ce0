// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of names, but renaming. All happen in layer 0, under the lock for changes; each becomes
 * visible by one rename, exchange or unlink of the kernel's.
 */
#include <dirent.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "layers_priv.h"

int find_name(struct layers *l, const char *rel, struct lnode *n)
{
	size_t prefix;
	int ret = layers_lookup(l, NULL, rel, n, &prefix);

	if (ret == LAYERS_SYMLINK) {
		layers_node_finish(n);
		return -ELOOP;
	}
	return ret;
}

/* Is there something below layer 0 that would show when layer 0 had nothing here? */
bool lower_has(struct layers *l, const char *rel)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];
	struct where w;

	if (l->n < 2)
		return false;
	memcpy(parent, rel, slash ? slash - rel : 0);
	parent[slash ? slash - rel : 0] = '\0';
	cache_find(l, parent, &w);
	if (w.kind == WHERE_OVERLAY && w.is_dir && !w.base && !(w.mask & ~1U))
		return false;
	for (unsigned i = 1; i < l->n; i++) {
		autoclose int fd = layer_open_at(l->fd[i], rel, O_PATH | O_NOFOLLOW);
		struct stat st;

		if (fd == -EACCES)
			return true;
		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		return !(l->overlay[i] && S_ISCHR(st.st_mode) && st.st_rdev == 0);
	}
	return false;
}

bool in_upper(struct layers *l, const char *rel)
{
	struct where w;

	if (!l->noverlay)
		return true;
	cache_find(l, rel, &w);
	return w.kind == WHERE_OVERLAY && (w.is_dir ? w.mask & 1 : w.layer == 0);
}

/* ---- making ---- */

struct new_object {
	mode_t mode; /* with type */
	dev_t dev;
	const char *target; /* symlink */
};

static int make_real(int dir, const char *name, const struct new_object *o)
{
	int ret;

	if (S_ISDIR(o->mode))
		ret = mkdirat(dir, name, (o->mode & 01777) | 0700);
	else if (S_ISLNK(o->mode))
		ret = symlinkat(o->target, dir, name);
	else if (S_ISCHR(o->mode) || S_ISBLK(o->mode) || S_ISREG(o->mode))
		ret = mknodat(dir, name, S_IFREG | 0600, 0);
	else
		ret = mknodat(dir, name, (o->mode & S_IFMT) | (o->mode & 0777) | 0600, 0);
	return ret < 0 ? -errno : 0;
}

static int make_host(int dir, const char *name, const struct new_object *o)
{
	int ret;

	if (S_ISDIR(o->mode))
		ret = mkdirat(dir, name, o->mode & 07777);
	else if (S_ISLNK(o->mode))
		ret = symlinkat(o->target, dir, name);
	else
		ret = mknodat(dir, name, o->mode, o->dev);
	return ret < 0 ? -errno : 0;
}

/* @o as @tmp, with all that belongs to it, before anybody sees it. */
static int make_whole(struct layers *l, int at, const char *tmp, const struct new_object *o,
		      const struct cred *who, const struct birth *b, bool opaque)
{
	autoclose int fd = -1;
	char path[64];
	int ret = make_real(at, tmp, o);

	if (ret < 0)
		return ret;
	fd = openat(at, tmp, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ret = fd < 0 ? -errno : attr_record(l, fd, b->mode, who ? who->fsuid : 0, b->gid, o->dev);
	if (ret == 0)
		ret = acl_inherit(fd, b);
	if (ret < 0 || !opaque)
		return ret;
	fd_path_name(fd, path);
	return setxattr(path, XATTR_OPAQUE, "y", 1, 0) < 0 ? -errno : 0;
}

static int make_locked(struct layers *l, const struct cred *who, const char *rel,
		       const struct new_object *o, const struct birth *b)
{
	enum name_kind kind = kind_of_mode(o->mode);
	bool opaque;
	const char *name;
	char tmp[32];
	struct lnode n;
	autoclose int dir = upper_parent(l, rel, &name);
	int at, ret;

	if (dir < 0)
		return dir;
	if (l->flags & LAYERS_HOST)
		return make_host(dir, name, o);
	ret = find_name(l, rel, &n);
	if (ret == 0 && n.fd >= 0) {
		layers_node_finish(&n);
		return -EEXIST;
	}
	if (ret < 0)
		return ret;
	/* Over a whiteout a new directory must not show what the lower one of that name had. */
	opaque = S_ISDIR(o->mode) && lower_has(l, rel);
	at = l->work >= 0 ? l->work : dir;
	work_name(l, tmp);
	ret = make_whole(l, at, tmp, o, who, b, opaque);
	if (ret == 0)
		ret = devices_mark(l, rel, kind);
	if (ret == 0 && renameat2(at, tmp, dir, name, RENAME_NOREPLACE) < 0) {
		ret = -errno;
		if (ret == -EEXIST) { /* the whiteout: exchange, then drop it */
			ret = renameat2(at, tmp, dir, name, RENAME_EXCHANGE) < 0 ? -errno : 0;
			if (ret == 0)
				unlinkat(at, tmp, 0);
		}
	}
	if (ret < 0)
		remove_tree(at, tmp);
	else
		cache_set(l, rel, kind, opaque || !l->root.base);
	return ret;
}

/* Something can be made at @rel: EEXIST comes before EROFS and EACCES, as the kernel has it. */
static int make_check(struct layers *l, const struct cred *who, const char *rel)
{
	struct lnode n;
	int ret = find_name(l, rel, &n);

	if (ret == 0 && n.fd >= 0)
		ret = -EEXIST;
	layers_node_finish(&n);
	return ret < 0 ? ret : attr_parent_check(l, who, rel, NULL);
}

static int make(struct layers *l, const struct cred *who, const char *rel, struct new_object *o)
{
	int ret = make_check(l, who, rel);
	struct birth b;

	if (ret < 0)
		return ret;
	layers_lock_change(l);
	ret = acl_birth_of(l, who, rel, o->mode, &b);
	o->mode = b.mode;
	if (ret == 0)
		ret = mincow_make(l, rel, o->mode, o->dev, o->target);
	if (ret == MINCOW_COPY)
		ret = make_locked(l, who, rel, o, &b);
	layers_unlock_change(l);
	acl_birth_finish(&b);
	return ret;
}

int layers_mkdir(struct layers *l, const struct cred *who, const char *rel, mode_t mode)
{
	return make(l, who, rel, &(struct new_object){ .mode = S_IFDIR | mode });
}

int layers_mknod(struct layers *l, const struct cred *who, const char *rel, mode_t mode, dev_t dev)
{
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && who && !cred_has_cap(who, CAP_MKNOD))
		return -EPERM;
	return make(l, who, rel, &(struct new_object){ .mode = mode, .dev = dev });
}

int layers_symlink(struct layers *l, const struct cred *who, const char *target, const char *rel)
{
	return make(l, who, rel, &(struct new_object){ .mode = S_IFLNK | 0777, .target = target });
}

/* The shortest name that bind(2) takes for @name in @dir: the real path, or one through our own fd.
 */
static int bind_name(int dir, const char *name, char *bound)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	fd_path_name(dir, link);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	if (snprintf(bound, PATH_MAX, "%s/%s", path, name) <
	    (int)sizeof(((struct sockaddr_un *)0)->sun_path))
		return 0;
	if (snprintf(bound, PATH_MAX, "%s/%s", link, name) <
	    (int)sizeof(((struct sockaddr_un *)0)->sun_path))
		return 0;
	return -ENAMETOOLONG;
}

/*
 * bind(2) makes the name itself and replaces nothing, and the name that it was given is told by
 * getsockname(2) for ever. So a whiteout must be out of the way for a moment: who is killed just
 * then leaves the lower file to be seen again.
 */
static int bind_over(struct layers *l, int dir, const char *name, bool whiteout, int sock,
		     const char *bound)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char tmp[32];
	int ret;

	strcpy(un.sun_path, bound);
	if (whiteout) {
		work_name(l, tmp);
		if (renameat(dir, name, l->work >= 0 ? l->work : dir, tmp) < 0)
			return -errno;
	}
	ret = bind(sock, (struct sockaddr *)&un, sizeof(un)) < 0 ? -errno : 0;
	if (whiteout && ret < 0)
		renameat(l->work >= 0 ? l->work : dir, tmp, dir, name);
	else if (whiteout)
		unlinkat(l->work >= 0 ? l->work : dir, tmp, 0);
	return ret;
}

/* The socket @name has been bound, as @rel: whose it is, and its mode. */
static int bind_record(struct layers *l, const struct cred *who, int dir, const char *name,
		       const char *rel, mode_t mode)
{
	autoclose int fd = -1;
	struct birth b;
	int ret = acl_birth_of(l, who, rel, S_IFSOCK | mode, &b);

	acl_birth_finish(&b);
	if (ret < 0)
		return ret;
	if (l->flags & LAYERS_HOST)
		return fchmodat(dir, name, b.mode & 07777, 0) < 0 ? -errno : 0;
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : attr_record(l, fd, b.mode, who ? who->fsuid : 0, b.gid, 0);
}

int layers_bind(struct layers *l, const struct cred *who, const char *rel, int sock, mode_t mode,
		char *bound)
{
	bool whiteout = false;
	const char *name;
	struct where w;
	struct stat st;
	int dir, ret = attr_parent_check(l, who, rel, NULL);

	if (ret < 0)
		return ret;
	layers_lock_change(l);
	dir = upper_parent(l, rel, &name);
	ret = dir < 0 ? dir : bind_name(dir, name, bound);
	if (ret == 0) {
		if (l->noverlay) {
			cache_find(l, rel, &w);
			whiteout = w.kind == WHERE_MISSING &&
				   fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
		}
		ret = bind_over(l, dir, name, whiteout, sock, bound);
		if (ret == 0) {
			cache_set(l, rel, NAME_OTHER, false);
			ret = bind_record(l, who, dir, name, rel, mode);
		}
	}
	if (dir >= 0)
		close(dir);
	layers_unlock_change(l);
	return ret;
}

/* ---- links ---- */

/* A link to @from in @at as @rel, over a whiteout too. Locked. */
static int link_name_locked(struct layers *l, int at, const char *from, int flags, const char *rel,
			    enum name_kind kind)
{
	const char *name;
	char tmp[32];
	struct where w = { .kind = WHERE_BASE };
	autoclose int dir = upper_parent(l, rel, &name);
	int ret;

	if (dir < 0)
		return dir;
	/* from a descriptor: a regular file, perhaps a copy */
	if (kind == NAME_OTHER && at == AT_FDCWD && getxattr(from, XATTR_ORIGIN, NULL, 0) > 0)
		kind = NAME_COPY;
	ret = devices_mark(l, rel, kind);
	if (ret < 0)
		return ret;
	if (linkat(at, from, dir, name, flags) < 0) {
		if (errno != EEXIST || !l->noverlay)
			return -errno;
		cache_find(l, rel, &w);
		if (w.kind != WHERE_MISSING)
			return -EEXIST;
		work_name(l, tmp);
		if (linkat(at, from, l->work, tmp, flags) < 0)
			return -errno;
		ret = renameat(l->work, tmp, dir, name) < 0 ? -errno : 0;
		if (ret < 0) {
			unlinkat(l->work, tmp, 0);
			return ret;
		}
	}
	cache_set(l, rel, kind, false);
	return 0;
}

int link_locked(struct layers *l, int fd, const char *rel, enum name_kind kind)
{
	char from[64];

	fd_path_name(fd, from);
	return link_name_locked(l, AT_FDCWD, from, AT_SYMLINK_FOLLOW, rel, kind);
}

/* A lower layer's name does not stop linkat(2). Locked. */
static int name_free(struct layers *l, const char *rel)
{
	struct lnode n;
	int ret = find_name(l, rel, &n);

	if (ret == 0 && n.fd >= 0)
		ret = -EEXIST;
	layers_node_finish(&n);
	return ret;
}

int layers_link(struct layers *l, const struct cred *who, const char *from, const char *to)
{
	struct lnode n;
	int ret = make_check(l, who, to);

	if (ret < 0)
		return ret;
	/* One inode in layer 0 from now on: a lower file is copied first. */
	ret = copy_up(l, from, true);
	if (ret < 0)
		return ret;
	ret = find_name(l, from, &n);
	if (ret < 0 || n.fd < 0)
		return ret < 0 ? ret : -ENOENT;
	layers_lock_change(l);
	ret = name_free(l, to);
	if (ret == 0 && S_ISLNK(n.stx.stx_mode)) {
		/* No descriptor of a symlink can be linked: by name. */
		const char *name;
		autoclose int dir = upper_parent(l, from, &name);

		ret = dir < 0 ? dir : link_name_locked(l, dir, name, 0, to, NAME_OTHER);
	} else if (ret == 0) {
		ret = link_locked(l, n.fd, to, kind_of_mode(n.stx.stx_mode));
	}
	layers_unlock_change(l);
	layers_node_finish(&n);
	return ret;
}

int layers_link_fd(struct layers *l, const struct cred *who, int fd, const char *to)
{
	struct statx stx;
	int ret = make_check(l, who, to);

	if (ret < 0)
		return ret;
	if (!layers_owns_fd(l, fd))
		return -EXDEV;
	ret = layers_stat_fd(l, fd, &stx);
	if (ret < 0)
		return ret;
	layers_lock_change(l);
	ret = name_free(l, to);
	if (ret == 0)
		ret = link_locked(l, fd, to, kind_of_mode(stx.stx_mode));
	layers_unlock_change(l);
	return ret;
}

/* ---- removing ---- */

static bool not_dot(void *arg, const struct ldirent *d)
{
	bool *found = arg;

	*found = strcmp(d->name, ".") != 0 && strcmp(d->name, "..") != 0;
	return !*found;
}

int dir_is_empty(struct layers *l, const char *rel)
{
	bool found = false;
	int ret = layers_list(l, rel, 0, not_dot, &found);

	return ret < 0 ? ret : found ? -ENOTEMPTY : 0;
}

/*
 * A directory of layer 0 that looks empty may hold whiteouts. It is opaque before they go: nothing
 * shall show through when what was to come after this fails.
 */
int dir_drop_whiteouts(struct layers *l, const char *rel)
{
	autoclose int fd = layer_open_at(l->fd[0], rel, O_RDONLY | O_DIRECTORY);
	char buf[4096];
	long n;

	if (fd < 0)
		return fd;
	if (l->overlay[0] && lower_has(l, rel)) {
		if (fsetxattr(fd, XATTR_OPAQUE, "y", 1, 0) < 0)
			return -errno;
		cache_set(l, rel, NAME_DIR, true);
	}
	while ((n = getdents64(fd, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n;) {
			const char *name = buf + at + 19;

			if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
				unlinkat(fd, name, 0);
			at += *(unsigned short *)(buf + at + 16);
		}
	return 0;
}

/* Make @rel vanish. What is in layer 0 goes, and a whiteout hides what is below. Locked. */
static int remove_locked(struct layers *l, const char *rel, bool is_dir)
{
	const char *name;
	bool upper = in_upper(l, rel), below = lower_has(l, rel);
	char tmp[32];
	struct lnode links = { .fd = -1 };
	autoclose int dir = upper_parent(l, rel, &name);
	int ret = 0;

	if (dir < 0)
		return dir;
	if (upper && is_dir && l->noverlay)
		ret = dir_drop_whiteouts(l, rel);
	if (ret < 0)
		return ret;
	if (!is_dir)
		links_look(l, rel, &links);
	if (!below) {
		if (upper && unlinkat(dir, name, is_dir ? AT_REMOVEDIR : 0) < 0)
			ret = -errno;
		else
			cache_remove(l, rel);
		goto out;
	}
	if (!upper) {
		ret = whiteout_make(l, dir, name);
	} else {
		work_name(l, tmp);
		ret = whiteout_make(l, l->work, tmp);
		if (ret == 0 &&
		    renameat2(l->work, tmp, dir, name, is_dir ? RENAME_EXCHANGE : 0) < 0) {
			ret = -errno;
			unlinkat(l->work, tmp, 0);
		} else if (ret == 0 && is_dir) {
			unlinkat(l->work, tmp, AT_REMOVEDIR);
		}
	}
	if (ret == 0)
		cache_set(l, rel, NAME_WHITEOUT, false);
out:
	if (ret == 0)
		links_gone(l, &links);
	layers_node_finish(&links);
	return ret;
}

int layers_unlink(struct layers *l, const struct cred *who, const char *rel, bool is_rmdir)
{
	struct lnode n;
	bool is_dir;
	int ret = find_name(l, rel, &n);

	if (ret < 0 || n.fd < 0)
		return ret < 0 ? ret : -ENOENT;
	is_dir = S_ISDIR(n.stx.stx_mode);
	ret = attr_parent_check(l, who, rel, &n);
	layers_node_finish(&n);
	if (ret < 0)
		return ret;
	if (is_dir != is_rmdir)
		return is_rmdir ? -ENOTDIR : -EISDIR;
	layers_lock_change(l);
	/* on the host itself the kernel looks, also where we may not */
	ret = is_dir && !(l->flags & LAYERS_HOST) ? dir_is_empty(l, rel) : 0;
	if (ret == -EACCES && !in_upper(l, rel))
		ret = 0; /* cannot be looked into, so nothing in it can be missed */
	if (ret == 0)
		ret = mincow_remove(l, rel, is_dir);
	if (ret == MINCOW_COPY)
		ret = remove_locked(l, rel, is_dir);
	layers_unlock_change(l);
	return ret;
}
