/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_INSN_TRACE_H
#define UCRUN_M68K_INSN_TRACE_H

/**
 * insn_trace_start() - show each instruction of the loaded program
 * @what: "" or a range, see disas_range(), or the name of a function of the program
 * Return: 0, or -ENOENT: it has no such function
 */
int insn_trace_start(const char *what);

#endif
