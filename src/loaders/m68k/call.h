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

/* sys_file.c */
call_fn call_open, call_openat, call_creat, call_openat2, call_close, call_read, call_write,
	call_readv, call_writev, call_preadv, call_pwritev, call_pread64, call_pwrite64, call_lseek,
	call_llseek, call_readlink, call_readlinkat, call_getcwd, call_truncate64, call_ftruncate64,
	call_sendfile, call_sendfile64, call_fadvise64, call_fallocate, call_copy_file_range,
	call_dup, call_dup2, call_dup3, call_pipe, call_pipe2, call_fcntl, call_fcntl64, call_ioctl,
	call_eventfd, call_eventfd2, call_inotify_init, call_inotify_init1, call_signalfd,
	call_signalfd4, call_readahead, call_splice, call_memfd_create;
/* sys_stat.c */
call_fn call_stat, call_lstat, call_fstat, call_stat64, call_lstat64, call_fstat64, call_fstatat64,
	call_statx, call_statfs, call_fstatfs, call_statfs64, call_fstatfs64, call_utime,
	call_utimes, call_futimesat, call_utimensat, call_utimensat_time64, call_getdents,
	call_getdents64;
/* sys_mem.c */
call_fn call_brk, call_mmap, call_mmap2, call_munmap, call_mprotect, call_mremap, call_madvise,
	call_msync, call_mincore, call_cacheflush, call_mlock, call_atomic_cmpxchg_32,
	call_atomic_barrier;
/* sys_proc.c */
call_fn call_exit, call_exit_group, call_fork, call_vfork, call_clone, call_execve, call_execveat,
	call_wait4, call_waitpid, call_waitid, call_getpid, call_gettid, call_getgroups,
	call_get_thread_area, call_sysinfo, call_setgroups, call_getresuid, call_getresgid,
	call_getgroups32, call_setgroups32, call_getresuid32, call_getresgid32, call_uname,
	call_getrlimit, call_setrlimit, call_ugetrlimit, call_prlimit64, call_getrusage, call_prctl,
	call_personality, call_set_thread_area, call_set_tid_address, call_futex, call_futex_time64,
	call_set_robust_list, call_get_robust_list, call_sched_getaffinity, call_sched_setaffinity,
	call_sched_param, call_getpagesize, call_getpriority, call_nothing, call_nice;
/* sys_time.c */
call_fn call_time, call_gettimeofday, call_times, call_clock_gettime, call_clock_gettime64,
	call_clock_getres, call_clock_getres64, call_nanosleep, call_clock_nanosleep,
	call_clock_nanosleep64, call_setitimer, call_getitimer, call_alarm, call_timerfd_settime,
	call_timerfd_settime64, call_timerfd_gettime, call_timerfd_gettime64, call_timer_create,
	call_timerfd_create, call_timer_settime, call_timer_settime64, call_timer_gettime,
	call_timer_gettime64, call_sched_rr_get_interval, call_sched_rr_get_interval64;
/* sys_poll.c */
call_fn call_poll, call_ppoll, call_ppoll64, call_select, call_newselect, call_pselect6,
	call_pselect6_64, call_epoll_ctl, call_epoll_wait, call_epoll_pwait;
/* sys_sig.c */
call_fn call_signal, call_sigaction, call_rt_sigaction, call_sigprocmask, call_rt_sigprocmask,
	call_sigpending, call_rt_sigpending, call_sigsuspend, call_rt_sigsuspend,
	call_rt_sigtimedwait, call_rt_sigtimedwait64, call_rt_sigqueueinfo, call_rt_tgsigqueueinfo,
	call_sigreturn, call_rt_sigreturn, call_sigaltstack, call_pause;
/* sys_sock.c */
call_fn call_socketcall, call_bind, call_connect, call_accept4, call_getsockname, call_getpeername,
	call_socketpair, call_sendto, call_recvfrom, call_sendmsg, call_recvmsg, call_setsockopt,
	call_getsockopt;

#endif
