// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The state directory: where it is, whether it can be trusted, its lock, and the allocation of
 * uids.
 */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

#include "internal.h"
#include "uids.h"

#define STATE_OF_ROOT "/var/lib/uc"
#define STATE_LOCK    ".lock"
#define STATE_UIDS    ".next-uid"
#define LOCK_TRIES    500
#define LOCK_PAUSE_US 10000

int fail(struct err e, int ret, const char *fmt, ...)
{
	autofree char *text = NULL, *safe = NULL;
	va_list ap;

	if (!e.text || e.size == 0)
		return ret;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	safe = text ? str_escape(text) : NULL; /* UC_HOME may be anything */
	snprintf(e.text, e.size, "%s", safe ? safe : "out of memory");
	return ret;
}

static const char *way_out(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EROFS:
	case EACCES:
	case EPERM:
		return "; set UC_HOME to a directory that you can write to";
	case ENOSPC:
	case EDQUOT:
		return "; make room there or set UC_HOME to another place";
	case EOPNOTSUPP:
		return " (user extended attributes); set UC_HOME to a place on ext4, xfs or btrfs";
	}
	return "";
}

int fail_path(struct err e, int ret, const char *path)
{
	return fail(e, ret, "%s: %s%s", path, strerror(-ret), way_out(-ret));
}

int lock_file_at(int dirfd, const char *name)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = openat(dirfd, name, flags, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	/* Not LOCK_EX alone: whoever owns a compartment could make root wait for ever. */
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (i == LOCK_TRIES)
			return -EBUSY;
		usleep(LOCK_PAUSE_US);
	}
	return steal_fd(&fd);
}

ssize_t read_own_file(int dirfd, const char *name, char *buf, size_t size)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = openat(dirfd, name, flags);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

bool directory_is_empty(int dirfd)
{
	int fd = openat(dirfd, ".", OPEN_DIR);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;
	int names = 0;

	if (!d) {
		util_close_fd(&fd);
		return false;
	}
	while ((ent = readdir(d)))
		names++;
	closedir(d);
	return names == 2;
}

int owner_begin(uid_t uid, gid_t gid)
{
	if (geteuid() != 0)
		return 0;
	setfsgid(gid);
	setfsuid(uid);
	/* They tell no errors: an id that this user namespace does not map is left alone. */
	if (setfsuid(-1) == (int)uid && setfsgid(-1) == (int)gid)
		return 0;
	owner_end();
	return -EINVAL;
}

void owner_end(void)
{
	if (geteuid() != 0)
		return;
	setfsuid(0);
	setfsgid(getegid());
}

char *compartment_state_path(void)
{
	const char *dir = getenv("UC_HOME");
	struct passwd *pw;

	if (dir && *dir) {
		autofree char *cwd = *dir == '/' ? NULL : getcwd(NULL, 0);

		return cwd ? str_printf("%s/%s", cwd, dir) : strdup(dir);
	}
	if (geteuid() == 0)
		return strdup(STATE_OF_ROOT);
	dir = getenv("XDG_DATA_HOME");
	if (dir && *dir == '/') /* the specification: a relative one is to be ignored */
		return str_printf("%s/uc", dir);
	dir = getenv("HOME");
	if (!dir || *dir != '/') {
		pw = getpwuid(geteuid());
		dir = pw ? pw->pw_dir : NULL;
	}
	return dir ? str_printf("%s/.local/share/uc", dir) : NULL;
}

/* Nobody but us may be able to put a compartment there, or a link in its place. */
static int state_check(const struct state *s, struct err e)
{
	struct stat st;

	if (fstat(s->fd, &st) < 0)
		return fail_path(e, -errno, s->path);
	if (st.st_uid != geteuid())
		return fail(
			e, -EPERM,
			"%s: belongs to uid %u, not to you; set UC_HOME to a directory of yours",
			s->path, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return fail(e, -EPERM,
			    "%s: others can write to it; chmod go-w it, or set UC_HOME to another "
			    "place",
			    s->path);
	/*
	 * The unprivileged owners of root's compartments must be able to pass. A directory that
	 * holds anything keeps its mode: it may not be meant for us. check_reach() will tell.
	 */
	if (geteuid() == 0 && (st.st_mode & 0111) != 0111 && directory_is_empty(s->fd) &&
	    fchmod(s->fd, (st.st_mode & 07777) | 0111) < 0)
		return fail_path(e, -errno, s->path);
	return 0;
}

int state_open(struct state *s, bool create, struct err e)
{
	autofree char *wanted = compartment_state_path();
	int ret;

	*s = (struct state){ .fd = -1 };
	if (getuid() != geteuid())
		return fail(e, -EPERM, "set-uid: not made to be run with another user's rights");
	if (!wanted)
		return fail(e, -ENOENT, "no home directory; set UC_HOME to a directory of yours");
	if (create) {
		ret = mkdir_p(AT_FDCWD, wanted, geteuid() == 0 ? 0711 : 0700);
		if (ret < 0)
			return fail_path(e, ret, wanted);
	}
	s->path = realpath(wanted, NULL);
	if (!s->path)
		return fail_path(e, -errno, wanted);
	s->fd = open(s->path, OPEN_DIR);
	ret = s->fd < 0 ? fail_path(e, -errno, s->path) : state_check(s, e);
	if (ret < 0)
		state_finish(s);
	return ret;
}

void state_finish(struct state *s)
{
	util_close_fd(&s->fd);
	free(s->path);
	*s = (struct state){ .fd = -1 };
}

int state_lock(const struct state *s, struct err e)
{
	int fd = lock_file_at(s->fd, STATE_LOCK);

	if (fd == -EBUSY)
		return fail(e, fd, "%s: another ucrun or uc is at work there; try again", s->path);
	return fd < 0 ? fail_path(e, fd, s->path) : fd;
}

/* Only names beginning with a dot, which no compartment has, and with the lock held: all stale. */
void state_sweep(int statefd)
{
	int fd = openat(statefd, ".", OPEN_DIR);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;

	if (!d) {
		util_close_fd(&fd);
		return;
	}
	while ((ent = readdir(d)))
		if (!strncmp(ent->d_name, ".new.", 5) || !strncmp(ent->d_name, ".rm.", 4))
			remove_tree(statefd, ent->d_name);
	closedir(d);
}

/*
 * Two state directories of one root should not share uids either, so each but the usual one starts
 * in a block that its inode number chooses.
 */
static uid_t first_uid(const struct state *s)
{
	const struct uid_pool *p = uid_pool();
	unsigned blocks = (p->last - p->first + 1) / p->block;
	struct stat st;

	if (!strcmp(s->path, STATE_OF_ROOT) || fstat(s->fd, &st) < 0)
		return p->first;
	return p->first + (1 + (st.st_ino ^ st.st_dev * 31) % (blocks - 1)) * p->block;
}

/* The uid after the highest that a compartment here has: for when the record was lost. */
static uid_t uid_after_all(const struct state *s)
{
	uid_t next = first_uid(s);
	int fd = openat(s->fd, ".", OPEN_DIR);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;
	struct stat st;

	if (!d) {
		util_close_fd(&fd);
		return next;
	}
	while ((ent = readdir(d)))
		if (fstatat(s->fd, ent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    uid_is_compartments(st.st_uid) && st.st_uid >= next)
			next = st.st_uid + 1;
	closedir(d);
	return next;
}

/* A uid is never given twice, not even after "uc rm": files of its may be left elsewhere. */
int state_new_uid(const struct state *s, uid_t *uid, struct err e)
{
	uid_t next = uid_after_all(s);
	unsigned long long recorded;
	char text[32];
	int ret;

	if (read_own_file(s->fd, STATE_UIDS, text, sizeof(text)) > 0) {
		recorded = strtoull(text, NULL, 10);
		if (uid_is_compartments(recorded) && recorded > next)
			next = recorded;
	}
	while (uid_is_compartments(next) && (getpwuid(next) || getgrgid(next)))
		next++;
	if (!uid_is_compartments(next))
		return fail(e, -EUSERS, "%s: no unused uid is left; remove the file %s there",
			    s->path, STATE_UIDS);
	snprintf(text, sizeof(text), "%u\n", next + 1);
	ret = write_file_at(s->fd, STATE_UIDS, text, strlen(text), 0600);
	if (ret < 0)
		return fail_path(e, ret, s->path);
	*uid = next;
	return 0;
}
