/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_DEBUG_H
#define UCRUN_M68K_DEBUG_H

#include <stdbool.h>

#include "thread.h"

/** debug_listen() - wait for gdb. @where: a port of 127.0.0.1, 0: any, or the path of a socket.
 *  Return: 0 or -errno. */
int debug_listen(const char *where);
/** debug_start() - talk to gdb for the first time; @t holds the engine's lock */
void debug_start(struct m68k_thread *t);
bool debug_on(void);
/** debug_run() - cpu_run(), or a step of it; tells gdb when the thread is where gdb wants it */
enum cpu_event debug_run(struct m68k_thread *t, struct cpu_exit *exit);
/** debug_after() - what debug_run() began has been dealt with: a step is over */
void debug_after(struct m68k_thread *t);
/** debug_signal() - a signal is about to be delivered. Return: which one instead, 0: none */
int debug_signal(struct m68k_thread *t, int sig);
/** debug_ended() - the process ends, by exit (@sig 0) or signal */
void debug_ended(int status, int sig);
/** debug_forget() - in a child: gdb knows the parent only */
void debug_forget(void);
/** debug_suspend() - around vfork, whose child runs with our engine: no breakpoints */
void debug_suspend(bool on);

#endif
