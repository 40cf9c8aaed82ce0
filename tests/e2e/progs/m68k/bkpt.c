// SPDX-License-Identifier: GPL-2.0-or-later
/* The breakpoint instruction, which no debugger answers: illegal, as on Linux/m68k. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf back;
static volatile int code;
static void *volatile at;
extern char here[];

static void on_signal(int sig, siginfo_t *info, void *context)
{
	code = info->si_code;
	at = info->si_addr;
	siglongjmp(back, sig);
}

int main(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	volatile int n = 0;
	int sig;

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGILL, &act, NULL);
	sig = sigsetjmp(back, 1);
	if (sig)
		printf("signal %d code %d here %d\n", sig, code, at == here);
	if (n++ < 3)
		__asm__ volatile("here: bkpt #5");
	signal(SIGILL, SIG_DFL);
	__asm__ volatile("bkpt #0");
	return 0;
}
