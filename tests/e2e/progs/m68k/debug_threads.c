// SPDX-License-Identifier: GPL-2.0-or-later
/* For gdb: one thread computes, one sleeps, until a variable is set. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

volatile int finish, rounds;
static __thread volatile int own;

__attribute__((noinline)) void spin(void)
{
	rounds++;
}

static void *computes(void *p)
{
	own = 21;
	while (!finish)
		spin();
	return (void *)(long)own;
}

__attribute__((noinline)) void both_run(void)
{
	__asm__ volatile(""); /* or calls of it would be left out */
}

int main(void)
{
	pthread_t t;
	void *ret;

	own = 20;
	pthread_create(&t, NULL, computes, NULL);
	while (!rounds)
		usleep(1000);
	both_run();
	while (!finish)
		sleep(1000);
	pthread_join(t, &ret);
	printf("%d %d\n", own, (int)(long)ret);
	return finish;
}
