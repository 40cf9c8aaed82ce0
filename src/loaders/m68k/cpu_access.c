// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory as the engine's own helpers see it (fmovem, bit fields, the translator's fetches), for
 * Unicorn 2.1 and newer. The library looks up the region of each such access, which takes ten times
 * as long as the access; the page table knows better. What it does not allow, and what would be the
 * first fetch from a page or a write to translated code, is the library's as before: it asks
 * cpu_vtlb.c. Like engine.c, this takes the place of functions that the library calls by name.
 */
#include "chain.h"
#include "cpu.h"
#include "mem.h"
#include "missing.h"
#include "original.h"

uint32_t cpu_helper_addr;

/* Where the bytes are when all lie in one page of which @all of the bits are set and @none is; else
 * NULL */
static void *direct(uint32_t addr, uint32_t bytes, unsigned all, unsigned none)
{
	unsigned bits = mem_page[addr >> GUEST_PAGE_SHIFT];

	if ((bits & (all | none)) != all || (addr & (GUEST_PAGE - 1)) > GUEST_PAGE - bytes)
		return NULL;
	return mem_host(addr);
}

static uint32_t get8(const uint8_t *p)
{
	return *p;
}

static void put8(uint8_t *p, uint8_t v)
{
	*p = v;
}

#define LOAD(type, name, bytes, get)                                                \
	__attribute__((visibility("default"))) type name(void *env, uint32_t addr,  \
							 uintptr_t host_pc);        \
	type name(void *env, uint32_t addr, uintptr_t host_pc)                      \
	{                                                                           \
		static type (*fn)(void *env, uint32_t addr, uintptr_t host_pc);     \
		const void *at = direct(addr, bytes, MEM_R, 0);                     \
                                                                                    \
		if (at)                                                             \
			return get(at);                                             \
		if (!fn)                                                            \
			fn = (type(*)(void *, uint32_t, uintptr_t))original(#name); \
		cpu_helper_addr = addr;                                             \
		return fn(env, addr, host_pc);                                      \
	}
#define STORE(type, name, bytes, put)                                                          \
	__attribute__((visibility("default"))) void name(void *env, uint32_t addr, type value, \
							 uintptr_t host_pc);                   \
	void name(void *env, uint32_t addr, type value, uintptr_t host_pc)                     \
	{                                                                                      \
		static void (*fn)(void *env, uint32_t addr, type value, uintptr_t host_pc);    \
		void *at = direct(addr, bytes, MEM_W, MEM_CODE);                               \
                                                                                               \
		if (at) {                                                                      \
			put(at, value);                                                        \
			return;                                                                \
		}                                                                              \
		if (!fn)                                                                       \
			fn = (void (*)(void *, uint32_t, type, uintptr_t))original(#name);     \
		cpu_helper_addr = addr;                                                        \
		fn(env, addr, value, host_pc);                                                 \
	}
#define FETCH(name, bytes, get)                                                         \
	__attribute__((visibility("default"))) uint32_t name(void *env, uint32_t addr); \
	uint32_t name(void *env, uint32_t addr)                                         \
	{                                                                               \
		static uint32_t (*fn)(void *env, uint32_t addr);                        \
		const void *at = direct(addr, bytes, MEM_R | MEM_CODE, 0);              \
                                                                                        \
		if (at)                                                                 \
			return get(at);                                                 \
		if (!fn)                                                                \
			fn = (uint32_t(*)(void *, uint32_t))original(#name);            \
		return fn(env, addr);                                                   \
	}

LOAD(uint32_t, cpu_ldub_data_ra_m68k, 1, get8)
LOAD(uint32_t, cpu_lduw_data_ra_m68k, 2, get16)
LOAD(uint32_t, cpu_ldl_data_ra_m68k, 4, get32)
LOAD(uint64_t, cpu_ldq_data_ra_m68k, 8, get64)
STORE(uint32_t, cpu_stb_data_ra_m68k, 1, put8)
STORE(uint32_t, cpu_stw_data_ra_m68k, 2, put16)
STORE(uint32_t, cpu_stl_data_ra_m68k, 4, put32)
STORE(uint64_t, cpu_stq_data_ra_m68k, 8, put64)
FETCH(cpu_ldl_code_m68k, 4, get32)

uint32_t cpu_lduw_code_m68k(void *env, uint32_t addr)
{
	typedef uint32_t load(void *env, uint32_t addr);
	ORIGINAL(load, cpu_lduw_code_m68k);
	const void *at = direct(addr, 2, MEM_R | MEM_CODE, 0);
	uint16_t word = at ? get16(at) : fn(env, addr);

	return chain_is_insn(addr) ? missing_shown(word) : word;
}
