// SPDX-License-Identifier: GPL-2.0-or-later
/* When a state is saved: the signal, and how all threads come to rest. */
#include "state.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

#define ROUND_NS	 10000000 /* how often a waiting thread looks after the others */
#define NS_PER_S	 1000000000LL
#define NS_PER_MS	 1000000
#define KERNEL_SET_BYTES 8

struct state_options state_options = { .signal = SIGUSR2 };
_Atomic bool state_wanted;

static bool armed;
static _Atomic uint32_t rounds; /* saves that are over */
static struct termios first_terminal;
static bool had_terminal;

int state_set_file(const char *path)
{
	char dir[PATH_MAX];

	if (!path[0])
		return -EINVAL;
	if (path[0] == '/') {
		state_options.file = path;
		return 0;
	}
	/* The program may go elsewhere. */
	if (!getcwd(dir, sizeof(dir)))
		return -errno;
	state_options.file = str_printf("%s/%s", dir, path);
	return state_options.file ? 0 : -ENOMEM;
}

int state_set_signal(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (*end || end == name) {
		if (strncmp(name, "SIG", 3) == 0)
			name += 3;
		for (number = SIGNALS; number > 0; number--) {
			const char *known = sigabbrev_np((int)number);

			if (known && strcmp(known, name) == 0)
				break;
		}
	}
	if (number < 1 || number > SIGNALS || number == SIGKILL || number == SIGSTOP ||
	    number == SIGSEGV || number == SIGBUS || number == SIGCONT || number == 32 ||
	    number == 33)
		return -EINVAL;
	state_options.signal = (int)number;
	return 0;
}

bool state_has_terminal(void)
{
	return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void on_save_signal(int sig, siginfo_t *info, void *context)
{
	struct m68k_thread *t = thread_self;
	int saved = errno;

	/* A child of vfork is a process of its own that borrows our memory. */
	if (t && !t->vfork_child && armed) {
		/* wake_others() only wakes: it may come late, when all is over. */
		if (info->si_code != SI_TKILL || info->si_pid != getpid())
			state_wanted = true;
		signal_interrupt(t, context);
	}
	errno = saved;
}

void state_arm(void)
{
	if (!state_options.file)
		return;
	had_terminal = tcgetattr(STDIN_FILENO, &first_terminal) == 0;
	armed = true;
	/* Who executed us may have blocked it, see state_before_exec(). */
	thread_self->mask &= ~(1ULL << (state_options.signal - 1));
	signal_reserve(state_options.signal, on_save_signal);
}

void state_forget(void)
{
	if (!armed)
		return;
	armed = false;
	state_wanted = false;
	state_options.file = NULL;
	signal_release();
}

static void block(int how)
{
	uint64_t set = 1ULL << (state_options.signal - 1);

	syscall(SYS_rt_sigprocmask, how, &set, NULL, KERNEL_SET_BYTES);
}

bool state_before_exec(void)
{
	if (!armed || thread_self->vfork_child)
		return false;
	block(SIG_BLOCK);
	return true;
}

void state_after_exec(void)
{
	if (armed && !thread_self->vfork_child)
		block(SIG_UNBLOCK);
}

/* ---- coming to rest ---- */

static bool all_parked(void)
{
	for (const struct m68k_thread *t = thread_first(); t; t = t->next) {
		if (!t->parked)
			return false;
	}
	return true;
}

/* Those that compute look up when somebody waits for the engine; those that wait must be woken. */
static void wake_others(void)
{
	for (const struct m68k_thread *t = thread_first(); t; t = t->next) {
		if (!t->parked)
			syscall(SYS_tgkill, getpid(), t->tid, state_options.signal);
	}
}

static void take(void)
{
	bool done = state_save(state_options.file);

	state_wanted = false;
	for (struct m68k_thread *t = thread_first(); t; t = t->next)
		t->parked = false;
	rounds++;
	syscall(SYS_futex, &rounds, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	if (done && state_options.end) {
		/* The terminal is the user's again, as we found it. */
		if (had_terminal && state_has_terminal())
			tcsetattr(STDIN_FILENO, TCSANOW, &first_terminal);
		syscall(SYS_exit_group, 0);
	}
}

static void park(struct m68k_thread *t, bool in_call)
{
	const struct timespec round = { .tv_nsec = ROUND_NS };
	uint32_t now = rounds;

	t->parked = true;
	t->parked_in_call = in_call;
	while (rounds == now) {
		if (all_parked()) {
			take();
			break;
		}
		wake_others();
		thread_unlock(t);
		syscall(SYS_futex, &rounds, FUTEX_WAIT_PRIVATE, now, &round, NULL, 0);
		thread_lock(t);
	}
	t->wait_ns = STATE_NO_LIMIT;
}

void state_park(struct m68k_thread *t)
{
	if (!t->vfork_child)
		park(t, false);
}

/* ---- calls that wait ---- */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Where such a call has the length of its wait. NULL: it has none, or waits for a point in time. */
static struct timespec *length_of(long nr, const long args[6])
{
	switch (nr) {
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return (struct timespec *)args[2];
	case SYS_pselect6:
		return (struct timespec *)args[4];
	case SYS_clock_nanosleep:
		return args[1] & TIMER_ABSTIME ? NULL : (struct timespec *)args[2];
	case SYS_futex:
		return (args[1] & FUTEX_CMD_MASK) == FUTEX_WAIT ? (struct timespec *)args[3] : NULL;
	}
	return NULL;
}

/* In nanoseconds; -1: there is none, or it is wrong. */
static int64_t get_length(long nr, const long args[6])
{
	const struct timespec *ts = length_of(nr, args);

	if (nr == SYS_epoll_pwait)
		return (int)args[3] < 0 ? -1 : (int64_t)args[3] * NS_PER_MS;
	if (!ts || ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= NS_PER_S ||
	    ts->tv_sec > INT64_MAX / NS_PER_S / 2)
		return -1;
	return ts->tv_sec * NS_PER_S + ts->tv_nsec;
}

static void set_length(long nr, long args[6], int64_t ns)
{
	struct timespec *ts = length_of(nr, args);

	if (ns < 0)
		ns = 0;
	if (nr == SYS_epoll_pwait)
		args[3] = (long)((ns + NS_PER_MS - 1) / NS_PER_MS);
	else if (ts)
		*ts = (struct timespec){ ns / NS_PER_S, ns % NS_PER_S };
}

void state_wait_begin(struct state_wait *w, struct m68k_thread *t, long nr, long args[6])
{
	int64_t length = get_length(nr, args);

	if (length >= 0 && t->wait_ns < (uint64_t)length) {
		length = (int64_t)t->wait_ns;
		set_length(nr, args, length);
	}
	t->wait_ns = STATE_NO_LIMIT;
	*w = (struct state_wait){ nr, args, length < 0 ? -1 : now_ns() + length };
}

bool state_wait_again(struct state_wait *w, struct m68k_thread *t)
{
	bool limited = w->deadline_ns >= 0;
	int64_t left;

	if (!armed || t->vfork_child || signal_noted(t))
		return false;
	/* Cleared first: what comes meanwhile sets it again. */
	t->attention = 0;
	if (state_wanted) {
		left = limited ? w->deadline_ns - now_ns() : 0;
		t->wait_ns = !limited ? STATE_NO_LIMIT : left > 0 ? (uint64_t)left : 0;
		park(t, true);
	}
	if (limited)
		set_length(w->nr, w->args, w->deadline_ns - now_ns());
	return !signal_noted(t);
}
