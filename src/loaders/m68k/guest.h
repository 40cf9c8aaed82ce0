/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_GUEST_H
#define UCRUN_M68K_GUEST_H

#include <stdint.h>
#include <string.h>

/* The guest's address space, as Linux/m68k lays it out, and its byte order. */
#define GUEST_PAGE	 4096U
#define GUEST_PAGE_SHIFT 12
#define GUEST_PAGES	 (1U << 20)
#define GUEST_BYTES	 (1ULL << 32)
#define GUEST_TASK_END	 0xf0000000U /* TASK_SIZE: user addresses are below */
#define GUEST_MMAP_LOW	 0x40000000U
#define GUEST_DYN_BASE	 0x80000000U /* where a position-independent program goes */
#define GUEST_STUB	 0xf0010000U /* our page: code that reads and sets what the API hides */

static inline uint32_t guest_page_floor(uint32_t addr)
{
	return addr & ~(GUEST_PAGE - 1);
}

/* Wraps to 0 for the last page of all, which is never the guest's. */
static inline uint32_t guest_page_ceil(uint32_t addr)
{
	return guest_page_floor(addr + GUEST_PAGE - 1);
}

static inline uint16_t get16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

static inline uint64_t get64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

static inline void put16(void *p, uint16_t v)
{
	v = __builtin_bswap16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put32(void *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put64(void *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

#endif
