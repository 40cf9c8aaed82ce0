// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "debug.h"
#include "futex.h"
#include "mem.h"
#include "missing.h"
#include "state.h"
#include "util.h"

#define QUANTUM_NS	 1000000 /* how long a computing thread keeps others waiting */
#define HOST_STACK_BYTES (512U << 10)

_Thread_local struct m68k_thread *thread_self;
_Atomic bool thread_kick;
struct m68k_thread *volatile thread_running;

/* First come, first served: a plain mutex lets the one that computes have it again and again. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t turn;
	uint64_t next, serving;
	_Atomic unsigned waiting;
} lock = { .mutex = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER };

static struct m68k_thread *loaded; /* whose registers the engine has */
static struct m68k_thread *first_thread;
static unsigned threads = 1;
static sem_t kicker_work;
static bool kicker_runs;

struct m68k_thread *thread_create(void)
{
	struct m68k_thread *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ctx = cpu_context_create();
	if (!t->ctx) {
		free(t);
		return NULL;
	}
	t->wait_ns = STATE_NO_LIMIT;
	t->next = first_thread;
	first_thread = t;
	return t;
}

struct m68k_thread *thread_first(void)
{
	return first_thread;
}

void thread_destroy(struct m68k_thread *t)
{
	if (!t)
		return;
	cpu_context_destroy(t->ctx);
	free(t);
}

static void unlist(struct m68k_thread *t)
{
	struct m68k_thread **link = &first_thread;

	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		*link = t->next;
}

unsigned thread_count(void)
{
	return threads;
}

/* ---- the kicker ---- */

static void *kicker(void *arg)
{
	const struct timespec quantum = { .tv_nsec = QUANTUM_NS };

	for (;;) {
		while (sem_wait(&kicker_work) < 0)
			;
		while (lock.waiting || thread_kick) {
			nanosleep(&quantum, NULL);
			if (lock.waiting || thread_kick)
				cpu_stop();
		}
	}
	return NULL;
}

void thread_start_kicker(void)
{
	sigset_t all, old;
	pthread_t id;

	if (kicker_runs)
		return;
	sem_init(&kicker_work, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	kicker_runs = pthread_create(&id, NULL, kicker, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (kicker_runs)
		pthread_detach(id);
}

void thread_wake_kicker(void)
{
	if (kicker_runs)
		sem_post(&kicker_work);
}

/* ---- the engine's lock ---- */

void thread_lock_engine(void)
{
	uint64_t mine;

	pthread_mutex_lock(&lock.mutex);
	mine = lock.next++;
	if (lock.serving != mine) {
		lock.waiting++;
		thread_wake_kicker();
		while (lock.serving != mine)
			pthread_cond_wait(&lock.turn, &lock.mutex);
		lock.waiting--;
	}
	pthread_mutex_unlock(&lock.mutex);
}

void thread_load(struct m68k_thread *t)
{
	if (loaded == t)
		return;
	if (loaded)
		cpu_save(loaded->ctx);
	cpu_restore(t->ctx);
	loaded = t;
}

void thread_lock(struct m68k_thread *t)
{
	thread_lock_engine();
	thread_load(t);
}

void thread_unlock(struct m68k_thread *t)
{
	pthread_mutex_lock(&lock.mutex);
	lock.serving++;
	if (lock.waiting)
		pthread_cond_broadcast(&lock.turn);
	pthread_mutex_unlock(&lock.mutex);
}

long thread_host_call(struct m68k_thread *t, long nr, ...)
{
	bool give = threads > 1 && !t->vfork_child, watched = state_watches(t);
	struct state_wait wait;
	long args[6], ret;
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(ap, long);
	va_end(ap);
	/* gdb wants to look around while the only thread sleeps, too. */
	give |= debug_on() && !t->vfork_child;
	if (watched)
		state_wait_begin(&wait, t, nr, args);
	do {
		t->in_call = give;
		if (give)
			thread_unlock(t);
		ret = safe_call(&t->attention, nr, args);
		if (give)
			thread_lock(t);
		t->in_call = false;
	} while (watched && ret == -EINTR && state_wait_again(&wait, t));
	return ret;
}

/* ---- running ---- */

struct vector_signal {
	int sig, code;
};

/* What Linux/m68k makes of a processor exception. */
static struct vector_signal vector_signal(unsigned vector)
{
	switch (vector) {
	case 2:
		return (struct vector_signal){ SIGSEGV, SEGV_MAPERR };
	case 3:
		return (struct vector_signal){ SIGBUS, BUS_ADRALN };
	case 5:
		return (struct vector_signal){ SIGFPE, FPE_INTDIV };
	case 6:
	case 7:
		return (struct vector_signal){ SIGFPE, FPE_INTOVF };
	case 8:
	case 256: /* RTE, which Unicorn does not refuse itself */
		return (struct vector_signal){ SIGILL, ILL_PRVOPC };
	case 9:
	case 32 + 15:
		return (struct vector_signal){ SIGTRAP, TRAP_BRKPT };
	}
	if (vector >= 48 && vector <= 54)
		return (struct vector_signal){ SIGFPE, FPE_FLTINV };
	if (vector > 32 && vector < 48)
		return (struct vector_signal){ SIGILL, ILL_ILLTRP };
	return (struct vector_signal){ SIGILL, ILL_ILLOPC };
}

static void on_exception(struct m68k_thread *t, struct cpu_exit *exit)
{
	uint32_t pc = cpu_get(UC_M68K_REG_PC);
	struct vector_signal vs;
	unsigned vector;

	if (missing_insn(exit))
		return;
	vector = exit->vector;
	vs = vector_signal(vector);
	/* A trap's frame has the next instruction's address; that of an illegal one its own. */
	if (vector > 32 && vector < 48)
		cpu_set(UC_M68K_REG_PC, pc + 2);
	signal_force(t, vs.sig, vs.code, pc);
}

static void on_fault(struct m68k_thread *t, const struct cpu_exit *exit)
{
	bool mapped = exit->fault_addr < GUEST_TASK_END && mem_is_mapped(exit->fault_addr, 1);

	signal_force(t, SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, exit->fault_addr);
}

void thread_loop(struct m68k_thread *t)
{
	struct cpu_exit exit;
	enum cpu_event event;

	for (;;) {
		if (t->attention || t->restart)
			signal_deliver(t);
		if (state_wanted)
			state_park(t);
		if (lock.waiting && !t->vfork_child) {
			thread_unlock(t);
			thread_lock(t);
		}
		thread_running = t;
		if (t->attention)
			event = CPU_STOPPED;
		else
			event = debug_on() && !t->vfork_child ? debug_run(t, &exit)
							      : cpu_run(&exit);
		thread_running = NULL;
		thread_kick = false;
		switch (event) {
		case CPU_STOPPED:
			break;
		case CPU_SYSCALL:
			call_dispatch(t);
			break;
		case CPU_EXCEPTION:
			on_exception(t, &exit);
			break;
		case CPU_FAULT:
			on_fault(t, &exit);
			break;
		case CPU_BROKEN:
			log_err("emulator: stopped at %#x: %s", cpu_get(UC_M68K_REG_PC), exit.why);
			signal_force(t, SIGILL, ILL_ILLOPC, cpu_get(UC_M68K_REG_PC));
			break;
		}
		debug_after(t);
	}
}

/* ---- beginning and end ---- */

struct start {
	struct m68k_thread *t;
	uint32_t sp;
	uint64_t mask;
	bool adopted; /* it goes on; it does not come out of clone() */
	sem_t known;
};

static void *thread_main(void *arg)
{
	struct start *start = arg;
	struct m68k_thread *t = start->t;
	uint64_t mask = start->mask;
	uint32_t sp = start->sp;
	bool adopted = start->adopted;

	thread_self = t;
	t->tid = gettid();
	sem_post(&start->known); /* start is gone from here on */
	thread_lock(t);
	signal_set_mask(t, mask);
	if (sp)
		cpu_set(UC_M68K_REG_A7, sp);
	if (!adopted)
		cpu_set(UC_M68K_REG_D0, 0);
	thread_loop(t);
}

/* Return: 0 or -EAGAIN; then the thread is gone. */
static int begin(struct start *start)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t id;
	int rc;

	sem_init(&start->known, 0, 0);
	thread_start_kicker();
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, HOST_STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	threads++;
	rc = pthread_create(&id, &attr, thread_main, start);
	if (rc == 0) {
		while (sem_wait(&start->known) < 0)
			;
	} else {
		threads--;
		unlist(start->t);
		thread_destroy(start->t);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	sem_destroy(&start->known);
	return rc ? -EAGAIN : 0;
}

int thread_adopt(struct m68k_thread *t)
{
	struct start start = { .t = t, .mask = t->mask, .adopted = true };

	return begin(&start);
}

int thread_spawn(struct m68k_thread *t, uint32_t flags, uint32_t sp, uint32_t parent_tid,
		 uint32_t child_tid, uint32_t tls)
{
	struct start start = { .t = thread_create(), .sp = sp, .mask = t->mask };
	int rc;

	if (!start.t)
		return -ENOMEM;
	cpu_save(start.t->ctx);
	start.t->tls = flags & CLONE_SETTLS ? tls : t->tls;
	if (flags & CLONE_CHILD_CLEARTID)
		start.t->clear_tid = child_tid;
	rc = begin(&start);
	if (rc < 0)
		return rc;
	if (flags & CLONE_PARENT_SETTID && mem_ptr(parent_tid, 4, MEM_W))
		put32(mem_host(parent_tid), start.t->tid);
	if (flags & CLONE_CHILD_SETTID && mem_ptr(child_tid, 4, MEM_W))
		put32(mem_host(child_tid), start.t->tid);
	return start.t->tid;
}

void thread_after_fork(struct m68k_thread *t)
{
	pthread_mutex_init(&lock.mutex, NULL);
	pthread_cond_init(&lock.turn, NULL);
	lock.next = 1;
	lock.serving = 0;
	lock.waiting = 0;
	threads = 1;
	loaded = t;
	first_thread = t;
	t->next = NULL;
	t->tid = gettid();
	debug_forget();
	if (kicker_runs) {
		kicker_runs = false;
		thread_start_kicker();
	}
}

void thread_exit(struct m68k_thread *t, int status)
{
	if (!t->vfork_child)
		futex_thread_ends(t);
	if (threads == 1 && !t->vfork_child)
		debug_ended(status, 0);
	if (threads == 1 || t->vfork_child)
		syscall(SYS_exit_group, status);
	if (t->clear_tid && mem_ptr(t->clear_tid, 4, MEM_W)) {
		put32(mem_host(t->clear_tid), 0);
		syscall(SYS_futex, mem_host(t->clear_tid), FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	}
	threads--;
	unlist(t);
	loaded = NULL;
	/* Signals from here on are nobody's. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &(uint64_t){ ~0ULL }, NULL, sizeof(uint64_t));
	thread_self = NULL;
	thread_unlock(t);
	thread_destroy(t);
	pthread_exit(NULL);
}
