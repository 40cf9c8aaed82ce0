/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CALL_H
#define UCRUN_M68K_CALL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "thread.h"

/*
 * System calls. table.c has one row a call, and nothing else lists them. A row without a handler
 * is passed on to the host's call as its kinds say; one with a handler uses them for the trace.
 *
 * Kinds, a letter an argument:
 *	d  signed number, descriptor, pid	u  unsigned number	x  the same, traced in hex
 *	h  16-bit user or group id, -1 kept	o  open flags		-  unused, 0
 *	p  path, the sysroot is consulted	s  other string
 *	b  bytes read by the call, B  bytes written by it: their count is the next argument
 *	z  a count after b or B, cut to what is accessible
 */
enum {
	CALL_BLOCKS = 1, /* may wait: without the engine's lock, and interruptible */
	CALL_RESTARTS = 2, /* EINTR becomes a restart, if the handler wants that */
	CALL_HOT = 4, /* short and about nothing but this thread: answered in the engine's hook */
	CALL_LEAVES = 16, /* does not come back when it succeeds: traced before */
	CALL_QUIET = 8, /* so frequent that -t leaves it out */
};

typedef long call_fn(struct m68k_thread *t, const uint32_t a[6]);

struct m68k_call {
	const char *name;
	const char *kinds;
	long host; /* number of the host's call, when there is no handler; else -1 */
	unsigned flags;
	call_fn *handler;
};

#define CALL_MAX 451
extern const struct m68k_call call_table[CALL_MAX];

/** call_dispatch() - perform the call that the thread is in and set d0 */
void call_dispatch(struct m68k_thread *t);
/** call_perform() - call number @nr with these arguments, for calls that stand for others */
long call_perform(struct m68k_thread *t, uint32_t nr, const uint32_t a[6]);
/** call_hot() - for cpu_init() */
enum cpu_hot call_hot(const uint32_t regs[7], uint32_t *d0);
void call_set_trace(bool on);
bool call_tracing(void);

/* Errors of the host's kernel that are not for the guest. */
#define CALL_NO_ANSWER (-1000) /* registers are set already: sigreturn, execve */

/** call_path() - a path argument; @buf holds PATH_MAX. Return: NULL and *rc on failure. */
const char *call_path(uint32_t addr, char *buf, long *rc);
/** path_map() - where the sysroot has this name, that; else @path */
const char *path_map(const char *path, char *buf);
int call_open_flags(uint32_t guest);
uint32_t call_guest_open_flags(int host);
/** call_trace_line() - one line of -t; not @done: the call does not come back here */
void call_trace_line(struct m68k_thread *t, uint32_t nr, const uint32_t a[6], bool done, long ret);

/* fds.c: descriptors whose reads carry numbers that must be turned round */
enum fd_kind { FD_PLAIN, FD_U64, FD_INOTIFY, FD_SIGNALFD };
void fd_set_kind(int fd, enum fd_kind kind);
enum fd_kind fd_kind(int fd);

/* procfs.c: files under /proc that tell of the emulator what should be told of the guest */
/** proc_open() - Return: a descriptor, -errno, or -ENOSYS: not one of those files */
int proc_open(const char *path, int flags);
/** proc_is_exe() - is this the link to the running program? */
bool proc_is_exe(const char *path);

#define CALL(name) call_fn call_##name;
/* sys_file.c */
CALL(open)
CALL(openat)
CALL(creat)
CALL(openat2)
CALL(close)
CALL(read)
CALL(write)
CALL(readv) CALL(writev) CALL(preadv) CALL(pwritev) CALL(pread64) CALL(pwrite64) CALL(lseek)
	CALL(llseek) CALL(readlink) CALL(readlinkat) CALL(getcwd) CALL(truncate64) CALL(ftruncate64)
		CALL(sendfile) CALL(sendfile64) CALL(fadvise64) CALL(fallocate)
			CALL(copy_file_range) CALL(dup) CALL(dup2) CALL(dup3) CALL(pipe) CALL(pipe2)
				CALL(fcntl) CALL(fcntl64) CALL(ioctl) CALL(eventfd) CALL(eventfd2)
					CALL(inotify_init) CALL(inotify_init1) CALL(signalfd)
						CALL(signalfd4) CALL(readahead) CALL(splice)
							CALL(memfd_create)
	/* sys_stat.c */
	CALL(stat) CALL(lstat) CALL(fstat) CALL(stat64) CALL(lstat64) CALL(fstat64) CALL(fstatat64)
		CALL(statx) CALL(statfs) CALL(fstatfs) CALL(statfs64) CALL(fstatfs64) CALL(utime)
			CALL(utimes) CALL(futimesat) CALL(utimensat) CALL(utimensat_time64)
				CALL(getdents) CALL(getdents64)
	/* sys_mem.c */
	CALL(brk) CALL(mmap) CALL(mmap2) CALL(munmap) CALL(mprotect) CALL(mremap) CALL(madvise)
		CALL(msync) CALL(mincore) CALL(cacheflush) CALL(mlock) CALL(atomic_cmpxchg_32)
			CALL(atomic_barrier)
	/* sys_proc.c */
	CALL(exit) CALL(exit_group) CALL(fork) CALL(vfork) CALL(clone) CALL(execve) CALL(execveat)
		CALL(wait4) CALL(waitpid) CALL(waitid) CALL(getpid) CALL(gettid) CALL(
			getgroups) CALL(setgroups) CALL(getresuid) CALL(getresgid) CALL(getgroups32)
			CALL(setgroups32) CALL(getresuid32) CALL(getresgid32) CALL(uname) CALL(
				sysinfo) CALL(getrlimit) CALL(setrlimit) CALL(ugetrlimit)
				CALL(prlimit64) CALL(getrusage) CALL(prctl) CALL(personality) CALL(
					get_thread_area) CALL(set_thread_area) CALL(set_tid_address)
					CALL(futex) CALL(futex_time64) CALL(sched_getaffinity)
						CALL(sched_setaffinity) CALL(sched_param)
							CALL(getpagesize) CALL(getpriority)
								CALL(nothing) CALL(nice)
	/* sys_time.c */
	CALL(time) CALL(gettimeofday) CALL(times) CALL(clock_gettime) CALL(clock_gettime64)
		CALL(clock_getres) CALL(clock_getres64) CALL(nanosleep) CALL(clock_nanosleep)
			CALL(clock_nanosleep64) CALL(setitimer) CALL(getitimer) CALL(alarm) CALL(
				timerfd_create) CALL(timerfd_settime) CALL(timerfd_settime64)
				CALL(timerfd_gettime) CALL(timerfd_gettime64) CALL(timer_create)
					CALL(timer_settime) CALL(timer_settime64)
						CALL(timer_gettime) CALL(timer_gettime64)
							CALL(sched_rr_get_interval)
								CALL(sched_rr_get_interval64)
	/* sys_poll.c */
	CALL(poll) CALL(ppoll) CALL(ppoll64) CALL(select) CALL(newselect) CALL(pselect6)
		CALL(pselect6_64) CALL(epoll_ctl) CALL(epoll_wait) CALL(epoll_pwait)
	/* sys_sig.c */
	CALL(signal) CALL(sigaction) CALL(rt_sigaction) CALL(sigprocmask) CALL(rt_sigprocmask)
		CALL(sigpending) CALL(rt_sigpending) CALL(sigsuspend) CALL(rt_sigsuspend)
			CALL(rt_sigtimedwait) CALL(rt_sigtimedwait64) CALL(rt_sigqueueinfo)
				CALL(rt_tgsigqueueinfo) CALL(sigreturn) CALL(rt_sigreturn)
					CALL(sigaltstack) CALL(pause)
	/* sys_sock.c */
	CALL(socketcall) CALL(bind) CALL(connect) CALL(accept4) CALL(getsockname) CALL(getpeername)
		CALL(socketpair) CALL(sendto) CALL(recvfrom) CALL(sendmsg) CALL(recvmsg)
			CALL(setsockopt) CALL(getsockopt)
#undef CALL

#endif
