/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_SIGNALS_H
#define UCRUN_SIGNALS_H

#include <signal.h>
#include <sys/signalfd.h>

/* Signals to ucrun itself are meant for the program. The same at both levels. */

enum signal_use {
	SIGNAL_CHILD, /* somebody of ours has changed */
	SIGNAL_TERMINAL, /* from the terminal: the program has got it too */
	SIGNAL_PASS, /* the program is to get it */
	SIGNAL_PASS_AND_END, /* and what it leaves behind ends with it */
};

/** signals_block() - keep them for a descriptor; @old: the mask of before, @sigfd: CLOEXEC, or -1
 */
void signals_block(sigset_t *old, int *sigfd);
enum signal_use signal_use(const struct signalfd_siginfo *si);

#endif
