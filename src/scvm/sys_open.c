// SPDX-License-Identifier: GPL-2.0-or-later
/* open, openat, openat2, creat. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

/* What open(2) looks at; other bits are ignored by it and refused by openat2(2). */
#define OPEN_FLAGS                                                                            \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | \
	 O_DSYNC | O_ASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |  \
	 O_CLOEXEC | O_PATH | O_TMPFILE)

/*
 * A nameless object behind /proc/PID/fd/N (a pipe, a memfd, a deleted file), or the object of an
 * inherited descriptor: open it again with no more access than the descriptor has.
 */
static int reopen_nameless(const struct vnode *n, int flags)
{
	int opath = n->n.fd, acc = flags & O_ACCMODE, fd;
	char name[64];

	if (flags & O_PATH)
		return fcntl(opath, F_DUPFD_CLOEXEC, 0);
	/* An O_PATH descriptor on something outside of the view (passed by somebody) gives nothing.
	 */
	if (n->reopen >= 0 && n->reopen != O_RDWR && (acc != n->reopen || flags & O_TRUNC))
		return -EACCES;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", opath);
	fd = open(name, (flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW)) | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

/*
 * FIFOs and sockets of the host are not ours to talk to through a copy-on-write view. Return: 1
 * when there is a FIFO of the view's own now, which is not what @n holds; 0 or -errno
 */
static int open_special(struct vnode *n, int flags)
{
	int ret;

	if (!S_ISFIFO(n->n.stx.stx_mode) || !n->entry->private_sockets || n->n.layer == 0 ||
	    flags & O_PATH)
		return 0;
	ret = layers_copy_up(n->entry->layers, n->rel);
	return ret < 0 ? ret : 1;
}

static bool node_is_ptmx(const struct vnode *n)
{
	return n->n.fd >= 0 && S_ISCHR(n->n.stx.stx_mode) && n->n.stx.stx_rdev_major == 5 &&
	       n->n.stx.stx_rdev_minor == 2;
}

static int open_node(struct request *rq, struct vnode *n, int flags, mode_t mode)
{
	bool may_block, found = n->n.fd >= 0 && (flags & O_TMPFILE) != O_TMPFILE;
	int fd, ret;

	if (!n->entry)
		return reopen_nameless(n, flags);
	if (n->entry->kind == ENTRY_SYNTH) {
		if (n->n.fd < 0)
			return flags & O_CREAT ? -EACCES : -ENOENT;
		return proc_open(rq, n, flags);
	}
	if (n->n.fd < 0 && !(flags & O_CREAT))
		return -ENOENT;
	if ((fd = budget_open_sys(n, flags)) != -ENODATA)
		return fd;
	if (n->want_dir && flags & O_CREAT)
		return -EISDIR;
	if (n->n.fd >= 0) {
		ret = open_special(n, flags);
		if (ret < 0)
			return ret;
		found &= !ret;
	}
	if (found && !(flags & O_PATH) && node_is_tty(n) &&
	    (fd = pty_open_tty(rq, n, flags)) != -ENODATA)
		return fd;
	may_block = n->n.fd >= 0 && !S_ISREG(n->n.stx.stx_mode) && !S_ISDIR(n->n.stx.stx_mode) &&
		    !(flags & (O_NONBLOCK | O_PATH));
	if (n->n.fd >= 0 && S_ISFIFO(n->n.stx.stx_mode))
		request_flush_dead(); /* a dead reader must not be met */
	if (may_block && (ret = request_block_begin(rq, true)) < 0)
		return ret;
	/* Never make a terminal the supervisor's own; the task gets one by TIOCSCTTY only. */
	if (found)
		fd = layers_open_found(n->entry->layers, &rq->st->cred, &n->n, n->rel,
				       flags | O_NOCTTY);
	else
		fd = layers_open(n->entry->layers, &rq->st->cred, n->rel, flags | O_NOCTTY, mode);
	if (may_block)
		request_block_end(rq);
	if (fd >= 0 && !(flags & O_PATH) && node_is_ptmx(n))
		layers_pty_born(fd, &rq->st->cred);
	if (fd == -EINTR)
		fd = -512; /* ERESTARTSYS: the kernel restarts the call or says EINTR, as SA_RESTART
			      tells */
	return fd;
}

static struct verdict open_answer(struct request *rq, int dirfd, uint64_t addr, int flags,
				  mode_t mode, unsigned walk)
{
	char path[PATH_MAX];
	struct verdict v;
	struct vnode n;
	int ret;

	ret = rq_path(rq, addr, path);
	if (ret < 0)
		return verdict_return(ret);
	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if ((flags & O_TMPFILE) == O_TMPFILE) {
		if ((flags & O_ACCMODE) == O_RDONLY || flags & O_CREAT)
			return verdict_return(-EINVAL);
	} else if (flags & O_CREAT && flags & O_DIRECTORY) {
		return verdict_return(-EINVAL); /* Linux 6.3 */
	}
	if (flags & O_CREAT && flags & O_EXCL)
		walk |= WALK_NOFOLLOW;
	if (flags & O_NOFOLLOW)
		walk |= WALK_NOFOLLOW;
	ret = rq_walk(rq, dirfd, path, walk, &n);
	if (ret < 0)
		return verdict_return(ret);
	if (flags & O_CREAT && n.last != LAST_NAME && n.last != LAST_ROOT && n.n.fd >= 0)
		ret = flags & O_EXCL ? -EEXIST : -EISDIR;
	else if (flags & O_CREAT && flags & O_EXCL && n.n.fd >= 0)
		ret = -EEXIST;
	else
		ret = open_node(rq, &n, flags & ~O_CLOEXEC,
				(mode & 07777) | LAYERS_UMASK(rq->st->umask));
	v = verdict_fd(ret, flags & O_CLOEXEC);
	view_node_finish(&n);
	if (ret < 0)
		return verdict_return(ret);
	if (flags & O_PATH) {
		v = inject_opath(rq, ret, flags & O_CLOEXEC);
		close(ret);
	}
	return v;
}

struct verdict sys_open(struct request *rq)
{
	return open_answer(rq, AT_FDCWD, ARG(0), ARG(1) & OPEN_FLAGS, ARG(2), 0);
}

struct verdict sys_openat(struct request *rq)
{
	if (inject_expected(rq->tid))
		return verdict_continue();
	return open_answer(rq, FD_ARG(0), ARG(1), ARG(2) & OPEN_FLAGS, ARG(3), 0);
}

struct verdict sys_creat(struct request *rq)
{
	return open_answer(rq, AT_FDCWD, ARG(0), O_CREAT | O_WRONLY | O_TRUNC, ARG(1), 0);
}

struct verdict sys_openat2(struct request *rq)
{
	static const struct {
		uint64_t resolve;
		unsigned walk;
	} map[] = {
		{ RESOLVE_NO_XDEV, WALK_NO_XDEV },
		{ RESOLVE_NO_MAGICLINKS, WALK_NO_MAGICLINKS },
		{ RESOLVE_NO_SYMLINKS, WALK_NO_SYMLINKS },
		{ RESOLVE_BENEATH, WALK_BENEATH },
		{ RESOLVE_IN_ROOT, WALK_IN_ROOT },
	};
	struct open_how how = { 0 };
	uint64_t size = ARG(3), left;
	unsigned walk = 0;
	char rest[4096];
	int ret;

	if (size < sizeof(how))
		return verdict_return(-EINVAL);
	if (size > sizeof(how) + sizeof(rest))
		return verdict_return(-E2BIG);
	ret = mem_read(rq, ARG(2), &how, sizeof(how));
	if (ret == 0 && size > sizeof(how))
		ret = mem_read(rq, ARG(2) + sizeof(how), rest, size - sizeof(how));
	if (ret < 0)
		return verdict_return(ret);
	for (size_t i = 0; i < size - sizeof(how); i++)
		if (rest[i])
			return verdict_return(-E2BIG);
	left = how.resolve & ~(uint64_t)RESOLVE_CACHED;
	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (left & map[i].resolve) {
			walk |= map[i].walk;
			left &= ~map[i].resolve;
		}
	if (left || how.flags & ~(uint64_t)OPEN_FLAGS || how.mode & ~(uint64_t)07777 ||
	    (walk & WALK_BENEATH && walk & WALK_IN_ROOT))
		return verdict_return(-EINVAL);
	if (how.mode && !(how.flags & O_CREAT) && (how.flags & O_TMPFILE) != O_TMPFILE)
		return verdict_return(-EINVAL);
	if (how.flags & O_PATH &&
	    how.flags & ~(uint64_t)(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
		return verdict_return(-EINVAL);
	/* We cannot promise that nothing blocks: "not in the cache" is the honest answer. */
	if (how.resolve & RESOLVE_CACHED)
		return verdict_return(-EAGAIN);
	return open_answer(rq, FD_ARG(0), ARG(1), how.flags, how.mode, walk);
}
