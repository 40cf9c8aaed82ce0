// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Minimal copy on write: what the host lets us change is changed there, the rest is copied up.
 *
 * It applies to names that no overlay layer has: once a file is copied up, it is the compartment's.
 */
#include <sys/stat.h>

#include "layers_priv.h"

/* The host's directory of @rel, when the host is still the one that has a say. */
static int host_parent(struct layers *l, const char *rel, const char **name)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];
	struct where w;

	if (!(l->flags & LAYERS_MINCOW) || !*rel)
		return -EACCES;
	cache_find(l, rel, &w);
	/* A directory of ours that the host's shows through was made for another file's sake. */
	if (w.kind != WHERE_BASE && !(w.kind == WHERE_OVERLAY && w.is_dir && w.base))
		return -EACCES;
	*name = slash ? slash + 1 : rel;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash ? slash - rel : 0), rel);
	return layer_open_at(l->fd[l->n - 1], parent, O_PATH | O_DIRECTORY);
}

/* These mean "not on the host": everything else is the answer. */
static int answer(int ret)
{
	return ret == -EACCES || ret == -EPERM || ret == -EROFS || ret == -ENOENT ? MINCOW_COPY
										  : ret;
}

int mincow_create(struct layers *l, const char *rel, int flags, mode_t mode)
{
	const char *name;
	autoclose int dir = host_parent(l, rel, &name);
	int fd;

	if (dir < 0)
		return MINCOW_COPY;
	fd = openat(dir, name, (flags & ~O_TRUNC) | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    mode);
	return answer(fd < 0 ? -errno : fd);
}

int mincow_make(struct layers *l, const char *rel, mode_t mode, dev_t dev, const char *target)
{
	const char *name;
	autoclose int dir = host_parent(l, rel, &name);
	int ret;

	if (dir < 0)
		return MINCOW_COPY;
	if (S_ISDIR(mode))
		ret = mkdirat(dir, name, mode & 07777);
	else if (S_ISLNK(mode))
		ret = symlinkat(target, dir, name);
	else
		ret = mknodat(dir, name, mode, dev);
	return answer(ret < 0 ? -errno : 0);
}

int mincow_remove(struct layers *l, const char *rel, bool is_dir)
{
	const char *name;
	autoclose int dir = host_parent(l, rel, &name);
	struct where w;

	if (dir < 0)
		return MINCOW_COPY;
	cache_find(l, rel, &w);
	if (w.kind != WHERE_BASE) /* there is one of ours too: both must seem to go */
		return MINCOW_COPY;
	return answer(unlinkat(dir, name, is_dir ? AT_REMOVEDIR : 0) < 0 ? -errno : 0);
}

int mincow_rename(struct layers *l, const char *from, const char *to, unsigned flags)
{
	const char *a, *b;
	autoclose int d1 = host_parent(l, from, &a), d2 = host_parent(l, to, &b);
	struct where w;

	if (d1 < 0 || d2 < 0)
		return MINCOW_COPY;
	cache_find(l, from, &w);
	if (w.kind != WHERE_BASE)
		return MINCOW_COPY;
	cache_find(l, to, &w);
	if (w.kind != WHERE_BASE)
		return MINCOW_COPY;
	return answer(renameat2(d1, a, d2, b, flags) < 0 ? -errno : 0);
}

int mincow_chmod(struct layers *l, const struct lnode *n, mode_t mode)
{
	char name[64];

	if (!(l->flags & LAYERS_MINCOW) || n->layer == 0 || S_ISLNK(n->stx.stx_mode))
		return MINCOW_COPY;
	fd_path_name(n->fd, name);
	return answer(chmod(name, mode) < 0 ? -errno : 0);
}

int mincow_utimens(struct layers *l, const struct lnode *n, const struct timespec ts[2])
{
	char name[64];

	if (!(l->flags & LAYERS_MINCOW) || n->layer == 0 || S_ISLNK(n->stx.stx_mode))
		return MINCOW_COPY;
	fd_path_name(n->fd, name);
	return answer(utimensat(AT_FDCWD, name, ts, 0) < 0 ? -errno : 0);
}
