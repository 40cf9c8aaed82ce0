// SPDX-License-Identifier: GPL-2.0-or-later
/* Who and what: identity, machine, limits, scheduling. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/sysinfo.h>

#include "call.h"
#include "conv.h"
#include "mem.h"
#include "util.h"

#define UTS_FIELD_BYTES	  65
#define TASK_NAME_BYTES	  16
#define GUEST_INFINITY	  0xffffffffU
#define OLD_INFINITY	  0x7fffffffU
#define CPU_SET_MAX_BYTES 1024

static void put_id(uint8_t *p, unsigned bytes, uint32_t id)
{
	if (bytes == 2)
		put16(p, id > 0xffff ? 65534 : (uint16_t)id); /* the overflow id */
	else
		put32(p, id);
}

static long get_groups(const uint32_t a[6], unsigned bytes)
{
	gid_t list[NGROUPS_MAX];
	int n = getgroups((int)a[0] ? NGROUPS_MAX : 0, list);
	uint8_t *out;

	if (n < 0 || (int)a[0] == 0)
		return n < 0 ? -errno : n;
	if ((int)a[0] < n)
		return -EINVAL;
	out = mem_ptr(a[1], n * bytes, MEM_W);
	if (n && !out)
		return -EFAULT;
	for (int i = 0; i < n; i++)
		put_id(out + i * bytes, bytes, list[i]);
	return n;
}

static long set_groups(const uint32_t a[6], unsigned bytes)
{
	const uint8_t *in;
	gid_t list[NGROUPS_MAX];

	if (a[0] > NGROUPS_MAX)
		return -EINVAL;
	in = mem_ptr(a[1], a[0] * bytes, MEM_R);
	if (a[0] && !in)
		return -EFAULT;
	for (uint32_t i = 0; i < a[0]; i++)
		list[i] = bytes == 2 ? get16(in + 2 * i) : get32(in + 4 * i);
	return syscall(SYS_setgroups, a[0], list) < 0 ? -errno : 0;
}

long call_getgroups(struct m68k_thread *t, const uint32_t a[6])
{
	return get_groups(a, 2);
}

long call_getgroups32(struct m68k_thread *t, const uint32_t a[6])
{
	return get_groups(a, 4);
}

long call_setgroups(struct m68k_thread *t, const uint32_t a[6])
{
	return set_groups(a, 2);
}

long call_setgroups32(struct m68k_thread *t, const uint32_t a[6])
{
	return set_groups(a, 4);
}

static long get_three(long nr, const uint32_t a[6], unsigned bytes)
{
	uint32_t id[3];

	if (syscall(nr, &id[0], &id[1], &id[2]) < 0)
		return -errno;
	for (int i = 0; i < 3; i++) {
		uint8_t *out = mem_ptr(a[i], bytes, MEM_W);

		if (!out)
			return -EFAULT;
		put_id(out, bytes, id[i]);
	}
	return 0;
}

long call_getresuid(struct m68k_thread *t, const uint32_t a[6])
{
	return get_three(SYS_getresuid, a, 2);
}

long call_getresgid(struct m68k_thread *t, const uint32_t a[6])
{
	return get_three(SYS_getresgid, a, 2);
}

long call_getresuid32(struct m68k_thread *t, const uint32_t a[6])
{
	return get_three(SYS_getresuid, a, 4);
}

long call_getresgid32(struct m68k_thread *t, const uint32_t a[6])
{
	return get_three(SYS_getresgid, a, 4);
}

long call_uname(struct m68k_thread *t, const uint32_t a[6])
{
	char *out = mem_ptr(a[0], 6 * UTS_FIELD_BYTES, MEM_W);
	struct utsname u;

	if (!out)
		return -EFAULT;
	if (uname(&u) < 0)
		return -errno;
	strcpy(u.machine, "m68k");
	memcpy(out, u.sysname, UTS_FIELD_BYTES);
	memcpy(out + UTS_FIELD_BYTES, u.nodename, UTS_FIELD_BYTES);
	memcpy(out + 2 * UTS_FIELD_BYTES, u.release, UTS_FIELD_BYTES);
	memcpy(out + 3 * UTS_FIELD_BYTES, u.version, UTS_FIELD_BYTES);
	memcpy(out + 4 * UTS_FIELD_BYTES, u.machine, UTS_FIELD_BYTES);
	memcpy(out + 5 * UTS_FIELD_BYTES, u.domainname, UTS_FIELD_BYTES);
	return 0;
}

/* Memory is counted in units that keep the numbers below 4 GiB, as the kernel's 32-bit form. */
long call_sysinfo(struct m68k_thread *t, const uint32_t a[6])
{
	struct sysinfo si;
	unsigned long *sizes[] = { &si.totalram,  &si.freeram,	&si.sharedram, &si.bufferram,
				   &si.totalswap, &si.freeswap, &si.totalhigh, &si.freehigh };

	if (syscall(SYS_sysinfo, &si) < 0)
		return -errno;
	while ((si.totalram >> 32 || si.totalswap >> 32) && si.mem_unit < GUEST_PAGE) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			*sizes[i] >>= 1;
		si.mem_unit <<= 1;
	}
	return conv_put(&conv_sysinfo, a[0], &si);
}

/* ---- limits ---- */

static uint32_t cut(rlim_t v, uint32_t infinity)
{
	return v == RLIM_INFINITY || v > infinity ? infinity : (uint32_t)v;
}

static long get_limit(const uint32_t a[6], uint32_t infinity)
{
	uint8_t *out = mem_ptr(a[1], 8, MEM_W);
	struct rlimit rl;

	if (getrlimit((int)a[0], &rl) < 0)
		return -errno;
	if (!out)
		return -EFAULT;
	put32(out, cut(rl.rlim_cur, infinity));
	put32(out + 4, cut(rl.rlim_max, infinity));
	return 0;
}

long call_getrlimit(struct m68k_thread *t, const uint32_t a[6])
{
	return get_limit(a, OLD_INFINITY);
}

long call_ugetrlimit(struct m68k_thread *t, const uint32_t a[6])
{
	return get_limit(a, GUEST_INFINITY);
}

/* These would be the emulator's limits, whose address space is the guest's and more. */
static bool is_ours(int resource)
{
	return resource == RLIMIT_AS || resource == RLIMIT_DATA || resource == RLIMIT_STACK;
}

long call_setrlimit(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *in = mem_ptr(a[1], 8, MEM_R);
	struct rlimit rl;

	if (!in)
		return -EFAULT;
	rl.rlim_cur = get32(in) == GUEST_INFINITY ? RLIM_INFINITY : get32(in);
	rl.rlim_max = get32(in + 4) == GUEST_INFINITY ? RLIM_INFINITY : get32(in + 4);
	if (rl.rlim_cur > rl.rlim_max)
		return -EINVAL;
	return is_ours((int)a[0]) || setrlimit((int)a[0], &rl) == 0 ? 0 : -errno;
}

long call_prlimit64(struct m68k_thread *t, const uint32_t a[6])
{
	bool set = a[2] && !((int)a[0] == 0 && is_ours((int)a[1]));
	struct rlimit want, was;

	if (a[2] && conv_get(&conv_rlimit64, &want, a[2]) < 0)
		return -EFAULT;
	if (syscall(SYS_prlimit64, (int)a[0], (int)a[1], set ? &want : NULL, &was) < 0)
		return -errno;
	return a[3] ? conv_put(&conv_rlimit64, a[3], &was) : 0;
}

long call_getrusage(struct m68k_thread *t, const uint32_t a[6])
{
	struct rusage ru;

	return getrusage((int)a[0], &ru) < 0 ? -errno : conv_put(&conv_rusage, a[1], &ru);
}

/* ---- the rest ---- */

long call_prctl(struct m68k_thread *t, const uint32_t a[6])
{
	char name[TASK_NAME_BYTES];
	const char *in;
	uint8_t *out;
	int value;

	switch (a[0]) {
	case PR_SET_NAME:
		in = mem_string(a[1], PATH_MAX);
		return in ? prctl(PR_SET_NAME, in) : -EFAULT;
	case PR_GET_NAME:
		out = mem_ptr(a[1], sizeof(name), MEM_W);
		if (!out)
			return -EFAULT;
		prctl(PR_GET_NAME, name);
		memcpy(out, name, sizeof(name));
		return 0;
	case PR_GET_PDEATHSIG:
	case PR_GET_CHILD_SUBREAPER:
		out = mem_ptr(a[1], 4, MEM_W);
		if (!out)
			return -EFAULT;
		if (prctl((int)a[0], &value) < 0)
			return -errno;
		put32(out, value);
		return 0;
	case PR_SET_PDEATHSIG:
	case PR_SET_CHILD_SUBREAPER:
	case PR_GET_DUMPABLE:
	case PR_SET_DUMPABLE:
	case PR_GET_KEEPCAPS:
	case PR_SET_KEEPCAPS:
	case PR_GET_NO_NEW_PRIVS:
	case PR_SET_NO_NEW_PRIVS:
	case PR_CAPBSET_READ:
		value = prctl((int)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4]);
		return value < 0 ? -errno : value;
	}
	return -EINVAL;
}

long call_personality(struct m68k_thread *t, const uint32_t a[6])
{
	return a[0] == 0 || a[0] == 0xffffffffU ? 0 : -EINVAL;
}

long call_getpagesize(struct m68k_thread *t, const uint32_t a[6])
{
	return GUEST_PAGE;
}

long call_nice(struct m68k_thread *t, const uint32_t a[6])
{
	errno = 0;
	return nice((int)a[0]) == -1 && errno ? -errno : 0;
}

/* The kernel's form of the answer: 20 - nice, so that it is never an error. */
long call_getpriority(struct m68k_thread *t, const uint32_t a[6])
{
	long rc = syscall(SYS_getpriority, (int)a[0], (int)a[1]);

	return rc < 0 ? -errno : rc;
}

/* What is right without doing anything. */
long call_nothing(struct m68k_thread *t, const uint32_t a[6])
{
	return 0;
}

/* sched_setparam(pid, param), sched_getparam(pid, param), sched_setscheduler(pid, policy, param) */
long call_sched_param(struct m68k_thread *t, const uint32_t a[6])
{
	enum { SETPARAM = 154, GETPARAM = 155 };
	uint32_t nr = cpu_get(UC_M68K_REG_D0), addr = nr > GETPARAM ? a[2] : a[1];
	uint8_t *p = mem_ptr(addr, 4, nr == GETPARAM ? MEM_W : MEM_R);
	struct sched_param param;
	long rc;

	if (!p)
		return addr ? -EFAULT : -EINVAL;
	param.sched_priority = (int)get32(p);
	if (nr == SETPARAM)
		rc = syscall(SYS_sched_setparam, (int)a[0], &param);
	else if (nr == GETPARAM)
		rc = syscall(SYS_sched_getparam, (int)a[0], &param);
	else
		rc = syscall(SYS_sched_setscheduler, (int)a[0], (int)a[1], &param);
	if (rc == 0 && nr == GETPARAM)
		put32(p, param.sched_priority);
	return rc < 0 ? -errno : rc;
}

/* Sets of processors are arrays of the machine's long: bit 0 of the first is processor 0. */
long call_sched_getaffinity(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t words[CPU_SET_MAX_BYTES / 4], n;
	uint8_t *out;
	long rc;

	if (a[1] & 3)
		return -EINVAL;
	n = a[1] < sizeof(words) ? a[1] : sizeof(words);
	rc = syscall(SYS_sched_getaffinity, (int)a[0], (n + 7) & ~7U, words);
	if (rc < 0)
		return -errno;
	n = (uint32_t)rc < n ? (uint32_t)rc : n;
	out = mem_ptr(a[2], n, MEM_W);
	if (!out)
		return -EFAULT;
	for (uint32_t i = 0; i < n / 4; i++)
		put32(out + 4 * i, words[i]);
	return n;
}

long call_sched_setaffinity(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t words[CPU_SET_MAX_BYTES / 4] = { 0 };
	uint32_t n = a[1] < sizeof(words) ? a[1] & ~3U : sizeof(words);
	const uint8_t *in = mem_ptr(a[2], n, MEM_R);

	if (n && !in)
		return -EFAULT;
	for (uint32_t i = 0; i < n / 4; i++)
		words[i] = get32(in + 4 * i);
	return syscall(SYS_sched_setaffinity, (int)a[0], (n + 7) & ~7U, words) < 0 ? -errno : 0;
}
