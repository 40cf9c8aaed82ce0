/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_THREAD_H
#define UCRUN_M68K_THREAD_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cpu.h"

#define SIGNALS 64 /* the same numbers in guest and host */

/*
 * Theory of operation.
 * A guest thread is a host thread; all share one engine, and the one that holds the engine's lock
 * runs. So a guest instruction is atomic for the others (CAS, TAS), and there is one cache of
 * translated code. A call that may block gives the lock away (thread_host_call). The one that
 * computes is stopped by the kicker when another waits. The engine keeps the registers of the
 * last one that ran; they are exchanged only when another comes.
 */
struct m68k_thread {
	struct m68k_thread *next; /* list of all; the engine's lock */
	bool in_call; /* in a call of the host's, without the engine's lock */
	bool stepped; /* debug.c: the instruction was run, its consequences are under way */
	uc_context *ctx; /* the registers, while another thread is in the engine */
	pid_t tid;
	uint32_t tls; /* get_thread_area */
	uint32_t clear_tid; /* set_tid_address: zeroed and woken at the end; 0: none */
	uint32_t robust; /* set_robust_list: the list's head; 0: none */
	/* futex.c: the lock with priority inheritance that it waits for; whether it is its owner
	 * now */
	uint32_t pi_addr;
	_Atomic uint32_t pi_granted;
	uint64_t pi_turn; /* who has the lowest is next */
	bool vfork_child; /* lives in its parent's memory: may not give the lock away */
	/* signal.c */
	uint64_t mask; /* what the guest blocks; bit 0 is signal 1 */
	uint64_t wait_mask; /* instead of mask, for the call that was just interrupted */
	bool has_wait_mask;
	bool host_blocked; /* a handler of ours blocked everything until we deliver */
	_Atomic uint64_t pending; /* noted by our host handlers, info[] is valid */
	_Atomic uint64_t attention; /* something to deliver: no call may block, the engine stops */
	uint64_t forced; /* of those, raised by the program's own instruction */
	siginfo_t info[SIGNALS + 1];
	uint32_t alt_sp, alt_bytes;
	bool alt_on;
	/* the system call that was interrupted */
	bool restart, restart_always; /* whatever SA_RESTART says, the latter */
	uint32_t restart_d0;
	/* state.c: waits until the program's state is saved, with the call in hand to be made again
	 */
	bool parked, parked_in_call;
	uint64_t wait_ns; /* what is left of that call's wait; also after a restore */
};

extern _Thread_local struct m68k_thread *thread_self;
extern _Atomic bool thread_kick; /* the thread in the engine must look around */
extern struct m68k_thread *volatile thread_running;

/** thread_create() - of the process's first thread or of clone's; @t->ctx is made */
struct m68k_thread *thread_create(void);
void thread_destroy(struct m68k_thread *t);

void thread_lock(struct m68k_thread *t);
/** thread_lock_engine() - the lock alone, by somebody who is no guest thread */
void thread_lock_engine(void);
void thread_unlock(struct m68k_thread *t);
/** thread_load() - have the engine show this thread's registers; lock held */
void thread_load(struct m68k_thread *t);
/** thread_first() - all threads, by next; lock held */
struct m68k_thread *thread_first(void);
/** thread_loop() - run guest code until the thread or the process ends; lock held on entry */
void thread_loop(struct m68k_thread *t) __attribute__((noreturn));
/** thread_start_kicker() - there is somebody to interrupt: another thread */
void thread_start_kicker(void);
void thread_wake_kicker(void);
/** thread_after_fork() - in a child: only the caller exists */
void thread_after_fork(struct m68k_thread *t);
unsigned thread_count(void);
/** thread_exit() - end this guest thread; the last one ends the process */
void thread_exit(struct m68k_thread *t, int status) __attribute__((noreturn));
/** thread_adopt() - give a thread that was made here, registers and all, a host thread of its own
 */
int thread_adopt(struct m68k_thread *t);
/** thread_spawn() - start a copy of @t with its own stack. Return tid or -errno. */
int thread_spawn(struct m68k_thread *t, uint32_t flags, uint32_t sp, uint32_t parent_tid,
		 uint32_t child_tid, uint32_t tls);

/**
 * thread_host_call() - a system call of the host's that may block: without the engine's lock, and
 * not begun when a signal for the guest is already there.
 * Return: as the kernel does; -EINTR also in the latter case.
 */
long thread_host_call(struct m68k_thread *t, long nr, ...);

/* ---- safe.c: one system call that a signal cannot slip in front of ---- */
long safe_call(const _Atomic uint64_t *attention, long nr, const long args[6]);
/** safe_call_rewind() - in a handler: when @pc is inside safe_call() but before the call, where to
 *  go instead; else @pc */
uintptr_t safe_call_rewind(uintptr_t pc);
extern char safe_call_restorer[];

/* ---- signal.c ---- */
struct m68k_action {
	uint32_t handler, flags, restorer;
	uint64_t mask;
};
enum { GUEST_SIG_DFL = 0, GUEST_SIG_IGN = 1 };

extern struct m68k_action signal_actions[SIGNALS + 1];

void signal_init(struct m68k_thread *t);
/** signal_deliver() - build frames for what is pending and not blocked; may end the process */
void signal_deliver(struct m68k_thread *t);
/** signal_force() - the program's own instruction did this */
void signal_force(struct m68k_thread *t, int sig, int code, uint32_t addr);
int signal_set_action(int sig, const struct m68k_action *act);
void signal_set_mask(struct m68k_thread *t, uint64_t mask);
/** signal_return() - sigreturn (@rt: the other form). Return: false when the frame is not there. */
bool signal_return(struct m68k_thread *t, bool rt);
void signal_info_to_guest(uint8_t *out, const siginfo_t *info);
void signal_info_from_guest(siginfo_t *info, const uint8_t *in);
/** signal_on_alt() - does the stack pointer point into the alternate stack? */
bool signal_on_alt(const struct m68k_thread *t, uint32_t sp);
/** signal_reserve() - from now on this signal is not the guest's: @handler gets it, never blocked.
 *  signal_release(): it is the guest's again */
void signal_reserve(int sig, void (*handler)(int, siginfo_t *, void *));
void signal_release(void);
/** signal_guest_mask() - a mask of the guest's for a call of the host's */
uint64_t signal_guest_mask(uint64_t mask);
/** signal_interrupt() - in a handler: have this thread come out of the engine or its call */
void signal_interrupt(struct m68k_thread *t, void *context);
/** signal_noted() - is there a signal to deliver to @t? */
bool signal_noted(const struct m68k_thread *t);
/** signal_watch_all() - from now on signals come to us that would end the program */
void signal_watch_all(void);
/** signal_die() - end the process as this signal ends one */
void signal_die(int sig) __attribute__((noreturn));
uint64_t signal_get_set(const uint8_t *guest);
void signal_put_set(uint8_t *guest, uint64_t set);

#endif
