/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CPU_H
#define UCRUN_M68K_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicorn/unicorn.h>

/*
 * The processor: Unicorn behind the few questions that the rest asks. One engine a process. Who
 * calls anything here but cpu_stop() holds the engine's lock (thread.h).
 */
struct cpu_regs {
	uint32_t d[8], a[8], pc;
};

#define CPU_FP_BYTES 108 /* fp0-fp7 as 12 bytes each, fpcr, fpsr, fpiar; the guest's byte order */

enum cpu_event {
	CPU_STOPPED, /* somebody called cpu_stop() */
	CPU_SYSCALL, /* trap #0; the PC is behind it */
	CPU_EXCEPTION, /* see cpu_exit.vector; the PC is at the instruction, CHK: behind it */
	CPU_FAULT, /* see cpu_exit.fault_addr; the PC is at the instruction */
	CPU_BROKEN, /* the engine itself gave up: cpu_exit.why */
};

struct cpu_exit {
	unsigned vector;
	uint32_t fault_addr;
	bool fault_write;
	const char *why;
};

/** enum cpu_hot - what a hook made of a system call; CPU_HOT_STOP: answered, and look around */
enum cpu_hot { CPU_NOT_HOT, CPU_HOT_DONE, CPU_HOT_STOP };

/** cpu_hot_call - may answer a system call at once, in *d0 */
typedef enum cpu_hot cpu_hot_call(const uint32_t regs[7], uint32_t *d0);

/**
 * cpu_init() - make the engine for the address space of mem.h, and prove its FPU
 * @why: out, on failure: static text
 * Return: 0 or -errno.
 */
int cpu_init(cpu_hot_call *hot, const char **why);
void cpu_finish(void);
/** cpu_version() - of the library, for --version: "2.0.1" */
const char *cpu_version(void);
/** cpu_is_slow() - is this a Unicorn whose stores are slow? */
bool cpu_is_slow(void);

enum cpu_event cpu_run(struct cpu_exit *exit);
/** cpu_stop() - have cpu_run() return soon; from any thread, also from a signal handler. Asked for
 *  before cpu_run(), it is that run's. */
void cpu_stop(void);

/**
 * cpu_host_fault() - the host gave SIGSEGV for an access to the guest's memory
 * @context: of its handler; all that is needed is put back when this does not return
 * Return: true: the access can be made now; false: it is none of the guest's.
 */
bool cpu_host_fault(uint32_t addr, void *context);

void cpu_read(struct cpu_regs *regs);
void cpu_write(const struct cpu_regs *regs);
/** cpu_read_call() - d0, d1-d5 and a0 at once */
void cpu_read_call(uint32_t regs[7]);
uint32_t cpu_get(int reg);
void cpu_set(int reg, uint32_t value);
unsigned cpu_ccr(void);
void cpu_set_ccr(unsigned ccr);
void cpu_read_fp(uint8_t fp[CPU_FP_BYTES]);
void cpu_write_fp(const uint8_t fp[CPU_FP_BYTES]);
/** cpu_etoxm1() - fetoxm1.x %fp@from,%fp@to, which the engine does not decode */
void cpu_etoxm1(unsigned from, unsigned to);

/** cpu_context_create() - room for a thread's registers; cpu_context_destroy(NULL) is fine */
uc_context *cpu_context_create(void);
void cpu_context_destroy(uc_context *ctx);
void cpu_save(uc_context *ctx);
void cpu_restore(uc_context *ctx);

/** cpu_drop_code() - forget what was translated from these pages (cacheflush) */
void cpu_drop_code(uint32_t addr, uint64_t len);
/** cpu_exact_faults() - from now on the PC of a fault must be exact: there is a handler */
void cpu_exact_faults(void);

/** cpu_trace() - have @each called in front of every instruction */
void cpu_trace(void (*each)(uint32_t pc));

/*
 * For a debugger. Breakpoints are exits of the engine: it ends a block in front of one and stops
 * there with exact registers; the guest's memory is not changed.
 */
void cpu_debug(void);
void cpu_set_breaks(const uint32_t *addrs, unsigned count);
/** cpu_step() - run one instruction; *moved: did it, or was there a stop before it? */
enum cpu_event cpu_step(struct cpu_exit *exit, bool *moved);

/*
 * What differs between Unicorn with a virtual TLB (2.1) and without: cpu_vtlb.c, cpu_regions.c.
 */
int cpu_mem_init(uc_engine *uc, const char **why);
/** cpu_mem_drop() - the page of @addr is about to be written: it has no translated code any more */
void cpu_mem_drop(uint32_t addr);
/** cpu_mem_note_fault() - this access ends the run; for cpu_mem_fault() */
void cpu_mem_note_fault(uint32_t addr, bool write);
/** cpu_mem_fault() - was there a fault since the last call? Fills exit. */
bool cpu_mem_fault(struct cpu_exit *exit);
void cpu_mem_exact(uc_engine *uc);
/* Where the engine's helpers made their last access that was not simply memory (cpu_access.c). */
extern uint32_t cpu_helper_addr;
/** cpu_mem_stub() - make the stub's two pages visible to the engine */
void cpu_mem_stub(void);
/** cpu_mem_drop_all() - forget all translated code */
void cpu_mem_drop_all(uc_engine *uc);

#endif
