// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/mman.h>

#include "call.h"
#include "mem.h"

#define MMAP2_UNIT 4096ULL /* mmap2 counts the offset in these, whatever the page size */

/* PROT_* and MEM_* are the same three bits; PROT_SEM and the grow flags mean nothing here. */
static unsigned prot_of(uint32_t prot)
{
	return prot & MEM_PROT;
}

_Static_assert(MEM_R == PROT_READ && MEM_W == PROT_WRITE && MEM_X == PROT_EXEC, "prot_of()");

long call_brk(struct m68k_thread *t, const uint32_t a[6])
{
	return mem_brk(a[0]);
}

/* The old call: six words in memory, and the offset in bytes. */
long call_mmap(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *p = mem_ptr(a[0], 24, MEM_R);

	if (!p)
		return -EFAULT;
	return mem_map(get32(p), get32(p + 4), prot_of(get32(p + 8)), (int)get32(p + 12),
		       (int)get32(p + 16), get32(p + 20));
}

long call_mmap2(struct m68k_thread *t, const uint32_t a[6])
{
	return mem_map(a[0], a[1], prot_of(a[2]), (int)a[3], (int)a[4], (off_t)(a[5] * MMAP2_UNIT));
}

long call_munmap(struct m68k_thread *t, const uint32_t a[6])
{
	return mem_unmap(a[0], a[1]);
}

long call_mprotect(struct m68k_thread *t, const uint32_t a[6])
{
	return mem_protect(a[0], a[1], prot_of(a[2]));
}

long call_mremap(struct m68k_thread *t, const uint32_t a[6])
{
	return mem_remap(a[0], a[1], a[2], (int)a[3], a[4]);
}

long call_madvise(struct m68k_thread *t, const uint32_t a[6])
{
	if (a[0] & (GUEST_PAGE - 1))
		return -EINVAL;
	if (a[1] == 0)
		return 0;
	if (!mem_is_mapped(a[0], a[1]))
		return -ENOMEM;
	/* Only what changes the content, and only forgetting: the rest is a hint to nobody. */
	if (a[2] != MADV_DONTNEED && a[2] != MADV_FREE)
		return 0;
	return madvise(mem_host(a[0]), a[1], MADV_DONTNEED) < 0 ? -errno : 0;
}

long call_msync(struct m68k_thread *t, const uint32_t a[6])
{
	if (a[0] & (GUEST_PAGE - 1))
		return -EINVAL;
	if (a[1] && !mem_is_mapped(a[0], a[1]))
		return -ENOMEM;
	return msync(mem_host(a[0]), a[1], (int)a[2]) < 0 ? -errno : 0;
}

long call_mincore(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t pages = (uint32_t)(((uint64_t)a[1] + GUEST_PAGE - 1) / GUEST_PAGE);
	uint8_t *out = mem_ptr(a[2], pages, MEM_W);

	if (a[0] & (GUEST_PAGE - 1))
		return -EINVAL;
	if (a[1] && !mem_is_mapped(a[0], a[1]))
		return -ENOMEM;
	if (!out)
		return -EFAULT;
	return mincore(mem_host(a[0]), a[1], out) < 0 ? -errno : 0;
}

long call_mlock(struct m68k_thread *t, const uint32_t a[6])
{
	return a[1] == 0 || mem_is_mapped(guest_page_floor(a[0]), a[1]) ? 0 : -ENOMEM;
}

/* cacheflush(address, scope, cache, length): the program wrote code, or had it written. */
long call_cacheflush(struct m68k_thread *t, const uint32_t a[6])
{
	enum { SCOPE_LINE = 1, SCOPE_PAGE, SCOPE_ALL };
	uint32_t addr = a[0], len = a[3];

	if (a[1] < SCOPE_LINE || a[1] > SCOPE_ALL || a[2] & ~3U)
		return -EINVAL;
	if (a[1] == SCOPE_ALL || len == 0)
		return 0; /* what programs really wrote is followed without being told */
	if ((uint64_t)addr + len > GUEST_TASK_END || !mem_is_mapped(addr, len))
		return -EINVAL;
	cpu_drop_code(addr, len);
	return 0;
}

/* d0 = cmpxchg(a0, d1 new, d2 old) - the arguments are spread over the registers like this. */
long call_atomic_cmpxchg_32(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *p = mem_ptr(a[5], 4, MEM_R | MEM_W);
	uint32_t was;

	if (!p) {
		signal_force(t, SIGSEGV, SEGV_MAPERR, a[5]);
		return 0;
	}
	was = get32(p);
	if (was == a[1])
		put32(p, a[0]);
	return was;
}

long call_atomic_barrier(struct m68k_thread *t, const uint32_t a[6])
{
	return 0;
}
