/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CHAIN_H
#define UCRUN_M68K_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu.h"

/**
 * chain_probe() - the next computed jumps are made with these registers: look whether the library's
 * structures are those that chain.c knows. Without a probe that ends well all is the library's own.
 * @regs: borrowed until chain_probe(NULL)
 */
void chain_probe(const struct cpu_regs *regs);
/** chain_is_insn() - is this where the instruction that is being translated begins? */
bool chain_is_insn(uint32_t addr);
/** chain_cpu() - what the library calls the processor */
void chain_cpu(void *cpu);

/* They replace the library's at run time: so they are visible to it. */
#pragma GCC visibility push(default)
const void *helper_lookup_tb_ptr_m68k(void *env);
void tb_flush_m68k(void *cpu);
void translator_loop_m68k(const void *ops, void *db, void *cpu, void *tb, int max_insns);
void tcg_gen_goto_tb_m68k(void *tcg, unsigned n);
void tcg_gen_exit_tb_m68k(void *tcg, const void *tb, unsigned n);
#pragma GCC visibility pop

#endif
