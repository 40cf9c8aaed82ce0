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

static int limit_cpus(const char *dir, int64_t value)
{
	int64_t quota = value == BUDGET_NOLIMIT ? -1 : value * (PERIOD_US / 1000);
	int ret;

	put(dir, "cpu.cfs_burst_us", 0); /* must not be above the quota at any moment */
	ret = put(dir, "cpu.cfs_quota_us", quota);
	if (ret == 0 && quota > 0) /* since 5.14: what was not used a moment ago may be used now */
		put(dir, "cpu.cfs_burst_us", quota);
	return ret;
}

/* memsw, memory and swap together, may never be below memory: the order depends on the direction.
 */
static int limit_memory(const char *dir, int64_t memory, int64_t swap)
{
	int64_t both = memory == BUDGET_NOLIMIT || swap == BUDGET_NOLIMIT || swap == BUDGET_UNSET
			       ? -1
			       : memory + swap;
	int ret;

	put(dir, "memory.memsw.limit_in_bytes", -1);
	ret = put(dir, "memory.limit_in_bytes", memory == BUDGET_NOLIMIT ? -1 : memory);
	if (ret == 0 && both >= 0)
		ret = put(dir, "memory.memsw.limit_in_bytes", both);
	return ret;
}

static int limit_pids(const char *dir, int64_t value)
{
	autofree char *tasks = str_printf("%s/" CGROUP_RUN, dir);

	if (!tasks)
		return -ENOMEM;
	return value == BUDGET_NOLIMIT ? cgroup_write(tasks, "pids.max", "max")
				       : put(tasks, "pids.max", value);
}

static int limit_io(const char *dir, int64_t weight)
{
	int64_t value = weight * BLKIO_DEFAULT / 100;
	int ret;

	value = value < 10 ? 10 : value > 1000 ? 1000 : value;
	ret = put(dir, "blkio.bfq.weight", value);
	return ret == -ENOENT ? put(dir, "blkio.weight", value) : ret;
}

int cgroup_v1_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		    int64_t value, const struct budget *all)
{
	static const enum cgroup_controller needs[BUDGET_KEY_COUNT] = {
		[BUDGET_CPUS] = CGROUP_CPU,
		[BUDGET_CPU_WEIGHT] = CGROUP_CPU,
		[BUDGET_MEMORY] = CGROUP_MEMORY,
		[BUDGET_SWAP] = CGROUP_MEMORY,
		[BUDGET_PIDS] = CGROUP_PIDS,
		[BUDGET_IO_WEIGHT] = CGROUP_IO,
		[BUDGET_NOFILE] = CGROUP_CONTROLLER_COUNT,
	};
	int64_t shares;
	int ret;

	if (!(p->controllers & 1U << needs[key]))
		return -EOPNOTSUPP;
	switch (key) {
	case BUDGET_CPUS:
		ret = limit_cpus(dir, value);
		break;
	case BUDGET_CPU_WEIGHT:
		shares = value * SHARES_DEFAULT / 100;
		ret = put(dir, "cpu.shares", shares < 2 ? 2 : shares);
		break;
	case BUDGET_MEMORY:
	case BUDGET_SWAP:
		ret = limit_memory(dir, all->value[BUDGET_MEMORY], all->value[BUDGET_SWAP]);
		break;
	case BUDGET_PIDS:
		ret = limit_pids(dir, value);
		break;
	case BUDGET_IO_WEIGHT:
		ret = limit_io(dir, value);
		break;
	default:
		ret = -EOPNOTSUPP;
	}
	return ret == -ENOENT ? -EOPNOTSUPP : ret;
}

static void usage_memory(const char *dir, struct cgroup_usage *u)
{
	long long limit = cgroup_read_number(dir, "memory.limit_in_bytes", NULL);
	long long both = cgroup_read_number(dir, "memory.memsw.limit_in_bytes", NULL);

	u->memory_bytes = cgroup_count(dir, "memory.usage_in_bytes", NULL);
	u->cache_bytes = cgroup_count(dir, "memory.stat", "total_inactive_file") +
			 cgroup_count(dir, "memory.stat", "total_active_file");
	u->swap_bytes = cgroup_count(dir, "memory.stat", "total_swap");
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

void cgroup_v1_usage(const struct cgroup_place *p, const char *dir, struct cgroup_usage *u)
{
	autofree char *tasks = str_printf("%s/" CGROUP_RUN, dir);

	if (p->controllers & 1U << CGROUP_CPU)
		usage_cpu(dir, u);
	if (p->controllers & 1U << CGROUP_CPUACCT)
		u->cpu_us = cgroup_count(dir, "cpuacct.usage", NULL) / 1000;
	if (p->controllers & 1U << CGROUP_MEMORY)
		usage_memory(dir, u);
	if (tasks && p->controllers & 1U << CGROUP_PIDS) {
		long long max = cgroup_read_number(tasks, "pids.max", NULL);

		u->pids = cgroup_count(tasks, "pids.current", NULL);
		u->limit[BUDGET_PIDS] = max < 0 ? BUDGET_NOLIMIT : max;
	}
}

void cgroup_v1_events(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev)
{
	if (p->controllers & 1U << CGROUP_MEMORY) /* since 4.13 */
		ev->oom_kills += cgroup_count(dir, "memory.oom_control", "oom_kill");
	if (p->controllers & 1U << CGROUP_PIDS)
		ev->pids_refused += cgroup_count(dir, "pids.events", "max");
}
