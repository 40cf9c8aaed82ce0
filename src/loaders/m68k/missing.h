/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_MISSING_H
#define UCRUN_M68K_MISSING_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_exit;

/**
 * missing_insn() - perform the instruction at the PC if it is one that Unicorn does not know
 * @exit: the exception that it made of it; *vector is changed when the instruction itself traps
 * Return: true when it is done and the PC is behind it: go on.
 */
bool missing_insn(struct cpu_exit *exit);

/** missing_shown() - the instruction's first word as the translator is to see it */
uint16_t missing_shown(uint16_t insn);

/* They replace the library's at run time: so they are visible to it. */
#pragma GCC visibility push(default)
/* A word of code, for the translator; in cpu_access.c, cpu_regions.c. */
uint32_t cpu_lduw_code_m68k(void *env, uint32_t addr);
void helper_raise_exception_m68k(void *env, uint32_t what);
#pragma GCC visibility pop

#endif
