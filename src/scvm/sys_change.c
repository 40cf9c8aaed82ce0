// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls that change names or attributes: mkdir ... rename, chmod, chown, utimes, truncate. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

/* The stack that a change goes to. */
static int change_target(const struct vnode *n, struct layers **l)
{
	if (!n->entry || n->entry->kind != ENTRY_LAYERS)
		return -EPERM;
	*l = n->entry->layers;
	return n->entry->rdonly ? -EROFS : 0;
}

/* ---- making ---- */

enum make_kind { MAKE_DIR, MAKE_NODE, MAKE_SYMLINK };

struct make {
	enum make_kind kind;
	mode_t mode;
	dev_t dev;
	const char *target;
};

static struct verdict make_answer(struct request *rq, int dirfd, uint64_t addr,
				  const struct make *m)
{
	const struct cred *who = &rq->st->cred;
	mode_t mask = LAYERS_UMASK(rq->st->umask);
	struct layers *l;
	struct vnode n;
	int ret = rq_walk_arg(rq, dirfd, addr, WALK_PARENT, &n);

	if (ret < 0)
		return verdict_return(ret);
	ret = change_target(&n, &l);
	if (n.n.fd >= 0 || n.last != LAST_NAME)
		ret = -EEXIST;
	else if (ret == 0 && n.want_dir && m->kind != MAKE_DIR)
		ret = -ENOENT;
	if (ret == 0)
		switch (m->kind) {
		case MAKE_DIR:
			ret = layers_mkdir(l, who, n.rel, (m->mode & 01777) | mask);
			break;
		case MAKE_NODE:
			ret = layers_mknod(l, who, n.rel, (m->mode & (S_IFMT | 07777)) | mask,
					   m->dev);
			break;
		case MAKE_SYMLINK:
			ret = layers_symlink(l, who, m->target, n.rel);
			break;
		}
	view_node_finish(&n);
	return verdict_return(ret);
}

struct verdict sys_mkdir(struct request *rq)
{
	return make_answer(rq, AT_FDCWD, ARG(0), &(struct make){ MAKE_DIR, .mode = ARG(1) });
}

struct verdict sys_mkdirat(struct request *rq)
{
	return make_answer(rq, FD_ARG(0), ARG(1), &(struct make){ MAKE_DIR, .mode = ARG(2) });
}

static struct verdict mknod_answer(struct request *rq, int dirfd, uint64_t addr, mode_t mode,
				   dev_t dev)
{
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode))
		return verdict_return(-EPERM);
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode))
		return verdict_return(-EINVAL);
	return make_answer(rq, dirfd, addr, &(struct make){ MAKE_NODE, .mode = mode, .dev = dev });
}

struct verdict sys_mknod(struct request *rq)
{
	return mknod_answer(rq, AT_FDCWD, ARG(0), ARG(1), ARG(2));
}

struct verdict sys_mknodat(struct request *rq)
{
	return mknod_answer(rq, FD_ARG(0), ARG(1), ARG(2), ARG(3));
}

static struct verdict symlink_answer(struct request *rq, uint64_t target, int dirfd, uint64_t addr)
{
	char text[PATH_MAX];
	int ret = rq_path(rq, target, text);

	if (ret < 0)
		return verdict_return(ret);
	if (!text[0])
		return verdict_return(-ENOENT);
	return make_answer(rq, dirfd, addr, &(struct make){ MAKE_SYMLINK, .target = text });
}

struct verdict sys_symlink(struct request *rq)
{
	return symlink_answer(rq, ARG(0), AT_FDCWD, ARG(1));
}

struct verdict sys_symlinkat(struct request *rq)
{
	return symlink_answer(rq, ARG(0), FD_ARG(1), ARG(2));
}

/* ---- links ---- */

/* linkat(fd, "", ...) or linkat("/proc/self/fd/N", AT_SYMLINK_FOLLOW): often an O_TMPFILE. */
static int link_object(struct request *rq, int fd, struct vnode *to)
{
	struct layers *l;
	char name[64];
	int ret = change_target(to, &l);

	if (ret < 0)
		return ret;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return layers_link_fd(l, &rq->st->cred, fd, to->rel);
}

static struct verdict link_answer(struct request *rq, int fromfd, uint64_t from, int tofd,
				  uint64_t to, int flags)
{
	char path[PATH_MAX], path2[PATH_MAX];
	autoclose int object = -1;
	struct vnode src = { 0 }, dst;
	struct layers *l;
	int ret;

	src.n.fd = -1;
	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	if ((ret = rq_path(rq, from, path)) < 0 || (ret = rq_path(rq, to, path2)) < 0)
		return verdict_return(ret);
	if (!path[0] && flags & AT_EMPTY_PATH) {
		object = fd_take(rq, fromfd);
		if (object < 0)
			return verdict_return(object);
	} else {
		ret = rq_walk(rq, fromfd, path, flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW,
			      &src);
		if (ret < 0)
			return verdict_return(ret);
	}
	ret = rq_walk(rq, tofd, path2, WALK_PARENT, &dst);
	if (ret < 0) {
		view_node_finish(&src);
		return verdict_return(ret);
	}
	if (object < 0 && src.n.fd < 0)
		ret = -ENOENT;
	else if (dst.n.fd >= 0 || dst.last != LAST_NAME)
		ret = -EEXIST;
	else if (dst.want_dir)
		ret = -ENOENT;
	else if (object >= 0 || !src.entry)
		ret = link_object(rq, object >= 0 ? object : src.n.fd, &dst);
	else if (src.entry != dst.entry)
		ret = -EXDEV;
	else if ((ret = change_target(&dst, &l)) == 0)
		ret = S_ISDIR(src.n.stx.stx_mode) ? -EPERM
						  : layers_link(l, &rq->st->cred, src.rel, dst.rel);
	view_node_finish(&src);
	view_node_finish(&dst);
	return verdict_return(ret);
}

struct verdict sys_link(struct request *rq)
{
	return link_answer(rq, AT_FDCWD, ARG(0), AT_FDCWD, ARG(1), 0);
}

struct verdict sys_linkat(struct request *rq)
{
	return link_answer(rq, FD_ARG(0), ARG(1), FD_ARG(2), ARG(3), ARG(4));
}

/* ---- removing ---- */

static struct verdict unlink_answer(struct request *rq, int dirfd, uint64_t addr, bool is_rmdir)
{
	struct layers *l;
	struct vnode n;
	int ret = rq_walk_arg(rq, dirfd, addr, WALK_PARENT, &n);

	if (ret < 0)
		return verdict_return(ret);
	if (n.last == LAST_DOT)
		ret = is_rmdir ? -EINVAL : -EISDIR;
	else if (n.last == LAST_DOTDOT)
		ret = is_rmdir ? -ENOTEMPTY : -EISDIR;
	else if (n.last == LAST_ROOT)
		ret = is_rmdir ? -EBUSY : -EISDIR;
	else if (n.n.fd < 0)
		ret = -ENOENT;
	else if (n.want_dir && !S_ISDIR(n.n.stx.stx_mode))
		ret = -ENOTDIR;
	else if (view_is_target(rq->walker.view, n.path))
		ret = is_rmdir == S_ISDIR(n.n.stx.stx_mode) ? -EBUSY
		      : is_rmdir			    ? -ENOTDIR
							    : -EISDIR;
	else if (is_rmdir && view_holds_target(rq->walker.view, n.path))
		ret = -ENOTEMPTY;
	else if ((ret = change_target(&n, &l)) == 0)
		ret = layers_unlink(l, &rq->st->cred, n.rel, is_rmdir);
	if (ret == 0 && is_rmdir)
		walk_removed(rq, &n);
	view_node_finish(&n);
	return verdict_return(ret);
}

struct verdict sys_unlink(struct request *rq)
{
	return unlink_answer(rq, AT_FDCWD, ARG(0), false);
}

struct verdict sys_rmdir(struct request *rq)
{
	return unlink_answer(rq, AT_FDCWD, ARG(0), true);
}

struct verdict sys_unlinkat(struct request *rq)
{
	int flags = ARG(2);

	if (flags & ~AT_REMOVEDIR)
		return verdict_return(-EINVAL);
	return unlink_answer(rq, FD_ARG(0), ARG(1), flags & AT_REMOVEDIR);
}

static struct verdict rename_answer(struct request *rq, int fromfd, uint64_t from, int tofd,
				    uint64_t to, unsigned flags)
{
	struct vnode src, dst;
	struct layers *l;
	int ret;

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT) ||
	    (flags & RENAME_NOREPLACE && flags & RENAME_EXCHANGE))
		return verdict_return(-EINVAL);
	ret = rq_walk_arg(rq, fromfd, from, WALK_PARENT, &src);
	if (ret < 0)
		return verdict_return(ret);
	ret = rq_walk_arg(rq, tofd, to, WALK_PARENT, &dst);
	if (ret < 0) {
		view_node_finish(&src);
		return verdict_return(ret);
	}
	if (src.last != LAST_NAME || dst.last != LAST_NAME)
		ret = -EBUSY;
	else if (src.n.fd >= 0 && strcmp(src.path, dst.path) != 0 &&
		 (view_is_target(rq->walker.view, src.path) ||
		  (dst.n.fd >= 0 && view_is_target(rq->walker.view, dst.path))))
		ret = -EBUSY; /* the kernel looks at the mount of the directories */
	else if (src.entry != dst.entry)
		ret = -EXDEV;
	else if (src.n.fd < 0 || (flags & RENAME_EXCHANGE && dst.n.fd < 0))
		ret = -ENOENT;
	else if ((src.want_dir || dst.want_dir) && !S_ISDIR(src.n.stx.stx_mode))
		ret = -ENOTDIR;
	else if (strcmp(src.path, dst.path) == 0)
		ret = flags & RENAME_NOREPLACE ? -EEXIST : 0;
	else if (view_holds_target(rq->walker.view, src.path))
		ret = -EBUSY;
	else if (S_ISDIR(src.n.stx.stx_mode) && strcmp(src.path, dst.path) != 0 &&
		 path_under(dst.path, src.path))
		ret = -EINVAL;
	else if (dst.n.fd >= 0 && path_under(src.path, dst.path) && strcmp(src.path, dst.path) != 0)
		ret = flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	else if (dst.n.fd >= 0 && view_holds_target(rq->walker.view, dst.path))
		ret = flags & RENAME_EXCHANGE	    ? -EBUSY
		      : flags & RENAME_NOREPLACE    ? -EEXIST
		      : S_ISDIR(src.n.stx.stx_mode) ? -ENOTEMPTY
						    : -EISDIR;
	else if ((ret = change_target(&dst, &l)) == 0)
		ret = layers_rename(l, &rq->st->cred, src.rel, dst.rel, flags);
	view_node_finish(&src);
	view_node_finish(&dst);
	return verdict_return(ret);
}

struct verdict sys_rename(struct request *rq)
{
	return rename_answer(rq, AT_FDCWD, ARG(0), AT_FDCWD, ARG(1), 0);
}

struct verdict sys_renameat(struct request *rq)
{
	return rename_answer(rq, FD_ARG(0), ARG(1), FD_ARG(2), ARG(3), 0);
}

struct verdict sys_renameat2(struct request *rq)
{
	return rename_answer(rq, FD_ARG(0), ARG(1), FD_ARG(2), ARG(3), ARG(4));
}
