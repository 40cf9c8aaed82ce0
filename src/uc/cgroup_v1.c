// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits in a v1 hierarchy (Documentation/admin-guide/cgroup-v1/). */
#include <inttypes.h>

#include "cgroup_internal.h"

#define PERIOD_US      100000
#define SHARES_DEFAULT 1024 /* cpu.shares of everybody: weight 100 */
#define BLKIO_DEFAULT  500 /* blkio.weight of everybody, 10 to 1000 */
#define V1_UNLIMITED   (1LL << 62) /* memory files tell PAGE_COUNTER_MAX, about 2^63 */

static int put(const char *dir, const char *file, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return cgroup_write(dir, file, text);
}

static int limit_cpus(const char *dir, int64_t value, const struct budget *all)
{
	int64_t quota = value == BUDGET_NOLIMIT ? -1 : value * (PERIOD_US / 1000);
	int ret;

	put(dir, "cpu.cfs_burst_us", 0); /* must not be above the quota at any moment */
	ret = put(dir, "cpu.cfs_quota_us", quota);
	if (ret == 0 && quota > 0) /* since 5.14: what was not used a moment ago may be used now */
		put(dir, "cpu.cfs_burst_us", quota);
	return ret;
}

static int limit_shares(const char *dir, int64_t value, const struct budget *all)
{
	int64_t shares = value * SHARES_DEFAULT / 100;

	return put(dir, "cpu.shares", shares < 2 ? 2 : shares);
}

/* memsw, memory and swap together, may never be below memory: the order depends on the direction.
 */
static int limit_memory(const char *dir, int64_t value, const struct budget *all)
{
	int64_t memory = all->value[BUDGET_MEMORY], swap = all->value[BUDGET_SWAP];
	bool whole = memory == BUDGET_NOLIMIT || memory == BUDGET_UNSET;
	int ret;

	put(dir, "memory.memsw.limit_in_bytes", -1);
	ret = put(dir, "memory.limit_in_bytes", whole ? -1 : memory);
	if (ret < 0 || swap == BUDGET_NOLIMIT || swap == BUDGET_UNSET)
		return ret;
	return whole ? -EOPNOTSUPP : put(dir, "memory.memsw.limit_in_bytes", memory + swap);
}

static int limit_pids(const char *dir, int64_t value, const struct budget *all)
{
	return value == BUDGET_NOLIMIT ? cgroup_write(dir, "pids.max", "max")
				       : put(dir, "pids.max", value);
}

static int limit_io(const char *dir, int64_t weight, const struct budget *all)
{
	int64_t value = weight * BLKIO_DEFAULT / 100;
	int ret;

	value = value < 10 ? 10 : value > 1000 ? 1000 : value;
	ret = put(dir, "blkio.bfq.weight", value);
	return ret == -ENOENT ? put(dir, "blkio.weight", value) : ret;
}

static const struct {
	enum cgroup_controller needs;
	int (*set)(const char *dir, int64_t value, const struct budget *all);
} limits[BUDGET_KEY_COUNT] = {
	[BUDGET_CPUS] = { CGROUP_CPU, limit_cpus },
	[BUDGET_CPU_WEIGHT] = { CGROUP_CPU, limit_shares },
	[BUDGET_MEMORY] = { CGROUP_MEMORY, limit_memory },
	[BUDGET_SWAP] = { CGROUP_MEMORY, limit_memory },
	[BUDGET_PIDS] = { CGROUP_PIDS, limit_pids },
	[BUDGET_IO_WEIGHT] = { CGROUP_IO, limit_io },
};

int cgroup_v1_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		    const struct budget *all)
{
	int ret = -EOPNOTSUPP;

	if (limits[key].set && p->controllers & 1U << limits[key].needs)
		ret = limits[key].set(dir, all->value[key], all);
	return ret == -ENOENT ? -EOPNOTSUPP : ret;
}

static void usage_memory(const char *dir, struct cgroup_usage *u)
{
	long long limit = cgroup_read_number(dir, "memory.limit_in_bytes", NULL);
	long long both = cgroup_read_number(dir, "memory.memsw.limit_in_bytes", NULL);
	char stat[CGROUP_FILE_BYTES] = ""; /* dear to the kernel: read once */

	cgroup_read(dir, "memory.stat", stat, sizeof(stat));
	u->memory_bytes = cgroup_count(dir, "memory.usage_in_bytes", NULL);
	u->cache_bytes = cgroup_count_in(stat, "total_inactive_file") +
			 cgroup_count_in(stat, "total_active_file");
	u->swap_bytes = cgroup_count_in(stat, "total_swap");
	if (limit < 0)
		return;
	u->limit[BUDGET_MEMORY] = limit >= V1_UNLIMITED ? BUDGET_NOLIMIT : limit;
	if (both >= 0)
		u->limit[BUDGET_SWAP] = both >= V1_UNLIMITED ? BUDGET_NOLIMIT : both - limit;
}

static void usage_cpu(const char *dir, struct cgroup_usage *u)
{
	char quota[32];
	long long shares = cgroup_read_number(dir, "cpu.shares", NULL);

	u->throttled = cgroup_count(dir, "cpu.stat", "nr_throttled");
	u->throttled_us = cgroup_count(dir, "cpu.stat", "throttled_time") / 1000;
	if (cgroup_read(dir, "cpu.cfs_quota_us", quota, sizeof(quota)) == 0)
		u->limit[BUDGET_CPUS] =
			quota[0] == '-' ? BUDGET_NOLIMIT : atoll(quota) * 1000 / PERIOD_US;
	if (shares >= 0)
		u->limit[BUDGET_CPU_WEIGHT] = (shares * 100 + SHARES_DEFAULT / 2) / SHARES_DEFAULT;
}

void cgroup_v1_usage(const struct cgroup_place *p, const char *dir, const char *tasks,
		     struct cgroup_usage *u)
{
	if (p->controllers & 1U << CGROUP_CPU)
		usage_cpu(dir, u);
	if (p->controllers & 1U << CGROUP_CPUACCT)
		u->cpu_us = cgroup_count(dir, "cpuacct.usage", NULL) / 1000;
	if (p->controllers & 1U << CGROUP_MEMORY)
		usage_memory(dir, u);
	if (p->controllers & 1U << CGROUP_PIDS) {
		long long max = cgroup_read_number(tasks, "pids.max", NULL);

		u->pids = cgroup_count(tasks, "pids.current", NULL);
		u->limit[BUDGET_PIDS] = max < 0 ? BUDGET_NOLIMIT : max;
	}
}

static void events_of(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev)
{
	if (p->controllers & 1U << CGROUP_MEMORY) /* since 4.13 */
		ev->oom_kills += cgroup_count(dir, "memory.oom_control", "oom_kill");
	if (p->controllers & 1U << CGROUP_PIDS)
		ev->pids_refused += cgroup_count(dir, "pids.events", "max");
}

void cgroup_v1_events(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev)
{
	struct cgroup_below below;

	events_of(p, dir, ev);
	for (cgroup_below_open(&below, dir); cgroup_below_next(&below);)
		events_of(p, below.path, ev);
}
