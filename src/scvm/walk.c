// SPDX-License-Identifier: GPL-2.0-or-later
/* Path arguments of a request: copied once, then resolved in the view of the calling task. */
#include <fcntl.h>

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

int rq_walk(struct request *rq, int dirfd, const char *path, unsigned flags, struct vnode *n)
{
	char base[PATH_MAX];
	int ret;

	if (!*path)
		return -ENOENT;
	strcpy(base, "/");
	if (path[0] != '/' || flags & (WALK_BENEATH | WALK_IN_ROOT)) {
		ret = fd_path(rq, dirfd, base);
		if (ret < 0)
			return ret;
	}
	return view_walk(&rq->walker, base, path, flags, n);
}

int rq_walk_arg(struct request *rq, int dirfd, uint64_t addr, unsigned flags, struct vnode *n)
{
	char path[PATH_MAX];
	int ret = rq_path(rq, addr, path);

	if (ret < 0)
		return ret;
	return rq_walk(rq, dirfd, path, flags, n);
}
