// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening, reading, writing, and what goes with a descriptor. ioctl and fcntl: sys_ctl.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "call.h"
#include "iov.h"
#include "mem.h"
#include "procfs.h"
#include "util.h"

static long result(long rc)
{
	return rc < 0 ? -errno : rc;
}

/* A 64-bit number in two registers, the high half first. */
static off_t pair(uint32_t high, uint32_t low)
{
	return (off_t)((uint64_t)high << 32 | low);
}

static long open_in(struct m68k_thread *t, int dirfd, uint32_t path_addr, uint32_t flags,
		    uint32_t mode)
{
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = call_path(path_addr, buf, &rc);
	int host = call_open_flags(flags);

	if (!path)
		return rc;
	rc = proc_open(path, host);
	if (rc == -ENOSYS)
		rc = thread_host_call(t, SYS_openat, (long)dirfd, path, (long)host, (long)mode);
	if (rc >= 0)
		fd_set_kind((int)rc, FD_PLAIN);
	return rc;
}

long call_open(struct m68k_thread *t, const uint32_t a[6])
{
	return open_in(t, AT_FDCWD, a[0], a[1], a[2]);
}

long call_creat(struct m68k_thread *t, const uint32_t a[6])
{
	return open_in(t, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
}

long call_openat(struct m68k_thread *t, const uint32_t a[6])
{
	return open_in(t, (int)a[0], a[1], a[2], a[3]);
}

long call_openat2(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *how = mem_ptr(a[2], 24, MEM_R);
	uint64_t host[3];
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = call_path(a[1], buf, &rc);

	if (!path)
		return rc;
	if (a[3] != sizeof(host))
		return a[3] < sizeof(host) ? -EINVAL : -E2BIG;
	if (!how)
		return -EFAULT;
	host[0] = (uint64_t)call_open_flags((uint32_t)get64(how));
	host[1] = get64(how + 8);
	host[2] = get64(how + 16);
	return thread_host_call(t, SYS_openat2, (long)(int)a[0], path, host, sizeof(host));
}

long call_close(struct m68k_thread *t, const uint32_t a[6])
{
	fd_set_kind((int)a[0], FD_PLAIN);
	return result(close((int)a[0]));
}

/* ---- reading and writing ---- */

static void turn_inotify(uint8_t *p, long bytes)
{
	enum { HEAD = sizeof(struct inotify_event) };

	while (bytes >= HEAD) {
		struct inotify_event ev;

		memcpy(&ev, p, HEAD);
		put32(p, ev.wd);
		put32(p + 4, ev.mask);
		put32(p + 8, ev.cookie);
		put32(p + 12, ev.len);
		p += HEAD + ev.len;
		bytes -= HEAD + ev.len;
	}
}

static void turn_signalfd(uint8_t *p, long bytes)
{
	/* Thirteen numbers of 32 bits, six of 64, then 16 bits twice. */
	for (; bytes >= (long)sizeof(struct signalfd_siginfo);
	     p += sizeof(struct signalfd_siginfo), bytes -= sizeof(struct signalfd_siginfo)) {
		struct signalfd_siginfo info;
		const uint32_t *w = (const uint32_t *)&info;
		const size_t wide = offsetof(struct signalfd_siginfo, ssi_ptr);

		memcpy(&info, p, sizeof(info));
		for (size_t i = 0; i < wide / 4; i++)
			put32(p + 4 * i, w[i]);
		put64(p + offsetof(struct signalfd_siginfo, ssi_ptr), info.ssi_ptr);
		put64(p + offsetof(struct signalfd_siginfo, ssi_utime), info.ssi_utime);
		put64(p + offsetof(struct signalfd_siginfo, ssi_stime), info.ssi_stime);
		put64(p + offsetof(struct signalfd_siginfo, ssi_addr), info.ssi_addr);
	}
}

static void turn_read(int fd, uint8_t *p, long bytes)
{
	uint64_t value;

	switch (fd_kind(fd)) {
	case FD_U64:
		if (bytes == sizeof(value)) {
			memcpy(&value, p, sizeof(value));
			put64(p, value);
		}
		break;
	case FD_INOTIFY:
		turn_inotify(p, bytes);
		break;
	case FD_SIGNALFD:
		turn_signalfd(p, bytes);
		break;
	case FD_PLAIN:
		break;
	}
}

long call_read(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t n = mem_span(a[1], a[2], MEM_W);
	long rc;

	if (a[2] && !n)
		return -EFAULT;
	rc = thread_host_call(t, SYS_read, (long)(int)a[0], mem_host(a[1]), (long)n);
	if (rc > 0)
		turn_read((int)a[0], mem_host(a[1]), rc);
	return rc;
}

long call_write(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t n = mem_span(a[1], a[2], MEM_R);
	uint64_t value;

	if (a[2] && !n)
		return -EFAULT;
	if (fd_kind((int)a[0]) == FD_U64 && n == sizeof(value)) {
		value = get64(mem_host(a[1]));
		return thread_host_call(t, SYS_write, (long)(int)a[0], &value, (long)n);
	}
	return thread_host_call(t, SYS_write, (long)(int)a[0], mem_host(a[1]), (long)n);
}

long call_pread64(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t n = mem_span(a[1], a[2], MEM_W);

	if (a[2] && !n)
		return -EFAULT;
	return thread_host_call(t, SYS_pread64, (long)(int)a[0], mem_host(a[1]), (long)n,
				pair(a[3], a[4]));
}

long call_pwrite64(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t n = mem_span(a[1], a[2], MEM_R);

	if (a[2] && !n)
		return -EFAULT;
	return thread_host_call(t, SYS_pwrite64, (long)(int)a[0], mem_host(a[1]), (long)n,
				pair(a[3], a[4]));
}

long iov_get(uint32_t addr, uint32_t count, unsigned need, struct iovec *out)
{
	const uint8_t *in;

	if (count > IOV_MAX)
		return -EINVAL;
	in = mem_ptr(addr, count * 8, MEM_R);
	if (count && !in)
		return -EFAULT;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t base = get32(in + 8 * i), len = get32(in + 8 * i + 4);
		uint32_t n = len ? mem_span(base, len, need) : 0;

		if (len & 0x80000000U)
			return -EINVAL;
		out[i].iov_base = mem_host(base);
		out[i].iov_len = n;
		if (n == len)
			continue;
		/* What lies before the hole is transferred, as the kernel does. */
		if (i == 0 && n == 0)
			return -EFAULT;
		return i + 1;
	}
	return count;
}

static long vector_call(struct m68k_thread *t, long nr, const uint32_t a[6], unsigned need,
			off_t offset)
{
	struct iovec iov[IOV_MAX];
	long count = iov_get(a[1], a[2], need, iov);

	if (count < 0)
		return count;
	/* The offset is split in halves for the kernel; on 64 bits the second is not looked at. */
	return thread_host_call(t, nr, (long)(int)a[0], iov, count, offset, 0L);
}

long call_readv(struct m68k_thread *t, const uint32_t a[6])
{
	return vector_call(t, SYS_readv, a, MEM_W, 0);
}

long call_writev(struct m68k_thread *t, const uint32_t a[6])
{
	return vector_call(t, SYS_writev, a, MEM_R, 0);
}

/* preadv and pwritev have the low half first, on every architecture. */
long call_preadv(struct m68k_thread *t, const uint32_t a[6])
{
	return vector_call(t, SYS_preadv, a, MEM_W, pair(a[4], a[3]));
}

long call_pwritev(struct m68k_thread *t, const uint32_t a[6])
{
	return vector_call(t, SYS_pwritev, a, MEM_R, pair(a[4], a[3]));
}

/* ---- places in files ---- */

long call_lseek(struct m68k_thread *t, const uint32_t a[6])
{
	off_t at = lseek((int)a[0], (int32_t)a[1], (int)a[2]);

	if (at < 0)
		return -errno;
	return at > INT32_MAX ? -EOVERFLOW : at;
}

long call_llseek(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *out = mem_ptr(a[3], 8, MEM_W);
	off_t at;

	if (!out)
		return -EFAULT;
	at = lseek((int)a[0], pair(a[1], a[2]), (int)a[4]);
	if (at < 0)
		return -errno;
	put64(out, at);
	return 0;
}

long call_truncate64(struct m68k_thread *t, const uint32_t a[6])
{
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = call_path(a[0], buf, &rc);

	return path ? result(truncate(path, pair(a[1], a[2]))) : rc;
}

long call_ftruncate64(struct m68k_thread *t, const uint32_t a[6])
{
	return result(ftruncate((int)a[0], pair(a[1], a[2])));
}

long call_fallocate(struct m68k_thread *t, const uint32_t a[6])
{
	return result(fallocate((int)a[0], (int)a[1], pair(a[2], a[3]), pair(a[4], a[5])));
}

long call_fadvise64(struct m68k_thread *t, const uint32_t a[6])
{
	return -posix_fadvise((int)a[0], pair(a[1], a[2]), a[3], (int)a[4]);
}

long call_readahead(struct m68k_thread *t, const uint32_t a[6])
{
	return result(readahead((int)a[0], pair(a[1], a[2]), a[3]));
}

/* An offset that the call reads and moves on: absent, or @bytes wide in the guest. */
static long with_offset(uint32_t addr, unsigned bytes, off_t *offset)
{
	const void *p = mem_ptr(addr, bytes, MEM_R | MEM_W);

	if (!p)
		return -EFAULT;
	*offset = bytes == 8 ? (off_t)get64(p) : (int32_t)get32(p);
	return 0;
}

static void offset_back(uint32_t addr, unsigned bytes, off_t offset)
{
	if (addr && bytes == 8)
		put64(mem_host(addr), offset);
	else if (addr)
		put32(mem_host(addr), (uint32_t)offset);
}

static long send_file(struct m68k_thread *t, const uint32_t a[6], unsigned bytes)
{
	off_t offset = 0;
	long rc = a[2] ? with_offset(a[2], bytes, &offset) : 0;

	if (rc < 0)
		return rc;
	rc = thread_host_call(t, SYS_sendfile, (long)(int)a[0], (long)(int)a[1],
			      a[2] ? &offset : NULL, (long)a[3]);
	if (rc >= 0)
		offset_back(a[2], bytes, offset);
	return rc;
}

long call_sendfile(struct m68k_thread *t, const uint32_t a[6])
{
	return send_file(t, a, 4);
}

long call_sendfile64(struct m68k_thread *t, const uint32_t a[6])
{
	return send_file(t, a, 8);
}

static long two_offsets(struct m68k_thread *t, long nr, const uint32_t a[6])
{
	off_t in = 0, out = 0;
	long rc = 0;

	if (a[1])
		rc = with_offset(a[1], 8, &in);
	if (rc == 0 && a[3])
		rc = with_offset(a[3], 8, &out);
	if (rc < 0)
		return rc;
	rc = thread_host_call(t, nr, (long)(int)a[0], a[1] ? &in : NULL, (long)(int)a[2],
			      a[3] ? &out : NULL, (long)a[4], (long)a[5]);
	if (rc >= 0) {
		offset_back(a[1], 8, in);
		offset_back(a[3], 8, out);
	}
	return rc;
}

long call_splice(struct m68k_thread *t, const uint32_t a[6])
{
	return two_offsets(t, SYS_splice, a);
}

long call_copy_file_range(struct m68k_thread *t, const uint32_t a[6])
{
	return two_offsets(t, SYS_copy_file_range, a);
}

/* ---- names ---- */

static long read_link(int dirfd, uint32_t path_addr, uint32_t buf_addr, uint32_t len)
{
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = call_path(path_addr, buf, &rc);
	char *out = mem_ptr(buf_addr, len, MEM_W);

	if (!path)
		return rc;
	if (len == 0 || len > INT32_MAX)
		return -EINVAL;
	if (!out)
		return -EFAULT;
	if (proc_is_exe(path)) {
		size_t n = strnlen(proc_exe(), len);

		memcpy(out, proc_exe(), n);
		return (long)n;
	}
	return result(readlinkat(dirfd, path, out, len));
}

long call_readlink(struct m68k_thread *t, const uint32_t a[6])
{
	return read_link(AT_FDCWD, a[0], a[1], a[2]);
}

long call_readlinkat(struct m68k_thread *t, const uint32_t a[6])
{
	return read_link((int)a[0], a[1], a[2], a[3]);
}

long call_getcwd(struct m68k_thread *t, const uint32_t a[6])
{
	char *out = mem_ptr(a[0], a[1], MEM_W);

	return out ? result(syscall(SYS_getcwd, out, a[1])) : -EFAULT;
}

/* ---- new descriptors ---- */

static long noted(long fd, enum fd_kind kind)
{
	if (fd < 0)
		return -errno;
	fd_set_kind((int)fd, kind);
	return fd;
}

long call_dup(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(dup((int)a[0]), fd_kind((int)a[0]));
}

long call_dup2(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(dup2((int)a[0], (int)a[1]), fd_kind((int)a[0]));
}

long call_dup3(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(dup3((int)a[0], (int)a[1], call_open_flags(a[2])), fd_kind((int)a[0]));
}

static long make_pipe(uint32_t addr, int flags)
{
	uint8_t *out = mem_ptr(addr, 8, MEM_W);
	int fds[2];

	if (!out)
		return -EFAULT;
	if (pipe2(fds, flags) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		fd_set_kind(fds[i], FD_PLAIN);
		put32(out + 4 * i, fds[i]);
	}
	return 0;
}

long call_pipe(struct m68k_thread *t, const uint32_t a[6])
{
	return make_pipe(a[0], 0);
}

long call_pipe2(struct m68k_thread *t, const uint32_t a[6])
{
	return make_pipe(a[0], call_open_flags(a[1]));
}

long call_eventfd(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(eventfd(a[0], 0), FD_U64);
}

long call_eventfd2(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(eventfd(a[0], (int)a[1]), FD_U64);
}

long call_inotify_init(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(inotify_init(), FD_INOTIFY);
}

long call_inotify_init1(struct m68k_thread *t, const uint32_t a[6])
{
	return noted(inotify_init1((int)a[0]), FD_INOTIFY);
}

static long make_signalfd(int fd, uint32_t set_addr, uint32_t bytes, int flags)
{
	const uint8_t *p = mem_ptr(set_addr, 8, MEM_R);
	uint64_t set;

	if (bytes != sizeof(set))
		return -EINVAL;
	if (!p)
		return -EFAULT;
	set = signal_get_set(p);
	return noted(syscall(SYS_signalfd4, fd, &set, sizeof(set), flags), FD_SIGNALFD);
}

long call_signalfd(struct m68k_thread *t, const uint32_t a[6])
{
	return make_signalfd((int)a[0], a[1], a[2], 0);
}

long call_signalfd4(struct m68k_thread *t, const uint32_t a[6])
{
	return make_signalfd((int)a[0], a[1], a[2], (int)a[3]);
}

long call_memfd_create(struct m68k_thread *t, const uint32_t a[6])
{
	const char *name = mem_string(a[0], NAME_MAX);

	return name ? noted(memfd_create(name, a[1]), FD_PLAIN) : -EFAULT;
}
