// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * Unicorn's API shows no condition codes and no FPU registers (2.1.4 shows the codes, and destroys
 * them by looking). So there is a page of guest code above the guest's address space that moves
 * them to where we can see them; each piece ends in a trap, which always ends a run, whatever the
 * engine has translated before. A trap's hook is called between blocks: registers are exact there.
 */
#include "cpu.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "chain.h"
#include "direct.h"
#include "engine.h"
#include "fpu.h"
#include "mem.h"
#include "stub.h"

#define MODEL_68040 3 /* UC_CPU_M68K_M68040 names a 68060, on which static glibc dies */

enum { VECTOR_TRAP0 = 32, VECTOR_STUB_END = 32 + 13, INSN_BYTES = 2 };

/* Offsets in the stub page; the data page follows it. */
enum {
	STUB_GET_CCR = 0,
	STUB_SET_CCR = 4,
	STUB_GET_FP = 8,
	STUB_SET_FP = 20,
	STUB_FP_TEST = 32,
	STUB_ETOX = 42,
	STUB_JUMP = 48,
	STUB_TOUCH = 50,
	STUB_TOUCH_FAILS = 56,
	STUB_UNTIL = 0xff0
};
static const uint8_t stub_code[] = {
	0x42, 0xc0, 0x4e, 0x4d, /* move.w %ccr,%d0; trap #13 */
	0x44, 0xc0, 0x4e, 0x4d, /* move.w %d0,%ccr; trap #13 */
	0xf2, 0x10, 0xf0, 0xff, /* fmovem.x %fp0-%fp7,(%a0) */
	0xf2, 0x28, 0xbc, 0x00, 0x00, 0x60, 0x4e, 0x4d, /* fmovem.l %fpcr/%fpsr/%fpiar,96(%a0) */
	0xf2, 0x10, 0xd0, 0xff, /* fmovem.x (%a0),%fp0-%fp7 */
	0xf2, 0x28, 0x9c, 0x00, 0x00, 0x60, 0x4e, 0x4d, /* fmovem.l 96(%a0),%fpcr/%fpsr/%fpiar */
	0xf2, 0x3c, 0x40, 0x22, 0x00, 0x00, 0x00, 0x01, 0x4e, 0x4d, /* fadd.l #1,%fp0 */
	0xf2, 0x00, 0x00, 0x10, 0x4e, 0x4d, /* fetox.x %fp0,%fp0; trap #13 */
	0x4e, 0xd1, /* jmp (%a1) */
	0x52, 0x80, 0x20, 0xc0, 0x52, 0x81, /* addq.l #1,%d0; move.l %d0,(%a0)+; addq.l #1,%d1 */
	0x34, 0x11, 0x52, 0x81, 0x4e, 0x4d, /* move.w (%a1),%d2; addq.l #1,%d1; trap #13 */
};
#define STUB_DATA (GUEST_STUB + GUEST_PAGE)

static uc_engine *uc;
static cpu_hot_call *hot_call;
static enum cpu_event event;
static unsigned event_vector;
static bool in_stub;

static int call_regs[7] = { UC_M68K_REG_D0, UC_M68K_REG_D1, UC_M68K_REG_D2, UC_M68K_REG_D3,
			    UC_M68K_REG_D4, UC_M68K_REG_D5, UC_M68K_REG_A0 };
static int all_regs[17] = {
	UC_M68K_REG_D0, UC_M68K_REG_D1, UC_M68K_REG_D2, UC_M68K_REG_D3, UC_M68K_REG_D4,
	UC_M68K_REG_D5, UC_M68K_REG_D6, UC_M68K_REG_D7, UC_M68K_REG_A0, UC_M68K_REG_A1,
	UC_M68K_REG_A2, UC_M68K_REG_A3, UC_M68K_REG_A4, UC_M68K_REG_A5, UC_M68K_REG_A6,
	UC_M68K_REG_A7, UC_M68K_REG_PC,
};

void cpu_read_call(uint32_t regs[7])
{
	void *at[7];

	for (int i = 0; i < 7; i++)
		at[i] = &regs[i];
	uc_reg_read_batch(uc, call_regs, at, 7);
}

uint32_t cpu_get(int reg)
{
	uint32_t value = 0;

	uc_reg_read(uc, reg, &value);
	return value;
}

void cpu_set(int reg, uint32_t value)
{
	uc_reg_write(uc, reg, &value);
}

void cpu_read(struct cpu_regs *regs)
{
	void *at[17];

	for (int i = 0; i < 8; i++) {
		at[i] = &regs->d[i];
		at[8 + i] = &regs->a[i];
	}
	at[16] = &regs->pc;
	uc_reg_read_batch(uc, all_regs, at, 17);
}

void cpu_write(const struct cpu_regs *regs)
{
	void *at[17];

	for (int i = 0; i < 8; i++) {
		at[i] = (void *)&regs->d[i];
		at[8 + i] = (void *)&regs->a[i];
	}
	at[16] = (void *)&regs->pc;
	uc_reg_write_batch(uc, all_regs, at, 17);
}

/* In a hook Unicorn takes this for "go on elsewhere" and forgets uc_emu_stop(); engine_stop() is
 * kept. */
static void skip_insn(void)
{
	cpu_set(UC_M68K_REG_PC, cpu_get(UC_M68K_REG_PC) + INSN_BYTES);
}

static void on_interrupt(uc_engine *engine, uint32_t vector, void *data)
{
	uint32_t regs[7], d0;
	enum cpu_hot hot;

	if (vector == VECTOR_TRAP0 && !in_stub) {
		cpu_read_call(regs);
		hot = hot_call(regs, &d0);
		if (hot != CPU_NOT_HOT) {
			cpu_set(UC_M68K_REG_D0, d0);
			skip_insn();
			if (hot == CPU_HOT_STOP)
				engine_stop(engine);
			return;
		}
		event = CPU_SYSCALL;
	} else {
		event = CPU_EXCEPTION;
		event_vector = vector;
	}
	uc_emu_stop(engine);
}

enum cpu_event cpu_run(struct cpu_exit *exit)
{
	uc_err err;

	event = CPU_STOPPED;
	err = engine_run(uc, cpu_get(UC_M68K_REG_PC), GUEST_STUB + STUB_UNTIL);
	if (event == CPU_SYSCALL)
		skip_insn();
	if (event == CPU_EXCEPTION)
		exit->vector = event_vector;
	if (event != CPU_STOPPED)
		return event;
	if (cpu_mem_fault(exit))
		return CPU_FAULT;
	if (err == UC_ERR_OK)
		return CPU_STOPPED;
	exit->why = uc_strerror(err);
	return CPU_BROKEN;
}

void cpu_stop(void)
{
	if (uc)
		engine_stop(uc);
}

bool cpu_host_fault(uint32_t addr, void *context)
{
	enum { ERROR_WRITE = 2, KERNEL_SET_BYTES = 8 };
	ucontext_t *c = context;
	uintptr_t host_pc = (uintptr_t)c->uc_mcontext.gregs[REG_RIP];
	bool write = c->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE;
	unsigned bits = mem_page[addr >> GUEST_PAGE_SHIFT];

	if (write && bits & MEM_W && bits & MEM_CODE) {
		cpu_mem_drop(addr);
		return true;
	}
	if (!direct_is_guest(host_pc))
		return false;
	cpu_mem_note_fault(addr, write);
	cpu_stop();
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &c->uc_sigmask, NULL, KERNEL_SET_BYTES);
	direct_leave(host_pc);
}

/* Run a piece of the stub with d0 and a0 as given; answers d0. All other registers are kept. */
static uint32_t run_stub(uint32_t offset, uint32_t d0)
{
	struct cpu_regs saved, regs;
	struct cpu_exit exit;
	bool stopped = false;

	cpu_read(&saved);
	regs = saved;
	regs.d[0] = d0;
	regs.a[0] = STUB_DATA;
	regs.pc = GUEST_STUB + offset;
	cpu_write(&regs);
	in_stub = true;
	while (cpu_run(&exit) == CPU_STOPPED)
		stopped = true;
	in_stub = false;
	if (stopped)
		cpu_stop(); /* it was meant for the program */
	d0 = cpu_get(UC_M68K_REG_D0);
	cpu_write(&saved);
	return d0;
}

unsigned cpu_ccr(void)
{
	return run_stub(STUB_GET_CCR, 0) & 0x1f;
}

void cpu_set_ccr(unsigned ccr)
{
	run_stub(STUB_SET_CCR, ccr & 0x1f);
}

/* The engine (and qemu) moves the three control registers in the opposite of the processor's order.
 */
static void swap_controls(uint8_t *fp)
{
	enum { FPCR_AT = 96, FPIAR_AT = 104 };
	uint32_t first = get32(fp + FPCR_AT);

	put32(fp + FPCR_AT, get32(fp + FPIAR_AT));
	put32(fp + FPIAR_AT, first);
}

void cpu_read_fp(uint8_t fp[CPU_FP_BYTES])
{
	run_stub(STUB_GET_FP, 0);
	memcpy(fp, mem_host(STUB_DATA), CPU_FP_BYTES);
	swap_controls(fp);
}

void cpu_write_fp(const uint8_t fp[CPU_FP_BYTES])
{
	memcpy(mem_host(STUB_DATA), fp, CPU_FP_BYTES);
	swap_controls(mem_host(STUB_DATA));
	run_stub(STUB_SET_FP, 0);
}

void cpu_etoxm1(unsigned from, unsigned to)
{
	enum { REG_BYTES = 12, CONTROLS_AT = 96 };
	uint8_t before[CPU_FP_BYTES], after[CPU_FP_BYTES];

	cpu_read_fp(before);
	memcpy(after, before, sizeof(after));
	memcpy(after, before + REG_BYTES * from, REG_BYTES);
	cpu_write_fp(after);
	fpu_minus_one = true;
	run_stub(STUB_ETOX, 0);
	fpu_minus_one = false;
	cpu_read_fp(after);
	memcpy(before + REG_BYTES * to, after, REG_BYTES);
	memcpy(before + CONTROLS_AT, after + CONTROLS_AT, CPU_FP_BYTES - CONTROLS_AT);
	cpu_write_fp(before);
}

/* ---- for a debugger ---- */

#define BREAKS_MAX 256
/* An instruction has at most 22 bytes: the next one begins at one of these, or a new block does. */
#define STEP_EXITS 11

static uint64_t exits[1 + BREAKS_MAX];
static unsigned exit_count;
static unsigned step_blocks;
static bool stepping;

static void on_block(uc_engine *engine, uint64_t addr, uint32_t size, void *data)
{
	if (stepping && ++step_blocks > 1)
		uc_emu_stop(engine);
}

void cpu_debug(void)
{
	uc_hook hook;

	uc_hook_add(uc, &hook, UC_HOOK_BLOCK, (void *)on_block, NULL, 1, 0);
	uc_ctl_exits_enable(uc);
	cpu_set_breaks(NULL, 0);
}

void cpu_set_breaks(const uint32_t *addrs, unsigned count)
{
	exits[0] = GUEST_STUB + STUB_UNTIL;
	exit_count = 1;
	for (unsigned i = 0; i < count && i < BREAKS_MAX; i++)
		exits[exit_count++] = addrs[i];
	uc_ctl_set_exits(uc, exits, exit_count);
	/* Exits are part of the code that was translated. */
	cpu_mem_drop_all(uc);
}

enum cpu_event cpu_step(struct cpu_exit *exit, bool *moved)
{
	uint32_t pc = cpu_get(UC_M68K_REG_PC);
	uint64_t next[1 + STEP_EXITS] = { GUEST_STUB + STUB_UNTIL };
	enum cpu_event e;

	for (unsigned i = 1; i <= STEP_EXITS; i++)
		next[i] = pc + 2 * i;
	uc_ctl_set_exits(uc, next, 1 + STEP_EXITS);
	cpu_mem_drop_all(uc);
	step_blocks = 0;
	stepping = true;
	e = cpu_run(exit);
	stepping = false;
	uc_ctl_set_exits(uc, exits, exit_count);
	cpu_mem_drop_all(uc);
	*moved = e != CPU_STOPPED || step_blocks > 1 || cpu_get(UC_M68K_REG_PC) != pc;
	return e;
}

static void (*each_insn)(uint32_t pc);

static void on_insn(uc_engine *engine, uint64_t addr, uint32_t size, void *data)
{
	if (!in_stub && addr < GUEST_TASK_END)
		each_insn((uint32_t)addr);
}

void cpu_trace(void (*each)(uint32_t pc))
{
	uc_hook hook;

	each_insn = each;
	uc_hook_add(uc, &hook, UC_HOOK_CODE, (void *)on_insn, NULL, 1, 0);
}

uc_context *cpu_context_create(void)
{
	uc_context *ctx = NULL;

	return uc_context_alloc(uc, &ctx) == UC_ERR_OK ? ctx : NULL;
}

void cpu_context_destroy(uc_context *ctx)
{
	if (ctx)
		uc_context_free(ctx);
}

void cpu_save(uc_context *ctx)
{
	uc_context_save(uc, ctx);
}

void cpu_restore(uc_context *ctx)
{
	uc_context_restore(uc, ctx);
}

void cpu_drop_code(uint32_t addr, uint64_t len)
{
	uint64_t end = addr + len;

	/* Asked page by page: on a page that cannot be fetched from, Unicorn leaves by longjmp. */
	for (uint64_t at = guest_page_floor(addr); at < end; at += GUEST_PAGE) {
		if (mem_page[at >> GUEST_PAGE_SHIFT] & MEM_R)
			uc_ctl_remove_cache(uc, at, at + GUEST_PAGE);
	}
}

void cpu_exact_faults(void)
{
	cpu_mem_exact(uc);
}

static int make_stub(void)
{
	const uint32_t pages = GUEST_STUB >> GUEST_PAGE_SHIFT;

	if (mmap(mem_host(GUEST_STUB), 2 * GUEST_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	memcpy(mem_host(GUEST_STUB), stub_code, sizeof(stub_code));
	put32(mem_host(STUB_SIGRETURN), 0x70774e40); /* moveq #119,%d0; trap #0 */
	put32(mem_host(STUB_RT_SIGRETURN), 0x70524600); /* moveq #~173,%d0; not.b %d0 */
	put16(mem_host(STUB_RT_SIGRETURN + 4), 0x4e40); /* trap #0 */
	mem_page[pages] = MEM_MAPPED | MEM_R | MEM_X;
	mem_page[pages + 1] = MEM_MAPPED | MEM_R | MEM_W;
	cpu_mem_stub();
	return 0;
}

/*
 * Every Unicorn so far takes an infinity for an invalid operand. fpu.c stands between the engine
 * and its own arithmetic; whether it does depends on how the program was linked, so look.
 */
static bool fpu_is_right(void)
{
	enum { FPCR_AT = 96, FPCR_SINGLE = 0x40, FPCR_TO_ZERO = 0x10 };
	static const uint8_t infinity[12] = { 0x7f, 0xff };
	uint8_t fp[CPU_FP_BYTES], before[CPU_FP_BYTES];

	cpu_read_fp(before);
	memcpy(fp, before, sizeof(fp));
	memcpy(fp, infinity, sizeof(infinity));
	cpu_write_fp(fp);
	run_stub(STUB_FP_TEST, 0);
	fpu_learn(0, 80);
	cpu_read_fp(fp);
	put32(before + FPCR_AT, FPCR_SINGLE | FPCR_TO_ZERO);
	cpu_write_fp(before);
	run_stub(STUB_FP_TEST, 0);
	fpu_learn(3, 32);
	put32(before + FPCR_AT, 0);
	cpu_write_fp(before);
	return memcmp(fp, infinity, sizeof(infinity)) == 0;
}

/* Jumps with a number of its own in each register: chain.c looks at them. */
static void show_jumps(void)
{
	struct cpu_regs saved, regs;
	struct cpu_exit exit;

	cpu_read(&saved);
	for (uint32_t i = 0; i < 8; i++) {
		regs.d[i] = 0x01020304 * (i + 1);
		regs.a[i] = 0x10203040 + i;
	}
	regs.a[1] = GUEST_STUB + STUB_GET_CCR;
	chain_probe(&regs);
	/* The first time there is no block to jump to yet. */
	for (int i = 0; i < 2; i++) {
		regs.pc = GUEST_STUB + STUB_JUMP;
		cpu_write(&regs);
		in_stub = true;
		cpu_run(&exit);
		in_stub = false;
	}
	chain_probe(NULL);
	cpu_write(&saved);
}

static void on_touch(int sig, siginfo_t *info, void *context)
{
	const struct sigaction dfl = { .sa_handler = SIG_DFL };
	uintptr_t addr = (uintptr_t)info->si_addr - (uintptr_t)mem_base;

	if (addr >= GUEST_BYTES || !cpu_host_fault((uint32_t)addr, context))
		sigaction(sig, &dfl, NULL);
}

/* An access that fails between two changes of registers: direct.c can be used when all is exact. */
static bool direct_is_right(void)
{
	const struct sigaction act = { .sa_sigaction = on_touch, .sa_flags = SA_SIGINFO };
	const uint32_t number = 0x01020304;
	struct sigaction old;
	struct cpu_regs saved, regs = { .d = { number - 1, 1, 2 }, .a = { STUB_DATA } };
	struct cpu_exit exit;
	enum cpu_event e;

	cpu_read(&saved);
	regs.pc = GUEST_STUB + STUB_TOUCH;
	cpu_write(&regs);
	sigaction(SIGSEGV, &act, &old);
	in_stub = true;
	e = cpu_run(&exit);
	in_stub = false;
	sigaction(SIGSEGV, &old, NULL);
	cpu_read(&regs);
	cpu_write(&saved);
	return e == CPU_FAULT && exit.fault_addr == 0 && !exit.fault_write &&
	       regs.pc == GUEST_STUB + STUB_TOUCH_FAILS && regs.d[0] == number && regs.d[1] == 2 &&
	       regs.d[2] == 2 && regs.a[0] == STUB_DATA + 4 && get32(mem_host(STUB_DATA)) == number;
}

int cpu_init(cpu_hot_call *hot, const char **why)
{
	uc_hook hook;
	int rc;

	*why = "the engine does not start";
	if (uc_open(UC_ARCH_M68K, UC_MODE_BIG_ENDIAN, &uc) != UC_ERR_OK)
		return -ENOTSUP;
	hot_call = hot;
	*why = "the engine has no 68040";
	if (uc_ctl_set_cpu_model(uc, MODEL_68040) != UC_ERR_OK ||
	    uc_hook_add(uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, NULL, 1, 0) != UC_ERR_OK)
		return -ENOTSUP;
	rc = cpu_mem_init(uc, why);
	if (rc < 0)
		return rc;
	*why = "no memory for the stub page";
	rc = make_stub();
	if (rc < 0)
		return rc;
	*why = "the FPU of this engine computes infinities wrong, and the remedy is not linked in";
	if (!fpu_is_right())
		return -ENOTSUP;
	*why = "this engine stops in the middle of things, and the remedy is not linked in";
	if (!engine_is_ours())
		return -ENOTSUP;
	cpu_set_ccr(0); /* before that, to look at it makes Unicorn abort */
	show_jumps();
	if (direct_prepare() && !direct_is_right()) {
		direct_give_up();
		cpu_mem_drop_all(uc);
	}
	return 0;
}

void cpu_finish(void)
{
	if (uc)
		uc_close(uc);
	uc = NULL;
}

const char *cpu_version(void)
{
	static char text[16];
	unsigned version = uc_version(NULL, NULL);

	snprintf(text, sizeof(text), "%u.%u.%u", version >> 24, version >> 16 & 0xff,
		 version >> 8 & 0xff);
	return text;
}

bool cpu_is_slow(void)
{
	return uc_version(NULL, NULL) >> 16 < 0x0201 && !direct_on();
}
