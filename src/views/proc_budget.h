/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PROC_BUDGET_H
#define UCRUN_PROC_BUDGET_H

/*
 * Files of /proc and /sys that tell how big the machine is, cut to a budget: text in, text out. As
 * in proc_text.h, what is returned is the caller's, and NULL means that there is no memory.
 */

/** In bytes; total 0: the memory is not limited. */
struct proc_memory {
	unsigned long long total, used, cache;
	unsigned long long swap, swap_used; /* swap ~0: as much as the machine has */
};

/** proc_meminfo() - /proc/meminfo; what would be more than the whole is cut to it */
char *proc_meminfo(const char *in, const struct proc_memory *m);
/** proc_cpuinfo() - /proc/cpuinfo with the first @cpus processors; 0: all */
char *proc_cpuinfo(const char *in, unsigned cpus);
/** proc_cpu_list() - "0-3,8" cut to the first @cpus; 0: all */
char *proc_cpu_list(const char *in, unsigned cpus);

#endif
