// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"
#include "util.h"

#define POLL_MAX	  65536U
#define EPOLL_MAX	  4096
#define EPOLL_EVENT_BYTES 12 /* events 4, data 8: aligned to 2 */
#define SET_BYTES	  8

/* A mask that holds for the call alone; 0 in @addr: none. What interrupts it is delivered by it. */
static long wait_mask(struct m68k_thread *t, uint32_t addr, uint32_t bytes, uint64_t *mask)
{
	const uint8_t *p = mem_ptr(addr, SET_BYTES, MEM_R);

	if (bytes != SET_BYTES)
		return -EINVAL;
	if (!p)
		return -EFAULT;
	*mask = signal_guest_mask(signal_get_set(p));
	return 0;
}

static void interrupted(struct m68k_thread *t, long rc, const uint64_t *mask)
{
	if (rc == -EINTR && mask) {
		t->wait_mask = *mask;
		t->has_wait_mask = true;
		t->attention = 1;
	}
}

/* ---- poll ---- */

static long do_poll(struct m68k_thread *t, uint32_t addr, uint32_t count, struct timespec *ts,
		    const uint64_t *mask)
{
	autofree struct pollfd *fds = NULL;
	uint8_t *p;
	long rc;

	if (count > POLL_MAX)
		return -EINVAL;
	p = mem_ptr(addr, count * 8, MEM_R | MEM_W);
	if (count && !p)
		return -EFAULT;
	fds = calloc(count + 1, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		fds[i].fd = (int)get32(p + 8 * i);
		fds[i].events = (short)get16(p + 8 * i + 4);
	}
	rc = thread_host_call(t, SYS_ppoll, fds, (long)count, ts, mask, (long)SET_BYTES);
	interrupted(t, rc, mask);
	if (rc < 0 || !mem_ptr(addr, count * 8, MEM_W))
		return rc;
	for (uint32_t i = 0; i < count; i++)
		put16(p + 8 * i + 6, fds[i].revents);
	return rc;
}

long call_poll(struct m68k_thread *t, const uint32_t a[6])
{
	int ms = (int)a[2];
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	return do_poll(t, a[0], a[1], ms < 0 ? NULL : &ts, NULL);
}

static long poll_mask(struct m68k_thread *t, const uint32_t a[6], const struct conv_layout *layout)
{
	struct timespec ts;
	uint64_t mask;
	long rc = 0;

	if (a[2])
		rc = conv_get(layout, &ts, a[2]);
	if (rc == 0 && a[3])
		rc = wait_mask(t, a[3], a[4], &mask);
	if (rc == 0)
		rc = do_poll(t, a[0], a[1], a[2] ? &ts : NULL, a[3] ? &mask : NULL);
	if (rc >= 0 && a[2])
		conv_put(layout, a[2], &ts);
	return rc;
}

long call_ppoll(struct m68k_thread *t, const uint32_t a[6])
{
	return poll_mask(t, a, &conv_timespec);
}

long call_ppoll64(struct m68k_thread *t, const uint32_t a[6])
{
	return poll_mask(t, a, &conv_timespec64);
}

/* ---- select ---- */

/* Sets are arrays of 32-bit words there and of 64-bit words here; bit 0 is the lowest in both. */
static uint8_t *set_in(uint32_t addr, int count, fd_set *set, long *rc)
{
	uint32_t words = ((uint32_t)count + 31) / 32;
	uint8_t *p = mem_ptr(addr, words * 4, MEM_R | MEM_W);

	FD_ZERO(set);
	if (!addr)
		return NULL;
	if (!p) {
		*rc = -EFAULT;
		return NULL;
	}
	for (int fd = 0; fd < count; fd++) {
		if (get32(p + fd / 32 * 4) & 1U << fd % 32)
			FD_SET(fd, set);
	}
	return p;
}

static void set_out(uint8_t *p, int count, const fd_set *set)
{
	for (int word = 0; p && word < (count + 31) / 32; word++) {
		uint32_t bits = 0;

		for (int fd = word * 32; fd < word * 32 + 32 && fd < count; fd++)
			bits |= FD_ISSET(fd, set) ? 1U << fd % 32 : 0;
		put32(p + word * 4, bits);
	}
}

static long do_select(struct m68k_thread *t, const uint32_t a[6], struct timespec *ts,
		      const uint64_t *mask)
{
	struct {
		const uint64_t *mask;
		size_t bytes;
	} packed = { mask, SET_BYTES };
	int count = (int)a[0];
	fd_set set[3];
	uint8_t *p[3];
	long rc = 0;

	if (count < 0)
		return -EINVAL;
	if (count > FD_SETSIZE)
		count = FD_SETSIZE;
	for (int i = 0; i < 3; i++)
		p[i] = set_in(a[1 + i], count, &set[i], &rc);
	if (rc < 0)
		return rc;
	rc = thread_host_call(t, SYS_pselect6, (long)count, p[0] ? &set[0] : NULL,
			      p[1] ? &set[1] : NULL, p[2] ? &set[2] : NULL, ts,
			      mask ? &packed : NULL);
	interrupted(t, rc, mask);
	for (int i = 0; i < 3 && rc >= 0; i++) {
		if (p[i] && mem_ptr(a[1 + i], 4, MEM_W))
			set_out(p[i], count, &set[i]);
	}
	return rc;
}

static long select_timeval(struct m68k_thread *t, const uint32_t a[6])
{
	struct timespec ts;
	struct timeval tv;
	long rc;

	if (!a[4])
		return do_select(t, a, NULL, NULL);
	rc = conv_get(&conv_timeval, &tv, a[4]);
	if (rc < 0)
		return rc;
	if (tv.tv_sec < 0 || tv.tv_usec < 0)
		return -EINVAL;
	ts.tv_sec = tv.tv_sec + tv.tv_usec / 1000000;
	ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
	rc = do_select(t, a, &ts, NULL);
	tv.tv_sec = ts.tv_sec;
	tv.tv_usec = ts.tv_nsec / 1000;
	if (rc >= 0)
		conv_put(&conv_timeval, a[4], &tv);
	return rc;
}

long call_newselect(struct m68k_thread *t, const uint32_t a[6])
{
	return select_timeval(t, a);
}

/* The old call: five words in memory. */
long call_select(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *p = mem_ptr(a[0], 20, MEM_R);
	uint32_t args[6] = { 0 };

	if (!p)
		return -EFAULT;
	for (int i = 0; i < 5; i++)
		args[i] = get32(p + 4 * i);
	return select_timeval(t, args);
}

static long select_mask(struct m68k_thread *t, const uint32_t a[6],
			const struct conv_layout *layout)
{
	const uint8_t *pair = a[5] ? mem_ptr(a[5], 8, MEM_R) : NULL;
	struct timespec ts;
	bool masked = false;
	uint64_t mask;
	long rc = 0;

	if (a[5] && !pair)
		return -EFAULT;
	if (a[4])
		rc = conv_get(layout, &ts, a[4]);
	if (rc == 0 && pair && get32(pair)) {
		rc = wait_mask(t, get32(pair), get32(pair + 4), &mask);
		masked = true;
	}
	if (rc == 0)
		rc = do_select(t, a, a[4] ? &ts : NULL, masked ? &mask : NULL);
	if (rc >= 0 && a[4])
		conv_put(layout, a[4], &ts);
	return rc;
}

long call_pselect6(struct m68k_thread *t, const uint32_t a[6])
{
	return select_mask(t, a, &conv_timespec);
}

long call_pselect6_64(struct m68k_thread *t, const uint32_t a[6])
{
	return select_mask(t, a, &conv_timespec64);
}

/* ---- epoll: the data belongs to the program, so its bytes are kept as they are ---- */

long call_epoll_ctl(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *p = mem_ptr(a[3], EPOLL_EVENT_BYTES, MEM_R);
	struct epoll_event ev = { 0 };

	if (p) {
		ev.events = get32(p);
		memcpy(&ev.data, p + 4, sizeof(ev.data));
	} else if ((int)a[1] != EPOLL_CTL_DEL) {
		return -EFAULT;
	}
	return epoll_ctl((int)a[0], (int)a[1], (int)a[2], &ev) < 0 ? -errno : 0;
}

static long do_epoll(struct m68k_thread *t, const uint32_t a[6], const uint64_t *mask)
{
	autofree struct epoll_event *evs = NULL;
	int max = (int)a[2];
	uint8_t *p;
	long rc;

	if (max <= 0)
		return -EINVAL;
	if (max > EPOLL_MAX)
		max = EPOLL_MAX;
	p = mem_ptr(a[1], max * EPOLL_EVENT_BYTES, MEM_W);
	if (!p)
		return -EFAULT;
	evs = calloc(max, sizeof(*evs));
	if (!evs)
		return -ENOMEM;
	rc = thread_host_call(t, SYS_epoll_pwait, (long)(int)a[0], evs, (long)max, (long)(int)a[3],
			      mask, (long)SET_BYTES);
	interrupted(t, rc, mask);
	for (long i = 0; i < rc; i++) {
		put32(p + i * EPOLL_EVENT_BYTES, evs[i].events);
		memcpy(p + i * EPOLL_EVENT_BYTES + 4, &evs[i].data, sizeof(evs[i].data));
	}
	return rc;
}

long call_epoll_wait(struct m68k_thread *t, const uint32_t a[6])
{
	return do_epoll(t, a, NULL);
}

long call_epoll_pwait(struct m68k_thread *t, const uint32_t a[6])
{
	uint64_t mask;
	long rc = a[4] ? wait_mask(t, a[4], a[5], &mask) : 0;

	return rc < 0 ? rc : do_epoll(t, a, a[4] ? &mask : NULL);
}
