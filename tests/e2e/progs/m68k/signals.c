// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals in every state. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int hits, last;
static volatile double noise = 1.5;

static void plain(int sig)
{
	hits++;
	last = sig;
	noise = noise * 3.25 + 1; /* uses the FPU */
}

static void with_info(int sig, siginfo_t *info, void *p)
{
	ucontext_t *uc = p;

	printf("info %d code %d value %d version %d\n", sig, info->si_code,
	       info->si_value.sival_int, uc->uc_mcontext.version);
	hits++;
}

static void nested(int sig)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("in %d: usr1 %d usr2 %d\n", sig, sigismember(&now, SIGUSR1),
	       sigismember(&now, SIGUSR2));
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	printf("out %d\n", sig);
}

static void set(int sig, void *fn, int flags, int also)
{
	struct sigaction sa = { .sa_handler = fn, .sa_flags = flags };

	if (also)
		sigaddset(&sa.sa_mask, also);
	sigaction(sig, &sa, NULL);
}

static void on_alt(int sig)
{
	int here;
	stack_t ss;

	sigaltstack(NULL, &ss);
	printf("alt: on %d inside %d\n", ss.ss_flags == SS_ONSTACK,
	       (char *)&here >= (char *)ss.ss_sp && (char *)&here < (char *)ss.ss_sp + ss.ss_size);
}

static void edit(int sig, siginfo_t *info, void *p)
{
	ucontext_t *uc = p;

	/* For an illegal instruction qemu-m68k says ILL_ILLOPN, the kernel ILL_ILLOPC. */
	printf("signal %d code %d\n", sig, sig == SIGILL ? info->si_code > 0 : info->si_code);
	uc->uc_mcontext.gregs[R_D0] = 4711;
	uc->uc_mcontext.gregs[R_PC] += sig == SIGILL ? 2 : 0;
}

static void ms(int n)
{
	struct itimerval it = { .it_value = { 0, n * 1000 } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void registers(void)
{
	unsigned flags, d;
	double f = 2.0, r;
	int i;

	/* The condition codes and FPU registers across a handler that changes both. */
	ms(30);
	hits = 0;
	for (r = 0, i = 0; !hits; i++) {
		r += f / 4;
		r -= f / 4;
	}
	printf("fp %g\n", r);
	set(SIGUSR1, plain, 0, 0);
	__asm__ volatile(
		"move.l %2,%%d1\n move.l %3,%%d2\n moveq #37,%%d0\n"
		"move.w #0x1f,%%ccr\n trap #0\n move.w %%ccr,%%d3\n move.l %%d3,%0\n move.l %%d0,%1"
		: "=g"(flags), "=g"(d)
		: "g"(getpid()), "g"(SIGUSR1)
		: "d0", "d1", "d2", "d3", "memory");
	printf("ccr %x d0 %d hits %d\n", flags & 0x1f, d, hits);
}

static void blocked(void)
{
	sigset_t s, old, pend;
	struct timespec zero = { 0, 0 };
	siginfo_t info;
	union sigval v = { .sival_int = 77 };

	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigaddset(&s, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &s, &old);
	set(SIGUSR1, plain, 0, 0);
	set(SIGRTMIN + 1, with_info, SA_SIGINFO, 0);
	hits = 0;
	raise(SIGUSR1);
	raise(SIGUSR1);
	sigqueue(getpid(), SIGRTMIN + 1, v);
	v.sival_int++;
	sigqueue(getpid(), SIGRTMIN + 1, v);
	sigpending(&pend);
	printf("pending %d %d %d hits %d\n", sigismember(&pend, SIGUSR1),
	       sigismember(&pend, SIGRTMIN + 1), sigismember(&pend, SIGUSR2), hits);
	printf("wait %d\n", sigtimedwait(&s, &info, &zero) == SIGUSR1);
	printf("code %d\n", info.si_code);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("hits %d\n", hits);
	sigemptyset(&s);
	sigaddset(&s, SIGUSR2);
	printf("timeout %d %s\n", sigtimedwait(&s, &info, &zero), strerrorname_np(errno));
}

static void restarts(void)
{
	struct timespec ts = { 0, 100000000 }, left = { 9, 9 };
	struct pollfd pfd = { .fd = -1 };
	sigset_t none;
	char c;
	int p[2], i;

	for (i = 0; i < 2; i++) {
		pipe(p);
		set(SIGALRM, plain, i ? SA_RESTART : 0, 0);
		if (fork() == 0) {
			usleep(150000);
			write(p[1], "x", 1);
			_exit(0);
		}
		ms(30);
		errno = 0;
		printf("read %d %s\n", (int)read(p[0], &c, 1), strerrorname_np(errno));
		close(p[1]);
		close(p[0]);
		while (wait(NULL) < 0)
			;
	}
	ms(30);
	printf("nanosleep %d %s left %d\n", nanosleep(&ts, &left), strerrorname_np(errno),
	       left.tv_sec == 0 && left.tv_nsec > 0);
	ms(30);
	printf("poll %d %s\n", poll(&pfd, 1, 1000), strerrorname_np(errno));
	ms(30);
	printf("pause %d %s\n", pause(), strerrorname_np(errno));
	sigfillset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigemptyset(&none);
	hits = 0;
	ms(30);
	printf("sigsuspend %d %s", sigsuspend(&none), strerrorname_np(errno));
	printf(" hits %d\n", hits);
	ms(30);
	printf("ppoll %d %s", ppoll(&pfd, 1, NULL, &none), strerrorname_np(errno));
	printf(" hits %d\n", hits);
	ms(30);
	printf("pselect %d %s", pselect(0, NULL, NULL, NULL, NULL, &none), strerrorname_np(errno));
	printf(" hits %d\n", hits);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void spin(void)
{
	/* A loop of one instruction: only an asynchronous stop gets out of it. */
	static sigjmp_buf out;
	void leave(int sig)
	{
		siglongjmp(out, 1);
	}

	set(SIGALRM, leave, 0, 0);
	ms(50);
	if (!sigsetjmp(out, 1))
		for (;;)
			__asm__ volatile("");
	printf("out of the loop\n");
}

/* Each instruction once, however often a signal comes in between. */
static void exact(void)
{
	struct itimerval it = { { 0, 2000 }, { 0, 2000 } }, none = { { 0, 0 }, { 0, 0 } };
	volatile unsigned n = 0;
	volatile int j;

	hits = 0;
	set(SIGALRM, plain, SA_RESTART, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (int i = 0; i < 200; i++) {
		for (j = 0; j < 20000; j++) {
			n++;
			if (j & 1)
				n += 2;
		}
	}
	setitimer(ITIMER_REAL, &none, NULL);
	printf("exact: %u, %d\n", n, hits > 3);
}

static void synchronous(void)
{
	volatile int zero = 0, one = 1;
	int d;

	set(SIGILL, edit, SA_SIGINFO, 0);
	set(SIGFPE, edit, SA_SIGINFO, 0);
	set(SIGTRAP, edit, SA_SIGINFO, 0);
	__asm__ volatile("moveq #0,%%d0\n illegal\n move.l %%d0,%0" : "=g"(d) : : "d0");
	printf("d0 %d\n", d);
	__asm__ volatile("moveq #0,%%d0\n trap #15\n move.l %%d0,%0" : "=g"(d) : : "d0");
	printf("d0 %d\n", d);
	(void)one;
	(void)zero;
}

static void ends(void)
{
	static const int sigs[] = { SIGTERM, SIGKILL, SIGSEGV, SIGFPE, SIGUSR1, SIGALRM };
	int st;
	unsigned i;

	for (i = 0; i < sizeof(sigs) / sizeof(*sigs); i++) {
		signal(sigs[i], SIG_DFL);
		fflush(NULL);
		if (fork() == 0) {
			if (sigs[i] == SIGSEGV)
				*(volatile int *)4 = 0;
			else if (sigs[i] == SIGALRM) {
				ms(10);
				for (;;)
					;
			} else
				raise(sigs[i]);
			_exit(99);
		}
		while (wait(&st) < 0)
			;
		printf("ended %d by %d\n", WIFSIGNALED(st), WTERMSIG(st));
	}
	if (fork() == 0) {
		raise(SIGSTOP);
		_exit(5);
	}
	while (waitpid(-1, &st, WUNTRACED) < 0)
		;
	printf("stopped %d %d\n", WIFSTOPPED(st), WSTOPSIG(st));
	set(SIGCHLD, plain, 0, 0);
	hits = 0;
	kill(0, SIGCONT);
	while (wait(&st) < 0)
		;
	printf("exit %d chld %d\n", WEXITSTATUS(st), hits > 0);
}

int main(void)
{
	stack_t ss = { .ss_sp = malloc(16384), .ss_size = 16384 };
	struct sigaction sa;

	setvbuf(stdout, NULL, _IONBF, 0);
	setpgid(0, 0);
	set(SIGALRM, plain, 0, 0);
	registers();
	blocked();
	set(SIGUSR1, nested, 0, 0);
	set(SIGUSR2, nested, 0, 0);
	raise(SIGUSR1);
	set(SIGUSR1, nested, 0, SIGUSR2);
	raise(SIGUSR1);
	set(SIGUSR1, nested, SA_NODEFER | SA_RESETHAND, 0);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &sa);
	printf("reset %d\n", sa.sa_handler == SIG_DFL);
	sigaltstack(&ss, NULL);
	set(SIGUSR1, on_alt, SA_ONSTACK, 0);
	raise(SIGUSR1);
	set(SIGUSR1, SIG_IGN, 0, 0);
	raise(SIGUSR1);
	errno = 0;
	printf("%d %s\n", sigaction(SIGKILL, &sa, NULL), strerrorname_np(errno));
	restarts();
	spin();
	exact();
	synchronous();
	ends();
	return 0;
}
