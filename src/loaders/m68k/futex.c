// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting and waking are the host's, in its byte order. What writes thread ids into the guest's
 * memory is done here, under the engine's lock: priority inheritance (without the priorities: who
 * waits longest is next) and robust lists. So both hold among the threads of a process; between
 * processes that share memory a waiter looks again every millisecond.
 */
#include "futex.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"

#define ROBUST_HEAD_BYTES 12
#define ROBUST_LIST_MAX	  2048 /* entries that are looked at, as the kernel does */
#define LOOK_AGAIN_NS	  1000000
#define NS_PER_S	  1000000000L

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

/* ---- priority inheritance ---- */

static struct m68k_thread *next_waiter(uint32_t addr, unsigned *count)
{
	struct m68k_thread *found = NULL;

	*count = 0;
	for (struct m68k_thread *t = thread_first(); t; t = t->next) {
		if (t->pi_addr != addr || t->pi_granted)
			continue;
		++*count;
		if (!found || t->pi_turn < found->pi_turn)
			found = t;
	}
	return found;
}

static bool is_ours(uint32_t tid)
{
	for (struct m68k_thread *t = thread_first(); t; t = t->next) {
		if ((uint32_t)t->tid == tid)
			return true;
	}
	return false;
}

/* The lock is nobody's any more: it is the next waiter's, or free. */
static void hand_over(uint32_t addr, uint32_t died)
{
	uint8_t *word = mem_ptr(addr, 4, MEM_R | MEM_W);
	struct m68k_thread *next;
	unsigned waiters;

	if (!word)
		return;
	next = next_waiter(addr, &waiters);
	if (!next) {
		put32(word, died);
		return;
	}
	put32(word, (uint32_t)next->tid | died | (waiters > 1 ? FUTEX_WAITERS : 0));
	next->pi_granted = 1;
	syscall(SYS_futex, &next->pi_granted, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Free to be taken: a dead owner's mark stays for the new one to see. */
static void take(struct m68k_thread *t, uint32_t addr, uint8_t *word)
{
	unsigned waiters;

	next_waiter(addr, &waiters);
	put32(word,
	      (get32(word) & FUTEX_OWNER_DIED) | (uint32_t)t->tid | (waiters ? FUTEX_WAITERS : 0));
}

/* Until it is ours, or the point in time @until. */
static long wait_granted(struct m68k_thread *t, uint32_t addr, int clock, bool foreign,
			 const struct timespec *until)
{
	static uint64_t turn;
	struct timespec soon;
	bool early = false;
	long rc;

	if (foreign) {
		clock_gettime(clock, &soon);
		soon.tv_nsec += LOOK_AGAIN_NS;
		soon.tv_sec += soon.tv_nsec / NS_PER_S;
		soon.tv_nsec %= NS_PER_S;
		early = !until || soon.tv_sec < until->tv_sec ||
			(soon.tv_sec == until->tv_sec && soon.tv_nsec < until->tv_nsec);
	}
	t->pi_addr = addr;
	t->pi_granted = 0;
	t->pi_turn = turn++;
	rc = thread_host_call(t, SYS_futex, &t->pi_granted,
			      (long)(FUTEX_WAIT_BITSET_PRIVATE |
				     (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0)),
			      0L, early ? &soon : until, NULL, (long)FUTEX_BITSET_MATCH_ANY);
	t->pi_addr = 0;
	if (t->pi_granted)
		return 0;
	if (rc == -ETIMEDOUT && early)
		return -EAGAIN;
	return rc == 0 || rc == -EAGAIN ? -EAGAIN : rc;
}

static long lock_pi(struct m68k_thread *t, uint32_t addr, int clock, bool may_wait,
		    const struct timespec *until)
{
	for (;;) {
		uint8_t *word = mem_ptr(addr, 4, MEM_R | MEM_W);
		uint32_t was, owner;
		long rc;

		if (!word)
			return -EFAULT;
		was = get32(word);
		owner = was & FUTEX_TID_MASK;
		if (owner == (uint32_t)t->tid)
			return -EDEADLK;
		if (!owner) {
			take(t, addr, word);
			return 0;
		}
		if (!is_ours(owner) && syscall(SYS_tkill, owner, 0) < 0 && errno == ESRCH)
			return -ESRCH;
		if (!may_wait)
			return -EAGAIN;
		put32(word, was | FUTEX_WAITERS);
		rc = wait_granted(t, addr, clock, !is_ours(owner), until);
		if (rc == -EINTR) {
			t->restart = t->restart_always = true;
			t->restart_d0 = cpu_get(UC_M68K_REG_D0);
		}
		if (rc != -EAGAIN)
			return rc;
	}
}

static long unlock_pi(struct m68k_thread *t, uint32_t addr)
{
	const uint8_t *word = mem_ptr(addr, 4, MEM_R | MEM_W);

	if (!word)
		return -EFAULT;
	if ((get32(word) & FUTEX_TID_MASK) != (uint32_t)t->tid)
		return -EPERM;
	hand_over(addr, 0);
	return 0;
}

/* ---- robust lists ---- */

/* What an entry's lock becomes when its owner is gone. */
static void owner_died(const struct m68k_thread *t, uint32_t addr, bool pi)
{
	uint8_t *word = addr & 3 ? NULL : mem_ptr(addr, 4, MEM_R | MEM_W);
	uint32_t was;

	if (!word)
		return;
	was = get32(word);
	if ((was & FUTEX_TID_MASK) != (uint32_t)t->tid)
		return;
	if (pi) {
		hand_over(addr, FUTEX_OWNER_DIED);
		return;
	}
	put32(word, (was & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
	if (was & FUTEX_WAITERS)
		syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* One word of the list: the lowest bit says that the lock inherits priority. */
static bool entry_at(uint32_t at, uint32_t *entry, bool *pi)
{
	const uint8_t *p = mem_ptr(at, 4, MEM_R);

	if (!p)
		return false;
	*entry = get32(p) & ~1U;
	*pi = get32(p) & 1;
	return true;
}

typedef void each_lock(const struct m68k_thread *t, uint32_t addr, bool pi, uint32_t data);

/* The list: its first entry, the offset from an entry to its lock, and the one that is under way.
 */
static void walk_robust(const struct m68k_thread *t, each_lock *each, uint32_t data)
{
	const uint8_t *head = mem_ptr(t->robust, ROBUST_HEAD_BYTES, MEM_R);
	uint32_t offset, entry, next, pending;
	bool pi, next_pi, pending_pi;

	if (!t->robust || !head || !entry_at(t->robust, &entry, &pi) ||
	    !entry_at(t->robust + 8, &pending, &pending_pi))
		return;
	offset = get32(head + 4);
	for (int i = 0; entry != t->robust && i < ROBUST_LIST_MAX; i++) {
		/* The next one first: a lock that is free may be gone at once. */
		bool more = entry_at(entry, &next, &next_pi);

		if (entry != pending)
			each(t, entry + offset, pi, data);
		if (!more)
			break;
		entry = next;
		pi = next_pi;
	}
	if (pending)
		each(t, pending + offset, pending_pi, data);
}

static void each_died(const struct m68k_thread *t, uint32_t addr, bool pi, uint32_t data)
{
	owner_died(t, addr, pi);
}

void futex_thread_ends(struct m68k_thread *t)
{
	walk_robust(t, each_died, 0);
	t->robust = 0;
	/* Locks with priority inheritance, on no list: those that somebody waits for. */
	for (struct m68k_thread *other = thread_first(); other; other = other->next) {
		if (other->pi_addr && !other->pi_granted)
			owner_died(t, other->pi_addr, true);
	}
}

void futex_process_ends(void)
{
	for (struct m68k_thread *t = thread_first(); t; t = t->next) {
		walk_robust(t, each_died, 0);
		t->robust = 0;
	}
}

static void each_renumber(const struct m68k_thread *t, uint32_t addr, bool pi, uint32_t old)
{
	uint8_t *word = mem_ptr(addr, 4, MEM_R | MEM_W);

	if (word && (get32(word) & FUTEX_TID_MASK) == old)
		put32(word, (get32(word) & ~(uint32_t)FUTEX_TID_MASK) | (uint32_t)t->tid);
}

void futex_renumber(struct m68k_thread *t, uint32_t old)
{
	walk_robust(t, each_renumber, old);
}

long call_set_robust_list(struct m68k_thread *t, const uint32_t a[6])
{
	if (a[1] != ROBUST_HEAD_BYTES)
		return -EINVAL;
	t->robust = a[0];
	return 0;
}

long call_get_robust_list(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *head = mem_ptr(a[1], 4, MEM_W), *bytes = mem_ptr(a[2], 4, MEM_W);
	const struct m68k_thread *of = a[0] ? NULL : t;

	for (struct m68k_thread *i = thread_first(); i && !of; i = i->next)
		of = (uint32_t)i->tid == a[0] ? i : NULL;
	if (!of)
		return syscall(SYS_tkill, (int)a[0], 0) < 0 && errno == ESRCH ? -ESRCH : -EPERM;
	if (!head || !bytes)
		return -EFAULT;
	put32(head, of->robust);
	put32(bytes, ROBUST_HEAD_BYTES);
	return 0;
}

/* ---- the call ---- */

/* FUTEX_WAKE_OP changes a guest number: by us, under the engine's lock, which is atomic enough. */
static long wake_op(struct m68k_thread *t, const uint32_t a[6], int private)
{
	uint8_t *p = mem_ptr(a[4], 4, MEM_R | MEM_W);
	uint32_t op = a[5] >> 28 & 7, cmp = a[5] >> 24 & 15;
	int32_t arg = (int32_t)(a[5] << 8) >> 20, cmp_arg = (int32_t)(a[5] << 20) >> 20;
	uint32_t was, now;
	bool hit;
	long woken;

	if (!p || !mem_ptr(a[0], 4, MEM_R))
		return -EFAULT;
	if (a[5] >> 31)
		arg = (int32_t)(1U << (arg & 31));
	was = get32(p);
	switch (op) {
	case FUTEX_OP_SET:
		now = arg;
		break;
	case FUTEX_OP_ADD:
		now = was + arg;
		break;
	case FUTEX_OP_OR:
		now = was | arg;
		break;
	case FUTEX_OP_ANDN:
		now = was & ~arg;
		break;
	case FUTEX_OP_XOR:
		now = was ^ arg;
		break;
	default:
		return -ENOSYS;
	}
	put32(p, now);
	hit = cmp == FUTEX_OP_CMP_EQ   ? (int32_t)was == cmp_arg
	      : cmp == FUTEX_OP_CMP_NE ? (int32_t)was != cmp_arg
	      : cmp == FUTEX_OP_CMP_LT ? (int32_t)was < cmp_arg
	      : cmp == FUTEX_OP_CMP_LE ? (int32_t)was <= cmp_arg
	      : cmp == FUTEX_OP_CMP_GT ? (int32_t)was > cmp_arg
				       : (int32_t)was >= cmp_arg;
	woken = syscall(SYS_futex, mem_host(a[0]), FUTEX_WAKE | private, a[2], NULL, NULL, 0);
	if (hit)
		woken += syscall(SYS_futex, p, FUTEX_WAKE | private, a[3], NULL, NULL, 0);
	return woken;
}

static long do_futex(struct m68k_thread *t, const uint32_t a[6], const struct conv_layout *layout)
{
	int op = (int)a[1] & FUTEX_CMD_MASK;
	struct timespec ts;
	bool timed = (op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET || op == FUTEX_LOCK_PI ||
		      op == FUTEX_LOCK_PI2) &&
		     a[3];
	int clock = op == FUTEX_LOCK_PI || a[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME
								       : CLOCK_MONOTONIC;
	void *word = mem_ptr(a[0], 4, MEM_R), *second;
	long rc;

	if (a[0] & 3)
		return -EINVAL;
	if (!word || (timed && conv_get(layout, &ts, a[3]) < 0))
		return -EFAULT;
	switch (op) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		/* The kernel compares in its own byte order. */
		rc = thread_host_call(t, SYS_futex, word, (long)(int)a[1],
				      (long)__builtin_bswap32(a[2]), timed ? &ts : NULL, NULL,
				      (long)a[5]);
		if (rc == -EINTR && !timed) {
			t->restart = true;
			t->restart_d0 = cpu_get(UC_M68K_REG_D0);
		}
		return rc;
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		rc = syscall(SYS_futex, word, (int)a[1], a[2], NULL, NULL, a[5]);
		return rc < 0 ? -errno : rc;
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		second = mem_ptr(a[4], 4, MEM_R);
		if (!second)
			return -EFAULT;
		rc = syscall(SYS_futex, word, (int)a[1], a[2], (long)a[3], second,
			     __builtin_bswap32(a[5]));
		return rc < 0 ? -errno : rc;
	case FUTEX_WAKE_OP:
		return wake_op(t, a, (int)a[1] & FUTEX_PRIVATE_FLAG);
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_TRYLOCK_PI:
		return lock_pi(t, a[0], clock, op != FUTEX_TRYLOCK_PI, timed ? &ts : NULL);
	case FUTEX_UNLOCK_PI:
		return unlock_pi(t, a[0]);
	}
	return -ENOSYS; /* requeueing to a lock with priority inheritance, which glibc does not use
			 */
}

long call_futex(struct m68k_thread *t, const uint32_t a[6])
{
	return do_futex(t, a, &conv_timespec);
}

long call_futex_time64(struct m68k_thread *t, const uint32_t a[6])
{
	return do_futex(t, a, &conv_timespec64);
}
