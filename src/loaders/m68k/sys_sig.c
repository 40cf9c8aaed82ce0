// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"

#define SET_BYTES     8
#define MIN_ALT_BYTES 2048
#define SIGINFO_BYTES 128
#define BIT(sig)      (1ULL << ((sig)-1))
#define UNMASKABLE    (BIT(SIGKILL) | BIT(SIGSTOP))

enum { GUEST_SS_ONSTACK = 1, GUEST_SS_DISABLE = 2 };

static bool settable(int sig)
{
	return sig >= 1 && sig <= SIGNALS && sig != SIGKILL && sig != SIGSTOP;
}

long call_signal(struct m68k_thread *t, const uint32_t a[6])
{
	struct m68k_action act = { .handler = a[1], .flags = SA_RESETHAND | SA_NODEFER };
	uint32_t old;
	int rc;

	if (!settable((int)a[0]))
		return -EINVAL;
	old = signal_actions[a[0]].handler;
	rc = signal_set_action((int)a[0], &act);
	return rc < 0 ? rc : (long)old;
}

/* handler, then: flags restorer mask[2] in the new form, mask flags restorer in the old one */
static long set_action(int sig, uint32_t new_addr, uint32_t old_addr, bool rt)
{
	const uint32_t bytes = rt ? 20 : 16;
	const uint8_t *in = new_addr ? mem_ptr(new_addr, bytes, MEM_R) : NULL;
	uint8_t *out = old_addr ? mem_ptr(old_addr, bytes, MEM_W) : NULL;
	struct m68k_action act, old;
	int rc;

	if ((new_addr && !in) || (old_addr && !out))
		return -EFAULT;
	if (sig < 1 || sig > SIGNALS || (in && !settable(sig)))
		return -EINVAL;
	old = signal_actions[sig];
	if (in) {
		act.handler = get32(in);
		act.flags = get32(in + (rt ? 4 : 8));
		act.restorer = get32(in + (rt ? 8 : 12));
		act.mask = (rt ? signal_get_set(in + 12) : get32(in + 4)) & ~UNMASKABLE;
		rc = signal_set_action(sig, &act);
		if (rc < 0)
			return rc;
	}
	if (out) {
		put32(out, old.handler);
		put32(out + (rt ? 4 : 8), old.flags);
		put32(out + (rt ? 8 : 12), old.restorer);
		if (rt)
			signal_put_set(out + 12, old.mask);
		else
			put32(out + 4, (uint32_t)old.mask);
	}
	return 0;
}

long call_sigaction(struct m68k_thread *t, const uint32_t a[6])
{
	return set_action((int)a[0], a[1], a[2], false);
}

long call_rt_sigaction(struct m68k_thread *t, const uint32_t a[6])
{
	return a[3] == SET_BYTES ? set_action((int)a[0], a[1], a[2], true) : -EINVAL;
}

static long change_mask(struct m68k_thread *t, int how, uint64_t set)
{
	switch (how) {
	case SIG_BLOCK:
		signal_set_mask(t, t->mask | set);
		return 0;
	case SIG_UNBLOCK:
		signal_set_mask(t, t->mask & ~set);
		return 0;
	case SIG_SETMASK:
		signal_set_mask(t, set);
		return 0;
	}
	return -EINVAL;
}

long call_sigprocmask(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = a[1] ? mem_ptr(a[1], 4, MEM_R) : NULL;
	uint8_t *out = a[2] ? mem_ptr(a[2], 4, MEM_W) : NULL;
	uint64_t old = t->mask;
	long rc = 0;

	if ((a[1] && !in) || (a[2] && !out))
		return -EFAULT;
	if (in) {
		uint64_t set = get32(in);

		if ((int)a[0] == SIG_SETMASK)
			set |= old & ~0xffffffffULL; /* the old call knows 32 signals */
		rc = change_mask(t, (int)a[0], set);
	}
	if (rc == 0 && out)
		put32(out, (uint32_t)old);
	return rc;
}

long call_rt_sigprocmask(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = a[1] ? mem_ptr(a[1], SET_BYTES, MEM_R) : NULL;
	uint8_t *out = a[2] ? mem_ptr(a[2], SET_BYTES, MEM_W) : NULL;
	uint64_t old = t->mask;
	long rc = 0;

	if (a[3] != SET_BYTES)
		return -EINVAL;
	if ((a[1] && !in) || (a[2] && !out))
		return -EFAULT;
	if (in)
		rc = change_mask(t, (int)a[0], signal_get_set(in));
	if (rc == 0 && out)
		signal_put_set(out, old);
	return rc;
}

static uint64_t pending_now(struct m68k_thread *t)
{
	uint64_t set = 0;

	syscall(SYS_rt_sigpending, &set, SET_BYTES);
	return (set | t->pending) & t->mask;
}

long call_sigpending(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *out = mem_ptr(a[0], 4, MEM_W);

	if (!out)
		return -EFAULT;
	put32(out, (uint32_t)pending_now(t));
	return 0;
}

long call_rt_sigpending(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *out = mem_ptr(a[0], SET_BYTES, MEM_W);

	if (a[1] > SET_BYTES)
		return -EINVAL;
	if (!out)
		return -EFAULT;
	signal_put_set(out, pending_now(t));
	return 0;
}

static long suspend(struct m68k_thread *t, uint64_t mask)
{
	uint64_t host = signal_guest_mask(mask);

	mask &= ~UNMASKABLE;
	if (!(t->pending & ~mask))
		thread_host_call(t, SYS_rt_sigsuspend, &host, (long)SET_BYTES);
	t->wait_mask = mask;
	t->has_wait_mask = true;
	t->attention = 1;
	return -EINTR;
}

/* sigsuspend(restart, old mask, mask): only the last is looked at. */
long call_sigsuspend(struct m68k_thread *t, const uint32_t a[6])
{
	return suspend(t, a[2] | (t->mask & ~0xffffffffULL));
}

long call_rt_sigsuspend(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = mem_ptr(a[0], SET_BYTES, MEM_R);

	if (a[1] != SET_BYTES)
		return -EINVAL;
	return in ? suspend(t, signal_get_set(in)) : -EFAULT;
}

long call_pause(struct m68k_thread *t, const uint32_t a[6])
{
	return suspend(t, t->mask);
}

/* One that was noted already, before the guest blocked it, is not the host's any more. */
static int take_noted(struct m68k_thread *t, uint64_t set, siginfo_t *info)
{
	uint64_t ready = t->pending & set;
	int sig;

	if (!ready)
		return 0;
	sig = __builtin_ctzll(ready) + 1;
	t->pending &= ~BIT(sig);
	*info = t->info[sig];
	return sig;
}

static long timed_wait(struct m68k_thread *t, const uint32_t a[6], const struct conv_layout *layout)
{
	const uint8_t *in = mem_ptr(a[0], SET_BYTES, MEM_R);
	struct timespec ts;
	siginfo_t info;
	uint64_t set;
	uint8_t *out;
	long rc;

	if (a[3] != SET_BYTES)
		return -EINVAL;
	if (!in || (a[2] && conv_get(layout, &ts, a[2]) < 0))
		return -EFAULT;
	set = signal_guest_mask(signal_get_set(in));
	rc = take_noted(t, set, &info);
	if (rc == 0)
		rc = thread_host_call(t, SYS_rt_sigtimedwait, &set, &info, a[2] ? &ts : NULL,
				      (long)SET_BYTES);
	if (rc <= 0 || !a[1])
		return rc;
	out = mem_ptr(a[1], SIGINFO_BYTES, MEM_W);
	if (!out)
		return -EFAULT;
	signal_info_to_guest(out, &info);
	return rc;
}

long call_rt_sigtimedwait(struct m68k_thread *t, const uint32_t a[6])
{
	return timed_wait(t, a, &conv_timespec);
}

long call_rt_sigtimedwait64(struct m68k_thread *t, const uint32_t a[6])
{
	return timed_wait(t, a, &conv_timespec64);
}

long call_rt_sigqueueinfo(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = mem_ptr(a[2], SIGINFO_BYTES, MEM_R);
	siginfo_t info;

	if (!in)
		return -EFAULT;
	signal_info_from_guest(&info, in);
	return syscall(SYS_rt_sigqueueinfo, (int)a[0], (int)a[1], &info) < 0 ? -errno : 0;
}

long call_rt_tgsigqueueinfo(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = mem_ptr(a[3], SIGINFO_BYTES, MEM_R);
	siginfo_t info;

	if (!in)
		return -EFAULT;
	signal_info_from_guest(&info, in);
	return syscall(SYS_rt_tgsigqueueinfo, (int)a[0], (int)a[1], (int)a[2], &info) < 0 ? -errno
											  : 0;
}

static long end_of_handler(struct m68k_thread *t, bool rt)
{
	if (!signal_return(t, rt))
		signal_force(t, SIGSEGV, SEGV_MAPERR, cpu_get(UC_M68K_REG_A7));
	return CALL_NO_ANSWER;
}

long call_sigreturn(struct m68k_thread *t, const uint32_t a[6])
{
	return end_of_handler(t, false);
}

long call_rt_sigreturn(struct m68k_thread *t, const uint32_t a[6])
{
	return end_of_handler(t, true);
}

/* struct sigaltstack: pointer, flags, size */
long call_sigaltstack(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = a[0] ? mem_ptr(a[0], 12, MEM_R) : NULL;
	uint8_t *out = a[1] ? mem_ptr(a[1], 12, MEM_W) : NULL;
	bool on = signal_on_alt(t, cpu_get(UC_M68K_REG_A7));
	uint32_t flags, sp = t->alt_sp, bytes = t->alt_bytes;
	bool was_on = t->alt_on;

	if ((a[0] && !in) || (a[1] && !out))
		return -EFAULT;
	if (in) {
		flags = get32(in + 4) & ~0x80000000U; /* SS_AUTODISARM is not known */
		if (on)
			return -EPERM;
		if (flags > GUEST_SS_DISABLE)
			return -EINVAL;
		if (flags != GUEST_SS_DISABLE && get32(in + 8) < MIN_ALT_BYTES)
			return -ENOMEM;
		t->alt_on = flags != GUEST_SS_DISABLE;
		t->alt_sp = t->alt_on ? get32(in) : 0;
		t->alt_bytes = t->alt_on ? get32(in + 8) : 0;
	}
	if (out) {
		put32(out, sp);
		put32(out + 4, !was_on ? GUEST_SS_DISABLE : on ? GUEST_SS_ONSTACK : 0);
		put32(out + 8, bytes);
	}
	return 0;
}
