/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_DISAS_H
#define UCRUN_M68K_DISAS_H

#include <stdbool.h>
#include <stdint.h>

#define DISAS_INSN_MAX 22 /* bytes of the 68020's longest instruction */

enum disas_cpu { DISAS_68000, DISAS_68020, DISAS_68040 };

/**
 * disas_open() - from now on disas_line() can be called
 * Return: 0; -ENOSYS: libcapstone is not there; -ENOMEM
 */
int disas_open(enum disas_cpu cpu);
/** disas_range() - "FROM-TO", hexadecimal: nothing else is shown. Return: is it one? */
bool disas_range(const char *text);
void disas_set_range(uint32_t from, uint32_t to);
/** disas_wants() - is this address to be shown? */
bool disas_wants(uint32_t addr);
/**
 * disas_line() - show one instruction on standard error: "tid address <symbol+offset>: bytes text"
 * @code: its bytes, and perhaps more; @symbol: NULL for none
 */
void disas_line(int tid, uint32_t addr, const uint8_t *code, uint32_t len, const char *symbol,
		uint32_t offset);

#endif
