// SPDX-License-Identifier: GPL-2.0-or-later
/* Path arguments of a request: copied once, then resolved in the view of the calling task. */
#include <fcntl.h>
#include <sys/stat.h>

#include "machine.h"

int rq_path(struct request *rq, uint64_t addr, char *path)
{
	ssize_t n = mem_read_path(rq, addr, path);

	if (n < 0)
		return n;
	if (!rq->traced_path[0])
		snprintf(rq->traced_path, sizeof(rq->traced_path), "%s", path);
	return 0;
}

/*
 * Relative to a directory that has no name in the view: it was removed. "." is still it, and ".."
 * the directory that it was in; any other name in it is gone.
 */
static int walk_detached(struct request *rq, int dirfd, const char *path, unsigned flags,
			 struct vnode *n)
{
	autoclose int dir = dirfd == AT_FDCWD ? fcntl(rq->st->cwd_fd, F_DUPFD_CLOEXEC, 0)
					      : fd_open_path(rq, dirfd);
	autoclose int up = -1;
	char base[PATH_MAX];
	int ret;

	if (dir < 0)
		return dir;
	while (*path == '/' || (path[0] == '.' && (path[1] == '/' || !path[1])))
		path++;
	if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || !path[2])) {
		if (flags & WALK_BENEATH)
			return -EXDEV;
		up = openat(dir, "..", O_PATH | O_CLOEXEC);
		ret = up < 0 ? -ENOENT : fd_own_path(up, base);
		if (ret < 0)
			return ret;
		path += 2 + strspn(path + 2, "/");
		return view_walk(&rq->walker, base, *path ? path : ".", flags, n);
	}
	if (*path)
		return -ENOENT;
	memset(n, 0, sizeof(*n));
	n->reopen = -1;
	n->last = LAST_DOT;
	n->want_dir = true;
	n->rel = n->path;
	if (statx(dir, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &n->n.stx) < 0)
		return -errno;
	n->n.fd = steal_fd(&dir);
	strcpy(n->path, "(deleted)");
	return 0;
}

int rq_walk_known(struct request *rq, const char *path, struct vnode *n)
{
	struct walker w = { .view = machine.view, .root = "/", .task = rq };

	return view_walk(&w, "/", path, WALK_NOFOLLOW, n);
}

int rq_walk(struct request *rq, int dirfd, const char *path, unsigned flags, struct vnode *n)
{
	char base[PATH_MAX];
	int ret;

	if (!*path)
		return -ENOENT;
	strcpy(base, "/");
	if (path[0] != '/' || flags & (WALK_BENEATH | WALK_IN_ROOT)) {
		ret = fd_path(rq, dirfd, base);
		if (ret == -ENOENT)
			return walk_detached(rq, dirfd, path, flags, n);
		if (ret < 0)
			return ret;
	}
	ret = view_walk(&rq->walker, base, path, flags, n);
	if (ret == 0 && node_is_pts(n) && n->n.fd >= 0 && pty_is_hidden(n->rel))
		layers_node_finish(&n->n); /* it is not there */
	return ret;
}

int rq_walk_arg(struct request *rq, int dirfd, uint64_t addr, unsigned flags, struct vnode *n)
{
	char path[PATH_MAX];
	int ret = rq_path(rq, addr, path);

	if (ret < 0)
		return ret;
	return rq_walk(rq, dirfd, path, flags, n);
}
