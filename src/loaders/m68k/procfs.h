/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_PROCFS_H
#define UCRUN_M68K_PROCFS_H

#include <stddef.h>
#include <stdint.h>

/** proc_set_program() - what /proc/self tells; @path absolute, all copied */
void proc_set_program(const char *path, char *const argv[]);
/** proc_set_stack() - where the stack begins, and the vector that the program was given */
void proc_set_stack(uint32_t sp, const void *auxv, size_t auxv_bytes);
/** proc_auxv() - the vector, in the guest's byte order */
const void *proc_auxv(size_t *bytes);
/** proc_exe() - the absolute path of the program that runs */
const char *proc_exe(void);

#endif
