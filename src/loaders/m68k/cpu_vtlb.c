// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory for Unicorn 2.1 and newer: the whole reservation is one region, and the engine asks us for
 * each page that its TLB does not know. A page is either written or executed (W^X): a write to a
 * page that code was translated from first drops that code, whoever writes. So self-modifying
 * programs are right without a hook on memory accesses, which would slow every store.
 */
#include <errno.h>

#include "cpu.h"
#include "direct.h"
#include "mem.h"

/* The engine's TLB begins with the first number; beyond the other, larger ones are no quicker. */
enum { TLB_ENTRIES_FIRST = 256, TLB_ENTRIES_ENOUGH = 16384 };

static uc_engine *engine;
static struct cpu_exit last_fault;
static bool fault_seen, fault_fetch;
static bool stale; /* the TLB may know pages that are being changed */
static unsigned fills, tlb_entries = TLB_ENTRIES_FIRST;

static void flush(void)
{
	fills = 0;
	stale = false;
	uc_ctl_flush_tlb(engine);
}

/* Drop the code of pages that have some, and let the next fetch ask again. */
static void drop_marked(uint32_t addr, uint64_t len)
{
	uint64_t end = addr + len;

	for (uint64_t at = guest_page_floor(addr); at < end; at += GUEST_PAGE) {
		if (!(mem_page[at >> GUEST_PAGE_SHIFT] & MEM_CODE))
			continue;
		uc_ctl_remove_cache(engine, at, at + GUEST_PAGE);
		mem_unmark_code(at);
	}
}

/* What had no rights is not in the TLB: a fresh mapping changes nothing there. */
static void before(uint32_t addr, uint64_t len)
{
	const uint8_t *page = mem_page + (addr >> GUEST_PAGE_SHIFT);

	for (uint64_t i = 0; i < len >> GUEST_PAGE_SHIFT && !stale; i++)
		stale = page[i] & MEM_R;
	drop_marked(addr, len);
}

static void after(uint32_t addr, uint64_t len)
{
	if (stale)
		flush();
}

static void code_write(uint32_t addr, uint64_t len)
{
	drop_marked(addr, len);
	flush();
}

static const struct mem_watcher watcher = {
	.before = before,
	.after = after,
	.code_write = code_write,
};

/*
 * The engine doubles its TLB when it is flushed and was mostly used since the flush before. Nothing
 * flushes it while a program computes: with more data than 1 MiB each access may miss it.
 */
static void grow_tlb(void)
{
	if (++fills < 2 * tlb_entries || tlb_entries >= TLB_ENTRIES_ENOUGH)
		return;
	tlb_entries *= 2;
	flush();
}

void cpu_mem_drop(uint32_t addr)
{
	code_write(addr, 1);
}

void cpu_mem_note_fault(uint32_t addr, bool write)
{
	last_fault.fault_addr = addr;
	last_fault.fault_write = write;
	fault_fetch = false;
	fault_seen = true;
}

/* The engine names only the page. It was asked by a helper: translated code does not ask. */
static uint32_t helper_addr(uint32_t page)
{
	return guest_page_floor(cpu_helper_addr) == page ? cpu_helper_addr : page;
}

static bool on_fill(uc_engine *uc, uint64_t vaddr, uc_mem_type type, uc_tlb_entry *entry,
		    void *data)
{
	uint8_t *page = &mem_page[(uint32_t)vaddr >> GUEST_PAGE_SHIFT];
	bool write = type == UC_MEM_WRITE, fetch = type == UC_MEM_FETCH;

	if (!(*page & (write ? MEM_W : MEM_R))) {
		cpu_mem_note_fault(!fetch && direct_on() ? helper_addr(vaddr) : (uint32_t)vaddr,
				   write);
		fault_fetch = fetch;
		return false;
	}
	grow_tlb();
	if (fetch)
		mem_mark_code(vaddr, direct_on());
	if (write && *page & MEM_CODE)
		drop_marked(vaddr, 1);
	entry->paddr = guest_page_floor(vaddr);
	entry->perms = UC_PROT_READ;
	if (*page & MEM_CODE)
		entry->perms |= UC_PROT_EXEC;
	else if (*page & MEM_W)
		entry->perms |= UC_PROT_WRITE;
	return true;
}

/* The engine stays with the exact PC of a missing access. */
bool cpu_mem_fault(struct cpu_exit *exit)
{
	if (!fault_seen)
		return false;
	fault_seen = false;
	exit->fault_addr = last_fault.fault_addr;
	exit->fault_write = last_fault.fault_write;
	if (fault_fetch)
		exit->fault_addr = cpu_get(UC_M68K_REG_PC);
	return true;
}

void cpu_mem_exact(uc_engine *uc)
{
}

/* uc_ctl_flush_tb() would fill the code buffer, a GiB, with zeros. The marks stay: so does the TLB.
 */
void cpu_mem_drop_all(uc_engine *uc)
{
	for (uint64_t page = 0; page < GUEST_PAGES; page++) {
		if (mem_page[page] & MEM_CODE)
			uc_ctl_remove_cache(uc, page << GUEST_PAGE_SHIFT,
					    (page + 1) << GUEST_PAGE_SHIFT);
	}
}

void cpu_mem_stub(void)
{
	uc_ctl_flush_tlb(engine);
}

int cpu_mem_init(uc_engine *uc, const char **why)
{
	uc_hook hook;

	engine = uc;
	*why = "the engine has no virtual TLB";
	if (uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL) != UC_ERR_OK ||
	    uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, (void *)on_fill, NULL, 1, 0) != UC_ERR_OK ||
	    uc_mem_map_ptr(uc, 0, GUEST_BYTES, UC_PROT_ALL, mem_base) != UC_ERR_OK)
		return -ENOTSUP;
	mem_watch(&watcher);
	return 0;
}
