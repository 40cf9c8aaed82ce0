// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame.h"

#include <string.h>

#include "mem.h"
#include "stub.h"

/* struct sigframe: return address, signal, code, &sigcontext, code[8], mask of 33-64, sigcontext */
enum {
	SF_RETURN = 0,
	SF_SIG = 4,
	SF_CODE = 8,
	SF_SC = 12,
	SF_RETCODE = 16,
	SF_EXTRA = 24,
	SF_CONTEXT = 28,
	SF_BYTES = 28 + 284
};
/* struct sigcontext */
enum {
	SC_MASK = 0,
	SC_USP = 4,
	SC_D0 = 8,
	SC_D1 = 12,
	SC_A0 = 16,
	SC_A1 = 20,
	SC_SR = 24,
	SC_PC = 26,
	SC_VECTOR = 30,
	SC_FP = 32,
	SC_FPCNTL = 56,
	SC_FPSTATE = 68
};
/* struct rt_sigframe: return address, signal, &siginfo, &ucontext, code[8], siginfo, ucontext */
enum {
	RT_RETURN = 0,
	RT_SIG = 4,
	RT_PINFO = 8,
	RT_PUC = 12,
	RT_RETCODE = 16,
	RT_INFO = 24,
	RT_UC = 24 + 128,
	RT_BYTES = 24 + 128 + 532
};
/* struct ucontext */
enum {
	UC_FLAGS = 0,
	UC_LINK = 4,
	UC_STACK = 8,
	UC_VERSION = 20,
	UC_GREGS = 24,
	UC_FPCNTL = 24 + 72,
	UC_FP = 24 + 72 + 12,
	UC_FILLER = 204,
	UC_MASK = 204 + 320
};

#define CONTEXT_VERSION 2
#define FPSTATE_IDLE	0x41000000U /* what a 68040's fsave leaves when nothing is under way */
#define STACK_ALIGN	8U
enum { FP_REG_BYTES = 12, FP_CONTROLS = 96, FP_CONTROL_BYTES = 12 };
enum { SS_GUEST_DISABLE = 2, SS_GUEST_ONSTACK = 1 };

static uint32_t frame_address(struct m68k_thread *t, const struct m68k_action *act, uint32_t sp,
			      uint32_t bytes)
{
	if (act->flags & SA_ONSTACK && t->alt_on && !signal_on_alt(t, sp))
		sp = t->alt_sp + t->alt_bytes;
	return (sp - bytes) & ~(STACK_ALIGN - 1);
}

static bool push_old(const struct m68k_action *act, int sig, uint64_t old, uint32_t at,
		     struct cpu_regs *r)
{
	uint8_t fp[CPU_FP_BYTES], *f = mem_ptr(at, SF_BYTES, MEM_W), *sc = f + SF_CONTEXT;

	if (!f)
		return false;
	memset(f, 0, SF_BYTES);
	put32(f + SF_RETURN, STUB_SIGRETURN);
	put32(f + SF_SIG, sig);
	put32(f + SF_SC, at + SF_CONTEXT);
	put32(f + SF_RETCODE, 0x70774e40); /* moveq #119,%d0; trap #0 */
	put32(f + SF_EXTRA, old >> 32);
	put32(sc + SC_MASK, (uint32_t)old);
	put32(sc + SC_USP, r->a[7]);
	put32(sc + SC_D0, r->d[0]);
	put32(sc + SC_D1, r->d[1]);
	put32(sc + SC_A0, r->a[0]);
	put32(sc + SC_A1, r->a[1]);
	put16(sc + SC_SR, cpu_ccr());
	put32(sc + SC_PC, r->pc);
	cpu_read_fp(fp);
	memcpy(sc + SC_FP, fp, 2 * FP_REG_BYTES);
	memcpy(sc + SC_FPCNTL, fp + FP_CONTROLS, FP_CONTROL_BYTES);
	put32(sc + SC_FPSTATE, FPSTATE_IDLE);
	return true;
}

static bool push_rt(struct m68k_thread *t, int sig, const siginfo_t *info, uint64_t old,
		    uint32_t at, struct cpu_regs *r)
{
	uint8_t fp[CPU_FP_BYTES], *f = mem_ptr(at, RT_BYTES, MEM_W), *uc = f + RT_UC;

	if (!f)
		return false;
	memset(f, 0, RT_BYTES);
	put32(f + RT_RETURN, STUB_RT_SIGRETURN);
	put32(f + RT_SIG, sig);
	put32(f + RT_PINFO, at + RT_INFO);
	put32(f + RT_PUC, at + RT_UC);
	put32(f + RT_RETCODE, 0x70524600); /* moveq #~173,%d0; not.b %d0; trap #0 */
	put16(f + RT_RETCODE + 4, 0x4e40);
	signal_info_to_guest(f + RT_INFO, info);
	put32(uc + UC_STACK, t->alt_sp);
	put32(uc + UC_STACK + 4, !t->alt_on		     ? SS_GUEST_DISABLE
				 : signal_on_alt(t, r->a[7]) ? SS_GUEST_ONSTACK
							     : 0);
	put32(uc + UC_STACK + 8, t->alt_bytes);
	put32(uc + UC_VERSION, CONTEXT_VERSION);
	for (int i = 0; i < 8; i++) {
		put32(uc + UC_GREGS + 4 * i, r->d[i]);
		put32(uc + UC_GREGS + 32 + 4 * i, r->a[i]);
	}
	put32(uc + UC_GREGS + 64, r->pc);
	put32(uc + UC_GREGS + 68, cpu_ccr());
	cpu_read_fp(fp);
	memcpy(uc + UC_FPCNTL, fp + FP_CONTROLS, FP_CONTROL_BYTES);
	memcpy(uc + UC_FP, fp, 8 * FP_REG_BYTES);
	put32(uc + UC_FILLER, FPSTATE_IDLE);
	signal_put_set(uc + UC_MASK, old);
	return true;
}

bool frame_push(struct m68k_thread *t, int sig, const struct m68k_action *act,
		const siginfo_t *info, uint64_t old)
{
	bool rt = act->flags & SA_SIGINFO;
	struct cpu_regs r;
	uint32_t at;

	cpu_read(&r);
	at = frame_address(t, act, r.a[7], rt ? RT_BYTES : SF_BYTES);
	if (rt ? !push_rt(t, sig, info, old, at, &r) : !push_old(act, sig, old, at, &r))
		return false;
	r.a[7] = at;
	r.pc = act->handler;
	cpu_write(&r);
	return true;
}

static bool return_old(struct m68k_thread *t, struct cpu_regs *r)
{
	uint32_t at = r->a[7] - 4; /* the handler's rts took the return address */
	const uint8_t *f = mem_ptr(at, SF_BYTES, MEM_R), *sc = f + SF_CONTEXT;
	uint8_t fp[CPU_FP_BYTES];

	if (!f)
		return false;
	r->a[7] = get32(sc + SC_USP);
	r->d[0] = get32(sc + SC_D0);
	r->d[1] = get32(sc + SC_D1);
	r->a[0] = get32(sc + SC_A0);
	r->a[1] = get32(sc + SC_A1);
	r->pc = get32(sc + SC_PC);
	cpu_read_fp(fp);
	memcpy(fp, sc + SC_FP, 2 * FP_REG_BYTES);
	memcpy(fp + FP_CONTROLS, sc + SC_FPCNTL, FP_CONTROL_BYTES);
	cpu_write_fp(fp);
	signal_set_mask(t, get32(sc + SC_MASK) | (uint64_t)get32(f + SF_EXTRA) << 32);
	cpu_write(r);
	cpu_set_ccr(get16(sc + SC_SR));
	return true;
}

static bool return_rt(struct m68k_thread *t, struct cpu_regs *r)
{
	const uint8_t *f = mem_ptr(r->a[7] - 4, RT_BYTES, MEM_R), *uc = f + RT_UC;
	uint8_t fp[CPU_FP_BYTES];

	if (!f || get32(uc + UC_VERSION) != CONTEXT_VERSION)
		return false;
	for (int i = 0; i < 8; i++) {
		r->d[i] = get32(uc + UC_GREGS + 4 * i);
		r->a[i] = get32(uc + UC_GREGS + 32 + 4 * i);
	}
	r->pc = get32(uc + UC_GREGS + 64);
	memcpy(fp, uc + UC_FP, 8 * FP_REG_BYTES);
	memcpy(fp + FP_CONTROLS, uc + UC_FPCNTL, FP_CONTROL_BYTES);
	cpu_write_fp(fp);
	if (!signal_on_alt(t, r->a[7])) {
		uint32_t flags = get32(uc + UC_STACK + 4);

		t->alt_sp = get32(uc + UC_STACK);
		t->alt_bytes = get32(uc + UC_STACK + 8);
		t->alt_on = !(flags & SS_GUEST_DISABLE);
	}
	signal_set_mask(t, signal_get_set(uc + UC_MASK));
	cpu_write(r);
	cpu_set_ccr(get32(uc + UC_GREGS + 68));
	return true;
}

bool signal_return(struct m68k_thread *t, bool rt)
{
	struct cpu_regs r;

	cpu_read(&r);
	return rt ? return_rt(t, &r) : return_old(t, &r);
}

/*
 * struct siginfo: three numbers, then a union. Which member is meant follows from the code (sent
 * by a process, a timer, the kernel) and the signal.
 */
enum { SI_UNION = 12, SI_BYTES = 128 };

void signal_info_to_guest(uint8_t *out, const siginfo_t *info)
{
	uint8_t *u = out + SI_UNION;

	memset(out, 0, SI_BYTES);
	put32(out, info->si_signo);
	put32(out + 4, info->si_errno);
	put32(out + 8, info->si_code);
	if (info->si_code == SI_TIMER) {
		put32(u, info->si_timerid);
		put32(u + 4, info->si_overrun);
		put32(u + 8, (uint32_t)(uintptr_t)info->si_ptr);
		return;
	}
	if (info->si_code > 0) {
		switch (info->si_signo) {
		case SIGSEGV:
		case SIGBUS:
		case SIGILL:
		case SIGFPE:
		case SIGTRAP:
			put32(u, (uint32_t)(uintptr_t)info->si_addr);
			return;
		case SIGPOLL:
			put32(u, (uint32_t)info->si_band);
			put32(u + 4, info->si_fd);
			return;
		case SIGCHLD:
			put32(u, info->si_pid);
			put32(u + 4, info->si_uid);
			put32(u + 8, info->si_status);
			put32(u + 12, (uint32_t)info->si_utime);
			put32(u + 16, (uint32_t)info->si_stime);
			return;
		}
	}
	put32(u, info->si_pid);
	put32(u + 4, info->si_uid);
	put32(u + 8, (uint32_t)(uintptr_t)info->si_ptr);
}

void signal_info_from_guest(siginfo_t *info, const uint8_t *in)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = (int)get32(in);
	info->si_errno = (int)get32(in + 4);
	info->si_code = (int)get32(in + 8);
	info->si_pid = (int)get32(in + SI_UNION);
	info->si_uid = get32(in + SI_UNION + 4);
	info->si_ptr = (void *)(uintptr_t)get32(in + SI_UNION + 8);
}
