// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.h"

#include "util.h"

void signals_block(sigset_t *old, int *sigfd)
{
	static const int watched[] = { SIGCHLD, SIGINT,	 SIGQUIT, SIGTERM,
				       SIGHUP,	SIGUSR1, SIGUSR2, SIGALRM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		sigaddset(&set, watched[i]);
	sigprocmask(SIG_BLOCK, &set, old);
	*sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum signal_use signal_use(const struct signalfd_siginfo *si)
{
	switch (si->ssi_signo) {
	case SIGCHLD:
		return SIGNAL_CHILD;
	case SIGINT:
	case SIGQUIT:
	case SIGTERM:
	case SIGHUP:
		return si->ssi_code == SI_KERNEL ? SIGNAL_TERMINAL : SIGNAL_PASS_AND_END;
	default:
		return SIGNAL_PASS;
	}
}
