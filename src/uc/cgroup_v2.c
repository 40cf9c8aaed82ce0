// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits in the unified hierarchy (Documentation/admin-guide/cgroup-v2.rst). */
#include <inttypes.h>

#include "cgroup_internal.h"

#define PERIOD_US 100000

/*
 * A cgroup with processes in it cannot hand controllers on, but for the root, which has no type.
 * For cpu and pids the kernel would do it, and make a threaded domain, in which no process can
 * move.
 */
static bool is_inner_with_processes(const char *dir)
{
	char text[64];

	return cgroup_read(dir, "cgroup.type", text, sizeof(text)) == 0 &&
	       cgroup_read(dir, "cgroup.procs", text, sizeof(text)) == 0 && *text;
}

int cgroup_v2_enable(const char *dir)
{
	char text[512];
	unsigned have;
	int ret = cgroup_read(dir, "cgroup.controllers", text, sizeof(text)), busy = 0;

	if (ret < 0)
		return ret;
	if (is_inner_with_processes(dir))
		return -EBUSY;
	have = cgroup_words(text, " ", 2);
	for (int i = 0; i < CGROUP_CONTROLLER_COUNT; i++) {
		char word[16];

		if (!(have & 1U << i))
			continue;
		snprintf(word, sizeof(word), "+%s", cgroup_v2_names[i]);
		if (cgroup_write(dir, "cgroup.subtree_control", word) == -EBUSY)
			busy = -EBUSY;
	}
	ret = cgroup_read(dir, "cgroup.subtree_control", text, sizeof(text));
	if (ret < 0)
		return ret;
	have &= cgroup_words(text, " ", 2);
	return have ? (int)have : busy;
}

static int put(const char *dir, const char *file, int64_t value)
{
	char text[32];

	if (value == BUDGET_NOLIMIT)
		return cgroup_write(dir, file, "max");
	snprintf(text, sizeof(text), "%" PRId64, value);
	return cgroup_write(dir, file, text);
}

static int limit_cpus(const char *dir, int64_t value)
{
	int64_t quota = value * (PERIOD_US / 1000);
	char text[64];
	int ret;

	put(dir, "cpu.max.burst", 0); /* must not be above the quota at any moment */
	if (value == BUDGET_NOLIMIT)
		return cgroup_write(dir, "cpu.max", "max 100000");
	snprintf(text, sizeof(text), "%" PRId64 " %d", quota, PERIOD_US);
	ret = cgroup_write(dir, "cpu.max", text);
	if (ret == 0) /* since 5.14: what was not used a moment ago may be used now */
		put(dir, "cpu.max.burst", quota);
	return ret;
}

static int limit_io(const char *dir, int64_t value)
{
	int ret = put(dir, "io.weight", value); /* iocost */

	if (ret == -ENOENT)
		ret = put(dir, "io.bfq.weight", value > 1000 ? 1000 : value);
	return ret;
}

static const struct {
	const char *file; /* NULL: set */
	int (*set)(const char *dir, int64_t value); /* NULL, too: the kernel has no such limit */
} limits[BUDGET_KEY_COUNT] = {
	[BUDGET_CPUS] = { .set = limit_cpus },	    [BUDGET_CPU_WEIGHT] = { .file = "cpu.weight" },
	[BUDGET_MEMORY] = { .file = "memory.max" }, [BUDGET_SWAP] = { .file = "memory.swap.max" },
	[BUDGET_PIDS] = { .file = "pids.max" },	    [BUDGET_IO_WEIGHT] = { .set = limit_io },
};

int cgroup_v2_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		    const struct budget *all)
{
	int64_t value = all->value[key];
	int ret = -EOPNOTSUPP;

	if (limits[key].file)
		ret = put(dir, limits[key].file, value);
	else if (limits[key].set)
		ret = limits[key].set(dir, value);
	return ret == -ENOENT ? -EOPNOTSUPP : ret; /* the file is not there: no such controller */
}

static int64_t limit_of(const char *dir, const char *file)
{
	char text[64];

	if (cgroup_read(dir, file, text, sizeof(text)) < 0)
		return BUDGET_UNSET;
	return strncmp(text, "max", 3) == 0 ? BUDGET_NOLIMIT : atoll(text);
}

void cgroup_v2_usage(const struct cgroup_place *p, const char *dir, const char *tasks,
		     struct cgroup_usage *u)
{
	int64_t quota = limit_of(dir, "cpu.max");
	char stat[CGROUP_FILE_BYTES] = ""; /* dear to the kernel: read once */

	cgroup_read(dir, "cpu.stat", stat, sizeof(stat));
	u->cpu_us = cgroup_count_in(stat, "usage_usec");
	u->throttled = cgroup_count_in(stat, "nr_throttled");
	u->throttled_us = cgroup_count_in(stat, "throttled_usec");
	if (p->controllers & 1U << CGROUP_CPU) {
		u->limit[BUDGET_CPUS] =
			quota == BUDGET_NOLIMIT || quota < 0 ? quota : quota * 1000 / PERIOD_US;
		u->limit[BUDGET_CPU_WEIGHT] = limit_of(dir, "cpu.weight");
	}
	if (p->controllers & 1U << CGROUP_MEMORY) {
		u->memory_bytes = cgroup_count(dir, "memory.current", NULL);
		*stat = '\0';
		cgroup_read(dir, "memory.stat", stat, sizeof(stat));
		u->cache_bytes = cgroup_count_in(stat, "inactive_file") +
				 cgroup_count_in(stat, "active_file");
		u->swap_bytes = cgroup_count(dir, "memory.swap.current", NULL);
		u->limit[BUDGET_MEMORY] = limit_of(dir, "memory.max");
		u->limit[BUDGET_SWAP] = limit_of(dir, "memory.swap.max");
	}
	if (p->controllers & 1U << CGROUP_PIDS) {
		u->pids = cgroup_count(tasks, "pids.current", NULL);
		u->limit[BUDGET_PIDS] = limit_of(tasks, "pids.max");
	}
	if (p->controllers & 1U << CGROUP_IO)
		u->limit[BUDGET_IO_WEIGHT] = BUDGET_UNSET; /* differs by scheduler: not told */
}

/* Counted where the limit is and above since 6.11, before that where the task is that wants more.
 */
static unsigned long long refused(const char *dir)
{
	autofree char *local = str_printf("%s/pids.events.local", dir);
	unsigned long long n = cgroup_count(dir, "pids.events", "max");
	struct cgroup_below below;

	if (!local || access(local, F_OK) == 0)
		return n;
	for (cgroup_below_open(&below, dir); cgroup_below_next(&below);)
		n += cgroup_count(below.path, "pids.events", "max");
	return n;
}

void cgroup_v2_events(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev)
{
	if (p->controllers & 1U << CGROUP_MEMORY)
		ev->oom_kills += cgroup_count(dir, "memory.events", "oom_kill");
	if (p->controllers & 1U << CGROUP_PIDS)
		ev->pids_refused += refused(dir);
}
