// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptors: what can be opened again by its name is saved, the rest is named and refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "exec.h"
#include "state.h"
#include "util.h"

#define FIRST_ROOM 32

static const char *const devices[] = { "/dev/null",   "/dev/zero",    "/dev/full",
				       "/dev/random", "/dev/urandom", "/dev/tty" };

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int state_list_fds(int **out)
{
	int *list = NULL, n = 0, room = 0;
	struct dirent *e;
	DIR *dir = opendir("/proc/self/fd");

	*out = NULL;
	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] == '.' || fd == dirfd(dir) || fd == exec_own_fd())
			continue;
		if (n == room) {
			int *more = realloc(list,
					    (room = room ? 2 * room : FIRST_ROOM) * sizeof(*list));

			if (!more) {
				free(list);
				closedir(dir);
				return -ENOMEM;
			}
			list = more;
		}
		list[n++] = fd;
	}
	closedir(dir);
	if (n)
		qsort(list, n, sizeof(*list), by_number);
	*out = list;
	return n;
}

/* ---- describing ---- */

static bool same_open_file(int a, int b)
{
	struct stat x, y;
	long rc = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b);

	if (rc >= 0)
		return rc == 0;
	/* Without kcmp(): pipes and sockets have no name by which two could be opened. */
	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino && (S_ISFIFO(x.st_mode) || S_ISSOCK(x.st_mode));
}

static const char *kind_text(mode_t mode, const char *name)
{
	static const struct {
		const char *link, *text;
	} anonymous[] = {
		{ "anon_inode:[eventpoll]", "an epoll" }, { "anon_inode:[eventfd]", "an eventfd" },
		{ "anon_inode:[timerfd]", "a timerfd" },  { "anon_inode:[signalfd]", "a signalfd" },
		{ "anon_inode:inotify", "an inotify" },	  { "/memfd:", "a memfd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(anonymous); i++) {
		if (strncmp(name, anonymous[i].link, strlen(anonymous[i].link)) == 0)
			return anonymous[i].text;
	}
	if (S_ISFIFO(mode))
		return "a pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	if (S_ISBLK(mode))
		return "a block device";
	if (S_ISCHR(mode))
		return "a device";
	return "nothing that has a name";
}

static uint32_t flags_of(int fd)
{
	int flags = fcntl(fd, F_GETFL), access = flags & O_ACCMODE;

	return (access == O_RDONLY || access == O_RDWR ? STATE_OPEN_READ : 0) |
	       (access == O_WRONLY || access == O_RDWR ? STATE_OPEN_WRITE : 0) |
	       (flags & O_APPEND ? STATE_OPEN_APPEND : 0) |
	       (flags & O_NONBLOCK ? STATE_OPEN_NONBLOCK : 0) |
	       (flags & O_PATH ? STATE_OPEN_PATH : 0) | (flags & O_DSYNC ? STATE_OPEN_SYNC : 0) |
	       (fcntl(fd, F_GETFD) & FD_CLOEXEC ? STATE_OPEN_CLOEXEC : 0);
}

static bool is_known_device(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(name, devices[i]) == 0)
			return true;
	}
	return false;
}

/* One of the standard streams that is the same terminal. -1: none */
static int std_terminal(const struct stat *st)
{
	struct stat std;

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fstat(fd, &std) == 0 && S_ISCHR(std.st_mode) && std.st_rdev == st->st_rdev &&
		    isatty(fd))
			return fd;
	}
	return -1;
}

static const struct state_fd *find(const struct state *s, int fd)
{
	for (uint32_t i = 0; i < s->fd_count; i++) {
		if (s->fds[i].fd == (uint32_t)fd)
			return &s->fds[i];
	}
	return NULL;
}

static int describe_named(int fd, struct state_fd *f, const struct stat *st, const char *name,
			  char *why, size_t room)
{
	struct stat now;
	off_t offset;

	if (stat(name, &now) < 0 || now.st_dev != st->st_dev || now.st_ino != st->st_ino) {
		snprintf(why, room, "descriptor %d: %s was removed or replaced", fd, name);
		return -ENOTSUP;
	}
	offset = f->flags & STATE_OPEN_PATH ? 0 : lseek(fd, 0, SEEK_CUR);
	f->offset = offset > 0 ? (uint64_t)offset : 0;
	f->path = strdup(name);
	return f->path ? 0 : -ENOMEM;
}

static int describe(const struct state *s, int fd, struct state_fd *f, char *why, size_t room)
{
	char link[64], name[PATH_MAX] = "";
	const struct state_fd *other;
	struct stat st;
	int std;

	f->fd = (uint32_t)fd;
	f->flags = flags_of(fd);
	for (uint32_t i = 0; i < s->fd_count; i++) {
		if (s->fds[i].kind != STATE_FD_SAME && same_open_file((int)s->fds[i].fd, fd)) {
			f->kind = STATE_FD_SAME;
			f->same_as = s->fds[i].fd;
			return 0;
		}
	}
	f->kind = STATE_FD_STD;
	if (fd <= STDERR_FILENO)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st) < 0 || readlink(link, name, sizeof(name) - 1) < 0)
		return -errno;
	f->kind = S_ISREG(st.st_mode) ? STATE_FD_FILE : STATE_FD_DIR;
	if (name[0] == '/' && strncmp(name, "/memfd:", 7) != 0 &&
	    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return describe_named(fd, f, &st, name, why, room);
	if (S_ISCHR(st.st_mode) && is_known_device(name)) {
		f->kind = STATE_FD_DEVICE;
		f->path = strdup(name);
		return f->path ? 0 : -ENOMEM;
	}
	std = S_ISCHR(st.st_mode) ? std_terminal(&st) : -1;
	if (std >= 0) {
		other = find(s, std);
		if (other) {
			f->kind = STATE_FD_SAME;
			f->same_as = other->kind == STATE_FD_SAME ? other->same_as : other->fd;
			return 0;
		}
	}
	snprintf(why, room, "descriptor %d is %s, which cannot be saved", fd,
		 kind_text(st.st_mode, name));
	return -ENOTSUP;
}

int state_describe_fds(struct state *s, char *why, size_t room)
{
	autofree int *list = NULL;
	int n = state_list_fds(&list), rc;

	if (n < 0)
		return n;
	s->fds = calloc(n + 1, sizeof(*s->fds));
	if (!s->fds)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		rc = describe(s, list[i], &s->fds[s->fd_count], why, room);
		if (rc < 0)
			return rc;
		s->fd_count++;
	}
	return 0;
}

/* ---- opening again ---- */

static int open_flags(const struct state_fd *f)
{
	int flags = O_NOCTTY | O_NONBLOCK; /* what has become a FIFO meanwhile must not hold us */

	if (f->flags & STATE_OPEN_PATH)
		return O_PATH | (f->kind == STATE_FD_DIR ? O_DIRECTORY : 0);
	if (f->flags & STATE_OPEN_WRITE)
		flags |= f->flags & STATE_OPEN_READ ? O_RDWR : O_WRONLY;
	return flags | (f->kind == STATE_FD_DIR ? O_DIRECTORY : 0) |
	       (f->flags & STATE_OPEN_SYNC ? O_SYNC : 0);
}

static bool is_kind(mode_t mode, uint32_t kind)
{
	return kind == STATE_FD_FILE  ? S_ISREG(mode)
	       : kind == STATE_FD_DIR ? S_ISDIR(mode)
				      : S_ISCHR(mode);
}

/* Return: a descriptor, or -errno; -EINVAL also when the name is something else now. */
static int open_again(const struct state_fd *f)
{
	autoclose int fd = open(f->path, open_flags(f));
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!is_kind(st.st_mode, f->kind))
		return -EINVAL;
	if (f->flags & STATE_OPEN_PATH)
		return steal_fd(&fd);
	if (f->kind != STATE_FD_DEVICE && lseek(fd, (off_t)f->offset, SEEK_SET) < 0)
		return -errno;
	if (fcntl(fd, F_SETFL,
		  (f->flags & STATE_OPEN_APPEND ? O_APPEND : 0) |
			  (f->flags & STATE_OPEN_NONBLOCK ? O_NONBLOCK : 0)) < 0)
		return -errno;
	return steal_fd(&fd);
}

static int put_at(int from, const struct state_fd *f)
{
	int fd = (int)f->fd, flags = f->flags & STATE_OPEN_CLOEXEC ? FD_CLOEXEC : 0;

	if (fd == exec_own_fd())
		return -EBUSY;
	if (from != fd && dup2(from, fd) < 0)
		return -errno;
	fd_set_kind(fd, FD_PLAIN);
	return fcntl(fd, F_SETFD, flags) < 0 ? -errno : 0;
}

static int reopen(const struct state_fd *f)
{
	autoclose int fd = -1;
	int rc;

	switch (f->kind) {
	case STATE_FD_STD:
		if (fcntl((int)f->fd, F_GETFD) >= 0)
			return put_at((int)f->fd, f);
		fd = open("/dev/null", O_RDWR);
		break;
	case STATE_FD_SAME:
		return put_at((int)f->same_as, f);
	default:
		fd = open_again(f);
		if (fd < 0)
			return fd;
	}
	if (fd < 0)
		return -errno;
	rc = put_at(fd, f);
	if (fd == (int)f->fd)
		steal_fd(&fd);
	return rc;
}

int state_reopen_fds(const struct state *s, char *why, size_t room)
{
	autofree int *list = NULL;
	int n = state_list_fds(&list), rc;

	snprintf(why, room, "descriptors");
	if (n < 0)
		return n;
	/* What we were given and the program does not know. */
	for (int i = 0; i < n; i++) {
		if (list[i] > STDERR_FILENO)
			close(list[i]);
	}
	for (uint32_t i = 0; i < s->fd_count; i++) {
		rc = reopen(&s->fds[i]);
		if (rc < 0) {
			snprintf(why, room, "descriptor %u, %s", s->fds[i].fd,
				 s->fds[i].path ? s->fds[i].path : "a copy");
			return rc;
		}
	}
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (!find(s, fd))
			close(fd);
	}
	return 0;
}
