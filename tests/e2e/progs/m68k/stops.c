// SPDX-License-Identifier: GPL-2.0-or-later
/* Stopped at any moment, by signals and by other threads: nothing is done twice or left out. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define THREADS 8
#define SLOTS	32

static volatile sig_atomic_t hits;
static sigjmp_buf out;

static void count(int sig)
{
	hits++;
}

static void leave(int sig)
{
	siglongjmp(out, 1);
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

	sigaction(sig, &sa, NULL);
}

static void timer(int first_us, int then_us)
{
	struct itimerval it = { { 0, then_us }, { 0, first_us } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Registers and memory, calls, and flags that live across a block's end. */
static void blocks(void)
{
	unsigned a, b, n, m;

	a = 0, m = 0, n = 8000000;
	__asm__ volatile("1: addq.l #1,%0; addq.l #1,%1; subq.l #1,%2; bne 1b"
			 : "+d"(a), "+m"(m), "+d"(n));
	printf("memory: %u %u %u\n", a, m, n);
	a = 0, b = 0, n = 3000000;
	__asm__ volatile("1: addq.l #1,%0; bsr 2f; subq.l #1,%2; bne 1b; bra 3f\n"
			 "2: addq.l #1,%1; rts\n3:"
			 : "+d"(a), "+d"(b), "+d"(n)
			 :
			 : "memory");
	printf("calls: %u %u %u\n", a, b, n);
	a = 0, n = 6000000;
	__asm__ volatile("1: addq.l #1,%0; subq.l #1,%1; bra 2f; nop; 2: bne 1b"
			 : "+d"(a), "+d"(n));
	printf("flags: %u %u\n", a, n);
}

/* A loop of one block, the first that is translated after a system call, can be stopped. */
static void loops(void)
{
	static const unsigned char code[2][4] = { { 0x60, 0xfe }, { 0x4a, 0x97, 0x60, 0xfc } };
	unsigned char *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int left = 0;

	handle(SIGALRM, leave, 0);
	for (volatile int i = 0; i < 20; i++) {
		memcpy(page, code[i % 2], 4);
		if (sigsetjmp(out, 1)) {
			left++;
			continue;
		}
		timer(1000 + i * 100, 0);
		syscall(SYS_cacheflush, page, 1, 1, 4);
		((void (*)(void))page)();
	}
	printf("left %d loops\n", left);
}

static pthread_t id[THREADS];
static pthread_barrier_t all_done __attribute__((aligned(4)));
static atomic_int thread_hits;

static void count_in_thread(int sig)
{
	double x = 1;

	for (int i = 1; i < 20; i++)
		x *= i;
	if (x != 121645100408832000.0)
		abort();
	atomic_fetch_add(&thread_hits, 1);
}

static void check(const char *block, long me)
{
	unsigned len = *(const unsigned *)block;

	for (unsigned i = 4; i < len; i++) {
		if (block[i] != (char)(me + len)) {
			printf("a block of the heap is wrong\n");
			abort();
		}
	}
}

static void write_code(long me)
{
	unsigned char *q =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char code[4] = { 0x70, (unsigned char)me, 0x4e, 0x75 }; /* moveq #me,%d0; rts */

	for (int i = 0; i < 2; i++, code[1]++) {
		memcpy(q, code, sizeof(code));
		syscall(SYS_cacheflush, q, 1, 1, 4);
		if (((long (*)(void))q)() != me + i) {
			printf("code is stale\n");
			abort();
		}
	}
	munmap(q, 8192);
}

static void *work(void *arg)
{
	long me = (long)arg, sum = 0;
	unsigned seed = me + 1;
	char *block[SLOTS] = { NULL };

	for (int i = 0; i < 2000; i++) {
		unsigned k = next_random(&seed) % SLOTS, len = next_random(&seed) % 1024 + 8;

		if (block[k])
			check(block[k], me);
		free(block[k]);
		block[k] = malloc(len);
		memset(block[k], me + len, len);
		*(unsigned *)block[k] = len;
		sum += len;
		if (i % 50 == 0)
			pthread_kill(id[(me + i) % THREADS], SIGUSR1);
		if (i % 333 == 0)
			write_code(me);
	}
	for (int k = 0; k < SLOTS; k++)
		free(block[k]);
	pthread_barrier_wait(&all_done); /* nobody is killed who is gone */
	return (void *)sum;
}

static void threads(void)
{
	long total = 0;

	handle(SIGUSR1, count_in_thread, SA_RESTART);
	pthread_barrier_init(&all_done, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		id[i] = pthread_self();
	for (long i = 0; i < THREADS; i++)
		pthread_create(&id[i], NULL, work, (void *)i);
	for (int i = 0; i < THREADS; i++) {
		void *sum;

		pthread_join(id[i], &sum);
		total += (long)sum;
	}
	printf("threads: %ld, %d\n", total, thread_hits > 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	handle(SIGALRM, count, SA_RESTART);
	timer(300, 300);
	blocks();
	timer(0, 0);
	printf("%d\n", hits > 20);
	loops();
	threads();
	return 0;
}
