// SPDX-License-Identifier: GPL-2.0-or-later
/* Clocks and timers. Calls that differ only in the width of a second share their body. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"

static long result(long rc)
{
	return rc < 0 ? -errno : rc;
}

long call_time(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t now = (uint32_t)time(NULL);

	if (a[0]) {
		uint8_t *p = mem_ptr(a[0], 4, MEM_W);

		if (!p)
			return -EFAULT;
		put32(p, now);
	}
	return now;
}

long call_gettimeofday(struct m68k_thread *t, const uint32_t a[6])
{
	struct timeval tv;
	uint8_t *zone;

	gettimeofday(&tv, NULL);
	if (a[0] && conv_put(&conv_timeval, a[0], &tv) < 0)
		return -EFAULT;
	if (a[1]) {
		zone = mem_ptr(a[1], 8, MEM_W);
		if (!zone)
			return -EFAULT;
		memset(zone, 0, 8);
	}
	return 0;
}

long call_times(struct m68k_thread *t, const uint32_t a[6])
{
	struct tms tms;
	long ticks = (long)times(&tms);

	if (a[0] && conv_put(&conv_tms, a[0], &tms) < 0)
		return -EFAULT;
	return ticks & 0x7fffffff; /* an old number must not look like an error */
}

static long get_clock(long nr, const uint32_t a[6], const struct conv_layout *layout)
{
	struct timespec ts;

	if (nr == SYS_clock_gettime ? clock_gettime((int)a[0], &ts) < 0
				    : clock_getres((int)a[0], &ts) < 0)
		return -errno;
	if (nr == SYS_clock_getres && !a[1])
		return 0;
	return conv_put(layout, a[1], &ts);
}

long call_clock_gettime(struct m68k_thread *t, const uint32_t a[6])
{
	return get_clock(SYS_clock_gettime, a, &conv_timespec);
}

long call_clock_gettime64(struct m68k_thread *t, const uint32_t a[6])
{
	return get_clock(SYS_clock_gettime, a, &conv_timespec64);
}

long call_clock_getres(struct m68k_thread *t, const uint32_t a[6])
{
	return get_clock(SYS_clock_getres, a, &conv_timespec);
}

long call_clock_getres64(struct m68k_thread *t, const uint32_t a[6])
{
	return get_clock(SYS_clock_getres, a, &conv_timespec64);
}

static long sleep_for(struct m68k_thread *t, int clock, int flags, uint32_t want, uint32_t left,
		      const struct conv_layout *layout)
{
	struct timespec ts, rest = { 0 };
	long rc = conv_get(layout, &ts, want);

	if (rc < 0)
		return rc;
	rc = thread_host_call(t, SYS_clock_nanosleep, (long)clock, (long)flags, &ts, &rest);
	if (rc == -EINTR && left && !(flags & TIMER_ABSTIME) && conv_put(layout, left, &rest) < 0)
		return -EFAULT;
	return rc;
}

long call_nanosleep(struct m68k_thread *t, const uint32_t a[6])
{
	return sleep_for(t, CLOCK_MONOTONIC, 0, a[0], a[1], &conv_timespec);
}

long call_clock_nanosleep(struct m68k_thread *t, const uint32_t a[6])
{
	return sleep_for(t, (int)a[0], (int)a[1], a[2], a[3], &conv_timespec);
}

long call_clock_nanosleep64(struct m68k_thread *t, const uint32_t a[6])
{
	return sleep_for(t, (int)a[0], (int)a[1], a[2], a[3], &conv_timespec64);
}

long call_setitimer(struct m68k_thread *t, const uint32_t a[6])
{
	struct itimerval want, was;

	if (a[1] && conv_get(&conv_itimerval, &want, a[1]) < 0)
		return -EFAULT;
	if (syscall(SYS_setitimer, (int)a[0], a[1] ? &want : NULL, &was) < 0)
		return -errno;
	return a[2] ? conv_put(&conv_itimerval, a[2], &was) : 0;
}

long call_getitimer(struct m68k_thread *t, const uint32_t a[6])
{
	struct itimerval now;

	if (syscall(SYS_getitimer, (int)a[0], &now) < 0)
		return -errno;
	return conv_put(&conv_itimerval, a[1], &now);
}

long call_alarm(struct m68k_thread *t, const uint32_t a[6])
{
	return alarm(a[0]);
}

/* ---- timerfd ---- */

long call_timerfd_create(struct m68k_thread *t, const uint32_t a[6])
{
	int fd = timerfd_create((int)a[0], (int)a[1]);

	fd_set_kind(fd, FD_U64);
	return result(fd);
}

static long fd_settime(const uint32_t a[6], const struct conv_layout *layout)
{
	struct itimerspec want, was;

	if (conv_get(layout, &want, a[2]) < 0)
		return -EFAULT;
	if (timerfd_settime((int)a[0], (int)a[1], &want, &was) < 0)
		return -errno;
	return a[3] ? conv_put(layout, a[3], &was) : 0;
}

long call_timerfd_settime(struct m68k_thread *t, const uint32_t a[6])
{
	return fd_settime(a, &conv_itimerspec);
}

long call_timerfd_settime64(struct m68k_thread *t, const uint32_t a[6])
{
	return fd_settime(a, &conv_itimerspec64);
}

static long fd_gettime(const uint32_t a[6], const struct conv_layout *layout)
{
	struct itimerspec now;

	return timerfd_gettime((int)a[0], &now) < 0 ? -errno : conv_put(layout, a[1], &now);
}

long call_timerfd_gettime(struct m68k_thread *t, const uint32_t a[6])
{
	return fd_gettime(a, &conv_itimerspec);
}

long call_timerfd_gettime64(struct m68k_thread *t, const uint32_t a[6])
{
	return fd_gettime(a, &conv_itimerspec64);
}

/* ---- POSIX timers: the kernel's own ids, which are small numbers ---- */

long call_timer_create(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *out = mem_ptr(a[2], 4, MEM_W);
	const uint8_t *in = a[1] ? mem_ptr(a[1], 16, MEM_R) : NULL;
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	int id;

	if (!out || (a[1] && !in))
		return -EFAULT;
	if (in) {
		ev.sigev_value.sival_ptr = (void *)(uintptr_t)get32(in);
		ev.sigev_signo = (int)get32(in + 4);
		ev.sigev_notify = (int)get32(in + 8);
		if (ev.sigev_notify == SIGEV_THREAD_ID)
			ev._sigev_un._tid = (int)get32(in + 12);
	}
	if (syscall(SYS_timer_create, (int)a[0], &ev, &id) < 0)
		return -errno;
	put32(out, id);
	return 0;
}

static long timer_set(const uint32_t a[6], const struct conv_layout *layout)
{
	struct itimerspec want, was;

	if (conv_get(layout, &want, a[2]) < 0)
		return -EFAULT;
	if (syscall(SYS_timer_settime, (int)a[0], (int)a[1], &want, &was) < 0)
		return -errno;
	return a[3] ? conv_put(layout, a[3], &was) : 0;
}

long call_timer_settime(struct m68k_thread *t, const uint32_t a[6])
{
	return timer_set(a, &conv_itimerspec);
}

long call_timer_settime64(struct m68k_thread *t, const uint32_t a[6])
{
	return timer_set(a, &conv_itimerspec64);
}

static long timer_get(const uint32_t a[6], const struct conv_layout *layout)
{
	struct itimerspec now;

	if (syscall(SYS_timer_gettime, (int)a[0], &now) < 0)
		return -errno;
	return conv_put(layout, a[1], &now);
}

long call_timer_gettime(struct m68k_thread *t, const uint32_t a[6])
{
	return timer_get(a, &conv_itimerspec);
}

long call_timer_gettime64(struct m68k_thread *t, const uint32_t a[6])
{
	return timer_get(a, &conv_itimerspec64);
}

static long rr_interval(const uint32_t a[6], const struct conv_layout *layout)
{
	struct timespec ts;

	if (syscall(SYS_sched_rr_get_interval, (int)a[0], &ts) < 0)
		return -errno;
	return conv_put(layout, a[1], &ts);
}

long call_sched_rr_get_interval(struct m68k_thread *t, const uint32_t a[6])
{
	return rr_interval(a, &conv_timespec);
}

long call_sched_rr_get_interval64(struct m68k_thread *t, const uint32_t a[6])
{
	return rr_interval(a, &conv_timespec64);
}
