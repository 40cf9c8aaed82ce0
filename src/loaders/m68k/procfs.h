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
/** proc_stack() - what proc_set_stack() was told */
uint32_t proc_stack(void);
/** proc_args() - what proc_set_program() was told; a list of strings, all the caller's, NULL behind
 *  the last. Return: 0 or -ENOMEM */
int proc_args(char ***out, uint32_t *count);
/** proc_exe() - the absolute path of the program that runs */
const char *proc_exe(void);

#endif
