/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CORE_H
#define UCRUN_M68K_CORE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Theory of operation.
 * An interpreter for the 68000, for programs of machines of the eighties: hand-written code meets
 * what Unicorn's 68000 lacks (RTR, TRAPV, exact flags of BCD and division, odd addresses, condition
 * codes that a hook can see; ../../../../docs/m68k.md has the list). It is fast enough for programs
 * that were written for 8 MHz.
 *
 * Memory is one buffer of 16 MiB: RAM from 0 to ram_end, and a window (window_low to window_high)
 * for the system's own code. All else is a bus error. An exception does what the processor does: a
 * frame on the supervisor's stack, then the vector. A vector that the guest has not changed leads
 * into the window, to a CORE_HOST_OP, which asks the personality. So a guest may take a vector
 * over, chain to the old one, or call it with a frame of its own making, as on the machine.
 */
#define CORE_BYTES   (1U << 24)
#define CORE_MASK    (CORE_BYTES - 1)
#define CORE_HOST_OP 0xaffe /* in the window only; the word behind it is for the host */

enum core_flag {
	CORE_C = 1,
	CORE_V = 2,
	CORE_Z = 4,
	CORE_N = 8,
	CORE_X = 16,
	CORE_S = 0x2000,
	CORE_T = 0x8000,
};

enum core_vector {
	VEC_BUS = 2,
	VEC_ADDRESS = 3,
	VEC_ILLEGAL = 4,
	VEC_DIVIDE = 5,
	VEC_CHK = 6,
	VEC_TRAPV = 7,
	VEC_PRIVILEGE = 8,
	VEC_TRACE = 9,
	VEC_LINE_A = 10,
	VEC_LINE_F = 11,
	VEC_TRAP0 = 32,
	VEC_COUNT = 256,
};

struct core {
	uint32_t d[8], a[8], pc;
	uint32_t other_sp; /* of the mode that the processor is not in */
	uint16_t system; /* the upper byte of SR: T, S, mask */
	uint8_t c, v, z, n, x; /* 0 or 1 each */
	bool is_020; /* also the 68020's instructions; data may be at odd addresses */
	bool stop; /* core_run() returns after this instruction */
	uint16_t op;
	uint32_t op_pc; /* where the instruction began */
	uint32_t vbr;
	uint8_t *mem; /* CORE_BYTES and a few */
	uint32_t ram_end, window_low, window_high;
	uint32_t fault_addr; /* of the last bus or address error */
	bool fault_write;
	jmp_buf leave; /* an instruction that cannot be finished */
	void (*host)(struct core *c, unsigned arg); /* CORE_HOST_OP was met */
	void (*each)(struct core *c); /* in front of every instruction; NULL: nobody asks */
	void *owner;
};

/** core_run() - up to @count instructions; until c->stop */
void core_run(struct core *c, unsigned count);
unsigned core_sr(const struct core *c);
/** core_set_sr() - all of SR; changes the stack pointer when S changes */
void core_set_sr(struct core *c, unsigned sr);
void core_set_ccr(struct core *c, unsigned ccr);
/** core_usp() - the user's stack pointer, whatever the mode */
uint32_t core_usp(const struct core *c);
/** core_exception() - frame and vector; @pc is what the frame has */
void core_exception(struct core *c, unsigned vector, uint32_t pc);

#endif
