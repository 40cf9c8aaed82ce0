/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_DIRECT_H
#define UCRUN_M68K_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * direct_prepare() - from now on translate accesses to memory as the host's own, if this library is
 * one that we know
 * Return: is it so?
 */
bool direct_prepare(void);
/** direct_give_up() - accesses that are translated from now on are the library's again */
void direct_give_up(void);
/** direct_on() - may the guest's accesses be the host's? */
bool direct_on(void);
/** direct_cpu() - what the library calls the processor */
void direct_cpu(void *cpu);
/** direct_is_guest() - is this address of the host's in code that was translated? */
bool direct_is_guest(uintptr_t host_pc);
/**
 * direct_leave() - from a signal's handler: give the registers the values that they have at the
 * access at @host_pc, which direct_is_guest() knows, and end the run. Does not return.
 */
_Noreturn void direct_leave(uintptr_t host_pc);

/* They replace the library's at run time: so they are visible to it. */
#pragma GCC visibility push(default)
void tcg_gen_qemu_ld_i32_m68k(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op);
void tcg_gen_qemu_st_i32_m68k(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op);
void tcg_gen_qemu_ld_i64_m68k(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op);
void tcg_gen_qemu_st_i64_m68k(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op);
#pragma GCC visibility pop

#endif
