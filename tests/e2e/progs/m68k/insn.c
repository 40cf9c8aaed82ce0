// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions that Unicorn lacks, and those that may not be: each ends in a result or a signal. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf back;
static volatile int code;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	code = info->si_code;
	siglongjmp(back, sig);
}

#define TRY(name, stmt)                                                     \
	do {                                                                \
		int sig = sigsetjmp(back, 1);                               \
                                                                            \
		if (sig)                                                    \
			printf("%s: signal %d code %d\n", name, sig, code); \
		else {                                                      \
			stmt;                                               \
			printf("%s: done\n", name);                         \
		}                                                           \
	} while (0)

static volatile double list[] = { 0.5, -0.25, 1e-20, 100, 1000, -1000, 0 };

int main(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	unsigned d;

	sigaction(SIGILL, &act, NULL);
	sigaction(SIGFPE, &act, NULL);
	sigaction(SIGTRAP, &act, NULL);
	for (int i = 0; i < 7; i++)
		printf("expm1 %a sinh %a\n", expm1(list[i]), sinh(list[i]));
	TRY("trapv clear", __asm__ volatile("move.w #0,%%ccr; trapv" ::: "cc"));
	TRY("trapv set", __asm__ volatile("move.w #2,%%ccr; trapv" ::: "cc"));
	__asm__ volatile("pea 1f; move.w #0x1b,-(%%sp); rtr; nop; 1: move.w %%ccr,%0"
			 : "=d"(d)
			 :
			 : "cc");
	printf("rtr %x\n", d & 0x1f);
	__asm__ volatile("fmove.l #0x50,%%fpcr; fmove.l %%fpcr,%0; fmove.l #0,%%fpcr" : "=d"(d));
	printf("fpcr %x\n", d);
	TRY("fsave", __asm__ volatile("fsave -(%%sp)" ::: "memory"));
	TRY("illegal", __asm__ volatile("illegal"));
	TRY("div0", __asm__ volatile("moveq #1,%%d0; divu.w #0,%%d0" ::: "d0"));
	TRY("chk", __asm__ volatile("moveq #9,%%d0; chk.w #5,%%d0" ::: "d0"));
	TRY("a-line", __asm__ volatile(".word 0xa123"));
	TRY("f-line", __asm__ volatile(".word 0xfe00"));
	TRY("trap 3", __asm__ volatile("trap #3"));
	TRY("trap 15", __asm__ volatile("trap #15"));
	TRY("stop", __asm__ volatile("stop #0x2000"));
	TRY("reset", __asm__ volatile("reset"));
	for (int ccr = 0; ccr < 16; ccr++) {
		TRY("trapls", __asm__ volatile("move.w %0,%%ccr; trapls" : : "d"(ccr) : "cc"));
		TRY("traplt.w", __asm__ volatile("move.w %0,%%ccr; traplt.w #0x4e75"
						 :
						 : "d"(ccr)
						 : "cc"));
	}
	TRY("trapt.l", __asm__ volatile("trapt.l #0x4afc4afc"));
	TRY("trapf.l", __asm__ volatile("trapf.l #0x4afc4afc"));
	__asm__ volatile("moveq #1,%0; tst.l %0; trapeq; trapf.w #9; seq %0" : "=&d"(d) : : "cc");
	printf("flags behind trapf: %#x\n", d);
	TRY("move from sr", __asm__ volatile("move.w %%sr,%0" : "=d"(d)));
	TRY("rte", __asm__ volatile("rte"));
	return 0;
}
