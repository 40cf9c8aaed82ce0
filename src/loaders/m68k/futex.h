/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_FUTEX_H
#define UCRUN_M68K_FUTEX_H

#include "thread.h"

/** futex_thread_ends() - the locks of this thread are told that their owner is dead; lock held */
void futex_thread_ends(struct m68k_thread *t);
/** futex_process_ends() - those of all threads: other processes may share them */
void futex_process_ends(void);
/** futex_renumber() - a restored thread has another number: its robust locks get it, too */
void futex_renumber(struct m68k_thread *t, uint32_t old);

#endif
