// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bad neighbours, and what measures them. For bench/budget.
 *
 *	hog fork			a fork bomb
 *	hog memory			takes memory until it is killed, again and again
 *	hog cpu N			N tasks that calculate
 *	hog sync DIR			writes and syncs
 *	hog stat N			N tasks that do nothing but stat(2)
 *	hog pipes N			N pairs of tasks that hand a byte to and fro
 *	hog exec			starts one program after the other
 *
 * These say "up" and go on until they are killed.
 *
 *	hog work SECONDS N calc|files DIR	N tasks work; prints units a second
 *	hog sleep SECONDS		a loop of 1 ms sleeps; prints median, 99th percentile and
 *					worst, in us
 *	hog starts N PROGRAM [ARG]...	prints the median start-to-end time of N runs, in us
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB	      (1UL << 20)
#define SYNC_BYTES    (64UL << 10)
#define FILE_BYTES    (16UL << 10)
#define CALC_BYTES    (256UL << 10) /* some of the cache is part of the work */
#define CALC_ROUNDS   4
#define MEMORY_MOST   (1UL << 40)
#define SLEEPS_MAX    100000
#define STARTS_MAX    1000
#define SLEEP_NS      1000000
#define NS_PER_S      1000000000ULL
#define TASKS_MAX     1024
#define STATUS_FAILED 125
#define PERCENTILE(p) ((p) / 100.0)

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void up(void)
{
	if (write(STDOUT_FILENO, "up\n", 3) != 3)
		_exit(STATUS_FAILED);
}

static uint64_t calculate(uint64_t *block)
{
	uint64_t x = 88172645463325252ULL;

	for (int round = 0; round < CALC_ROUNDS; round++) {
		for (size_t i = 0; i < CALC_BYTES / sizeof(*block); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			block[i] += x;
		}
	}
	return block[x % (CALC_BYTES / sizeof(*block))];
}

/* ---- hogs ---- */

static _Noreturn void hog_fork(void)
{
	for (;;)
		fork();
}

static _Noreturn void hog_memory(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			for (size_t n = 0; n < MEMORY_MOST; n += MIB) {
				char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

				if (p == MAP_FAILED)
					_exit(1);
				memset(p, 1, MIB);
			}
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static _Noreturn void hog_cpu(void)
{
	static uint64_t block[CALC_BYTES / sizeof(uint64_t)];
	volatile uint64_t sink;

	for (;;)
		sink = calculate(block);
	(void)sink;
}

static _Noreturn void hog_sync(const char *dir)
{
	static char block[SYNC_BYTES];
	char name[4096];
	int fd;

	snprintf(name, sizeof(name), "%s/sync.%d", dir, getpid());
	for (;;) {
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		for (int i = 0; fd >= 0 && i < 16; i++)
			if (write(fd, block, sizeof(block)) < 0 || fsync(fd) < 0)
				break;
		close(fd);
		sync();
	}
}

static _Noreturn void hog_stat(void)
{
	struct stat st;

	for (;;)
		stat("/etc/hostname", &st);
}

/* What wakes across processors all the time, with no supervisor in between. */
static _Noreturn void hog_pipes(void)
{
	int to[2], fro[2];
	bool first;
	char byte = 0;

	if (pipe(to) < 0 || pipe(fro) < 0)
		_exit(STATUS_FAILED);
	first = fork() != 0;
	if (first && write(to[1], &byte, 1) != 1)
		_exit(STATUS_FAILED);
	for (;;)
		if (read(first ? fro[0] : to[0], &byte, 1) != 1 ||
		    write(first ? to[1] : fro[1], &byte, 1) != 1)
			_exit(STATUS_FAILED);
}

static _Noreturn void hog_exec(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static int hog(const char *what, int n, const char *dir)
{
	for (int i = 1; i < n && i < TASKS_MAX; i++)
		if (fork() == 0)
			break;
	if (strcmp(what, "fork") == 0)
		hog_fork();
	if (strcmp(what, "memory") == 0)
		hog_memory();
	if (strcmp(what, "cpu") == 0)
		hog_cpu();
	if (strcmp(what, "sync") == 0)
		hog_sync(dir);
	if (strcmp(what, "stat") == 0)
		hog_stat();
	if (strcmp(what, "pipes") == 0)
		hog_pipes();
	if (strcmp(what, "exec") == 0)
		hog_exec();
	return STATUS_FAILED;
}

/* ---- what is measured ---- */

static void work_files(const char *dir)
{
	static char block[FILE_BYTES];
	char name[4096];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "%s/work.%d", dir, getpid());
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, block, sizeof(block)) < 0 || stat(name, &st) < 0 ||
	    pread(fd, block, sizeof(block), 0) < 0 || unlink(name) < 0) {
		perror(name);
		_exit(STATUS_FAILED);
	}
	close(fd);
}

static uint64_t work_one(uint64_t end, bool files, const char *dir)
{
	static uint64_t block[CALC_BYTES / sizeof(uint64_t)];
	volatile uint64_t sink;
	uint64_t units = 0;

	for (; now_ns() < end; units++) {
		if (files)
			work_files(dir);
		else
			sink = calculate(block);
	}
	(void)sink;
	return units;
}

static int work(double seconds, int n, const char *kind, const char *dir)
{
	uint64_t begin = now_ns(), end = begin + seconds * NS_PER_S, units = 0, one;
	bool files = strcmp(kind, "files") == 0;
	int p[2];

	if (pipe(p) < 0)
		return STATUS_FAILED;
	for (int i = 0; i < n; i++) {
		if (fork() == 0) {
			one = work_one(end, files, dir);
			_exit(write(p[1], &one, sizeof(one)) != sizeof(one));
		}
	}
	close(p[1]);
	while (read(p[0], &one, sizeof(one)) == sizeof(one))
		units += one;
	while (wait(NULL) > 0)
		;
	printf("%.2f\n", units / ((now_ns() - begin) / (double)NS_PER_S));
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int sleeps(double seconds)
{
	static uint64_t took[SLEEPS_MAX];
	const struct timespec ms = { 0, SLEEP_NS };
	uint64_t end = now_ns() + seconds * NS_PER_S, begin;
	size_t n = 0;

	while (n < SLEEPS_MAX && (begin = now_ns()) < end) {
		nanosleep(&ms, NULL);
		took[n++] = now_ns() - begin;
	}
	if (n == 0)
		return STATUS_FAILED;
	qsort(took, n, sizeof(*took), compare);
	printf("%.0f %.0f %.0f\n", took[n / 2] / 1000.0,
	       took[(size_t)(n * PERCENTILE(99))] / 1000.0, took[n - 1] / 1000.0);
	return 0;
}

static int starts(int n, char **argv)
{
	static uint64_t took[STARTS_MAX];
	int status;

	for (int i = 0; i < n && i < STARTS_MAX; i++) {
		uint64_t begin = now_ns();
		pid_t pid = fork();

		if (pid == 0) {
			execv(argv[0], argv);
			_exit(STATUS_FAILED);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
			return STATUS_FAILED;
		took[i] = now_ns() - begin;
	}
	qsort(took, n, sizeof(*took), compare);
	printf("%.0f\n", took[n / 2] / 1000.0);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "work") == 0 && argc == 6)
		return work(atof(argv[2]), atoi(argv[3]), argv[4], argv[5]);
	if (strcmp(what, "sleep") == 0 && argc == 3)
		return sleeps(atof(argv[2]));
	if (strcmp(what, "starts") == 0 && argc > 3 && atoi(argv[2]) > 0)
		return starts(atoi(argv[2]), argv + 3);
	if (argc < 2)
		return STATUS_FAILED;
	up();
	return hog(what, argc > 2 && strcmp(what, "sync") ? atoi(argv[2]) : 1,
		   argc > 2 ? argv[2] : "/tmp");
}
