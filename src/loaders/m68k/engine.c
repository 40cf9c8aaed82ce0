// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * A run of the engine is stopped by signals and by other threads at any moment, and must go on
 * later as if nothing had been. Unicorn has translated code look for a stop at the start of each
 * block, where the registers are exact, and again behind each access to memory, in the middle of a
 * block. From there it returns with the registers of the middle and the PC of the block's start, so
 * that a part of the block is done twice.
 *
 * The shared library calls its own functions by name, and a program's come first (as in fpu.c):
 * the check behind accesses is not translated at all, which makes them quicker as well, and a stop
 * that came at a bad moment is seen when the engine next looks around. cpu_init() proves that the
 * library goes this way.
 */
#include "engine.h"

#include "chain.h"
#include "direct.h"
#include "original.h"

enum { OURS_CHECK = 1, OURS_EXEC = 2, OURS_ALL = 3 };

static unsigned ours;
static volatile bool stop_wanted;

/* Called when an access to memory is translated. */
void check_exit_request_m68k(void *tcg)
{
	ours |= OURS_CHECK;
}

/* Called between blocks, at the beginning of a run and after each hook that moved the PC. */
int cpu_exec_m68k(uc_engine *uc, void *cpu)
{
	static int (*fn)(uc_engine * uc, void *cpu);

	if (__builtin_expect(!fn, 0)) {
		fn = (int (*)(uc_engine *, void *))original("cpu_exec_m68k");
		ours |= OURS_EXEC;
		chain_cpu(cpu);
		direct_cpu(cpu);
	}
	if (stop_wanted)
		uc_emu_stop(uc);
	return fn(uc, cpu);
}

uc_err engine_run(uc_engine *uc, uint32_t pc, uint32_t until)
{
	uc_err err;

	err = uc_emu_start(uc, pc, until, 0, 0);
	/* Who asked has said why elsewhere, before that: it is looked at after each run. */
	stop_wanted = false;
	return err;
}

void engine_stop(uc_engine *uc)
{
	stop_wanted = true;
	uc_emu_stop(uc);
}

bool engine_is_ours(void)
{
	return ours == OURS_ALL;
}
