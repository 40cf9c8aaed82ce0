// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory: mappings, rights, and what a fault tells its handler. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int mends;
static char *mend_page;

static void on_fault(int sig, siginfo_t *info, void *uc)
{
	printf("signal %d code %d offset %ld\n", sig, info->si_code,
	       mend_page ? (long)((char *)info->si_addr - mend_page) : (long)info->si_addr);
	siglongjmp(back, 1);
}

/* Gives the page its rights and goes back to the instruction, which must be the right one. */
static void on_mend(int sig, siginfo_t *info, void *uc)
{
	mends++;
	mprotect(mend_page, 4096, PROT_READ | PROT_WRITE);
}

#define TRY(what)                             \
	do {                                  \
		printf("%s: ", #what);        \
		if (!sigsetjmp(back, 1)) {    \
			what;                 \
			printf("no fault\n"); \
		}                             \
	} while (0)

#define SHOW(x)                                                                          \
	do {                                                                             \
		errno = 0;                                                               \
		long v_ = (long)(x);                                                     \
		printf("%s = %ld %s\n", #x, v_, v_ == -1 ? strerrorname_np(errno) : ""); \
	} while (0)

static __attribute__((noinline)) int spread(volatile int *p, int a)
{
	/* Several accesses in one block, with arithmetic between: a second run of the part before
	 * the fault would show. */
	static int count;
	int sum = a;

	count += 1;
	sum += count * 3;
	p[0] += sum;
	count += 10;
	p[1] += count;
	return sum + count;
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	volatile char *p, *q;
	int fd, i;

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	p = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mend_page = (char *)p;
	TRY(p[5] = 1);
	SHOW(mprotect((void *)p, 4096, PROT_READ));
	TRY(p[6] = 1);
	TRY(i = p[5]);
	SHOW(mprotect((void *)p, 4096, PROT_NONE));
	TRY(i = p[5]);
	TRY(*(volatile int *)(p + 4094) = 5);
	SHOW(munmap((void *)(p + 8192), 4096));
	TRY(p[8192] = 1);
	TRY(p[8192 + 77] = 1);
	TRY(*(volatile double *)(p + 8192 + 10) = 1);
	TRY(__asm__ volatile("fmovem.x %%fp2-%%fp3,(%0)" : : "a"(p + 8192 + 20) : "memory"));
	TRY(__asm__ volatile("bfclr (%0){#3:#30}" : : "a"(p + 8192 + 31) : "memory", "cc"));
	TRY(p[12288] = 1);
	SHOW(munmap((void *)(p + 1), 4096));
	SHOW(munmap((void *)p, 0));
	SHOW(read(0, (void *)(p + 8192), 10));
	mend_page = NULL;
	TRY(*(volatile char *)0 = 1);
	TRY(i = *(volatile char *)0xfffffff0);
	TRY(((void (*)(void))0x1000)());

	sa.sa_sigaction = on_mend;
	sigaction(SIGSEGV, &sa, NULL);
	mend_page = (char *)p;
	for (i = 0; i < 5; i++) {
		mprotect(mend_page, 4096, PROT_NONE);
		printf("spread %d\n", spread((int *)mend_page, i));
	}
	printf("values %d %d, mends %d\n", ((int *)p)[0], ((int *)p)[1], mends);

	fd = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
	SHOW(ftruncate(fd, 8192));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	strcpy((char *)p + 4096, "shared");
	printf("%s\n", (char *)q);
	SHOW(msync((void *)p, 8192, MS_SYNC));
	SHOW(pread(fd, (void *)p, 7, 4096));
	printf("%s\n", (char *)p);
	SHOW(madvise((void *)p, 4096, MADV_DONTNEED));
	SHOW(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	SHOW(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 99, 0));
	p = mremap((void *)p, 8192, 65536, MREMAP_MAYMOVE);
	printf("moved %s\n", p == MAP_FAILED ? "no" : (char *)p);
	p = malloc(40 << 20);
	memset((void *)p, 7, 40 << 20);
	printf("%d\n", p[(40 << 20) - 1]);
	free((void *)p);
	q = sbrk(0);
	SHOW(brk((char *)q + 100000) == 0);
	memset((char *)q, 1, 100000);
	SHOW(brk((char *)q) == 0);
	return 0;
}
