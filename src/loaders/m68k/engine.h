/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_ENGINE_H
#define UCRUN_M68K_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <unicorn/unicorn.h>

/** engine_run() - uc_emu_start() from @pc on, until a stop. No stop is lost, also none that was
 *  asked for before. Return: as uc_emu_start() does. */
uc_err engine_run(uc_engine *uc, uint32_t pc, uint32_t until);
/** engine_stop() - have engine_run() return, between two blocks; from any thread or handler */
void engine_stop(uc_engine *uc);
/** engine_is_ours() - after the first run: do the functions of engine.c replace the library's? */
bool engine_is_ours(void);

/* They replace the library's at run time: so they are visible to it. */
#pragma GCC visibility push(default)
void check_exit_request_m68k(void *tcg);
int cpu_exec_m68k(uc_engine *uc, void *cpu);
#pragma GCC visibility pop

#endif
