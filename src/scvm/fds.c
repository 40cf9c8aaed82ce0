// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptors of a task. They are real, so the kernel knows what they are; we ask /proc/TID/fd and
 * translate the host path back into the view.
 */
#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#include "machine.h"
#include "proc_text.h"

static void fd_proc_name(pid_t tid, int fd, char name[64])
{
	snprintf(name, 64, "/proc/%d/fd/%d", tid, fd);
}

int fd_host_link(pid_t tid, int fd, char *host)
{
	char name[64];
	ssize_t n;

	fd_proc_name(tid, fd, name);
	n = readlink(name, host, PATH_MAX - 1);
	if (n < 0)
		return errno == ENOENT ? -EBADF : -errno;
	host[n] = '\0';
	return 0;
}

int fd_own_path(struct request *rq, int fd, char *path)
{
	char name[64], host[PATH_MAX];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, host, sizeof(host) - 1);
	if (n < 0)
		return -errno;
	host[n] = '\0';
	if (path_is_deleted(host)) {
		struct stat st;

		if (fstat(fd, &st) == 0 && st.st_nlink == 0)
			return -ENOENT;
	}
	return view_from_host(rq->walker.view, host, fd, path, NULL);
}

int fd_path(struct request *rq, int fd, char *path)
{
	char host[PATH_MAX];
	struct stat st;
	int ret;

	if (fd == AT_FDCWD)
		return fd_own_path(rq, rq->st->cwd_fd, path);
	if (fd < 0)
		return -EBADF;
	ret = fd_host_link(rq->tid, fd, host);
	if (ret < 0)
		return ret;
	if (host[0] != '/')
		return -ENOTDIR;
	ret = view_from_host(rq->walker.view, host, -1, path, NULL);
	if (ret == 0 && !path_is_deleted(host))
		return 0;
	{
		autoclose int opath = fd_open_path(rq, fd);

		if (opath < 0)
			return opath;
		if (fstat(opath, &st) == 0 && st.st_nlink == 0)
			return -ENOENT;
		return view_from_host(rq->walker.view, host, opath, path, NULL);
	}
}

int fd_flags(struct request *rq, int fd)
{
	char name[64], *text = NULL;
	const char *p;
	int ret;

	snprintf(name, sizeof(name), "/proc/%d/fdinfo/%d", rq->tid, fd);
	ret = read_file_at(AT_FDCWD, name, 65536, &text);
	if (ret < 0)
		return ret == -ENOENT ? -EBADF : ret;
	p = strstr(text, "flags:");
	ret = p ? (int)strtol(p + 6, NULL, 8) : -EIO;
	free(text);
	return ret;
}

int fd_open_path(struct request *rq, int fd)
{
	char name[64];
	int ret;

	fd_proc_name(rq->tid, fd, name);
	ret = open(name, O_PATH | O_CLOEXEC);
	if (ret < 0)
		return errno == ENOENT ? -EBADF : -errno;
	return ret;
}

int fd_take(struct request *rq, int fd)
{
	autoclose int pidfd = -1;
	int ret;

	if (fd < 0)
		return -EBADF;
	pidfd = pidfd_open(rq->tid, 0);
	if (pidfd < 0) {
		/* A thread that does not lead its group: by its own id since 6.9, else the leader.
		 */
		pidfd = pidfd_open(rq->tid, PIDFD_THREAD);
		if (pidfd < 0)
			pidfd = pidfd_open(task_tgid(rq->tid), 0);
		if (pidfd < 0)
			return -ESRCH;
	}
	ret = pidfd_getfd(pidfd, fd, 0);
	return ret < 0 ? -errno : ret;
}

bool fd_is_base(struct request *rq, int fd)
{
	char host[PATH_MAX], path[PATH_MAX];
	struct entry *e;
	bool yes;

	if (fd_host_link(rq->tid, fd, host) < 0 || host[0] != '/' ||
	    view_from_host(rq->walker.view, host, -1, path, &e) < 0)
		return false;
	yes = e->kind == ENTRY_LAYERS && !e->file && strcmp(e->fstype, "devpts") != 0 &&
	      layers_is_base(e->layers, path + e->target_len + (path[e->target_len] == '/'));
	entry_put(e);
	return yes;
}
