// SPDX-License-Identifier: GPL-2.0-or-later
/* Code that is written while the program runs: with cacheflush, without, by read(), on the stack.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int fn(void);

/* moveq #n,%d0; rts */
static void write_fn(unsigned char *p, int n)
{
	p[0] = 0x70;
	p[1] = n;
	p[2] = 0x4e;
	p[3] = 0x75;
}

static int apply(int (*f)(int), int n)
{
	return f(n) + 1;
}

static sigjmp_buf out;

static void on_fault(int sig)
{
	siglongjmp(out, sig);
}

/* A direct jump into another page, whose code changes, comes back as another's, or goes away. */
static void between_pages(void)
{
	const int prot = PROT_READ | PROT_WRITE | PROT_EXEC;
	unsigned char *p = mmap(NULL, 8192, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *q = p + 4096;
	unsigned at = (unsigned)q;
	int i, sum = 0, faults = 0;

	p[0] = 0x4e; /* jmp q */
	p[1] = 0xf9;
	memcpy(p + 2, &at, 4);
	for (i = 0; i < 100; i++) {
		write_fn(q, i);
		sum += ((fn *)p)() + ((fn *)p)();
	}
	signal(SIGSEGV, on_fault);
	for (i = 0; i < 20; i++) {
		if (i % 2)
			mmap(q, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		else
			munmap(q, 4096);
		if (sigsetjmp(out, 1))
			faults++;
		else
			sum += ((fn *)p)();
		mmap(q, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		write_fn(q, i);
		sum += ((fn *)p)() + ((fn *)p)();
	}
	signal(SIGSEGV, SIG_DFL);
	printf("between pages %d, %d faults\n", sum, faults);
}

int main(void)
{
	unsigned char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i, j, sum = 0, fd, bias = 5;
	int add(int n)
	{
		return n + bias; /* a trampoline on the stack */
	}

	for (i = 0; i < 100; i++) {
		write_fn(p, i);
		syscall(SYS_cacheflush, p, 1, 3, 4);
		sum += ((fn *)p)();
	}
	printf("flushed %d\n", sum);
	for (sum = 0, i = 0; i < 100; i++) {
		write_fn(p + 64 * (i % 8), i);
		sum += ((fn *)(p + 64 * (i % 8)))();
		for (j = 0; j < 8 && j <= i; j++)
			sum += ((fn *)(p + 64 * j))();
	}
	printf("unflushed, several on a page %d\n", sum);
	fd = open("code", O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (sum = 0, i = 0; i < 20; i++) {
		unsigned char code[4];

		write_fn(code, i + 3);
		pwrite(fd, code, 4, 0);
		pread(fd, p, 4, 0);
		sum += ((fn *)p)();
	}
	printf("read %d\n", sum);
	for (sum = 0, i = 0; i < 20; i++) {
		p = mmap(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		write_fn(p, i);
		mprotect(p, 4096, PROT_READ | PROT_EXEC);
		sum += ((fn *)p)();
	}
	printf("mapped again %d\n", sum);
	between_pages();
	for (sum = 0, i = 0; i < 50; i++) {
		bias = i;
		sum += apply(add, i);
	}
	printf("nested %d\n", sum);
	return 0;
}
