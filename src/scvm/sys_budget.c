// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The budget as programs see it: how many processors, how much memory.
 *
 * Processors are told, not taken away: with --cpus 2 a program that asks how many there are hears 2
 * and starts 2 threads, which the kernel runs wherever there is room. Pinning it to two by a cpuset
 * would let two compartments meet on one processor while others are idle.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>

#include "machine.h"
#include "proc_budget.h"
#include "sys.h"

#define TEXT_MAX_BYTES (4 << 20)
#define CPU_ONLINE     "/sys/devices/system/cpu/online" /* glibc's _SC_NPROCESSORS_ONLN */

#define ARG(i)	   (rq->args[i])
#define PID_ARG(i) ((pid_t)rq->args[i])

static struct scvm_budget look(void)
{
	struct scvm_budget b = { 0 };

	if (machine.cfg->look)
		machine.cfg->look(machine.cfg->budget_arg, &b);
	return b;
}

/* ---- files ---- */

char *scvm_budget_text(const struct scvm_budget *b, const char *file, const char *text)
{
	struct proc_memory m = {
		.total = b->memory_bytes,
		.used = b->memory_used_bytes,
		.cache = b->memory_cache_bytes,
		.swap = b->swap_bytes,
		.swap_used = b->swap_used_bytes,
	};

	if (strcmp(file, "meminfo") == 0)
		return proc_meminfo(text, &m);
	if (strcmp(file, "cpuinfo") == 0)
		return proc_cpuinfo(text, b->cpus);
	return proc_cpu_list(text, b->cpus);
}

/* The text of @host, cut to the budget, as a descriptor. */
static int open_text(const struct vnode *node, const char *host, const char *rel)
{
	autofree char *in = NULL, *out = NULL;
	ssize_t n = read_file_at(AT_FDCWD, host, TEXT_MAX_BYTES, &in);
	struct scvm_budget b;

	if (n < 0)
		return n;
	b = look();
	out = scvm_budget_text(&b, rel, in);
	return out ? shadow_text(node->path, out, strlen(out)) : -ENOMEM;
}

int budget_open_proc(const struct vnode *n)
{
	if (!machine.cfg->look)
		return -ENODATA;
	if (strcmp(n->rel, "meminfo") == 0)
		return open_text(n, "/proc/meminfo", n->rel);
	return strcmp(n->rel, "cpuinfo") == 0 ? open_text(n, "/proc/cpuinfo", n->rel) : -ENODATA;
}

int budget_open_sys(const struct vnode *n, int flags)
{
	struct statfs fs;

	if (!machine.cfg->look || n->path[1] != 's' || strcmp(n->path, CPU_ONLINE) != 0)
		return -ENODATA;
	if (flags & (O_PATH | O_DIRECTORY) || (flags & O_ACCMODE) != O_RDONLY || n->n.fd < 0 ||
	    fstatfs(n->n.fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC)
		return -ENODATA;
	return open_text(n, CPU_ONLINE, "online");
}

/* ---- calls ---- */

static unsigned long least(unsigned long a, unsigned long long bytes, unsigned unit)
{
	unsigned long long b = bytes / unit;

	return a < b ? a : b;
}

struct verdict sys_sysinfo(struct request *rq)
{
	struct scvm_budget b = look();
	unsigned long long rest, swap;
	struct sysinfo si;

	if (!b.memory_bytes)
		return verdict_continue();
	if (sysinfo(&si) < 0)
		return verdict_return(-errno);
	rest = b.memory_used_bytes < b.memory_bytes ? b.memory_bytes - b.memory_used_bytes : 0;
	swap = b.swap_used_bytes < b.swap_bytes ? b.swap_bytes - b.swap_used_bytes : 0;
	si.totalram = least(si.totalram, b.memory_bytes, si.mem_unit);
	si.freeram = least(si.freeram, rest, si.mem_unit);
	si.sharedram = least(si.sharedram, b.memory_bytes, si.mem_unit);
	si.bufferram = 0;
	si.totalswap = least(si.totalswap, b.swap_bytes, si.mem_unit);
	si.freeswap = least(si.freeswap, swap, si.mem_unit);
	return verdict_return(mem_write(rq, ARG(0), &si, sizeof(si)));
}

struct verdict sys_sched_getaffinity(struct request *rq)
{
	unsigned cpus = look().cpus, seen = 0;
	pid_t tid = PID_ARG(0) ? PID_ARG(0) : rq->tid;
	unsigned char mask[1024];
	uint64_t len = (uint32_t)ARG(1);
	long n;
	int ret;

	if (PID_ARG(0) < 0)
		return verdict_continue(); /* nobody's: the kernel has the error */
	/* At native level (no state) whoever is not of the session has no number. */
	if (PID_ARG(0) && rq->st && !rq_sees(rq, tid) && tid != rq->st->nest->ucrun)
		return verdict_return(-ESRCH);
	if (!cpus)
		return verdict_continue();
	/* The kernel's own checks of the length; it returns as much as it has. */
	n = syscall(SYS_sched_getaffinity, tid, len > sizeof(mask) ? sizeof(mask) : len, mask);
	if (n < 0)
		return verdict_return(-errno);
	for (long i = 0; i < n * 8; i++) {
		unsigned char bit = 1U << i % 8;

		if (mask[i / 8] & bit && ++seen > cpus)
			mask[i / 8] &= ~bit;
	}
	if (!request_valid(rq))
		return verdict_return(-ESRCH);
	ret = mem_write(rq, ARG(2), mask, n);
	return verdict_return(ret < 0 ? ret : n);
}
