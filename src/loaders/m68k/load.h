/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_LOAD_H
#define UCRUN_M68K_LOAD_H

#include <stdint.h>

/* Where Debian's libc6-m68k-cross puts the libraries. */
#define LOAD_LIBRARIES "/usr/m68k-linux-gnu"

/** struct load_result - where the program begins */
struct load_result {
	uint32_t pc, sp;
};

/**
 * load_program() - map a program and its interpreter, and build its stack
 * @path: as the host opens it
 * @argv: what the program is told; @envp: likewise
 * @why:  out, on failure: static text, never NULL
 * Return: 0; -ENOEXEC what is wrong with the file is in *why; -errno.
 */
int load_program(const char *path, char *const argv[], char *const envp[], struct load_result *out,
		 const char **why);

/** load_is_m68k() - is this file a program for us, by its first bytes? */
int load_is_m68k(const char *path);

#endif
