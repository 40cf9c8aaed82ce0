// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Micro measurements: what one call costs, in the world that this program finds itself in.
 *
 *	micro [-r ROUNDS] [-t ROUND_MS] [-d DIR] [-l] [NAME]...
 *
 * Each measurement finds out how many calls fill one round (that is its warm-up), runs ROUNDS
 * rounds, and prints one JSON line with the median round's nanoseconds per call. Everything that is
 * written goes into a fresh directory in DIR (default /tmp): inside a copy-on-write view that is
 * one which only the view has.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "micro.h"

#define ROUNDS_MAX 99
#define NS_PER_MS  1000000ULL

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int time_round(const struct measurement *m, unsigned long n, uint64_t *ns)
{
	uint64_t start = now_ns();
	int ret = m->run(n);

	*ns = now_ns() - start;
	return ret;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure(const struct measurement *m, int rounds, uint64_t round_ns, double *median)
{
	double values[ROUNDS_MAX];
	unsigned long n = 1;
	uint64_t ns = 0;
	int ret;

	/* Also the warm-up: it takes as long as a round and a half. */
	for (;;) {
		ret = time_round(m, n, &ns);
		if (ret < 0)
			return ret;
		if (ns >= round_ns / 2)
			break;
		n *= 2;
	}
	n = (double)n * round_ns / ns;
	if (!n)
		n = 1;
	for (int i = 0; i < rounds; i++) {
		ret = time_round(m, n, &ns);
		if (ret < 0)
			return ret;
		values[i] = (double)ns / n;
	}
	qsort(values, rounds, sizeof(values[0]), compare);
	*median = values[rounds / 2];
	return 0;
}

static bool wanted(const char *name, char *const *names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}
int main(int argc, char **argv)
{
	const char *dir = "/tmp";
	int rounds = 7, round_ms = 5, opt, failed = 0;

	while ((opt = getopt(argc, argv, "r:t:d:l")) != -1)
		switch (opt) {
		case 'r':
			rounds = atoi(optarg);
			break;
		case 't':
			round_ms = atoi(optarg);
			break;
		case 'd':
			dir = optarg;
			break;
		case 'l':
			for (const struct measurement *m = measurements; m->name; m++)
				puts(m->name);
			return 0;
		default:
			return 2;
		}
	if (rounds < 1 || rounds > ROUNDS_MAX || round_ms < 1) {
		fprintf(stderr, "micro: -r 1..%d, -t 1 or more\n", ROUNDS_MAX);
		return 2;
	}
	if (snprintf(work_dir, sizeof(work_dir), "%s/uc-micro.XXXXXX", dir) >=
	    (int)sizeof(work_dir)) {
		fprintf(stderr, "micro: %s: too long\n", dir);
		return 2;
	}
	for (const struct measurement *m = measurements; m->name; m++) {
		double ns = 0;
		int ret;

		if (!wanted(m->name, argv + optind))
			continue;
		ret = m->setup ? m->setup() : 0;
		if (ret == 0)
			ret = measure(m, rounds, round_ms * NS_PER_MS, &ns);
		if (m->cleanup)
			m->cleanup();
		if (ret == 0)
			printf("{\"name\": \"%s\", \"ns\": %.1f}\n", m->name, ns);
		else
			printf("{\"name\": \"%s\", \"error\": \"%s\"}\n", m->name, strerror(-ret));
		failed |= ret < 0;
		fflush(stdout);
	}
	return work_remove() != 0 || failed;
}
