// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads: creation, locks, conditions, TLS, atomics, signals to one, cancellation, futexes. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS	20000

static pthread_mutex_t lock __attribute__((aligned(4))) = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond __attribute__((aligned(4))) = PTHREAD_COND_INITIALIZER;
/* The kernel wants futexes aligned to 4; the ABI aligns these types to 2. */
static pthread_barrier_t barrier __attribute__((aligned(4)));
static pthread_key_t key;
static atomic_int counter;
static int locked, turn, destroyed, handled;
static __thread int own = 5;
static unsigned char tas_lock;
static int tas_count;

static void on_destroy(void *p)
{
	pthread_mutex_lock(&lock);
	destroyed += (long)p;
	pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
	int id = (long)arg, i;

	own += id;
	pthread_setspecific(key, (void *)1L);
	pthread_barrier_wait(&barrier);
	for (i = 0; i < ROUNDS; i++) {
		atomic_fetch_add(&counter, 1);
		if (i % 16 == 0) {
			pthread_mutex_lock(&lock);
			locked++;
			pthread_mutex_unlock(&lock);
		}
		if (i % 64 == 0) {
			while (__atomic_test_and_set(&tas_lock, __ATOMIC_ACQUIRE))
				;
			tas_count++;
			__atomic_clear(&tas_lock, __ATOMIC_RELEASE);
		}
	}
	pthread_mutex_lock(&lock);
	while (turn != id)
		pthread_cond_wait(&cond, &lock);
	printf("turn of %d, own %d\n", id, own);
	turn++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
	return (void *)(long)(id * id);
}

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static volatile int computing;

static void *computer(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	computing = 1;
	for (;;)
		;
	return NULL;
}

static pthread_t handler_thread;

static void on_signal(int sig)
{
	handled += pthread_equal(pthread_self(), handler_thread) ? 1 : 100;
}

static void *waiter(void *arg)
{
	sem_t *s = arg;

	while (sem_wait(s) < 0)
		printf("sem_wait %s\n", strerrorname_np(errno));
	return (void *)3;
}

int main(void)
{
	struct timespec ts;
	pthread_t t[THREADS];
	void *ret;
	long sum = 0;
	static sem_t sem __attribute__((aligned(4)));
	int i, st;

	setvbuf(stdout, NULL, _IONBF, 0);
	pthread_key_create(&key, on_destroy);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, work, (void *)(long)i);
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i], &ret);
		sum += (long)ret;
	}
	printf("counter %d locked %d tas %d sum %ld destroyed %d own %d\n", counter, locked,
	       tas_count, sum, destroyed, own);

	signal(SIGUSR1, on_signal);
	sem_init(&sem, 0, 0);
	pthread_create(&t[0], NULL, waiter, &sem);
	handler_thread = t[0];
	usleep(50000);
	pthread_kill(t[0], SIGUSR1);
	usleep(50000);
	sem_post(&sem);
	pthread_join(t[0], &ret);
	printf("handled %d ret %ld\n", handled, (long)ret);

	pthread_create(&t[0], NULL, sleeper, NULL);
	pthread_create(&t[1], NULL, computer, NULL);
	while (!computing)
		;
	pthread_cancel(t[0]);
	pthread_cancel(t[1]);
	pthread_join(t[0], &ret);
	printf("cancelled %d\n", ret == PTHREAD_CANCELED);
	pthread_join(t[1], &ret);
	printf("cancelled %d\n", ret == PTHREAD_CANCELED);

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec = (ts.tv_nsec + 50000000) % 1000000000;
	ts.tv_sec += ts.tv_nsec < 50000000;
	pthread_mutex_lock(&lock);
	printf("timed %s\n", strerrorname_np(pthread_cond_timedwait(&cond, &lock, &ts)));
	pthread_mutex_unlock(&lock);

	pthread_create(&t[0], NULL, sleeper, NULL);
	if (fork() == 0) {
		pthread_create(&t[1], NULL, waiter, &sem);
		sem_post(&sem);
		pthread_join(t[1], NULL);
		_exit(17);
	}
	while (wait(&st) < 0)
		;
	printf("child of many %d\n", WEXITSTATUS(st));
	return 0; /* with a thread that still sleeps */
}
