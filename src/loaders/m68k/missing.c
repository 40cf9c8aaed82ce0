// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions of the 68040 that no Unicorn so far translates. It reports them as illegal, or as an
 * address error when it is the operand that it does not know; PC and flags are exact then, because
 * such a report always ends a block. Rare in compiled programs, so slow is good enough.
 * Two it takes for something else: TRAPcc for a Scc with a strange operand, and a move from SR for
 * what a 68000 does. Its translator is shown an illegal instruction in their place.
 */
#include "missing.h"

#include <stdint.h>
#include <string.h>

#include "condition.h"
#include "cpu.h"
#include "mem.h"
#include "original.h"

enum {
	VECTOR_ADDRESS = 3,
	VECTOR_ILLEGAL = 4,
	VECTOR_TRAPV = 7,
	VECTOR_PRIVILEGE = 8,
	VECTOR_F_LINE = 11
};
enum { CCR_C = 1, CCR_V = 2, CCR_Z = 4, CCR_N = 8, CCR_BITS = 0x1f };
enum {
	INSN_ILLEGAL = 0x4afc,
	INSN_TRAPV = 0x4e76,
	INSN_RTR = 0x4e77,
	INSN_FP_IMMEDIATE = 0xf23c,
	INSN_FP_GENERAL = 0xf200
};

/* A trap that is taken is reported behind itself, as the processor does. */
static bool trap_if(bool taken, uint32_t next, struct cpu_exit *exit)
{
	cpu_set(UC_M68K_REG_PC, next);
	if (taken)
		exit->vector = VECTOR_TRAPV;
	return !taken;
}

/* @insn's low bits: 2 a word follows, 3 two, 4 none. */
static bool trap_on_condition(uint32_t pc, uint16_t insn, struct cpu_exit *exit)
{
	unsigned operand = insn & 7, ccr = cpu_ccr();
	bool taken =
		condition_holds(insn >> 8 & 15, ccr & CCR_N, ccr & CCR_Z, ccr & CCR_V, ccr & CCR_C);

	return trap_if(taken, pc + 2 + (operand == 4 ? 0 : 2 * (operand - 1)), exit);
}

static bool return_and_restore(void)
{
	uint32_t sp = cpu_get(UC_M68K_REG_A7);
	const uint8_t *top = mem_ptr(sp, 6, MEM_R);

	if (!top)
		return false;
	cpu_set_ccr(get16(top) & CCR_BITS);
	cpu_set(UC_M68K_REG_PC, get32(top + 2));
	cpu_set(UC_M68K_REG_A7, sp + 6);
	return true;
}

/* fmove.l and fmovem.l of immediate numbers to %fpcr, %fpsr, %fpiar. */
static bool set_fp_controls(uint32_t pc, const uint8_t *ext)
{
	enum { TO_CONTROLS = 0x8000, FIXED_BITS = 0xe3ff, CONTROLS_AT = 96 };
	uint16_t list = get16(ext);
	uint8_t fp[CPU_FP_BYTES];
	unsigned count = __builtin_popcount(list >> 10 & 7);
	const uint8_t *number = mem_ptr(pc + 4, 4 * count, MEM_R);

	if ((list & FIXED_BITS) != TO_CONTROLS || !count || !number)
		return false;
	cpu_read_fp(fp);
	for (int i = 0; i < 3; i++) {
		if (list & 0x1000 >> i) {
			memcpy(fp + CONTROLS_AT + 4 * i, number, 4);
			number += 4;
		}
	}
	cpu_write_fp(fp);
	cpu_set(UC_M68K_REG_PC, pc + 4 + 4 * count);
	return true;
}

/* fetoxm1 between registers: what glibc's expm1() is. */
static bool exp_minus_one(uint32_t pc, uint16_t ext)
{
	if ((ext & 0xe07f) != 0x0008)
		return false;
	cpu_etoxm1(ext >> 10 & 7, ext >> 7 & 7);
	cpu_set(UC_M68K_REG_PC, pc + 4);
	return true;
}

/*
 * The breakpoint instruction: the engine would stop for a debugger of its own, for ever. It is
 * translated to a call of this function of the library's, which finds ours first (see fpu.c). To a
 * program it is an illegal instruction, as to the processor when no debugger answers it.
 */
void helper_raise_exception_m68k(void *env, uint32_t what)
{
	enum { EXCP_DEBUG = 0x10002 };
	typedef void raise(void *env, uint32_t what);
	ORIGINAL(raise, helper_raise_exception_m68k);

	fn(env, what == EXCP_DEBUG ? VECTOR_ILLEGAL : what);
}

static bool is_trap_on_condition(uint16_t insn)
{
	return (insn & 0xf0f8) == 0x50f8 && (insn & 7) >= 2 && (insn & 7) <= 4;
}

/* Of the 68010 and later: a program reads the flags by move from CCR. */
static bool is_move_from_sr(uint16_t insn)
{
	return (insn & 0xffc0) == 0x40c0;
}

uint16_t missing_shown(uint16_t insn)
{
	return is_trap_on_condition(insn) || is_move_from_sr(insn) ? INSN_ILLEGAL : insn;
}

bool missing_insn(struct cpu_exit *exit)
{
	uint32_t pc = cpu_get(UC_M68K_REG_PC);
	const uint8_t *code = mem_ptr(pc, 2, MEM_R);
	uint16_t insn;

	if (!code || (exit->vector != VECTOR_ADDRESS && exit->vector != VECTOR_ILLEGAL &&
		      exit->vector != VECTOR_F_LINE))
		return false;
	insn = get16(code);
	if (insn == INSN_FP_IMMEDIATE)
		return mem_ptr(pc, 4, MEM_R) && set_fp_controls(pc, code + 2);
	if ((insn & 0xffc0) == INSN_FP_GENERAL && mem_ptr(pc, 4, MEM_R))
		return exp_minus_one(pc, get16(code + 2));
	if (is_move_from_sr(insn))
		exit->vector = VECTOR_PRIVILEGE;
	if (is_trap_on_condition(insn))
		return trap_on_condition(pc, insn, exit);
	if (insn == INSN_TRAPV)
		return trap_if(cpu_ccr() & CCR_V, pc + 2, exit);
	if (insn == INSN_RTR)
		return return_and_restore();
	return false;
}
