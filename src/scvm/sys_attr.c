// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes: chmod, chown, utimes, truncate, extended attributes.
 *
 * Every form ends in struct attr_op, applied to a name or to a descriptor. The descriptor forms are
 * path calls too: a read-only descriptor of a host file would let its owner change the host's file,
 * so unless the object is in the writable layer it is changed by name, after a copy-up.
 */
#include <fcntl.h>
#include <linux/xattr.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

enum attr_kind {
	ATTR_CHMOD,
	ATTR_CHOWN,
	ATTR_UTIMENS,
	ATTR_GETX,
	ATTR_LISTX,
	ATTR_SETX,
	ATTR_REMOVEX
};

struct attr_op {
	enum attr_kind kind;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	const struct timespec *ts; /* NULL: now */
	const char *name;
	void *value;
	size_t size;
	int flags;
	bool opath_ok; /* the form with AT_EMPTY_PATH takes O_PATH descriptors */
};

static bool op_changes(const struct attr_op *op)
{
	return op->kind != ATTR_GETX && op->kind != ATTR_LISTX;
}

static ssize_t op_by_name(struct layers *l, const struct cred *who, const char *rel,
			  const struct attr_op *op)
{
	switch (op->kind) {
	case ATTR_CHMOD:
		return layers_chmod(l, who, rel, op->mode & 07777);
	case ATTR_CHOWN:
		return layers_chown(l, who, rel, op->uid, op->gid);
	case ATTR_UTIMENS:
		return layers_utimens(l, who, rel, op->ts);
	case ATTR_GETX:
		return layers_getxattr(l, who, rel, op->name, op->value, op->size);
	case ATTR_LISTX:
		return layers_listxattr(l, who, rel, op->value, op->size);
	case ATTR_SETX:
		return layers_setxattr(l, who, rel, op->name, op->value, op->size, op->flags);
	case ATTR_REMOVEX:
		return layers_removexattr(l, who, rel, op->name);
	}
	return -EINVAL;
}

static ssize_t op_on_node(struct request *rq, struct vnode *n, const struct attr_op *op)
{
	if (n->n.fd < 0)
		return -ENOENT;
	if (!n->entry || n->entry->kind != ENTRY_LAYERS) {
		if (op->kind == ATTR_GETX || op->kind == ATTR_LISTX)
			return op->kind == ATTR_LISTX ? 0 : -ENODATA;
		return -EPERM;
	}
	if (op_changes(op) && n->entry->rdonly)
		return -EROFS;
	return op_by_name(n->entry->layers, &rq->st->cred, n->rel, op);
}

/* An unlinked or nameless object of the writable layer, or no file at all (a pipe, a socket, a
 * memfd). */
static ssize_t op_on_object(struct request *rq, int fd, struct layers *l, const struct attr_op *op)
{
	const struct cred *who = &rq->st->cred;
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	switch (op->kind) {
	case ATTR_CHMOD:
		return l ? layers_fchmod(l, who, fd, op->mode & 07777)
			 : (fchmod(fd, op->mode) < 0 ? -errno : 0);
	case ATTR_CHOWN:
		return l ? layers_fchown(l, who, fd, op->uid, op->gid) : 0;
	case ATTR_UTIMENS:
		return utimensat(AT_FDCWD, name, op->ts, 0) < 0 ? -errno : 0;
	case ATTR_GETX:
	case ATTR_LISTX:
		return op->kind == ATTR_LISTX ? 0 : -ENODATA;
	default:
		return -EOPNOTSUPP;
	}
}

static ssize_t op_on_fd(struct request *rq, int fd, const struct attr_op *op)
{
	char path[PATH_MAX], host[PATH_MAX];
	autoclose int dup = -1;
	struct stat st;
	struct vnode n;
	ssize_t ret;

	if (fd == AT_FDCWD) {
		ret = rq_walk(rq, AT_FDCWD, ".", 0, &n);
		if (ret < 0)
			return ret;
		ret = op_on_node(rq, &n, op);
		view_node_finish(&n);
		return ret;
	}
	ret = fd_flags(rq, fd);
	if (ret >= 0 && ret & O_PATH && !op->opath_ok)
		ret = -EBADF;
	if (ret < 0)
		return ret;
	ret = fd_path(rq, fd, path);
	if (ret == 0 && rq_walk_known(rq, path, &n) == 0) {
		if (n.n.fd >= 0) {
			ret = op_on_node(rq, &n, op);
			view_node_finish(&n);
			return ret;
		}
		view_node_finish(&n);
	} else if (ret == -EBADF || ret == -ESRCH) {
		return ret;
	}
	dup = fd_take(rq, fd);
	if (dup < 0)
		return dup;
	if (fstat(dup, &st) < 0 || fd_host_link(rq->tid, fd, host) < 0)
		return -EBADF;
	if (host[0] == '/' && !path_is_memfd(host)) {
		/* Unlinked: in the writable layer it may be changed, on the host it may not. */
		struct entry *e;
		bool ours = false;

		if (view_from_host(rq->walker.view, host, dup, path, &e) == 0) {
			ours = e->kind == ENTRY_LAYERS && layers_owns_fd(e->layers, dup);
			if (ours)
				ret = op_on_object(rq, dup, e->layers, op);
			entry_put(e);
		}
		return ours ? ret : op_changes(op) ? -EPERM : -ENODATA;
	}
	return op_on_object(rq, dup, NULL, op);
}

static ssize_t op_on_arg(struct request *rq, int dirfd, uint64_t addr, unsigned walk, bool empty_ok,
			 const struct attr_op *op)
{
	char path[PATH_MAX];
	struct vnode n;
	ssize_t ret = rq_path(rq, addr, path);

	if (ret < 0)
		return ret;
	if (!path[0] && empty_ok) {
		struct attr_op any = *op;

		any.opath_ok = true;
		return op_on_fd(rq, dirfd, &any);
	}
	ret = rq_walk(rq, dirfd, path, walk, &n);
	if (ret < 0)
		return ret;
	ret = op_on_node(rq, &n, op);
	view_node_finish(&n);
	return ret;
}

/* ---- mode and owner ---- */

struct verdict sys_chmod(struct request *rq)
{
	struct attr_op op = { ATTR_CHMOD, .mode = ARG(1) };

	return verdict_return(op_on_arg(rq, AT_FDCWD, ARG(0), 0, false, &op));
}

struct verdict sys_fchmod(struct request *rq)
{
	struct attr_op op = { ATTR_CHMOD, .mode = ARG(1) };
	int ret = mq_change(rq, FD_ARG(0), ARG(1) & 07777, -1, -1);

	return verdict_return(ret != -ENOENT ? ret : op_on_fd(rq, FD_ARG(0), &op));
}

struct verdict sys_fchmodat(struct request *rq)
{
	struct attr_op op = { ATTR_CHMOD, .mode = ARG(2) };

	return verdict_return(op_on_arg(rq, FD_ARG(0), ARG(1), 0, false, &op));
}

struct verdict sys_fchmodat2(struct request *rq)
{
	struct attr_op op = { ATTR_CHMOD, .mode = ARG(2) };
	int flags = ARG(3);
	struct vnode n;
	ssize_t ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	if (flags & AT_SYMLINK_NOFOLLOW) {
		/* Linux does not change the mode of a symlink. */
		ret = rq_walk_arg(rq, FD_ARG(0), ARG(1), WALK_NOFOLLOW, &n);
		if (ret == 0) {
			bool is_link = n.n.fd >= 0 && S_ISLNK(n.n.stx.stx_mode);

			view_node_finish(&n);
			if (is_link)
				return verdict_return(-EOPNOTSUPP);
		}
	}
	return verdict_return(op_on_arg(rq, FD_ARG(0), ARG(1),
					flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0,
					flags & AT_EMPTY_PATH, &op));
}

struct verdict sys_chown(struct request *rq)
{
	struct attr_op op = { ATTR_CHOWN, .uid = ARG(1), .gid = ARG(2) };

	return verdict_return(op_on_arg(rq, AT_FDCWD, ARG(0), 0, false, &op));
}

struct verdict sys_lchown(struct request *rq)
{
	struct attr_op op = { ATTR_CHOWN, .uid = ARG(1), .gid = ARG(2) };

	return verdict_return(op_on_arg(rq, AT_FDCWD, ARG(0), WALK_NOFOLLOW, false, &op));
}

struct verdict sys_fchown(struct request *rq)
{
	struct attr_op op = { ATTR_CHOWN, .uid = ARG(1), .gid = ARG(2) };
	int ret = mq_change(rq, FD_ARG(0), -1, ARG(1), ARG(2));

	return verdict_return(ret != -ENOENT ? ret : op_on_fd(rq, FD_ARG(0), &op));
}

struct verdict sys_fchownat(struct request *rq)
{
	struct attr_op op = { ATTR_CHOWN, .uid = ARG(2), .gid = ARG(3) };
	int flags = ARG(4);

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	return verdict_return(op_on_arg(rq, FD_ARG(0), ARG(1),
					flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0,
					flags & AT_EMPTY_PATH, &op));
}

/* ---- times ---- */

static struct verdict utimens_answer(struct request *rq, int dirfd, uint64_t addr,
				     const struct timespec *ts, unsigned walk, bool empty_ok)
{
	struct attr_op op = { ATTR_UTIMENS, .ts = ts };

	for (int i = 0; ts && i < 2; i++)
		if (ts[i].tv_nsec != UTIME_NOW && ts[i].tv_nsec != UTIME_OMIT &&
		    (ts[i].tv_nsec < 0 || ts[i].tv_nsec > 999999999))
			return verdict_return(-EINVAL);
	if (!addr) /* futimens(3) */
		return verdict_return(dirfd == AT_FDCWD ? -EFAULT : op_on_fd(rq, dirfd, &op));
	return verdict_return(op_on_arg(rq, dirfd, addr, walk, empty_ok, &op));
}

struct verdict sys_utimensat(struct request *rq)
{
	struct timespec ts[2];
	int flags = ARG(3);
	int ret = ARG(2) ? mem_read(rq, ARG(2), ts, sizeof(ts)) : 0;

	if (ret < 0)
		return verdict_return(ret);
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	return utimens_answer(rq, FD_ARG(0), ARG(1), ARG(2) ? ts : NULL,
			      flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0,
			      flags & AT_EMPTY_PATH);
}

static struct verdict utimes_answer(struct request *rq, int dirfd, uint64_t addr, uint64_t times)
{
	struct timeval tv[2];
	struct timespec ts[2];
	int ret = times ? mem_read(rq, times, tv, sizeof(tv)) : 0;

	if (ret < 0)
		return verdict_return(ret);
	for (int i = 0; times && i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec > 999999)
			return verdict_return(-EINVAL);
		ts[i] = (struct timespec){ tv[i].tv_sec, tv[i].tv_usec * 1000 };
	}
	return utimens_answer(rq, dirfd, addr, times ? ts : NULL, 0, false);
}

struct verdict sys_utimes(struct request *rq)
{
	return utimes_answer(rq, AT_FDCWD, ARG(0), ARG(1));
}

struct verdict sys_futimesat(struct request *rq)
{
	return utimes_answer(rq, FD_ARG(0), ARG(1), ARG(2));
}

struct verdict sys_utime(struct request *rq)
{
	struct utimbuf ut;
	struct timespec ts[2];
	int ret = ARG(1) ? mem_read(rq, ARG(1), &ut, sizeof(ut)) : 0;

	if (ret < 0)
		return verdict_return(ret);
	ts[0] = (struct timespec){ ut.actime, 0 };
	ts[1] = (struct timespec){ ut.modtime, 0 };
	return utimens_answer(rq, AT_FDCWD, ARG(0), ARG(1) ? ts : NULL, 0, false);
}

struct verdict sys_truncate(struct request *rq)
{
	struct vnode n;
	int ret;

	if ((int64_t)ARG(1) < 0)
		return verdict_return(-EINVAL);
	ret = rq_walk_arg(rq, AT_FDCWD, ARG(0), 0, &n);
	if (ret < 0)
		return verdict_return(ret);
	if (n.n.fd < 0)
		ret = -ENOENT;
	else if (!n.entry || n.entry->kind != ENTRY_LAYERS)
		ret = -EINVAL;
	else if (n.entry->rdonly)
		ret = -EROFS;
	else
		ret = layers_truncate(n.entry->layers, &rq->st->cred, n.rel, ARG(1));
	view_node_finish(&n);
	return verdict_return(ret);
}

/* ---- extended attributes ---- */

/* Where the object of an xattr call is: by name (dirfd, addr, walk flags) or a descriptor. */
struct xattr_at {
	int dirfd;
	uint64_t addr;
	unsigned walk;
	bool is_fd, empty_ok;
};

static ssize_t xattr_apply(struct request *rq, const struct xattr_at *at, const struct attr_op *op)
{
	if (at->is_fd)
		return op_on_fd(rq, at->dirfd, op);
	return op_on_arg(rq, at->dirfd, at->addr, at->walk, at->empty_ok, op);
}

static int xattr_name(struct request *rq, uint64_t addr, char name[XATTR_NAME_MAX + 2])
{
	ssize_t n = mem_read_str(rq, addr, name, XATTR_NAME_MAX + 1);

	if (n == 0)
		return -ERANGE;
	return n < 0 ? n : 0;
}

static struct verdict xattr_get(struct request *rq, const struct xattr_at *at, uint64_t name_addr,
				uint64_t buf, size_t size, bool list)
{
	char name[XATTR_NAME_MAX + 2];
	struct attr_op op = { list ? ATTR_LISTX : ATTR_GETX, .name = name };
	autofree char *value = NULL;
	ssize_t n;

	if (!list && (n = xattr_name(rq, name_addr, name)) < 0)
		return verdict_return(n);
	if (size > XATTR_SIZE_MAX)
		size = XATTR_SIZE_MAX;
	value = malloc(size ? size : 1);
	if (!value)
		return verdict_return(-ENOMEM);
	op.value = value;
	op.size = size;
	n = xattr_apply(rq, at, &op);
	if (n > 0 && size) {
		int ret = mem_write(rq, buf, value, n);

		if (ret < 0)
			n = ret;
	}
	return verdict_return(n);
}

static struct verdict xattr_set(struct request *rq, const struct xattr_at *at, uint64_t name_addr,
				uint64_t buf, size_t size, int flags)
{
	char name[XATTR_NAME_MAX + 2];
	struct attr_op op = { ATTR_SETX, .name = name, .size = size, .flags = flags };
	autofree char *value = NULL;
	ssize_t n = xattr_name(rq, name_addr, name);

	if (n < 0)
		return verdict_return(n);
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return verdict_return(-EINVAL);
	if (size > XATTR_SIZE_MAX)
		return verdict_return(-E2BIG);
	value = malloc(size ? size : 1);
	if (!value)
		return verdict_return(-ENOMEM);
	n = mem_read(rq, buf, value, size);
	if (n < 0)
		return verdict_return(n);
	op.value = value;
	return verdict_return(xattr_apply(rq, at, &op));
}

static struct verdict xattr_remove(struct request *rq, const struct xattr_at *at,
				   uint64_t name_addr)
{
	char name[XATTR_NAME_MAX + 2];
	struct attr_op op = { ATTR_REMOVEX, .name = name };
	ssize_t n = xattr_name(rq, name_addr, name);

	return verdict_return(n < 0 ? n : xattr_apply(rq, at, &op));
}

#define AT_PATH(follow)      \
	(&(struct xattr_at){ \
		.dirfd = AT_FDCWD, .addr = ARG(0), .walk = (follow) ? 0 : WALK_NOFOLLOW })
#define AT_FD (&(struct xattr_at){ .dirfd = FD_ARG(0), .is_fd = true })

struct verdict sys_getxattr(struct request *rq)
{
	return xattr_get(rq, AT_PATH(true), ARG(1), ARG(2), ARG(3), false);
}

struct verdict sys_lgetxattr(struct request *rq)
{
	return xattr_get(rq, AT_PATH(false), ARG(1), ARG(2), ARG(3), false);
}

struct verdict sys_fgetxattr(struct request *rq)
{
	return xattr_get(rq, AT_FD, ARG(1), ARG(2), ARG(3), false);
}

struct verdict sys_listxattr(struct request *rq)
{
	return xattr_get(rq, AT_PATH(true), 0, ARG(1), ARG(2), true);
}

struct verdict sys_llistxattr(struct request *rq)
{
	return xattr_get(rq, AT_PATH(false), 0, ARG(1), ARG(2), true);
}

struct verdict sys_flistxattr(struct request *rq)
{
	return xattr_get(rq, AT_FD, 0, ARG(1), ARG(2), true);
}

struct verdict sys_setxattr(struct request *rq)
{
	return xattr_set(rq, AT_PATH(true), ARG(1), ARG(2), ARG(3), ARG(4));
}

struct verdict sys_lsetxattr(struct request *rq)
{
	return xattr_set(rq, AT_PATH(false), ARG(1), ARG(2), ARG(3), ARG(4));
}

struct verdict sys_fsetxattr(struct request *rq)
{
	return xattr_set(rq, AT_FD, ARG(1), ARG(2), ARG(3), ARG(4));
}

struct verdict sys_removexattr(struct request *rq)
{
	return xattr_remove(rq, AT_PATH(true), ARG(1));
}

struct verdict sys_lremovexattr(struct request *rq)
{
	return xattr_remove(rq, AT_PATH(false), ARG(1));
}

struct verdict sys_fremovexattr(struct request *rq)
{
	return xattr_remove(rq, AT_FD, ARG(1));
}

/* The *at forms (Linux 6.13): (dirfd, path, at_flags, name, struct xattr_args *, size). */
struct xattr_args_v0 {
	uint64_t value;
	uint32_t size;
	uint32_t flags;
};

static int xattr_at_arg(struct request *rq, struct xattr_at *at)
{
	int flags = ARG(2);

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	*at = (struct xattr_at){ .dirfd = FD_ARG(0),
				 .addr = ARG(1),
				 .walk = flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0,
				 .empty_ok = flags & AT_EMPTY_PATH };
	return 0;
}

static int xattr_args(struct request *rq, struct xattr_at *at, struct xattr_args_v0 *a)
{
	int ret = xattr_at_arg(rq, at);

	if (ret < 0)
		return ret;
	if (ARG(5) < sizeof(*a))
		return -EINVAL;
	if (ARG(5) > sizeof(*a))
		return -E2BIG;
	return mem_read(rq, ARG(4), a, sizeof(*a));
}

struct verdict sys_setxattrat(struct request *rq)
{
	struct xattr_args_v0 a;
	struct xattr_at at;
	int ret = xattr_args(rq, &at, &a);

	return ret < 0 ? verdict_return(ret) : xattr_set(rq, &at, ARG(3), a.value, a.size, a.flags);
}

struct verdict sys_getxattrat(struct request *rq)
{
	struct xattr_args_v0 a;
	struct xattr_at at;
	int ret = xattr_args(rq, &at, &a);

	if (ret == 0 && a.flags)
		ret = -EINVAL;
	return ret < 0 ? verdict_return(ret) : xattr_get(rq, &at, ARG(3), a.value, a.size, false);
}

struct verdict sys_listxattrat(struct request *rq)
{
	struct xattr_at at;
	int ret = xattr_at_arg(rq, &at);

	return ret < 0 ? verdict_return(ret) : xattr_get(rq, &at, 0, ARG(3), ARG(4), true);
}

struct verdict sys_removexattrat(struct request *rq)
{
	struct xattr_at at;
	int ret = xattr_at_arg(rq, &at);

	return ret < 0 ? verdict_return(ret) : xattr_remove(rq, &at, ARG(3));
}

/* Inode flags and project ids of files (Linux 6.17): none can be told truly for a copied file. */
struct verdict sys_file_getattr(struct request *rq)
{
	return verdict_return(-EOPNOTSUPP);
}

struct verdict sys_file_setattr(struct request *rq)
{
	return verdict_return(-EOPNOTSUPP);
}
