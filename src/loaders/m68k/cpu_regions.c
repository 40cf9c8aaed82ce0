// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory for Unicorn 2.0: its own regions, each a piece of our reservation, kept the same as the
 * page table. Changing a region costs time in proportion to its size, so that a region is no larger
 * than what the guest mapped. The PC of a fault is the start of the block here; once the guest
 * can look at it, an instruction hook keeps count.
 */
#include <errno.h>

#include "chain.h"
#include "cpu.h"
#include "direct.h"
#include "mem.h"
#include "missing.h"
#include "original.h"

static uc_engine *engine;
static uint8_t region_page[GUEST_PAGES]; /* rights that the engine knows, 0: not mapped */
static struct cpu_exit last_fault;
static bool fault_seen, exact;
static uint32_t insn_pc;

static uint32_t wanted(uint32_t page)
{
	unsigned bits = mem_page[page];

	if (!(bits & MEM_R))
		return 0;
	return UC_PROT_READ | UC_PROT_EXEC | (bits & MEM_W ? UC_PROT_WRITE : 0);
}

static void change(uint32_t page, uint32_t count, uint32_t have, uint32_t want)
{
	uint64_t addr = (uint64_t)page << GUEST_PAGE_SHIFT;
	size_t len = (size_t)count << GUEST_PAGE_SHIFT;

	if (have && want)
		uc_mem_protect(engine, addr, len, want);
	else if (have)
		uc_mem_unmap(engine, addr, len);
	else
		uc_mem_map_ptr(engine, addr, len, want, mem_host(addr));
	memset(region_page + page, want, count);
}

static void after(uint32_t addr, uint64_t len)
{
	uint32_t page = addr >> GUEST_PAGE_SHIFT, end = (addr + len) >> GUEST_PAGE_SHIFT;

	while (page < end) {
		uint32_t have = region_page[page], want = wanted(page), first = page;

		while (page < end && region_page[page] == have && wanted(page) == want)
			page++;
		if (have != want)
			change(first, page - first, have, want);
	}
}

static void before(uint32_t addr, uint64_t len)
{
	uint64_t end = addr + len;

	for (uint64_t at = addr; at < end; at += GUEST_PAGE) {
		unsigned bits = mem_page[at >> GUEST_PAGE_SHIFT];

		if (bits & (MEM_X | MEM_CODE))
			cpu_drop_code(at, GUEST_PAGE);
		if (bits & MEM_CODE)
			mem_unmark_code(at);
	}
}

static void code_write(uint32_t addr, uint64_t len)
{
	before(guest_page_floor(addr), len + (addr & (GUEST_PAGE - 1)));
}

static const struct mem_watcher watcher = {
	.before = before,
	.after = after,
	.code_write = code_write,
};

void cpu_mem_drop(uint32_t addr)
{
	code_write(addr, 1);
}

void cpu_mem_note_fault(uint32_t addr, bool write)
{
	/* A helper (fmovem) goes on to its end: its first access is the one. */
	if (fault_seen)
		return;
	last_fault.fault_addr = addr;
	last_fault.fault_write = write;
	fault_seen = true;
}

static bool on_fault(uc_engine *uc, uc_mem_type type, uint64_t addr, int size, int64_t value,
		     void *data)
{
	cpu_mem_note_fault(addr, type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT);
	return false;
}

static void on_insn(uc_engine *uc, uint64_t addr, uint32_t size, void *data)
{
	insn_pc = addr;
}

uint32_t cpu_lduw_code_m68k(void *env, uint32_t addr)
{
	typedef uint32_t load(void *env, uint32_t addr);
	ORIGINAL(load, cpu_lduw_code_m68k);
	uint16_t word = fn(env, addr);

	if (direct_on())
		mem_mark_code(addr, true);
	return chain_is_insn(addr) ? missing_shown(word) : word;
}

bool cpu_mem_fault(struct cpu_exit *exit)
{
	if (!fault_seen)
		return false;
	fault_seen = false;
	exit->fault_addr = last_fault.fault_addr;
	exit->fault_write = last_fault.fault_write;
	/* A fetch that fails is at its own address already. */
	if (exact && cpu_get(UC_M68K_REG_PC) != exit->fault_addr)
		cpu_set(UC_M68K_REG_PC, insn_pc);
	return true;
}

/* uc_ctl_flush_tlb() drops the code as well, and fills its buffer, a GiB, with zeros: seconds. */
void cpu_mem_drop_all(uc_engine *uc)
{
	for (uint64_t page = 0; page < GUEST_PAGES; page++) {
		if (region_page[page])
			cpu_drop_code(page << GUEST_PAGE_SHIFT, GUEST_PAGE);
	}
}

void cpu_mem_exact(uc_engine *uc)
{
	uc_hook hook;

	if (exact)
		return;
	exact = uc_hook_add(uc, &hook, UC_HOOK_CODE, (void *)on_insn, NULL, 1, 0) == UC_ERR_OK;
	cpu_mem_drop_all(uc); /* the blocks so far have no hook in them */
}

void cpu_mem_stub(void)
{
	after(GUEST_STUB, 2 * GUEST_PAGE);
}

int cpu_mem_init(uc_engine *uc, const char **why)
{
	uc_hook hook;

	engine = uc;
	*why = "the engine has no hook for faults";
	if (uc_hook_add(uc, &hook, UC_HOOK_MEM_INVALID, (void *)on_fault, NULL, 1, 0) != UC_ERR_OK)
		return -ENOTSUP;
	mem_watch(&watcher);
	return 0;
}
