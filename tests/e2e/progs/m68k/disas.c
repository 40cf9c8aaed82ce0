// SPDX-License-Identifier: GPL-2.0-or-later
/* A function whose instructions are known, called twice. */
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

int known(int);
__asm__(".text\n"
	".globl known\n"
	".type known, @function\n"
	"known:\n"
	"	move.l 4(%sp),%d0\n"
	"1:	subq.l #1,%d0\n"
	"	jne 1b\n"
	"	fmove.x %fp0,%fp1\n"
	"	.short 0x4afc\n"
	"	rts\n"
	".size known, . - known\n");

static void skip(int sig, siginfo_t *info, void *p)
{
	ucontext_t *uc = p;

	uc->uc_mcontext.gregs[16] += 2;
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = skip, .sa_flags = SA_SIGINFO };

	sigaction(SIGILL, &sa, NULL);
	for (int i = 0; i < 2; i++)
		printf("%d\n", known(2));
	return 3;
}
