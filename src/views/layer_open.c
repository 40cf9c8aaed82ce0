// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening: the kernel's own descriptor, on the right layer's object. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "layers_priv.h"

#define NOT_REAL (O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW)

/* Devices that a compartment may have, by number: the host's node is opened. */
static int open_device(const struct statx *stx, int flags)
{
	static const struct {
		unsigned major, minor;
		const char *path;
	} safe[] = {
		{ 1, 3, "/dev/null" },	 { 1, 5, "/dev/zero" },	   { 1, 7, "/dev/full" },
		{ 1, 8, "/dev/random" }, { 1, 9, "/dev/urandom" }, { 5, 0, "/dev/tty" },
		{ 5, 2, "/dev/ptmx" },
	};
	int fd;

	if (S_ISCHR(stx->stx_mode))
		for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
			if (safe[i].major == stx->stx_rdev_major &&
			    safe[i].minor == stx->stx_rdev_minor) {
				fd = open(safe[i].path, (flags & ~NOT_REAL) | O_CLOEXEC | O_NOCTTY);
				return fd < 0 ? -errno : fd;
			}
	return -EACCES;
}

static int want_bits(int flags)
{
	static const int by_mode[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	return by_mode[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0);
}

static int birth_record(struct layers *l, const struct cred *who, int fd, const struct birth *b)
{
	int ret = attr_record(l, fd, b->mode, who ? who->fsuid : 0, b->gid, 0);

	return ret < 0 ? ret : acl_inherit(fd, b);
}

static int open_tmpfile(struct layers *l, const struct cred *who, const char *rel, int flags,
			mode_t mode)
{
	struct birth b;
	struct lnode n;
	size_t prefix;
	int fd, ret = layers_lookup(l, NULL, rel, &n, &prefix);

	if (ret != 0 || n.fd < 0)
		return ret < 0 ? ret : -ENOENT;
	ret = !S_ISDIR(n.stx.stx_mode) ? -ENOTDIR
	      : !layers_writable(l)    ? -EROFS
	      : who		       ? layers_may(l, who, &n, W_OK | X_OK)
				       : 0;
	if (ret == 0 && n.layer > 0)
		ret = copy_up(l, rel, true);
	layers_node_finish(&n);
	if (ret < 0)
		return ret;
	autoclose int dir = layer_open_at(l->fd[0], rel, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return dir;
	ret = acl_birth(l, who, rel, S_IFREG | mode, &b);
	if (ret < 0)
		return ret;
	fd = openat(dir, ".", (flags & ~O_NOFOLLOW) | O_CLOEXEC,
		    l->flags & LAYERS_HOST ? b.mode & 07777 : (b.mode & 0777) | 0600);
	if (fd < 0)
		ret = -errno;
	else if (!(l->flags & LAYERS_HOST))
		ret = birth_record(l, who, fd, &b);
	acl_birth_finish(&b);
	if (ret < 0 && fd >= 0)
		close(fd);
	return ret < 0 ? ret : fd;
}

/* Made whole in work, and put into place by one rename: over a whiteout, or with a record. */
static int create_aside(struct layers *l, const struct cred *who, int dir, const char *name,
			int how, const struct birth *b, bool whiteout)
{
	int at = l->work >= 0 ? l->work : dir, ret, fd;
	char tmp[32];

	work_name(l, tmp);
	fd = openat(at, tmp, how, (b->mode & 0777) | 0600);
	if (fd < 0)
		return -errno;
	ret = birth_record(l, who, fd, b);
	if (ret == 0 && renameat2(at, tmp, dir, name, whiteout ? 0 : RENAME_NOREPLACE) < 0)
		ret = -errno;
	if (ret == 0)
		return fd;
	unlinkat(at, tmp, 0);
	close(fd);
	return ret;
}

static int create_locked(struct layers *l, const struct cred *who, const char *rel, int flags,
			 const struct birth *b)
{
	int how = (flags & ~(O_NOFOLLOW | O_TRUNC)) | O_CREAT | O_EXCL | O_CLOEXEC;
	mode_t mode = b->mode & 07777;
	/* Root's file with a mode that its real owner can have is what it looks like. */
	bool plain = l->flags & LAYERS_HOST ||
		     (!b->acl && !(who && who->fsuid) && !b->gid && mode == ((mode & 0777) | 0600));
	const char *name;
	struct where w;
	autoclose int dir = upper_parent(l, rel, &name);
	int fd;

	if (dir < 0)
		return dir;
	fd = plain ? openat(dir, name, how, mode) : create_aside(l, who, dir, name, how, b, false);
	if (plain && fd < 0)
		fd = -errno;
	if (fd == -EEXIST && l->noverlay) {
		/* A whiteout, unless somebody was faster. */
		cache_find(l, rel, &w);
		if (w.kind != WHERE_MISSING)
			return -EEXIST;
		fd = create_aside(l, who, dir, name, how, b, true);
	}
	if (fd >= 0)
		cache_set(l, rel, NAME_OTHER, false);
	return fd;
}

static int open_new(struct layers *l, const struct cred *who, const char *rel, int flags,
		    mode_t mode)
{
	int ret = attr_parent_check(l, who, rel, NULL);
	struct birth b;

	if (ret < 0)
		return ret;
	layers_lock_change(l);
	ret = acl_birth_of(l, who, rel, S_IFREG | mode, &b);
	if (ret == 0)
		ret = mincow_create(l, rel, flags, b.mode & 07777);
	if (ret == MINCOW_COPY)
		ret = create_locked(l, who, rel, flags, &b);
	layers_unlock_change(l);
	acl_birth_finish(&b);
	return ret;
}

static int open_real(struct layers *l, const struct lnode *n, const char *rel, int flags)
{
	int fd;

	if (S_ISREG(n->stx.stx_mode) || S_ISDIR(n->stx.stx_mode))
		return layer_open_at(l->fd[n->layer], rel,
				     flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW));
	/* A FIFO or terminal may block, and by name it could be another one: reopen what we hold.
	 */
	{
		char name[64];

		fd_path_name(n->fd, name);
		fd = open(name, (flags & ~NOT_REAL) | O_CLOEXEC | O_NOCTTY);
		return fd < 0 ? -errno : fd;
	}
}

static int open_for_write(struct layers *l, struct lnode *n, const char *rel, int flags)
{
	size_t prefix;
	int ret, fd;

	if (!layers_writable(l))
		return -EROFS;
	if (l->flags & LAYERS_MINCOW && !n->linked) {
		fd = open_real(l, n, rel, flags);
		if (fd >= 0)
			return fd;
	}
	ret = copy_up(l, rel, !(flags & O_TRUNC));
	/* a log that we may not read: what comes from now on is ours */
	if (ret == -EACCES && (flags & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND))
		ret = copy_up(l, rel, false);
	if (ret < 0)
		return ret;
	layers_node_finish(n);
	ret = layers_lookup(l, NULL, rel, n, &prefix);
	if (ret != 0 || n->fd < 0)
		return ret < 0 ? ret : -ENOENT;
	return open_real(l, n, rel, flags);
}

static int open_existing(struct layers *l, const struct cred *who, struct lnode *n, const char *rel,
			 int flags)
{
	mode_t type = n->stx.stx_mode & S_IFMT;
	int want = want_bits(flags), ret;

	if (type != S_IFDIR && flags & O_DIRECTORY)
		return -ENOTDIR;
	if (flags & O_PATH)
		return fcntl(n->fd, F_DUPFD_CLOEXEC, 0);
	if (type == S_IFLNK)
		return -ELOOP;
	if (type == S_IFDIR && (want & W_OK || flags & O_CREAT))
		return -EISDIR;
	if (type == S_IFSOCK)
		return -ENXIO;
	ret = layers_may(l, who, n, want);
	if (ret == 0 && flags & O_NOATIME && who->fsuid != n->stx.stx_uid &&
	    !cred_has_cap(who, CAP_FOWNER))
		ret = -EPERM;
	if (ret < 0)
		return ret;
	if ((type == S_IFCHR || type == S_IFBLK) && !(l->flags & LAYERS_HOST))
		return open_device(&n->stx, flags);
	/* O_NOATIME on what is another's on the host would be refused: the time is not ours to keep
	 */
	if (flags & O_NOATIME && n->layer > 0)
		flags &= ~O_NOATIME;
	if (type == S_IFREG &&
	    ((want & W_OK && (n->layer > 0 || !layers_writable(l))) || n->linked))
		return open_for_write(l, n, rel, flags);
	if (n->closed)
		return open_for_write(l, n, rel, flags);
	return open_real(l, n, rel, flags);
}

int layers_open_found(struct layers *l, const struct cred *who, struct lnode *n, const char *rel,
		      int flags)
{
	struct cred root;

	if (!who) {
		cred_init_root(&root);
		who = &root;
	}
	if (flags & O_CREAT && flags & O_EXCL)
		return -EEXIST;
	return open_existing(l, who, n, rel, flags);
}

int layers_open(struct layers *l, const struct cred *who, const char *rel, int flags, mode_t mode)
{
	struct lnode n;
	size_t prefix;
	int ret;

	if ((flags & O_TMPFILE) == O_TMPFILE)
		return open_tmpfile(l, who, rel, flags, mode);
	for (int tries = 0; tries < 8; tries++) {
		ret = layers_lookup(l, NULL, rel, &n, &prefix);
		if (ret == LAYERS_SYMLINK) {
			layers_node_finish(&n);
			return -ELOOP;
		}
		if (ret < 0)
			return ret;
		if (n.fd < 0) {
			if (!(flags & O_CREAT))
				return -ENOENT;
			ret = open_new(l, who, rel, flags, mode);
			if (ret == -EEXIST && !(flags & O_EXCL))
				continue; /* made meanwhile: open that one */
			return ret;
		}
		ret = layers_open_found(l, who, &n, rel, flags);
		layers_node_finish(&n);
		return ret;
	}
	return -EEXIST;
}

ssize_t layers_readlink(struct layers *l, const struct cred *who, const char *rel, char *buf,
			size_t size)
{
	struct lnode n;
	size_t prefix;
	ssize_t ret = layers_lookup(l, NULL, rel, &n, &prefix);

	if (ret == LAYERS_SYMLINK) {
		ret = -ELOOP;
	} else if (ret == 0) {
		ret = n.fd < 0 ? -ENOENT : readlinkat(n.fd, "", buf, size);
		if (ret == -1)
			ret = errno == ENOENT ? -EINVAL : -errno;
	}
	layers_node_finish(&n);
	return ret;
}
