// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * The guest's mask is the host thread's mask, and a signal that the guest ignores or leaves at its
 * default has that disposition on the host, so the kernel does what it does best: choosing
 * a thread, queueing, stopping, ending. For the rest there is a host handler that only notes the
 * signal, blocks all others of this thread and has the engine stop; signal_deliver() builds the
 * frame between two runs of the engine and then gives the mask back.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "debug.h"
#include "frame.h"
#include "futex.h"
#include "mem.h"
#include "thread.h"
#include "util.h"

#define KERNEL_SET_BYTES 8
#define HOST_SA_RESTORER 0x04000000
#define BIT(sig)	 (1ULL << ((sig)-1))

/* Never blocked on the host: the first two are how we learn of accesses that the host
 * refuses (direct.c), and of file mappings that were cut. */
#define NEVER_BLOCKED (BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGKILL) | BIT(SIGSTOP))

/* A signal that is ours while a state can be saved (state.c). 0: none */
static int reserved;
static void (*reserved_handler)(int, siginfo_t *, void *);

struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

struct m68k_action signal_actions[SIGNALS + 1];

static uint64_t never_blocked(void)
{
	return NEVER_BLOCKED | (reserved ? BIT(reserved) : 0);
}

uint64_t signal_guest_mask(uint64_t mask)
{
	return reserved ? mask & ~BIT(reserved) : mask;
}

static void host_mask(uint64_t mask)
{
	mask &= ~never_blocked();
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, KERNEL_SET_BYTES);
}

void signal_set_mask(struct m68k_thread *t, uint64_t mask)
{
	t->mask = mask & ~(BIT(SIGKILL) | BIT(SIGSTOP));
	if (t->pending)
		t->attention = 1; /* perhaps one that was blocked until now */
	if (!t->host_blocked)
		host_mask(t->mask);
}

void signal_interrupt(struct m68k_thread *t, void *context)
{
	ucontext_t *uc = context;

	t->attention = 1;
	uc->uc_mcontext.gregs[REG_RIP] =
		(greg_t)safe_call_rewind((uintptr_t)uc->uc_mcontext.gregs[REG_RIP]);
	if (thread_running == t) {
		thread_kick = true;
		cpu_stop();
		thread_wake_kicker();
	}
}

static void note(struct m68k_thread *t, int sig, const siginfo_t *info, ucontext_t *uc)
{
	uint64_t all = ~never_blocked();

	t->info[sig] = *info;
	t->pending |= BIT(sig);
	t->host_blocked = true;
	memcpy(&uc->uc_sigmask, &all, KERNEL_SET_BYTES);
	signal_interrupt(t, uc);
}

bool signal_noted(const struct m68k_thread *t)
{
	return t->host_blocked || t->pending & (~t->mask | t->forced);
}

static bool in_guest(const siginfo_t *info, uint32_t *addr)
{
	uintptr_t at = (uintptr_t)info->si_addr - (uintptr_t)mem_base;

	*addr = (uint32_t)at;
	return at < GUEST_BYTES;
}

/*
 * Memory of the guest's that the host cannot give: a file mapping beyond the end of its file. The
 * page becomes an empty one, so that whoever touched it can go on to where the signal is seen.
 */
static bool empty_page(uint32_t addr)
{
	return mmap(mem_host(guest_page_floor(addr)), GUEST_PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static void on_host_fault(struct m68k_thread *t, int sig, siginfo_t *info, void *context)
{
	struct kernel_action dfl = { 0 };
	uint32_t addr;
	bool guest = t && in_guest(info, &addr);

	if (guest && sig == SIGSEGV && cpu_host_fault(addr, context))
		return;
	if (guest && sig == SIGBUS && empty_page(addr)) {
		info->si_addr = (void *)(uintptr_t)addr;
		t->forced |= BIT(sig);
		note(t, sig, info, context);
		return;
	}
	/* A fault of our own: again, and for good. */
	syscall(SYS_rt_sigaction, sig, &dfl, NULL, KERNEL_SET_BYTES);
}

static bool ignored_by_default(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	struct m68k_thread *t = thread_self;
	int saved = errno;

	if ((sig == SIGSEGV || sig == SIGBUS) && info->si_code > 0)
		on_host_fault(t, sig, info, context);
	else if (t)
		note(t, sig, info, context);
	errno = saved;
}

/* What ends the program by default. What stops it is left to the kernel, the rest is no news. */
static bool told_to_debugger(int sig)
{
	return !ignored_by_default(sig) && sig != SIGTSTP && sig != SIGTTIN && sig != SIGTTOU;
}

static int host_action(int sig, const struct m68k_action *act)
{
	struct kernel_action k = {
		.flags = SA_SIGINFO | HOST_SA_RESTORER |
			 (act->flags & (SA_NOCLDSTOP | SA_NOCLDWAIT)),
		.restorer = safe_call_restorer,
		.mask = ~0ULL,
	};

	if (sig == reserved)
		k.handler = (void *)reserved_handler;
	else if (sig == SIGSEGV || sig == SIGBUS)
		k.handler = (void *)on_signal;
	else if (act->handler == GUEST_SIG_DFL)
		k.handler =
			debug_on() && told_to_debugger(sig) ? (void *)on_signal : (void *)SIG_DFL;
	else if (act->handler == GUEST_SIG_IGN)
		k.handler = SIG_IGN;
	else
		k.handler = (void *)on_signal;
	return syscall(SYS_rt_sigaction, sig, &k, NULL, KERNEL_SET_BYTES) < 0 ? -errno : 0;
}

void signal_watch_all(void)
{
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (signal_actions[sig].handler == GUEST_SIG_DFL && sig != SIGKILL &&
		    sig != SIGSTOP)
			host_action(sig, &signal_actions[sig]);
	}
}

void signal_reserve(int sig, void (*handler)(int, siginfo_t *, void *))
{
	reserved = sig;
	reserved_handler = handler;
	host_action(sig, &signal_actions[sig]);
	host_mask(thread_self->mask);
}

void signal_release(void)
{
	int sig = reserved;

	reserved = 0;
	if (sig)
		host_action(sig, &signal_actions[sig]);
}

int signal_set_action(int sig, const struct m68k_action *act)
{
	int rc = host_action(sig, act);

	if (rc < 0)
		return rc;
	signal_actions[sig] = *act;
	if (act->handler > GUEST_SIG_IGN && (sig == SIGSEGV || sig == SIGBUS))
		cpu_exact_faults();
	return 0;
}

void signal_init(struct m68k_thread *t)
{
	struct kernel_action k;
	const struct m68k_action dfl = { 0 };
	uint64_t mask = 0;

	for (int sig = 1; sig <= SIGNALS; sig++) {
		memset(&k, 0, sizeof(k));
		if (syscall(SYS_rt_sigaction, sig, NULL, &k, KERNEL_SET_BYTES) == 0 &&
		    k.handler == (void *)SIG_IGN)
			signal_actions[sig].handler = GUEST_SIG_IGN;
	}
	host_action(SIGSEGV, &dfl);
	host_action(SIGBUS, &dfl);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, KERNEL_SET_BYTES);
	t->mask = mask;
}

void signal_die(int sig)
{
	struct kernel_action dfl = { .flags = HOST_SA_RESTORER, .restorer = safe_call_restorer };
	const struct rlimit none = { 0, 0 };
	uint64_t mask = ~BIT(sig);

	if (!thread_self || !thread_self->vfork_child) {
		futex_process_ends();
		debug_ended(0, sig);
	}
	/* A core of the emulator says nothing about the guest. */
	setrlimit(RLIMIT_CORE, &none);
	syscall(SYS_rt_sigaction, sig, &dfl, NULL, KERNEL_SET_BYTES);
	syscall(SYS_kill, getpid(), sig);
	for (;;)
		syscall(SYS_rt_sigsuspend, &mask, KERNEL_SET_BYTES);
}

void signal_force(struct m68k_thread *t, int sig, int code, uint32_t addr)
{
	siginfo_t *info = &t->info[sig];

	log_debug("task: signal %d, code %d, address %#x, at %#x", sig, code, addr,
		  cpu_get(UC_M68K_REG_PC));
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_addr = (void *)(uintptr_t)addr;
	t->forced |= BIT(sig);
	t->pending |= BIT(sig);
	t->attention = 1;
}

bool signal_on_alt(const struct m68k_thread *t, uint32_t sp)
{
	return t->alt_on && sp - t->alt_sp <= t->alt_bytes;
}

/* The interrupted call again, from its trap on. */
static void rewind_call(struct m68k_thread *t)
{
	cpu_set(UC_M68K_REG_PC, cpu_get(UC_M68K_REG_PC) - 2);
	cpu_set(UC_M68K_REG_D0, t->restart_d0);
	t->restart = t->restart_always = false;
}

static void deliver_one(struct m68k_thread *t, int sig)
{
	struct m68k_action *act = &signal_actions[sig];
	bool forced = t->forced & BIT(sig);
	uint64_t old = t->mask;
	uint32_t handler = act->handler;

	t->pending &= ~BIT(sig);
	t->forced &= ~BIT(sig);
	if (forced && (handler == GUEST_SIG_IGN || t->mask & BIT(sig)))
		signal_die(sig);
	if (handler == GUEST_SIG_IGN || (handler == GUEST_SIG_DFL && ignored_by_default(sig)))
		return;
	if (handler == GUEST_SIG_DFL)
		signal_die(sig);
	if (t->restart) {
		if (act->flags & SA_RESTART || t->restart_always)
			rewind_call(t);
		t->restart = t->restart_always = false;
	}
	if (!frame_push(t, sig, act, &t->info[sig], old)) {
		if (sig == SIGSEGV)
			signal_die(SIGSEGV);
		signal_force(t, SIGSEGV, SEGV_MAPERR, cpu_get(UC_M68K_REG_A7));
		t->mask &= ~BIT(SIGSEGV);
		return;
	}
	t->wait_ns = UINT64_MAX; /* a restored wait is over */
	t->mask |= act->mask & ~(BIT(SIGKILL) | BIT(SIGSTOP));
	if (!(act->flags & SA_NODEFER))
		t->mask |= BIT(sig);
	if (act->flags & SA_RESETHAND) {
		act->handler = GUEST_SIG_DFL;
		host_action(sig, act);
	}
}

void signal_deliver(struct m68k_thread *t)
{
	uint64_t ready;
	int sig, told;

	t->attention = 0;
	for (;;) {
		uint64_t mask = t->has_wait_mask ? t->wait_mask : t->mask;

		ready = t->pending & (~mask | t->forced);
		if (!ready)
			break;
		sig = __builtin_ctzll(t->forced & ready ? t->forced & ready : ready) + 1;
		told = debug_on() && !t->vfork_child ? debug_signal(t, sig) : sig;
		if (told != sig) {
			t->pending &= ~BIT(sig);
			t->forced &= ~BIT(sig);
			if (told)
				signal_force(t, told, SI_USER, 0);
			t->attention = 0;
			continue;
		}
		deliver_one(t, sig);
		t->has_wait_mask = false;
	}
	t->has_wait_mask = false;
	if (t->restart)
		rewind_call(t);
	/* What is pending but blocked stays noted; the host need not tell us again. */
	if (t->host_blocked) {
		t->host_blocked = false;
		host_mask(t->mask);
	}
}

uint64_t signal_get_set(const uint8_t *guest)
{
	return get32(guest) | (uint64_t)get32(guest + 4) << 32;
}

void signal_put_set(uint8_t *guest, uint64_t set)
{
	put32(guest, (uint32_t)set);
	put32(guest + 4, set >> 32);
}
