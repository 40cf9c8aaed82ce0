// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file is: stat in its three shapes, file systems, times, directories. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utime.h>

#include "call.h"
#include "conv.h"
#include "mem.h"
#include "procfs.h"
#include "util.h"

#define DIRENTS_MAX_BYTES 65536U

static long stat_at(int dirfd, uint32_t path_addr, int flags, const struct conv_layout *layout,
		    uint32_t out)
{
	char buf[PATH_MAX];
	struct stat st;
	long rc = 0;
	const char *path = call_path(path_addr, buf, &rc);

	if (!path)
		return rc;
	if (!(flags & AT_SYMLINK_NOFOLLOW) && proc_is_exe(path))
		path = proc_exe();
	if (fstatat(dirfd, path, &st, flags) < 0)
		return -errno;
	return conv_put(layout, out, &st);
}

static long stat_fd(int fd, const struct conv_layout *layout, uint32_t out)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? -errno : conv_put(layout, out, &st);
}

long call_stat(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_at(AT_FDCWD, a[0], 0, &conv_stat, a[1]);
}

long call_lstat(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_at(AT_FDCWD, a[0], AT_SYMLINK_NOFOLLOW, &conv_stat, a[1]);
}

long call_fstat(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_fd((int)a[0], &conv_stat, a[1]);
}

long call_stat64(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_at(AT_FDCWD, a[0], 0, &conv_stat64, a[1]);
}

long call_lstat64(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_at(AT_FDCWD, a[0], AT_SYMLINK_NOFOLLOW, &conv_stat64, a[1]);
}

long call_fstat64(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_fd((int)a[0], &conv_stat64, a[1]);
}

long call_fstatat64(struct m68k_thread *t, const uint32_t a[6])
{
	return stat_at((int)a[0], a[1], (int)a[3], &conv_stat64, a[2]);
}

long call_statx(struct m68k_thread *t, const uint32_t a[6])
{
	char buf[PATH_MAX];
	struct statx stx;
	long rc = 0;
	const char *path = call_path(a[1], buf, &rc);

	if (!path)
		return rc;
	if (!(a[2] & AT_SYMLINK_NOFOLLOW) && proc_is_exe(path))
		path = proc_exe();
	memset(&stx, 0, sizeof(stx));
	if (syscall(SYS_statx, (int)a[0], path, a[2], a[3], &stx) < 0)
		return -errno;
	return conv_put(&conv_statx, a[4], &stx);
}

/* ---- file systems ---- */

static long statfs_path(uint32_t path_addr, const struct conv_layout *layout, uint32_t out)
{
	char buf[PATH_MAX];
	struct statfs fs;
	long rc = 0;
	const char *path = call_path(path_addr, buf, &rc);

	if (!path)
		return rc;
	return statfs(path, &fs) < 0 ? -errno : conv_put(layout, out, &fs);
}

static long statfs_fd(int fd, const struct conv_layout *layout, uint32_t out)
{
	struct statfs fs;

	return fstatfs(fd, &fs) < 0 ? -errno : conv_put(layout, out, &fs);
}

long call_statfs(struct m68k_thread *t, const uint32_t a[6])
{
	return statfs_path(a[0], &conv_statfs, a[1]);
}

long call_fstatfs(struct m68k_thread *t, const uint32_t a[6])
{
	return statfs_fd((int)a[0], &conv_statfs, a[1]);
}

long call_statfs64(struct m68k_thread *t, const uint32_t a[6])
{
	return a[1] == conv_statfs64.guest_bytes ? statfs_path(a[0], &conv_statfs64, a[2])
						 : -EINVAL;
}

long call_fstatfs64(struct m68k_thread *t, const uint32_t a[6])
{
	return a[1] == conv_statfs64.guest_bytes ? statfs_fd((int)a[0], &conv_statfs64, a[2])
						 : -EINVAL;
}

/* ---- times ---- */

/* @path_addr 0: the descriptor itself, as futimens() does. */
static long set_times(int dirfd, uint32_t path_addr, const struct timespec *ts, int flags)
{
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = path_addr ? call_path(path_addr, buf, &rc) : NULL;

	if (path_addr && !path)
		return rc;
	return syscall(SYS_utimensat, dirfd, path, ts, flags) < 0 ? -errno : 0;
}

static long two_times(int dirfd, uint32_t path_addr, const struct conv_layout *layout,
		      uint32_t times, int flags)
{
	struct timespec ts[2];
	long rc = 0;

	if (!times)
		return set_times(dirfd, path_addr, NULL, flags);
	for (int i = 0; i < 2 && rc == 0; i++) {
		rc = conv_get(layout, &ts[i], times + i * layout->guest_bytes);
		if (layout == &conv_timeval && (ts[i].tv_nsec < 0 || ts[i].tv_nsec >= 1000000))
			rc = rc ?: -EINVAL;
		if (layout == &conv_timeval)
			ts[i].tv_nsec *= 1000;
	}
	return rc ?: set_times(dirfd, path_addr, ts, flags);
}

long call_utime(struct m68k_thread *t, const uint32_t a[6])
{
	struct timespec ts[2] = { 0 };
	struct utimbuf ut;

	if (!a[1])
		return set_times(AT_FDCWD, a[0], NULL, 0);
	if (conv_get(&conv_utimbuf, &ut, a[1]) < 0)
		return -EFAULT;
	ts[0].tv_sec = ut.actime;
	ts[1].tv_sec = ut.modtime;
	return set_times(AT_FDCWD, a[0], ts, 0);
}

long call_utimes(struct m68k_thread *t, const uint32_t a[6])
{
	return two_times(AT_FDCWD, a[0], &conv_timeval, a[1], 0);
}

long call_futimesat(struct m68k_thread *t, const uint32_t a[6])
{
	return two_times((int)a[0], a[1], &conv_timeval, a[2], 0);
}

long call_utimensat(struct m68k_thread *t, const uint32_t a[6])
{
	return two_times((int)a[0], a[1], &conv_timespec, a[2], (int)a[3]);
}

long call_utimensat_time64(struct m68k_thread *t, const uint32_t a[6])
{
	return two_times((int)a[0], a[1], &conv_timespec64, a[2], (int)a[3]);
}

/* ---- directories ---- */

/* The kernel's struct linux_dirent64, the same in host and guest but for the order of bytes. */
struct dirent_head {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
} __attribute__((packed));

long call_getdents64(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t room = mem_span(a[1], a[2], MEM_W);
	uint8_t *p = mem_host(a[1]);
	long got;

	if (a[2] && !room)
		return -EFAULT;
	got = syscall(SYS_getdents64, (int)a[0], p, room);
	if (got < 0)
		return -errno;
	for (long at = 0; at < got;) {
		struct dirent_head head;

		memcpy(&head, p + at, sizeof(head));
		put64(p + at, head.ino);
		put64(p + at + 8, head.off);
		put16(p + at + 16, head.reclen);
		at += head.reclen;
	}
	return got;
}

/*
 * The old form: inode 4, offset 4, length 2, name, NUL, type in the last byte. Never longer than
 * the new form of the same entry, so what the host gives always fits.
 */
long call_getdents(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t bytes = a[2] < DIRENTS_MAX_BYTES ? a[2] : DIRENTS_MAX_BYTES;
	autofree uint8_t *host = malloc(DIRENTS_MAX_BYTES);
	uint8_t *out = mem_ptr(a[1], bytes, MEM_W);
	uint32_t filled = 0;
	long got;

	if (!out)
		return -EFAULT;
	if (!host)
		return -ENOMEM;
	got = syscall(SYS_getdents64, (int)a[0], host, bytes);
	if (got < 0)
		return -errno;
	for (long at = 0; at < got;) {
		const char *name = (const char *)host + at + sizeof(struct dirent_head);
		struct dirent_head head;
		uint32_t len;

		memcpy(&head, host + at, sizeof(head));
		len = (10 + (uint32_t)strlen(name) + 2 + 3) & ~3U;
		memset(out + filled, 0, len);
		put32(out + filled, (uint32_t)head.ino);
		put32(out + filled + 4, (uint32_t)head.off);
		put16(out + filled + 8, len);
		memcpy(out + filled + 10, name, strlen(name));
		out[filled + len - 1] = head.type;
		filled += len;
		at += head.reclen;
	}
	return filled;
}
