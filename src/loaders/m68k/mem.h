/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_MEM_H
#define UCRUN_M68K_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "guest.h"

/*
 * Theory of operation.
 * The guest's 4 GiB are one reservation of ours, so that a guest address is an offset. A byte a
 * page says what the guest may do there; the host's protection of the page is the same, so that a
 * system call of the host's that is given a pointer into the guest fails where the guest's would.
 * Every access of ours asks mem_ptr() or mem_span() first. The processor is told of each change
 * through struct mem_watcher; nothing else connects the two. All under the engine's lock.
 */
enum {
	MEM_R = 1,
	MEM_W = 2,
	MEM_X = 4, /* asked for; a 68040 executes whatever it can read */
	MEM_MAPPED = 8,
	MEM_SHARED = 16,
	MEM_CODE = 32, /* the processor has translated code here: a write must drop it */
	MEM_PROT = MEM_R | MEM_W | MEM_X,
};

/** struct mem_watcher - who must know when the address space changes (the processor) */
struct mem_watcher {
	/* before pages lose their content or rights */
	void (*before)(uint32_t addr, uint64_t len);
	/* after the page table and the host's mappings say the new state */
	void (*after)(uint32_t addr, uint64_t len);
	/* before we write to a page with MEM_CODE or MEM_X */
	void (*code_write)(uint32_t addr, uint64_t len);
};

/** struct mem_name - which file is mapped where; for the maps file, and for who saves it */
struct mem_name {
	struct mem_name *next;
	uint32_t addr;
	uint64_t end;
	off_t offset;
	char *path;
};

/** struct mem_break - the break, and where mmap() looks for room next */
struct mem_break {
	uint32_t low, now, search_from;
};

extern uint8_t *mem_base;
extern uint8_t mem_page[GUEST_PAGES];

/** mem_init() - reserve the address space. Return 0 or -errno. */
int mem_init(void);
void mem_finish(void);
void mem_watch(const struct mem_watcher *watcher);

/**
 * mem_map() - what mmap(2) does, in the guest
 * @prot: MEM_R...; @flags: the host's MAP_* (the guest's are the same); @fd, @offset: as mmap(2)
 * Return: the guest address, or -errno as the guest should see it.
 */
int64_t mem_map(uint32_t addr, uint32_t len, unsigned prot, int flags, int fd, off_t offset);
int mem_unmap(uint32_t addr, uint32_t len);
int mem_protect(uint32_t addr, uint32_t len, unsigned prot);
int64_t mem_remap(uint32_t old, uint32_t old_len, uint32_t new_len, int flags, uint32_t new_addr);
/** mem_set_break() - the end of the program's data: where brk starts */
void mem_set_break(uint32_t addr);
/** mem_brk() - move the break, or answer where it is when that is not possible (as brk(2)) */
uint32_t mem_brk(uint32_t addr);
void mem_get_break(struct mem_break *out);
void mem_put_break(const struct mem_break *in);
/** mem_names() - by next, the newest first */
const struct mem_name *mem_names(void);
/** mem_add_name() - @path is mapped at these @bytes, from @offset on; it is copied */
void mem_add_name(uint32_t addr, uint64_t bytes, off_t offset, const char *path);
/** mem_is_mapped() - is every page of the range mapped (whatever the rights)? */
bool mem_is_mapped(uint32_t addr, uint32_t len);

/**
 * mem_span() - how many bytes from @addr on, up to @len, have the right @need?
 * When @need has MEM_W, translated code in the range is dropped.
 */
uint32_t mem_span(uint32_t addr, uint32_t len, unsigned need);
/** mem_ptr() - the host's address of a range that has the right @need as a whole; else NULL */
void *mem_ptr(uint32_t addr, uint32_t len, unsigned need);
/** mem_mark_code() - the page of @addr has translated code now; @guard: a write is the host's fault
 */
void mem_mark_code(uint32_t addr, bool guard);
/** mem_unmark_code() - no longer */
void mem_unmark_code(uint32_t addr);
/** mem_string() - a NUL-terminated string of at most @max bytes with the NUL; else NULL */
const char *mem_string(uint32_t addr, uint32_t max);
/** mem_peek() - for a debugger: what can be read from @addr on. Return: bytes, at most @len */
uint32_t mem_peek(uint32_t addr, void *out, uint32_t len);
/** mem_poke() - for a debugger: write whatever the rights. Return: false: not all of it is mapped
 */
bool mem_poke(uint32_t addr, const void *data, uint32_t len);
/** mem_write_maps() - /proc/self/maps as the guest should see it; @stack: an address in it */
void mem_write_maps(FILE *out, uint32_t stack);

static inline void *mem_host(uint32_t addr)
{
	return mem_base + addr;
}

#endif
