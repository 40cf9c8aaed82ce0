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

int rq_walk_known(struct request *rq, const char *path, struct vnode *n)
{
	struct walker w = { .view = rq->walker.view, .root = "/", .task = rq };

	return view_walk(&w, "/", path, WALK_NOFOLLOW, n);
}

/* Is there still a directory at @base? One that was removed may exist on the host for ever. */
static bool base_is_there(struct request *rq, const char *base)
{
	struct vnode n;
	bool there;

	if (rq_walk_known(rq, base, &n) < 0)
		return false;
	there = n.n.fd >= 0 && S_ISDIR(n.n.stx.stx_mode);
	view_node_finish(&n);
	return there;
}

/*
 * Where removed working directories were. A directory that hides one of the host leaves its place
 * by an exchange, and the kernel's ".." of it then is no directory of the view.
 */
#define REMOVED_MAX 64

static pthread_mutex_t removed_lock = PTHREAD_MUTEX_INITIALIZER;
static struct removed {
	int fd; /* O_PATH on it: its inode number cannot be another's */
	int parent;
	char *path; /* as it was called */
} removed[REMOVED_MAX]; /* guarded by removed_lock; a ring */
static unsigned nremoved;

static bool same_object(int fd, const struct stat *st)
{
	struct stat sb;

	return fstat(fd, &sb) == 0 && sb.st_ino == st->st_ino && sb.st_dev == st->st_dev;
}

/* The one whose directory (or, with @above, whose parent) is @st. Locked. */
static struct removed *removed_find(const struct stat *st, bool above)
{
	for (unsigned i = 0; i < nremoved && i < REMOVED_MAX; i++)
		if (same_object(above ? removed[i].parent : removed[i].fd, st))
			return &removed[i];
	return NULL;
}

static void removed_add(int fd, int parent, const char *path)
{
	struct removed *r = &removed[nremoved++ % REMOVED_MAX];

	if (nremoved > REMOVED_MAX) {
		close(r->fd);
		close(r->parent);
		free(r->path);
	}
	*r = (struct removed){ fd, parent, strdup(path) };
}

void walk_removed(struct request *rq, const struct vnode *n)
{
	char path[PATH_MAX];
	struct vnode up;
	struct stat st;
	bool wanted;
	int fd;

	if (fstat(n->n.fd, &st) < 0)
		return;
	pthread_mutex_lock(&removed_lock);
	wanted = removed_find(&st, true) != NULL;
	pthread_mutex_unlock(&removed_lock);
	if (!wanted && !state_is_cwd(&st))
		return;
	snprintf(path, sizeof(path), "%s", n->path);
	*strrchr(path, '/') = '\0';
	if (rq_walk_known(rq, *path ? path : "/", &up) < 0)
		return;
	fd = up.n.fd < 0 ? -1 : fcntl(n->n.fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0) {
		pthread_mutex_lock(&removed_lock);
		removed_add(fd, steal_fd(&up.n.fd), n->path);
		pthread_mutex_unlock(&removed_lock);
	}
	view_node_finish(&up);
}

int walk_removed_path(int dir, char *path)
{
	struct removed *r = NULL;
	struct stat st;

	pthread_mutex_lock(&removed_lock);
	if (fstat(dir, &st) == 0)
		r = removed_find(&st, false);
	if (r && r->path)
		snprintf(path, PATH_MAX, "%s", r->path);
	pthread_mutex_unlock(&removed_lock);
	return r && r->path ? 0 : -ENOENT;
}

/* The directory above a removed one. Return: a descriptor or -ENOENT */
static int removed_parent(int dir)
{
	struct removed *r;
	struct stat st;
	int up = -1;

	if (fstat(dir, &st) < 0)
		return -ENOENT;
	pthread_mutex_lock(&removed_lock);
	r = removed_find(&st, false);
	if (r)
		up = fcntl(r->parent, F_DUPFD_CLOEXEC, 0);
	pthread_mutex_unlock(&removed_lock);
	if (up < 0)
		up = openat(dir, "..", O_PATH | O_CLOEXEC);
	return up < 0 ? -ENOENT : up;
}

/* The next component of @path when it is "." or "..": how many dots; *after is what follows. */
static int dots(const char *path, const char **after)
{
	size_t n = strspn(path, ".");

	if (n < 1 || n > 2 || (path[n] && path[n] != '/'))
		return 0;
	*after = path + n + strspn(path + n, "/");
	return n;
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
	char base[PATH_MAX];
	struct stat st;
	int ret, ndots;

	if (dir < 0)
		return dir;
	if (fstat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (flags & WALK_BENEATH && *path == '/')
		return -EXDEV;
	path += strspn(path, "/");
	while ((ndots = dots(path, &path)) > 0) {
		int up;

		if (ndots == 1 || flags & WALK_IN_ROOT)
			continue;
		if (flags & WALK_BENEATH)
			return -EXDEV;
		if (fd_own_path(rq, dir, base) == 0 && strcmp(base, rq->st->root) == 0)
			continue;
		up = removed_parent(dir);
		if (up < 0)
			return up;
		close(dir);
		dir = up;
		ret = fd_own_path(rq, dir, base);
		if (ret == 0 && base_is_there(rq, base))
			return view_walk(&rq->walker, base, *path ? path : ".", flags, n);
		/* Removed too; or not of the view at all, and then there is no way on. */
		if (ret < 0 && (fstat(dir, &st) < 0 || st.st_nlink > 0))
			return -ENOENT;
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
	/* The host's directory keeps its path when it is removed in the view. */
	if ((ret == -ENOENT || ret == -ENOTDIR ||
	     (ret == 0 && n->n.fd < 0 && n->entry && strcmp(n->path, base) == 0)) &&
	    strcmp(base, "/") != 0 && !base_is_there(rq, base)) {
		if (ret == 0)
			view_node_finish(n);
		return walk_detached(rq, dirfd, path, flags, n);
	}
	if (ret == 0 && node_is_pts(n) && n->n.fd >= 0 && pty_is_hidden(rq, n->rel))
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
