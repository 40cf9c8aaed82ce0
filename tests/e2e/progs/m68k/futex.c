// SPDX-License-Identifier: GPL-2.0-or-later
/* Robust mutexes, and those with priority inheritance; says the same on every Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *name(int rc)
{
	return rc ? strerrorname_np(rc) : "0";
}

static void init(pthread_mutex_t *m, int robust, int protocol, int shared)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, robust);
	pthread_mutexattr_setprotocol(&a, protocol);
	pthread_mutexattr_setpshared(&a, shared);
	printf("init %s\n", name(pthread_mutex_init(m, &a)));
}

static pthread_mutex_t lock;
static volatile int counter, waiting;

static void *dies_with_it(void *arg)
{
	pthread_mutex_lock(&lock);
	while (!waiting)
		usleep(1000);
	usleep(20000);
	return NULL;
}

/* Its owner ends while we wait, then while nobody does. */
static void robust(int protocol)
{
	pthread_t id;

	init(&lock, PTHREAD_MUTEX_ROBUST, protocol, PTHREAD_PROCESS_PRIVATE);
	for (int i = 0; i < 2; i++) {
		waiting = 0;
		pthread_create(&id, NULL, dies_with_it, NULL);
		while (pthread_mutex_trylock(&lock) == 0) {
			pthread_mutex_unlock(&lock);
			usleep(1000);
		}
		waiting = 1;
		if (i)
			pthread_join(id, NULL);
		printf("lock %s\n", name(pthread_mutex_lock(&lock)));
		printf("consistent %s\n", i ? "left out" : name(pthread_mutex_consistent(&lock)));
		printf("unlock %s\n", name(pthread_mutex_unlock(&lock)));
		if (!i)
			pthread_join(id, NULL);
	}
	printf("after that %s\n", name(pthread_mutex_lock(&lock)));
}

/* A process ends, by itself, with a lock in shared memory. */
static void processes(int protocol)
{
	pthread_mutex_t *m =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int st;

	init(m, PTHREAD_MUTEX_ROBUST, protocol, PTHREAD_PROCESS_SHARED);
	for (int i = 0; i < 2; i++) {
		fflush(stdout);
		if (fork() == 0) {
			pthread_mutex_lock(m);
			if (i == 0)
				_exit(1);
			syscall(SYS_exit, 2);
		}
		wait(&st);
		printf("ended %x, lock %s", st, name(pthread_mutex_lock(m)));
		printf(", consistent %s", name(pthread_mutex_consistent(m)));
		printf(", unlock %s\n", name(pthread_mutex_unlock(m)));
	}
}

static void *counts(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		if (i % 100 == 0)
			usleep(10);
		counter++;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void *holds(void *arg)
{
	pthread_mutex_lock(&lock);
	waiting = 1;
	usleep(150000);
	waiting = 2;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void on_signal(int sig)
{
}

static void inherits(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct timespec until;
	pthread_t id[4];
	int rc;

	init(&lock, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT, PTHREAD_PROCESS_PRIVATE);
	counter = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&id[i], NULL, counts, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(id[i], NULL);
	printf("counted %d\n", counter);
	waiting = 0;
	pthread_create(&id[0], NULL, holds, NULL);
	while (!waiting)
		usleep(1000);
	printf("trylock %s\n", name(pthread_mutex_trylock(&lock)));
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	printf("timed %s, still held %d\n", name(pthread_mutex_timedlock(&lock, &until)),
	       waiting == 1);
	/* A signal does not end the wait. */
	sigaction(SIGALRM, &sa, NULL);
	ualarm(30000, 0);
	rc = pthread_mutex_lock(&lock);
	printf("lock %s, released %d\n", name(rc), waiting == 2);
	pthread_mutex_unlock(&lock);
	pthread_join(id[0], NULL);
}

static long futex(unsigned *word, int op, unsigned value)
{
	return syscall(SYS_futex, word, op, value, NULL, NULL, 0) < 0 ? errno : 0;
}

static void raw(void)
{
	static unsigned word;
	unsigned tid = (unsigned)gettid();
	void *head = NULL;
	size_t len = 0;

	printf("lock %s, mine %d", name(futex(&word, FUTEX_LOCK_PI, 0)), word == tid);
	printf(", again %s", name(futex(&word, FUTEX_LOCK_PI, 0)));
	printf(", unlock %s, free %d", name(futex(&word, FUTEX_UNLOCK_PI, 0)), word == 0);
	printf(", not mine %s\n", name(futex(&word, FUTEX_UNLOCK_PI, 0)));
	word = 0x3ffffff0;
	printf("nobody's %s %s\n", name(futex(&word, FUTEX_TRYLOCK_PI, 0)),
	       name(futex(&word, FUTEX_LOCK_PI, 0)));
	printf("list %s", name(syscall(SYS_get_robust_list, 0, &head, &len) ? errno : 0));
	printf(" %d %d", head != NULL, len == 3 * sizeof(long));
	printf(" %s", name(syscall(SYS_set_robust_list, head, 5) ? errno : 0));
	printf(" %s\n", name(syscall(SYS_set_robust_list, head, len) ? errno : 0));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	raw();
	robust(PTHREAD_PRIO_NONE);
	robust(PTHREAD_PRIO_INHERIT);
	processes(PTHREAD_PRIO_NONE);
	processes(PTHREAD_PRIO_INHERIT);
	inherits();
	return 5;
}
