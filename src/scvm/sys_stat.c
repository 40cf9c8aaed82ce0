// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls that only look: stat, access, readlink, statfs. */
#include <fcntl.h>
#include <linux/major.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

/* The host's attributes of something that no layer owns: only the owner is translated. */
static void map_owner(struct statx *stx)
{
	if (stx->stx_uid == machine.cfg->host_uid)
		stx->stx_uid = 0;
	if (stx->stx_gid == machine.cfg->host_gid)
		stx->stx_gid = 0;
}

/* stx_mnt_id becomes the view's, or 0 when it is not known. */
int stat_node(struct request *rq, struct vnode *n, struct statx *stx)
{
	if (n->n.fd < 0)
		return -ENOENT;
	if (!n->entry) {
		if (statx(n->n.fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, stx) < 0)
			return -errno;
		map_owner(stx);
		if (S_ISDIR(stx->stx_mode))
			stx->stx_nlink = 0; /* the host may still have it */
		stx->stx_mnt_id = 0;
		return 0;
	}
	*stx = n->n.stx;
	stx->stx_mnt_id = n->entry->id;
	return 0;
}

/*
 * A directory may be merged, and a lower file may be the old one of a copy: then the name that the
 * descriptor leads to tells, not the descriptor.
 */
static bool stat_fd_by_name(struct request *rq, int fd, struct statx *stx)
{
	char path[PATH_MAX];
	bool is_dir = S_ISDIR(stx->stx_mode), same;
	struct vnode n;

	if (!is_dir &&
	    !(S_ISREG(stx->stx_mode) &&
	      layers_was_copied(makedev(stx->stx_dev_major, stx->stx_dev_minor), stx->stx_ino)))
		return false;
	if ((is_dir && fd_is_base(rq, fd)) || fd_path(rq, fd, path) < 0 ||
	    rq_walk_known(rq, path, &n) < 0)
		return false;
	same = n.n.fd >= 0 &&
	       (is_dir || (S_ISREG(n.n.stx.stx_mode) && n.n.stx.stx_ino == stx->stx_ino));
	if (same)
		same = stat_node(rq, &n, stx) == 0;
	else if (is_dir && n.n.fd < 0)
		stx->stx_nlink = 0; /* removed in the view */
	view_node_finish(&n);
	return same;
}

/*
 * What stands for a node of the view without being it: the host's own /dev/null and its like, the
 * text of a file of /proc. cp(1) compares what stat and fstat tell.
 */
static bool stat_fd_stand_in(struct request *rq, int fd, struct statx *stx)
{
	char host[PATH_MAX], path[PATH_MAX];
	struct vnode n;
	bool same;

	if (S_ISCHR(stx->stx_mode)) {
		if (stx->stx_rdev_major != MEM_MAJOR && stx->stx_rdev_major != TTYAUX_MAJOR)
			return false;
		if (fd_host_link(rq->tid, fd, path) < 0)
			return false;
	} else if (!S_ISREG(stx->stx_mode) || stx->stx_nlink ||
		   fd_host_link(rq->tid, fd, host) < 0 || !shadow_text_path(host, path)) {
		return false;
	}
	if (rq_walk_known(rq, path, &n) < 0)
		return false;
	same = n.n.fd >= 0 && ((n.n.stx.stx_mode ^ stx->stx_mode) & S_IFMT) == 0 &&
	       n.n.stx.stx_rdev_major == stx->stx_rdev_major &&
	       n.n.stx.stx_rdev_minor == stx->stx_rdev_minor && stat_node(rq, &n, stx) == 0;
	view_node_finish(&n);
	return same;
}

/* The entry that @fd's object lies in. Return: *@opath is the caller's, entry_put() the result. */
static struct entry *fd_entry(struct request *rq, int fd, int *opath)
{
	char host[PATH_MAX], path[PATH_MAX];
	struct entry *e = NULL;

	if (fd_host_link(rq->tid, fd, host) < 0 || host[0] != '/')
		return NULL;
	*opath = fd_open_path(rq, fd);
	/* A file without a name was opened through the root's stack, most likely. */
	if (*opath < 0 || (view_from_host(rq->walker.view, host, *opath, path, &e) < 0 &&
			   view_from_host(rq->walker.view, "/", -1, path, &e) < 0))
		return NULL;
	return e;
}

int fd_mount_id(struct request *rq, int fd)
{
	autoclose int opath = -1;
	struct entry *e = fd_entry(rq, fd, &opath);
	int id = e ? e->id : 0;

	entry_put(e);
	return id;
}

/* A file or terminal that is ours on the host may carry a record of what it is in the view. */
static bool stat_fd_recorded(struct request *rq, int fd, struct statx *stx)
{
	autoclose int opath = -1;
	struct entry *e;

	if (stx->stx_uid != machine.cfg->host_uid || !(S_ISREG(stx->stx_mode) || stx_is_pts(stx)))
		return false;
	e = fd_entry(rq, fd, &opath);
	if (!e)
		return false;
	if (e->kind == ENTRY_LAYERS)
		layers_stat_host(e->layers, opath, stx);
	else
		map_owner(stx);
	entry_put(e);
	return true;
}

int stat_fd(struct request *rq, int fd, struct statx *stx)
{
	char name[64];

	if (fd < 0)
		return -EBADF;
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", rq->tid, fd);
	if (statx(AT_FDCWD, name, 0, STATX_BASIC_STATS | STATX_BTIME, stx) < 0)
		return errno == ENOENT ? -EBADF : -errno;
	stx->stx_mnt_id = 0;
	if (!mq_stat(stx) && !stat_fd_by_name(rq, fd, stx) && !stat_fd_stand_in(rq, fd, stx) &&
	    !stat_fd_recorded(rq, fd, stx))
		map_owner(stx);
	return 0;
}

static void stat_from_statx(struct stat *st, const struct statx *stx)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(stx->stx_dev_major, stx->stx_dev_minor);
	st->st_ino = stx->stx_ino;
	st->st_nlink = stx->stx_nlink;
	st->st_mode = stx->stx_mode;
	st->st_uid = stx->stx_uid;
	st->st_gid = stx->stx_gid;
	st->st_rdev = makedev(stx->stx_rdev_major, stx->stx_rdev_minor);
	st->st_size = stx->stx_size;
	st->st_blksize = stx->stx_blksize;
	st->st_blocks = stx->stx_blocks;
	st->st_atim = (struct timespec){ stx->stx_atime.tv_sec, stx->stx_atime.tv_nsec };
	st->st_mtim = (struct timespec){ stx->stx_mtime.tv_sec, stx->stx_mtime.tv_nsec };
	st->st_ctim = (struct timespec){ stx->stx_ctime.tv_sec, stx->stx_ctime.tv_nsec };
}

/* The attributes of a path argument, or of @dirfd when AT_EMPTY_PATH allows. */
static int stat_arg(struct request *rq, int dirfd, uint64_t addr, int flags, struct statx *stx)
{
	char path[PATH_MAX];
	struct vnode n;
	int ret;

	if (!addr && flags & AT_EMPTY_PATH) { /* NULL is taken for "" since Linux 6.11 */
		path[0] = '\0';
	} else {
		ret = rq_path(rq, addr, path);
		if (ret < 0)
			return ret;
	}
	if (!path[0] && flags & AT_EMPTY_PATH) {
		if (dirfd != AT_FDCWD)
			return stat_fd(rq, dirfd, stx);
		strcpy(path, ".");
	}
	ret = rq_walk(rq, dirfd, path, flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0, &n);
	if (ret < 0)
		return ret;
	ret = stat_node(rq, &n, stx);
	view_node_finish(&n);
	return ret;
}

static struct verdict stat_answer(struct request *rq, int dirfd, uint64_t path, int flags,
				  uint64_t buf)
{
	struct statx stx;
	struct stat st;
	int ret = stat_arg(rq, dirfd, path, flags, &stx);

	if (ret == 0) {
		stat_from_statx(&st, &stx);
		ret = mem_write(rq, buf, &st, sizeof(st));
	}
	return verdict_return(ret);
}

struct verdict sys_stat(struct request *rq)
{
	return stat_answer(rq, AT_FDCWD, ARG(0), 0, ARG(1));
}

struct verdict sys_lstat(struct request *rq)
{
	return stat_answer(rq, AT_FDCWD, ARG(0), AT_SYMLINK_NOFOLLOW, ARG(1));
}

struct verdict sys_newfstatat(struct request *rq)
{
	int flags = ARG(3);

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	return stat_answer(rq, FD_ARG(0), ARG(1), flags, ARG(2));
}

struct verdict sys_fstat(struct request *rq)
{
	struct statx stx;
	struct stat st;
	int ret = stat_fd(rq, FD_ARG(0), &stx);

	if (ret == 0) {
		stat_from_statx(&st, &stx);
		ret = mem_write(rq, ARG(1), &st, sizeof(st));
	}
	return verdict_return(ret);
}

struct verdict sys_statx(struct request *rq)
{
	int flags = ARG(2), ret;
	struct statx stx;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE) ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE || ARG(3) & STATX__RESERVED)
		return verdict_return(-EINVAL);
	ret = stat_arg(rq, FD_ARG(0), ARG(1), flags, &stx);
	if (ret == 0) {
		stx.stx_mask &= STATX_BASIC_STATS | STATX_BTIME;
		/* Not the unique one of 6.8: that is for statmount(2). */
		if (ARG(3) & STATX_MNT_ID && !stx.stx_mnt_id && FD_ARG(0) >= 0)
			stx.stx_mnt_id = fd_mount_id(rq, FD_ARG(0));
		if (ARG(3) & STATX_MNT_ID && stx.stx_mnt_id)
			stx.stx_mask |= STATX_MNT_ID;
		ret = mem_write(rq, ARG(4), &stx, sizeof(stx));
	}
	return verdict_return(ret);
}

/* ---- access ---- */

static struct verdict access_answer(struct request *rq, int dirfd, uint64_t addr, int mode,
				    int flags)
{
	struct cred who;
	char path[PATH_MAX];
	struct vnode n;
	int ret;

	if (mode & ~(R_OK | W_OK | X_OK) ||
	    flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	ret = rq_path(rq, addr, path);
	if (ret < 0)
		return verdict_return(ret);
	if (flags & AT_EACCESS)
		who = rq->st->cred;
	else
		cred_real(&who, &rq->st->cred);
	if (!path[0] && flags & AT_EMPTY_PATH) {
		ret = fd_path(rq, dirfd, path);
		if (ret < 0)
			return verdict_return(0);
	}
	rq->walker.who = &who;
	ret = rq_walk(rq, dirfd, path, flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0, &n);
	if (ret < 0)
		return verdict_return(ret);
	if (n.n.fd < 0) {
		ret = -ENOENT;
	} else if (!n.entry) {
		ret = 0;
	} else if (n.entry->kind == ENTRY_LAYERS) {
		ret = layers_access_found(n.entry->layers, &who, &n.n, mode);
	} else {
		char name[64];

		snprintf(name, sizeof(name), "/proc/self/fd/%d", n.n.fd);
		ret = faccessat(AT_FDCWD, name, mode, AT_EACCESS) < 0 ? -errno : 0;
	}
	view_node_finish(&n);
	return verdict_return(ret);
}

struct verdict sys_access(struct request *rq)
{
	return access_answer(rq, AT_FDCWD, ARG(0), ARG(1), 0);
}

struct verdict sys_faccessat(struct request *rq)
{
	return access_answer(rq, FD_ARG(0), ARG(1), ARG(2), 0);
}

struct verdict sys_faccessat2(struct request *rq)
{
	return access_answer(rq, FD_ARG(0), ARG(1), ARG(2), ARG(3));
}

/* ---- readlink ---- */

static struct verdict readlink_answer(struct request *rq, int dirfd, uint64_t addr, uint64_t buf,
				      int size)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct vnode n;
	ssize_t len;
	int ret;

	if (size <= 0)
		return verdict_return(-EINVAL);
	ret = rq_path(rq, addr, path);
	if (ret < 0)
		return verdict_return(ret);
	if (!path[0]) {
		/* An O_PATH descriptor of a symlink (Linux 2.6.39). */
		autoclose int fd = dirfd == AT_FDCWD ? -ENOENT : fd_open_path(rq, dirfd);

		if (fd < 0)
			return verdict_return(fd);
		autoclose int dup = fd_take(rq, dirfd);
		len = dup < 0 ? -1 : readlinkat(dup, "", target, sizeof(target));
		if (len < 0)
			return verdict_return(dup < 0 ? dup : -errno);
	} else {
		ret = rq_walk(rq, dirfd, path, WALK_NOFOLLOW, &n);
		if (ret < 0)
			return verdict_return(ret);
		if (n.n.fd < 0) {
			len = -ENOENT;
		} else if (n.entry && n.entry->kind == ENTRY_SYNTH) {
			len = proc_readlink(rq, &n, target);
		} else {
			len = readlinkat(n.n.fd, "", target, sizeof(target));
			if (len < 0) /* not a symlink: the O_PATH form says ENOENT */
				len = errno == ENOENT ? -EINVAL : -errno;
		}
		view_node_finish(&n);
		if (len < 0)
			return verdict_return(len);
	}
	if (len > size)
		len = size;
	ret = mem_write(rq, buf, target, len);
	return verdict_return(ret < 0 ? ret : len);
}

struct verdict sys_readlink(struct request *rq)
{
	return readlink_answer(rq, AT_FDCWD, ARG(0), ARG(1), ARG(2));
}

struct verdict sys_readlinkat(struct request *rq)
{
	return readlink_answer(rq, FD_ARG(0), ARG(1), ARG(2), ARG(3));
}

/* ---- statfs ---- */

static struct verdict statfs_answer(struct request *rq, int fd, uint64_t buf)
{
	struct statfs sf;
	int ret;

	if (fstatfs(fd, &sf) < 0)
		return verdict_return(-errno);
	ret = mem_write(rq, buf, &sf, sizeof(sf));
	return verdict_return(ret);
}

struct verdict sys_statfs(struct request *rq)
{
	struct verdict v;
	struct vnode n;
	int ret = rq_walk_arg(rq, AT_FDCWD, ARG(0), 0, &n);

	if (ret < 0)
		return verdict_return(ret);
	v = n.n.fd < 0 ? verdict_return(-ENOENT) : statfs_answer(rq, n.n.fd, ARG(1));
	view_node_finish(&n);
	return v;
}

struct verdict sys_fstatfs(struct request *rq)
{
	autoclose int fd = fd_open_path(rq, FD_ARG(0));

	if (fd < 0)
		return verdict_return(fd);
	return statfs_answer(rq, fd, ARG(1));
}
