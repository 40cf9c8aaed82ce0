// SPDX-License-Identifier: GPL-2.0-or-later
// For gdb: functions, a signal, a thread, an exit status.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
volatile int total;
static void on_usr(int s)
{
	total += 1000;
}
__attribute__((noinline)) int add(int a, int b)
{
	total += a;
	return a + b;
}
static void *worker(void *p)
{
	for (int i = 0; i < 3; i++)
		add(100, i);
	return 0;
}

int main(void)
{
	pthread_t t;
	signal(SIGUSR1, on_usr);
	for (int i = 0; i < 5; i++)
		add(i, 1);

	raise(SIGUSR1);
	pthread_create(&t, 0, worker, 0);
	pthread_join(t, 0);
	printf("total %d\n", total);
	return 42;
}
