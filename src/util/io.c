// SPDX-License-Identifier: GPL-2.0-or-later
#include "util.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define READ_FIRST_BYTES 1024

ssize_t read_file_at(int dirfd, const char *path, size_t max_bytes, char **out)
{
	autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	autofree char *buf = NULL;
	size_t room = READ_FIRST_BYTES, len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	/* Files in /proc say that their size is 0: read to the end, whatever fstat() thinks. */
	for (;;) {
		if (!buf || len + 1 >= room) {
			char *bigger;

			room *= 2;
			if (room > max_bytes + 2)
				room = max_bytes + 2; /* one too many, to notice; and the NUL */
			bigger = realloc(buf, room);
			if (!bigger)
				return -ENOMEM;
			buf = bigger;
		}
		n = read(fd, buf + len, room - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += n;
		if (len > max_bytes)
			return -EFBIG;
	}
	buf[len] = '\0';
	*out = steal(&buf);
	return len;
}

int read_at(int fd, void *buf, size_t len, off_t at)
{
	for (size_t done = 0; done < len;) {
		ssize_t got = pread(fd, (char *)buf + done, len - done, at + (off_t)done);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return -ENODATA;
		done += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= n;
	}
	return 0;
}

static int replace_file(int dirfd, const char *path, const void *data, size_t len, unsigned mode,
			bool sync)
{
	static unsigned counter;
	autofree char *tmp = str_printf("%s.%d.%u", path, getpid(),
					__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED));
	autoclose int fd = -1;
	int ret;

	if (!tmp)
		return -ENOMEM;
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, len);
	if (ret == 0 && (fchmod(fd, mode) < 0 || (sync && fsync(fd) < 0)))
		ret = -errno;
	if (ret == 0 && renameat(dirfd, tmp, dirfd, path) < 0)
		ret = -errno;
	if (ret < 0)
		unlinkat(dirfd, tmp, 0);
	return ret;
}

int write_file_at(int dirfd, const char *path, const void *data, size_t len, unsigned mode)
{
	return replace_file(dirfd, path, data, len, mode, true);
}

int write_note_at(int dirfd, const char *path, const void *data, size_t len, unsigned mode)
{
	return replace_file(dirfd, path, data, len, mode, false);
}

int mkdir_p(int dirfd, const char *path, unsigned mode)
{
	autofree char *part = strdup(path);
	struct stat st;
	char *end;

	if (!part)
		return -ENOMEM;
	for (end = part; *end;) {
		char saved;
		int err = 0;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		saved = *end;
		*end = '\0';
		if (mkdirat(dirfd, part, mode) < 0)
			err = errno;
		/* An existing parent on a read-only or automounted place need not say EEXIST. */
		if (err && fstatat(dirfd, part, &st, 0) < 0)
			return -err;
		if (err && !S_ISDIR(st.st_mode))
			return -ENOTDIR;
		*end = saved;
	}
	return 0;
}

/*
 * Removing trees. Whatever a task made may be in there: directories of mode 0, names of any depth.
 * A descriptor is held for each level, so below DEPTH_MAX a directory is moved up to the top of the
 * tree instead, and is found there in the next round.
 */
#define DEPTH_MAX 64

struct removal {
	int top; /* the tree's root directory */
	dev_t dev; /* the file system that we stay on */
	int error; /* first failure */
	unsigned moved; /* directories moved to the top so far */
	bool progressed; /* in this round something was moved up */
};

static void remove_failed(struct removal *r, int err)
{
	if (!r->error)
		r->error = -err;
}

/* Open a directory that we are going to empty; make it ours to enter and change first. */
static int remove_open(struct removal *r, int dirfd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int fd = openat(dirfd, name, flags);
	char link[64];
	struct stat st;

	if (fd < 0 && errno == EACCES) {
		autoclose int at =
			openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (at < 0)
			return -errno;
		snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
		if (fstat(at, &st) < 0 || st.st_dev != r->dev || chmod(link, 0700) < 0)
			return -EACCES;
		fd = openat(dirfd, name, flags);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev != r->dev)
		return -EXDEV;
	if ((st.st_mode & 0700) != 0700)
		fchmod(fd, 0700); /* not ours: the removal itself will tell */
	return steal_fd(&fd);
}

static bool remove_move_up(struct removal *r, int dirfd, const char *name)
{
	char tmp[64];

	snprintf(tmp, sizeof(tmp), ".remove.%d.%u", getpid(), r->moved++);
	if (renameat(dirfd, name, r->top, tmp) < 0)
		return false;
	r->progressed = true;
	return true;
}

static void remove_content(struct removal *r, int dirfd, int depth);

static void remove_one(struct removal *r, int dirfd, const char *name, int depth)
{
	int fd;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return;
	if (errno != EISDIR && errno != EPERM && errno != EACCES) {
		remove_failed(r, errno);
		return;
	}
	/* EPERM: POSIX's word for a directory, or an immutable file, which O_DIRECTORY tells. */
	if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0)
		return;
	fd = remove_open(r, dirfd, name);
	if (fd < 0) {
		remove_failed(r, fd == -ENOTDIR ? EPERM : -fd);
		return;
	}
	if (depth >= DEPTH_MAX && remove_move_up(r, dirfd, name)) {
		close(fd);
		return;
	}
	remove_content(r, fd, depth + 1); /* closes fd */
	if (unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		remove_failed(r, errno);
}

static void remove_content(struct removal *r, int dirfd, int depth)
{
	DIR *d = fdopendir(dirfd);
	struct dirent *e;

	if (!d) {
		remove_failed(r, errno);
		close(dirfd);
		return;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			remove_one(r, dirfd, e->d_name, depth);
	closedir(d);
}

int remove_tree(int dirfd, const char *name)
{
	struct removal r = { .top = -1 };
	autoclose int top = -1;
	struct stat st;
	int fd;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM && errno != EACCES)
		return -errno;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode))
		return -EPERM;
	r.dev = st.st_dev;
	top = remove_open(&r, dirfd, name);
	if (top < 0)
		return top;
	r.top = top;
	do {
		r.progressed = false;
		fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		remove_content(&r, fd, 0);
		/* The failures of a round that moved directories away may be cured by the next. */
		if (r.progressed)
			r.error = 0;
	} while (r.progressed);
	if (unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		remove_failed(&r, errno);
	return r.error;
}
