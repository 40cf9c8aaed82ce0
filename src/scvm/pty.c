// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/pts of a session: the host's, but only our terminals are in it. A terminal is ours when a
 * task of the session has it: one end of it open, or as its controlling terminal. Another terminal
 * of the same host user would let a program read what is typed there. And /dev/tty, which the
 * kernel would take for the supervisor's own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "machine.h"

/* Is descriptor @fd of @pid one end of pseudo-terminal @number? */
static bool fd_is_pty(pid_t pid, const char *fd, const char *number)
{
	char name[NAME_MAX + 64], link[64], *text = NULL;
	const char *index;
	bool is = false;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%d/fd/%s", pid, fd);
	n = readlink(name, link, sizeof(link) - 1);
	if (n <= 0)
		return false;
	link[n] = '\0';
	if (strncmp(link, "/dev/pts/", 9) == 0 && strcmp(link + 9, number) == 0)
		return true;
	if (strcmp(link, "/dev/ptmx") != 0 && strcmp(link, "/dev/pts/ptmx") != 0)
		return false;
	snprintf(name, sizeof(name), "/proc/%d/fdinfo/%s", pid, fd);
	if (read_file_at(AT_FDCWD, name, 65536, &text) >= 0 &&
	    (index = strstr(text, "tty-index:"))) {
		index += strcspn(index, "0123456789");
		n = strspn(index, "0123456789");
		is = strncmp(index, number, n) == 0 && number[n] == '\0';
	}
	free(text);
	return is;
}

/* Field 7 of proc_pid_stat(5), the controlling terminal: minor in bits 31-20 and 7-0, major in bits
 * 15-8; 0 when it has none */
static unsigned terminal_of(pid_t pid)
{
	char name[64], *text = NULL;
	const char *p;
	unsigned tty = 0;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	if (read_file_at(AT_FDCWD, name, 4096, &text) >= 0 && (p = strrchr(text, ')')))
		sscanf(p + 1, " %*c %*d %*d %*d %u", &tty);
	free(text);
	return tty;
}

/* The number in /dev/pts; -ENXIO for another kind of terminal, or none */
static long terminal_number(unsigned tty)
{
	return pty_number(tty >> 8 & 0xff, (tty & 0xff) | (tty >> 12 & 0xfff00));
}

static bool controls(pid_t pid, long number)
{
	return terminal_number(terminal_of(pid)) == number;
}

bool node_is_tty(const struct vnode *n)
{
	return S_ISCHR(n->n.stx.stx_mode) && n->n.stx.stx_rdev_major == 5 &&
	       n->n.stx.stx_rdev_minor == 0;
}

int pty_open_tty(struct request *rq, const struct vnode *n, int flags)
{
	static const int want[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };
	unsigned tty = terminal_of(rq->tid);
	long number = terminal_number(tty);
	char name[64];
	int fd;

	/* The same as ours: by its name, which also opens one that belongs to another user. */
	if (tty != 0 && tty == terminal_of(getpid()))
		return -ENODATA;
	fd = layers_access_found(n->entry->layers, &rq->st->cred, &n->n, want[flags & O_ACCMODE]);
	if (fd < 0)
		return fd;
	if (number < 0)
		return number;
	snprintf(name, sizeof(name), "/dev/pts/%ld", number);
	flags &= ~(O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW);
	fd = open(name, flags | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

static bool task_has_pty(pid_t pid, const char *number)
{
	char name[64];
	struct dirent *de;
	bool has = controls(pid, strtol(number, NULL, 10));
	DIR *d;

	snprintf(name, sizeof(name), "/proc/%d/fd", pid);
	d = has ? NULL : opendir(name);
	while (d && !has && (de = readdir(d)))
		has = de->d_name[0] != '.' && fd_is_pty(pid, de->d_name, number);
	if (d)
		closedir(d);
	return has;
}

static bool pty_is_ours(struct request *rq, const char *number)
{
	DIR *d = opendir("/proc");
	struct dirent *de;
	bool ours = false;

	while (d && !ours && (de = readdir(d)))
		ours = rq_sees(rq, atoi(de->d_name)) && task_has_pty(atoi(de->d_name), number);
	if (d)
		closedir(d);
	return ours;
}

bool stx_is_pts(const struct statx *stx)
{
	return S_ISCHR(stx->stx_mode) && pty_number(stx->stx_rdev_major, stx->stx_rdev_minor) >= 0;
}

bool node_is_pts(const struct vnode *n)
{
	return n->entry && strcmp(n->entry->fstype, "devpts") == 0;
}

bool pty_is_hidden(struct request *rq, const char *name)
{
	return name[0] >= '0' && name[0] <= '9' && !pty_is_ours(rq, name);
}
