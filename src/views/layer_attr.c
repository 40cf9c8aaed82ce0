// SPDX-License-Identifier: GPL-2.0-or-later
/* What objects look like inside: owner, mode, device numbers. */
#include <linux/capability.h>
#include <linux/xattr.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_priv.h"
#include "owner.h"

#define RECORD_MAX 128

int fd_path_name(int fd, char name[64])
{
	return snprintf(name, 64, "/proc/self/fd/%d", fd);
}

bool who_is_root(const struct cred *who)
{
	return !who || cred_has_cap(who, CAP_DAC_OVERRIDE);
}

/* "uid:gid:octal mode[:char-MAJ-MIN|:block-MAJ-MIN]" */
static void parse_override(const char *text, struct statx *stx)
{
	unsigned uid, gid, mode, major, minor;
	int n = 0;

	if (sscanf(text, "%u:%u:%o%n", &uid, &gid, &mode, &n) < 3)
		return;
	stx->stx_uid = uid;
	stx->stx_gid = gid;
	stx->stx_mode = (stx->stx_mode & S_IFMT) | (mode & 07777);
	if (sscanf(text + n, ":char-%u-%u", &major, &minor) == 2)
		stx->stx_mode = (stx->stx_mode & 07777) | S_IFCHR;
	else if (sscanf(text + n, ":block-%u-%u", &major, &minor) == 2)
		stx->stx_mode = (stx->stx_mode & 07777) | S_IFBLK;
	else
		return;
	stx->stx_rdev_major = major;
	stx->stx_rdev_minor = minor;
}

void attr_virtual(struct layers *l, unsigned layer, int opath, struct statx *stx)
{
	char name[64], text[RECORD_MAX];
	unsigned long dev, ino;
	ssize_t n;
	bool ours = stx->stx_uid == l->host_uid;

	if (ours)
		stx->stx_uid = 0;
	if (stx->stx_gid == l->host_gid)
		stx->stx_gid = 0;
	pty_virtual(l, stx);
	/* Only our own objects of an overlay layer have a record. */
	if (!l->overlay[layer] || !ours || opath < 0)
		return;
	if (!S_ISREG(stx->stx_mode) && !S_ISDIR(stx->stx_mode)) {
		owner_look(l, layer, opath, stx);
		return;
	}
	fd_path_name(opath, name);
	if (listxattr(name, NULL, 0) == 0)
		return; /* most have none: one question, not three */
	n = getxattr(name, XATTR_OVERRIDE, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = '\0';
		parse_override(text, stx);
	}
	if (S_ISDIR(stx->stx_mode))
		return;
	links_count(opath, stx);
	n = getxattr(name, XATTR_ORIGIN, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = '\0';
		if (sscanf(text, "%lx:%lu", &dev, &ino) == 2) {
			stx->stx_dev_major = major(dev);
			stx->stx_dev_minor = minor(dev);
			stx->stx_ino = ino;
		}
	}
}

/* A symlink, FIFO or socket. A symlink's mode is what it is. */
static int record_beside(struct layers *l, int opath, mode_t type, struct owner o)
{
	mode_t real = type == S_IFLNK ? 0777 : (o.mode & 01777) | 0600;
	bool plain;
	char name[64];
	int ret;

	if (type == S_IFLNK)
		o.mode = real;
	plain = o.uid == 0 && o.gid == 0 && (o.mode & 07777) == real;
	ret = owner_record(l, opath, &o, plain);
	if (ret < 0 || type == S_IFLNK)
		return ret;
	fd_path_name(opath, name);
	return chmod(name, real) < 0 ? -errno : 0;
}

int attr_record(struct layers *l, int opath, mode_t mode, uid_t uid, gid_t gid, dev_t rdev)
{
	mode_t real = mode & 01777;
	char name[64], text[RECORD_MAX], old[RECORD_MAX];
	bool special = S_ISCHR(mode) || S_ISBLK(mode), plain;
	struct stat st;
	int n;

	if (fstat(opath, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return record_beside(l, opath, st.st_mode & S_IFMT,
				     (struct owner){ uid, gid, mode });
	fd_path_name(opath, name);
	real |= S_ISDIR(st.st_mode) ? 0700 : 0600;
	plain = !special && uid == 0 && gid == 0 && (mode & 07777) == real;
	/* The record overrides the real mode: it comes first and goes last. */
	if (plain) {
		if ((st.st_mode & 07777) != real && chmod(name, real) < 0)
			return -errno;
		if (getxattr(name, XATTR_OVERRIDE, old, sizeof(old)) >= 0 &&
		    removexattr(name, XATTR_OVERRIDE) < 0)
			return -errno;
		return 0;
	}
	n = snprintf(text, sizeof(text), "%u:%u:%o", uid, gid, mode);
	if (special)
		snprintf(text + n, sizeof(text) - n, ":%s-%u-%u", S_ISCHR(mode) ? "char" : "block",
			 major(rdev), minor(rdev));
	if (setxattr(name, XATTR_OVERRIDE, text, strlen(text), 0) < 0)
		return -errno;
	return (st.st_mode & 07777) != real && chmod(name, real) < 0 ? -errno : 0;
}

/* The layer that @fd came from: only some have our records. What was made in work is layer 0's. */
static unsigned fd_layer(struct layers *l, int fd)
{
	char name[64], host[PATH_MAX];
	size_t best_len = 0;
	unsigned best = 0;
	ssize_t n;

	if (fd < 0 || layers_owns_fd(l, fd))
		return 0;
	fd_path_name(fd, name);
	n = readlink(name, host, sizeof(host) - 1);
	host[n < 0 ? 0 : n] = '\0';
	for (unsigned i = 0; n > 0 && i < l->n; i++)
		if (path_under(host, l->path[i]) && strlen(l->path[i]) > best_len) {
			best = i;
			best_len = strlen(l->path[i]);
		}
	return best;
}

void layers_stat_host(struct layers *l, int fd, struct statx *stx)
{
	attr_virtual(l, l->overlay[0] ? fd_layer(l, fd) : l->n - 1, fd, stx);
}

int layers_stat_fd(struct layers *l, int fd, struct statx *out)
{
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, out) < 0)
		return -errno;
	layers_stat_host(l, fd, out);
	return 0;
}

/* ---- permission ---- */

int attr_parent_check(struct layers *l, const struct cred *who, const char *rel,
		      struct lnode *victim)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(rel, '/');
	struct lnode n;
	size_t prefix;
	int ret;

	if (!layers_writable(l))
		return -EROFS;
	if (who_is_root(who) && cred_has_cap(who, CAP_FOWNER))
		return 0;
	memcpy(parent, rel, slash ? slash - rel : 0);
	parent[slash ? slash - rel : 0] = '\0';
	ret = layers_lookup(l, NULL, parent, &n, &prefix);
	if (ret != 0 || n.fd < 0)
		return ret < 0 ? ret : -ENOENT;
	ret = layers_may(l, who, &n, W_OK | X_OK);
	if (ret == 0 && victim && victim->fd >= 0 && n.stx.stx_mode & S_ISVTX &&
	    who->fsuid != n.stx.stx_uid && who->fsuid != victim->stx.stx_uid &&
	    !cred_has_cap(who, CAP_FOWNER))
		ret = -EPERM;
	layers_node_finish(&n);
	return ret;
}

int lookup_existing(struct layers *l, const char *rel, struct lnode *n)
{
	size_t prefix;
	int ret = layers_lookup(l, NULL, rel, n, &prefix);

	if (ret == LAYERS_SYMLINK) {
		layers_node_finish(n);
		return -ELOOP;
	}
	if (ret == 0 && n->fd < 0)
		return -ENOENT;
	return ret;
}

int layers_access_found(struct layers *l, const struct cred *who, const struct lnode *n, int want)
{
	int ret = layers_may(l, who, n, want);

	if (ret == 0 && want & W_OK && !layers_writable(l) && !S_ISCHR(n->stx.stx_mode) &&
	    !S_ISFIFO(n->stx.stx_mode) && !S_ISSOCK(n->stx.stx_mode))
		ret = -EROFS;
	/* What the host refuses us we cannot give, whoever we are inside. */
	if (ret == 0 && !n->closed && (want & R_OK || l->flags & LAYERS_HOST) &&
	    (n->layer > 0 || !l->overlay[0])) {
		char name[64];
		int real = l->flags & LAYERS_HOST ? want & (R_OK | W_OK) : R_OK;

		fd_path_name(n->fd, name);
		if (!S_ISLNK(n->stx.stx_mode) && real &&
		    faccessat(AT_FDCWD, name, real, AT_EACCESS) < 0)
			ret = -errno;
	}
	return ret;
}

int layers_access(struct layers *l, const struct cred *who, const char *rel, int want)
{
	struct lnode n;
	int ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	ret = layers_access_found(l, who, &n, want);
	layers_node_finish(&n);
	return ret;
}

/* ---- changing ---- */

int change_begin(struct layers *l, const char *rel, struct lnode *n)
{
	int ret = lookup_existing(l, rel, n);

	if (ret < 0)
		return ret;
	if (!layers_writable(l))
		ret = -EROFS;
	else if (n->layer > 0 || n->linked) {
		layers_node_finish(n);
		ret = copy_up(l, rel, true);
		if (ret == 0)
			ret = lookup_existing(l, rel, n);
	}
	if (ret < 0)
		layers_node_finish(n);
	return ret;
}

static int host_chmod(int fd, mode_t mode)
{
	char name[64];

	fd_path_name(fd, name);
	return chmod(name, mode) < 0 ? -errno : 0;
}

static int chmod_check(const struct cred *who, const struct lnode *n)
{
	return who && who->fsuid != n->stx.stx_uid && !cred_has_cap(who, CAP_FOWNER) ? -EPERM : 0;
}

static int node_chmod(struct layers *l, const struct cred *who, struct lnode *n, mode_t mode)
{
	dev_t rdev = makedev(n->stx.stx_rdev_major, n->stx.stx_rdev_minor);

	if (who && !S_ISDIR(n->stx.stx_mode) && mode & S_ISGID &&
	    !cred_in_group(who, n->stx.stx_gid) && !cred_has_cap(who, CAP_FSETID))
		mode &= ~S_ISGID;
	/* The host's own users are none of ours: to them a terminal is open to write(1) at most. */
	if (pty_record(l, &n->stx, n->stx.stx_uid, n->stx.stx_gid, mode))
		return host_chmod(n->fd, (mode & 0020) | 0600);
	if (l->flags & LAYERS_HOST)
		return host_chmod(n->fd, mode);
	return attr_record(l, n->fd, (n->stx.stx_mode & S_IFMT) | mode, n->stx.stx_uid,
			   n->stx.stx_gid, rdev);
}

static int chown_check(const struct cred *who, const struct lnode *n, uid_t uid, gid_t gid)
{
	bool owner;

	if (!who || cred_has_cap(who, CAP_CHOWN))
		return 0;
	owner = who->fsuid == n->stx.stx_uid;
	return (uid != (uid_t)-1 && !(owner && uid == n->stx.stx_uid)) ||
			       (gid != (gid_t)-1 &&
				!(owner && (gid == n->stx.stx_gid || cred_in_group(who, gid))))
		       ? -EPERM
		       : 0;
}

static int node_chown(struct layers *l, struct lnode *n, uid_t uid, gid_t gid)
{
	mode_t mode = n->stx.stx_mode;
	dev_t rdev = makedev(n->stx.stx_rdev_major, n->stx.stx_rdev_minor);
	char name[64];

	if (uid == (uid_t)-1)
		uid = n->stx.stx_uid;
	if (gid == (gid_t)-1)
		gid = n->stx.stx_gid;
	if (pty_record(l, &n->stx, uid, gid, mode))
		return 0;
	if (l->flags & LAYERS_HOST) {
		fd_path_name(n->fd, name);
		return fchownat(n->fd, "", uid == 0 ? l->host_uid : uid,
				gid == 0 ? l->host_gid : gid, AT_EMPTY_PATH) < 0
			       ? -errno
			       : 0;
	}
	/* chown(2): set-id bits go, for root too; a set-gid bit without group x is a lock mark */
	if (S_ISREG(mode)) {
		mode &= ~S_ISUID;
		if (mode & S_IXGRP)
			mode &= ~S_ISGID;
	}
	return attr_record(l, n->fd, mode, uid, gid, rdev);
}

int layers_chmod(struct layers *l, const struct cred *who, const char *rel, mode_t mode)
{
	struct lnode n;
	int ret = lookup_existing(l, rel, &n);

	/* asked before anything is changed or copied */
	if (ret == 0)
		ret = chmod_check(who, &n);
	if (ret < 0) {
		layers_node_finish(&n);
		return ret;
	}
	ret = mincow_chmod(l, &n, mode);
	layers_node_finish(&n);
	if (ret != MINCOW_COPY)
		return ret;
	ret = change_begin(l, rel, &n);
	if (ret < 0)
		return ret;
	ret = S_ISLNK(n.stx.stx_mode) ? -EOPNOTSUPP : node_chmod(l, who, &n, mode);
	layers_node_finish(&n);
	return ret;
}

int layers_chown(struct layers *l, const struct cred *who, const char *rel, uid_t uid, gid_t gid)
{
	struct lnode n;
	int ret = lookup_existing(l, rel, &n);

	if (ret == 0)
		ret = chown_check(who, &n, uid, gid);
	layers_node_finish(&n);
	if (ret == 0)
		ret = change_begin(l, rel, &n);
	if (ret < 0)
		return ret;
	ret = node_chown(l, &n, uid, gid);
	layers_node_finish(&n);
	return ret;
}

static int fd_node(struct layers *l, int fd, struct lnode *n)
{
	if (!layers_owns_fd(l, fd))
		return -EROFS;
	*n = (struct lnode){ .fd = fd };
	return layers_stat_fd(l, fd, &n->stx);
}

int layers_fchmod(struct layers *l, const struct cred *who, int fd, mode_t mode)
{
	struct lnode n;
	int ret = fd_node(l, fd, &n);

	if (ret == 0)
		ret = chmod_check(who, &n);
	return ret < 0 ? ret : node_chmod(l, who, &n, mode);
}

int layers_fchown(struct layers *l, const struct cred *who, int fd, uid_t uid, gid_t gid)
{
	struct lnode n;
	int ret = fd_node(l, fd, &n);

	if (ret == 0)
		ret = chown_check(who, &n, uid, gid);
	return ret < 0 ? ret : node_chown(l, &n, uid, gid);
}

bool layers_owns_fd(struct layers *l, int fd)
{
	char name[64], host[PATH_MAX];
	ssize_t n;

	if (l->noverlay == 0)
		return layers_writable(l);
	fd_path_name(fd, name);
	n = readlink(name, host, sizeof(host) - 1);
	if (n < 0)
		return false;
	host[n] = '\0';
	if (path_under(host, l->path[0]))
		return true;
	/* Made in work (a copy, a new file over a whiteout) and unlinked before or after its
	 * rename. */
	if (l->work >= 0) {
		char work[PATH_MAX];

		fd_path_name(l->work, name);
		n = readlink(name, work, sizeof(work) - 1);
		if (n > 0) {
			work[n] = '\0';
			return path_under(host, work) != NULL;
		}
	}
	return false;
}

int layers_utimens(struct layers *l, const struct cred *who, const char *rel,
		   const struct timespec ts[2])
{
	bool now = !ts || (ts[0].tv_nsec == UTIME_NOW && ts[1].tv_nsec == UTIME_NOW);
	struct lnode n;
	char name[64];
	int ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	if (who && who->fsuid != n.stx.stx_uid && !cred_has_cap(who, CAP_FOWNER))
		ret = !now ? -EPERM : layers_may(l, who, &n, W_OK);
	if (ret == 0)
		ret = mincow_utimens(l, &n, ts);
	layers_node_finish(&n);
	if (ret != MINCOW_COPY)
		return ret;
	ret = change_begin(l, rel, &n);
	if (ret < 0)
		return ret;
	fd_path_name(n.fd, name);
	/* A symlink has no descriptor that takes times: by name in its directory. */
	if (S_ISLNK(n.stx.stx_mode)) {
		const char *base = strrchr(rel, '/');
		char parent[PATH_MAX];
		autoclose int dir = -1;

		snprintf(parent, sizeof(parent), "%.*s", (int)(base ? base - rel : 0), rel);
		dir = layer_open_at(l->fd[n.layer], parent, O_PATH | O_DIRECTORY);
		ret = dir < 0								   ? dir
		      : utimensat(dir, base ? base + 1 : rel, ts, AT_SYMLINK_NOFOLLOW) < 0 ? -errno
											   : 0;
	} else {
		ret = utimensat(AT_FDCWD, name, ts, 0) < 0 ? -errno : 0;
	}
	layers_node_finish(&n);
	return ret;
}

int layers_truncate(struct layers *l, const struct cred *who, const char *rel, off_t length)
{
	struct lnode n;
	mode_t type;
	int fd, ret = lookup_existing(l, rel, &n);

	if (ret < 0)
		return ret;
	type = n.stx.stx_mode & S_IFMT;
	layers_node_finish(&n);
	if (type != S_IFREG)
		return type == S_IFDIR ? -EISDIR : -EINVAL;
	fd = layers_open(l, who, rel, O_WRONLY | O_NONBLOCK | (length ? 0 : O_TRUNC), 0);
	if (fd < 0)
		return fd;
	ret = ftruncate(fd, length) < 0 ? -errno : 0;
	close(fd);
	return ret;
}
