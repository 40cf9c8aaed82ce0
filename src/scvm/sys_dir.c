// SPDX-License-Identifier: GPL-2.0-or-later
/* Directories: listings, working directory, chroot, umask; and watches and handles of names. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

#define LISTING_MAX_BYTES (64 << 10) /* a larger buffer is filled by several calls */

/* struct linux_dirent64; the old form has d_type at the end of the record. */
struct dirent64_head {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
} __attribute__((packed));

struct listing {
	char *buf;
	size_t used, room;
	uint64_t cookie; /* of the last name taken */
	bool full, old_form, pts;
	struct request *rq;
};

static bool listing_emit(void *arg, const struct ldirent *d)
{
	struct listing *l = arg;
	size_t len = strlen(d->name) + 1;
	struct dirent64_head h = { d->ino, d->cookie, 0, d->type };
	size_t head = l->old_form ? 18 : 19;
	size_t reclen = (head + len + (l->old_form ? 1 : 0) + 7) & ~7UL;
	char *p = l->buf + l->used;

	if (l->pts && pty_is_hidden(l->rq, d->name))
		return true;
	if (l->used + reclen > l->room) {
		l->full = true;
		return false;
	}
	h.reclen = reclen;
	memset(p, 0, reclen);
	memcpy(p, &h, head);
	memcpy(p + head, d->name, len);
	if (l->old_form)
		p[reclen - 1] = d->type;
	l->used += reclen;
	l->cookie = d->cookie;
	return true;
}

/*
 * A directory that the kernel lists truly is left to it; that is decided by the descriptor alone.
 * For a merged one the cursor is the real offset of the real open directory, which we read and set.
 */
static struct verdict getdents_answer(struct request *rq, bool old_form)
{
	struct listing l = { .old_form = old_form };
	char path[PATH_MAX];
	autofree char *buf = NULL;
	autoclose int dir = -1;
	struct vnode n;
	off_t pos;
	int ret;

	if (fd_is_base(rq, FD_ARG(0)))
		return verdict_continue();
	ret = fd_path(rq, FD_ARG(0), path);
	if (ret < 0)
		return ret == -EBADF || ret == -ENOTDIR ? verdict_return(ret) : verdict_continue();
	ret = rq_walk_known(rq, path, &n);
	if (ret < 0 && ret != -ENOENT)
		return verdict_continue();
	if (ret < 0 || n.n.fd < 0) { /* removed in the view, whatever the host still has */
		if (ret == 0)
			view_node_finish(&n);
		return verdict_return(-ENOENT);
	}
	if (!S_ISDIR(n.n.stx.stx_mode) ||
	    (n.entry->kind != ENTRY_LAYERS ? *n.rel != '\0' : !n.n.merged && !node_is_pts(&n))) {
		view_node_finish(&n);
		return verdict_continue();
	}
	l.pts = node_is_pts(&n);
	l.rq = rq;
	l.room = ARG(2) < LISTING_MAX_BYTES ? ARG(2) : LISTING_MAX_BYTES;
	l.buf = buf = malloc(l.room ? l.room : 1);
	dir = fd_take(rq, FD_ARG(0));
	pos = dir < 0 ? -1 : lseek(dir, 0, SEEK_CUR);
	if (!buf)
		ret = -ENOMEM;
	else if (dir < 0)
		ret = dir;
	else if (pos < 0 || fcntl(dir, F_GETFL) & O_PATH)
		ret = -EBADF;
	else if (n.entry->kind == ENTRY_SYNTH)
		ret = proc_list(rq, n.rel, dir, pos, listing_emit, &l);
	else
		ret = layers_list(n.entry->layers, n.rel, pos, listing_emit, &l);
	view_node_finish(&n);
	if (ret < 0)
		return verdict_return(ret);
	if (!l.used)
		return verdict_return(l.full ? -EINVAL : 0);
	ret = mem_write(rq, ARG(1), buf, l.used);
	if (ret < 0)
		return verdict_return(ret);
	if (lseek(dir, l.cookie, SEEK_SET) < 0)
		return verdict_return(-errno);
	return verdict_return(l.used);
}

struct verdict sys_getdents64(struct request *rq)
{
	return getdents_answer(rq, false);
}

struct verdict sys_getdents(struct request *rq)
{
	return getdents_answer(rq, true);
}

/* ---- the working directory, kept in the task's state ---- */

static struct verdict state_change(struct request *rq, struct state *st)
{
	int ret = state_fs_set(rq->tid, st);

	taskstate_finish(st);
	return verdict_return(ret);
}

static int check_search(struct request *rq, struct vnode *n)
{
	const struct statx *stx = &n->n.stx;

	if (n->n.fd < 0)
		return -ENOENT;
	if (!S_ISDIR(stx->stx_mode))
		return -ENOTDIR;
	return view_node_may(n, &rq->st->cred, X_OK);
}

static struct verdict chdir_to(struct request *rq, struct vnode *n)
{
	char path[PATH_MAX];
	struct state st;
	int ret = check_search(rq, n);

	if (ret == 0)
		ret = taskstate_copy(&st, rq->st);
	if (ret < 0)
		return verdict_return(ret);
	close(st.cwd_fd);
	st.cwd_fd = fcntl(n->n.fd, F_DUPFD_CLOEXEC, 0);
	if (st.cwd_fd < 0) {
		taskstate_finish(&st);
		return verdict_return(-ENOMEM);
	}
	/* From a directory whose host path has no room in a page there would be no way back. */
	if (fd_own_path(rq, st.cwd_fd, path) == -ENAMETOOLONG) {
		taskstate_finish(&st);
		return verdict_return(-ENAMETOOLONG);
	}
	return state_change(rq, &st);
}

struct verdict sys_chdir(struct request *rq)
{
	struct verdict v;
	struct vnode n;
	int ret = rq_walk_arg(rq, AT_FDCWD, ARG(0), 0, &n);

	if (ret < 0)
		return verdict_return(ret);
	v = chdir_to(rq, &n);
	view_node_finish(&n);
	return v;
}

struct verdict sys_fchdir(struct request *rq)
{
	char path[PATH_MAX];
	struct verdict v;
	struct vnode n;
	int ret = fd_path(rq, FD_ARG(0), path);

	if (ret == 0)
		ret = rq_walk_known(rq, path, &n);
	if (ret == 0 && n.n.fd < 0) {
		view_node_finish(&n);
		ret = -ENOENT;
	}
	if (ret == -ENOENT) /* removed: one can be in it all the same */
		ret = rq_walk(rq, FD_ARG(0), ".", 0, &n);
	if (ret < 0)
		return verdict_return(ret);
	v = chdir_to(rq, &n);
	view_node_finish(&n);
	return v;
}

struct verdict sys_getcwd(struct request *rq)
{
	char path[PATH_MAX + 16];
	const char *shown = path;
	size_t len, root_len = strcmp(rq->st->root, "/") == 0 ? 0 : strlen(rq->st->root);
	int ret = fd_path(rq, AT_FDCWD, path);
	struct vnode n;

	if (ret == 0 && (ret = rq_walk_known(rq, path, &n)) == 0) {
		ret = n.n.fd < 0 ? -ENOENT : 0;
		view_node_finish(&n);
	}
	if (ret < 0)
		return verdict_return(-ENOENT); /* removed */
	if (root_len) {
		shown = path_under(path, rq->st->root);
		if (shown) {
			memmove(path + 1, shown, strlen(shown) + 1);
			path[0] = '/';
		} else {
			memmove(path + 13, path, strlen(path) + 1);
			memcpy(path, "(unreachable)", 13);
		}
		shown = path;
	}
	len = strlen(shown) + 1;
	if (len > ARG(1))
		return verdict_return(-ERANGE);
	ret = mem_write(rq, ARG(0), shown, len);
	return verdict_return(ret < 0 ? ret : (int64_t)len);
}

struct verdict sys_chroot(struct request *rq)
{
	struct state st;
	struct vnode n;
	int ret;

	if (!cred_has_cap(&rq->st->cred, 18 /* CAP_SYS_CHROOT */))
		return verdict_return(-EPERM);
	ret = rq_walk_arg(rq, AT_FDCWD, ARG(0), 0, &n);
	if (ret < 0)
		return verdict_return(ret);
	ret = check_search(rq, &n);
	if (ret == 0)
		ret = taskstate_copy(&st, rq->st);
	if (ret == 0) {
		free(st.root);
		st.root = strdup(n.path);
	}
	view_node_finish(&n);
	if (ret < 0)
		return verdict_return(ret);
	if (!st.root) {
		taskstate_finish(&st);
		return verdict_return(-ENOMEM);
	}
	return state_change(rq, &st);
}

struct verdict sys_umask(struct request *rq)
{
	mode_t old = rq->st->umask;
	struct state st;
	int ret;

	if ((ARG(0) & 0777) == old)
		return verdict_return(old);
	ret = taskstate_copy(&st, rq->st);
	if (ret < 0)
		return verdict_return(old);
	st.umask = ARG(0) & 0777;
	state_change(rq, &st);
	return verdict_return(old);
}

/* ---- watches and handles ---- */

struct verdict sys_inotify_add_watch(struct request *rq)
{
	uint32_t mask = ARG(2);
	autoclose int fd = -1;
	char name[64];
	struct vnode n;
	int ret = rq_walk_arg(rq, AT_FDCWD, ARG(1), mask & IN_DONT_FOLLOW ? WALK_NOFOLLOW : 0, &n);

	if (ret < 0)
		return verdict_return(ret);
	if (n.n.fd < 0) {
		view_node_finish(&n);
		return verdict_return(-ENOENT);
	}
	fd = fd_take(rq, FD_ARG(0));
	/*
	 * Changes happen in the writable layer, so that is what must be watched. Making the
	 * directory there is cheap; a file is copied when it is small.
	 */
	if (fd >= 0 && n.entry && n.entry->kind == ENTRY_LAYERS && !n.entry->rdonly &&
	    n.n.layer > 0 && S_ISDIR(n.n.stx.stx_mode) &&
	    layers_copy_up(n.entry->layers, n.rel) == 0) {
		struct vnode again;

		if (rq_walk_known(rq, n.path, &again) == 0) {
			view_node_finish(&n);
			n = again;
		}
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", n.n.fd);
	if (fd < 0)
		ret = fd;
	else
		ret = inotify_add_watch(fd, name, mask & ~IN_DONT_FOLLOW);
	if (ret < 0 && fd >= 0)
		ret = -errno;
	view_node_finish(&n);
	return verdict_return(ret);
}

struct verdict sys_name_to_handle_at(struct request *rq)
{
	struct {
		struct file_handle h;
		unsigned char bytes[MAX_HANDLE_SZ];
	} fh;
	char path[PATH_MAX];
	int flags = ARG(4), mount_id, shown = 0, ret;
	autoclose int fd = -1;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	if ((ret = rq_path(rq, ARG(1), path)) < 0 ||
	    (ret = mem_read(rq, ARG(2), &fh.h, sizeof(fh.h))) < 0)
		return verdict_return(ret);
	if (fh.h.handle_bytes > MAX_HANDLE_SZ)
		return verdict_return(-EINVAL);
	if (!path[0] && flags & AT_EMPTY_PATH) {
		fd = fd_open_path(rq, FD_ARG(0));
		if (fd < 0)
			return verdict_return(fd);
		shown = fd_mount_id(rq, FD_ARG(0));
	} else {
		struct vnode n;

		ret = rq_walk(rq, FD_ARG(0), path, flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW,
			      &n);
		if (ret < 0)
			return verdict_return(ret);
		fd = steal_fd(&n.n.fd);
		shown = n.entry ? n.entry->id : 0;
		view_node_finish(&n);
		if (fd < 0)
			return verdict_return(-ENOENT);
	}
	ret = name_to_handle_at(fd, "", &fh.h, &mount_id, AT_EMPTY_PATH) < 0 ? -errno : 0;
	if (ret == 0 || ret == -EOVERFLOW) {
		int w = mem_write(rq, ARG(2), &fh,
				  sizeof(fh.h) + (ret == 0 ? fh.h.handle_bytes : 0));

		if (shown)
			mount_id = shown;
		if (w == 0)
			w = mem_write(rq, ARG(3), &mount_id, sizeof(mount_id));
		if (w < 0)
			ret = w;
	}
	return verdict_return(ret);
}
