/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_MISSING_H
#define UCRUN_M68K_MISSING_H

#include <stdbool.h>

struct cpu_exit;

/**
 * missing_insn() - perform the instruction at the PC if it is one that Unicorn does not know
 * @exit: the exception that it made of it; *vector is changed when the instruction itself traps
 * Return: true when it is done and the PC is behind it: go on.
 */
bool missing_insn(struct cpu_exit *exit);

#endif
