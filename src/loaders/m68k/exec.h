/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_EXEC_H
#define UCRUN_M68K_EXEC_H

/** exec_init() - remember our own program: an m68k program that executes another needs it */
void exec_init(void);
/** exec_own_fd() - the descriptor by which it does; -1: none */
int exec_own_fd(void);
/**
 * exec_path() - what execve(2) does: m68k programs through ourselves, all others by the kernel
 * @path: as the host opens it
 * Return: -errno; not at all on success.
 */
int exec_path(const char *path, char *const argv[], char *const envp[]);

#endif
