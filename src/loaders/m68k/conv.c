// SPDX-License-Identifier: GPL-2.0-or-later
#include "conv.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/vfs.h>
#include <time.h>
#include <utime.h>

#include "guest.h"
#include "mem.h"

struct winsize { /* <sys/ioctl.h> does not go together with <asm/termbits.h> */
	unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

static void put_number(uint8_t *p, unsigned bytes, uint64_t v)
{
	while (bytes--) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

static uint64_t get_number(const uint8_t *p, unsigned bytes, bool is_signed)
{
	uint64_t v = is_signed && p[0] & 0x80 ? ~0ULL : 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

void conv_to_guest(const struct conv_layout *layout, void *out, const void *host)
{
	uint8_t *p = out;

	for (unsigned i = 0; i < layout->count; i++) {
		const struct conv_field *f = &layout->field[i];
		uint64_t v = 0;

		/* The host is little-endian: the low bytes of a number are its first. */
		memcpy(&v, (const uint8_t *)host + f->host_at, f->host_bytes);
		if (f->is_signed && f->host_bytes == 4)
			v = (uint64_t)(int64_t)(int32_t)v;
		put_number(p, f->guest_bytes, v);
		p += f->guest_bytes;
	}
}

void conv_from_guest(const struct conv_layout *layout, void *host, const void *in)
{
	const uint8_t *p = in;

	memset(host, 0, layout->host_bytes);
	for (unsigned i = 0; i < layout->count; i++) {
		const struct conv_field *f = &layout->field[i];
		uint64_t v = get_number(p, f->guest_bytes, f->is_signed);

		memcpy((uint8_t *)host + f->host_at, &v, f->host_bytes);
		p += f->guest_bytes;
	}
}

int conv_put(const struct conv_layout *layout, uint32_t addr, const void *host)
{
	void *p = mem_ptr(addr, layout->guest_bytes, MEM_W);

	if (!p)
		return -EFAULT;
	conv_to_guest(layout, p, host);
	return 0;
}

int conv_get(const struct conv_layout *layout, void *host, uint32_t addr)
{
	const void *p = mem_ptr(addr, layout->guest_bytes, MEM_R);

	if (!p)
		return -EFAULT;
	conv_from_guest(layout, host, p);
	return 0;
}

/* A field signed or not, an array's element, padding. */
#define S(type, member, bytes)                                                              \
	{                                                                                   \
		offsetof(struct type, member), sizeof(((struct type *)0)->member), bytes, 1 \
	}
#define U(type, member, bytes)                                                              \
	{                                                                                   \
		offsetof(struct type, member), sizeof(((struct type *)0)->member), bytes, 0 \
	}
#define PAD(bytes)             \
	{                      \
		0, 0, bytes, 0 \
	}
#define FIELDS(...)                                                                              \
	.count = sizeof((const struct conv_field[]){ __VA_ARGS__ }) / sizeof(struct conv_field), \
	.field = { __VA_ARGS__ }

const struct conv_layout conv_stat = {
	.host_bytes = sizeof(struct stat),
	.guest_bytes = 64,
	FIELDS(U(stat, st_dev, 2), PAD(2), U(stat, st_ino, 4), U(stat, st_mode, 2),
	       U(stat, st_nlink, 2), U(stat, st_uid, 2), U(stat, st_gid, 2), U(stat, st_rdev, 2),
	       PAD(2), S(stat, st_size, 4), U(stat, st_blksize, 4), U(stat, st_blocks, 4),
	       S(stat, st_atim.tv_sec, 4), U(stat, st_atim.tv_nsec, 4), S(stat, st_mtim.tv_sec, 4),
	       U(stat, st_mtim.tv_nsec, 4), S(stat, st_ctim.tv_sec, 4), U(stat, st_ctim.tv_nsec, 4),
	       PAD(8)),
};

const struct conv_layout conv_stat64 = {
	.host_bytes = sizeof(struct stat),
	.guest_bytes = 92,
	FIELDS(U(stat, st_dev, 8), PAD(2), U(stat, st_ino, 4), U(stat, st_mode, 4),
	       U(stat, st_nlink, 4), U(stat, st_uid, 4), U(stat, st_gid, 4), U(stat, st_rdev, 8),
	       PAD(2), S(stat, st_size, 8), U(stat, st_blksize, 4), U(stat, st_blocks, 8),
	       S(stat, st_atim.tv_sec, 4), U(stat, st_atim.tv_nsec, 4), S(stat, st_mtim.tv_sec, 4),
	       U(stat, st_mtim.tv_nsec, 4), S(stat, st_ctim.tv_sec, 4), U(stat, st_ctim.tv_nsec, 4),
	       U(stat, st_ino, 8)),
};

const struct conv_layout conv_statfs = {
	.host_bytes = sizeof(struct statfs),
	.guest_bytes = 64,
	FIELDS(U(statfs, f_type, 4), U(statfs, f_bsize, 4), U(statfs, f_blocks, 4),
	       U(statfs, f_bfree, 4), U(statfs, f_bavail, 4), U(statfs, f_files, 4),
	       U(statfs, f_ffree, 4), U(statfs, f_fsid.__val[0], 4), U(statfs, f_fsid.__val[1], 4),
	       U(statfs, f_namelen, 4), U(statfs, f_frsize, 4), U(statfs, f_flags, 4), PAD(16)),
};

const struct conv_layout conv_statfs64 = {
	.host_bytes = sizeof(struct statfs),
	.guest_bytes = 84,
	FIELDS(U(statfs, f_type, 4), U(statfs, f_bsize, 4), U(statfs, f_blocks, 8),
	       U(statfs, f_bfree, 8), U(statfs, f_bavail, 8), U(statfs, f_files, 8),
	       U(statfs, f_ffree, 8), U(statfs, f_fsid.__val[0], 4), U(statfs, f_fsid.__val[1], 4),
	       U(statfs, f_namelen, 4), U(statfs, f_frsize, 4), U(statfs, f_flags, 4), PAD(16)),
};

const struct conv_layout conv_timespec = {
	.host_bytes = sizeof(struct timespec),
	.guest_bytes = 8,
	FIELDS(S(timespec, tv_sec, 4), S(timespec, tv_nsec, 4)),
};

const struct conv_layout conv_timespec64 = {
	.host_bytes = sizeof(struct timespec),
	.guest_bytes = 16,
	FIELDS(S(timespec, tv_sec, 8), S(timespec, tv_nsec, 8)),
};

const struct conv_layout conv_timeval = {
	.host_bytes = sizeof(struct timeval),
	.guest_bytes = 8,
	FIELDS(S(timeval, tv_sec, 4), S(timeval, tv_usec, 4)),
};

const struct conv_layout conv_itimerval = {
	.host_bytes = sizeof(struct itimerval),
	.guest_bytes = 16,
	FIELDS(S(itimerval, it_interval.tv_sec, 4), S(itimerval, it_interval.tv_usec, 4),
	       S(itimerval, it_value.tv_sec, 4), S(itimerval, it_value.tv_usec, 4)),
};

const struct conv_layout conv_itimerspec = {
	.host_bytes = sizeof(struct itimerspec),
	.guest_bytes = 16,
	FIELDS(S(itimerspec, it_interval.tv_sec, 4), S(itimerspec, it_interval.tv_nsec, 4),
	       S(itimerspec, it_value.tv_sec, 4), S(itimerspec, it_value.tv_nsec, 4)),
};

const struct conv_layout conv_itimerspec64 = {
	.host_bytes = sizeof(struct itimerspec),
	.guest_bytes = 32,
	FIELDS(S(itimerspec, it_interval.tv_sec, 8), S(itimerspec, it_interval.tv_nsec, 8),
	       S(itimerspec, it_value.tv_sec, 8), S(itimerspec, it_value.tv_nsec, 8)),
};

const struct conv_layout conv_tms = {
	.host_bytes = sizeof(struct tms),
	.guest_bytes = 16,
	FIELDS(S(tms, tms_utime, 4), S(tms, tms_stime, 4), S(tms, tms_cutime, 4),
	       S(tms, tms_cstime, 4)),
};

const struct conv_layout conv_rusage = {
	.host_bytes = sizeof(struct rusage),
	.guest_bytes = 72,
	FIELDS(S(rusage, ru_utime.tv_sec, 4), S(rusage, ru_utime.tv_usec, 4),
	       S(rusage, ru_stime.tv_sec, 4), S(rusage, ru_stime.tv_usec, 4),
	       U(rusage, ru_maxrss, 4), U(rusage, ru_ixrss, 4), U(rusage, ru_idrss, 4),
	       U(rusage, ru_isrss, 4), U(rusage, ru_minflt, 4), U(rusage, ru_majflt, 4),
	       U(rusage, ru_nswap, 4), U(rusage, ru_inblock, 4), U(rusage, ru_oublock, 4),
	       U(rusage, ru_msgsnd, 4), U(rusage, ru_msgrcv, 4), U(rusage, ru_nsignals, 4),
	       U(rusage, ru_nvcsw, 4), U(rusage, ru_nivcsw, 4)),
};

const struct conv_layout conv_sysinfo = {
	.host_bytes = sizeof(struct sysinfo),
	.guest_bytes = 64,
	FIELDS(S(sysinfo, uptime, 4), U(sysinfo, loads[0], 4), U(sysinfo, loads[1], 4),
	       U(sysinfo, loads[2], 4), U(sysinfo, totalram, 4), U(sysinfo, freeram, 4),
	       U(sysinfo, sharedram, 4), U(sysinfo, bufferram, 4), U(sysinfo, totalswap, 4),
	       U(sysinfo, freeswap, 4), U(sysinfo, procs, 2), PAD(2), U(sysinfo, totalhigh, 4),
	       U(sysinfo, freehigh, 4), U(sysinfo, mem_unit, 4), PAD(8)),
};

const struct conv_layout conv_flock = {
	.host_bytes = sizeof(struct flock),
	.guest_bytes = 16,
	FIELDS(S(flock, l_type, 2), S(flock, l_whence, 2), S(flock, l_start, 4), S(flock, l_len, 4),
	       S(flock, l_pid, 4)),
};

const struct conv_layout conv_flock64 = {
	.host_bytes = sizeof(struct flock),
	.guest_bytes = 24,
	FIELDS(S(flock, l_type, 2), S(flock, l_whence, 2), S(flock, l_start, 8), S(flock, l_len, 8),
	       S(flock, l_pid, 4)),
};

const struct conv_layout conv_utimbuf = {
	.host_bytes = sizeof(struct utimbuf),
	.guest_bytes = 8,
	FIELDS(S(utimbuf, actime, 4), S(utimbuf, modtime, 4)),
};

const struct conv_layout conv_rlimit64 = {
	.host_bytes = sizeof(struct rlimit),
	.guest_bytes = 16,
	FIELDS(U(rlimit, rlim_cur, 8), U(rlimit, rlim_max, 8)),
};

const struct conv_layout conv_termios = {
	.host_bytes = sizeof(struct termios),
	.guest_bytes = 36,
	FIELDS(U(termios, c_iflag, 4), U(termios, c_oflag, 4), U(termios, c_cflag, 4),
	       U(termios, c_lflag, 4), U(termios, c_line, 1), U(termios, c_cc[0], 1),
	       U(termios, c_cc[1], 1), U(termios, c_cc[2], 1), U(termios, c_cc[3], 1),
	       U(termios, c_cc[4], 1), U(termios, c_cc[5], 1), U(termios, c_cc[6], 1),
	       U(termios, c_cc[7], 1), U(termios, c_cc[8], 1), U(termios, c_cc[9], 1),
	       U(termios, c_cc[10], 1), U(termios, c_cc[11], 1), U(termios, c_cc[12], 1),
	       U(termios, c_cc[13], 1), U(termios, c_cc[14], 1), U(termios, c_cc[15], 1),
	       U(termios, c_cc[16], 1), U(termios, c_cc[17], 1), U(termios, c_cc[18], 1)),
};

const struct conv_layout conv_winsize = {
	.host_bytes = sizeof(struct winsize),
	.guest_bytes = 8,
	FIELDS(U(winsize, ws_row, 2), U(winsize, ws_col, 2), U(winsize, ws_xpixel, 2),
	       U(winsize, ws_ypixel, 2)),
};

const struct conv_layout conv_statx = {
	.host_bytes = sizeof(struct statx),
	.guest_bytes = 256,
	FIELDS(U(statx, stx_mask, 4), U(statx, stx_blksize, 4), U(statx, stx_attributes, 8),
	       U(statx, stx_nlink, 4), U(statx, stx_uid, 4), U(statx, stx_gid, 4),
	       U(statx, stx_mode, 2), PAD(2), U(statx, stx_ino, 8), U(statx, stx_size, 8),
	       U(statx, stx_blocks, 8), U(statx, stx_attributes_mask, 8),
	       S(statx, stx_atime.tv_sec, 8), U(statx, stx_atime.tv_nsec, 4), PAD(4),
	       S(statx, stx_btime.tv_sec, 8), U(statx, stx_btime.tv_nsec, 4), PAD(4),
	       S(statx, stx_ctime.tv_sec, 8), U(statx, stx_ctime.tv_nsec, 4), PAD(4),
	       S(statx, stx_mtime.tv_sec, 8), U(statx, stx_mtime.tv_nsec, 4), PAD(4),
	       U(statx, stx_rdev_major, 4), U(statx, stx_rdev_minor, 4), U(statx, stx_dev_major, 4),
	       U(statx, stx_dev_minor, 4), PAD(112)),
};
