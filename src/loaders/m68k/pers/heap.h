/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_HEAP_H
#define UCRUN_M68K_HEAP_H

#include <stdint.h>

/*
 * The guest's memory as its system hands it out: blocks with an owner. The list is ours, so that a
 * program which writes before its block harms itself only.
 */
struct heap_block {
	struct heap_block *next; /* sorted by address */
	uint32_t at, bytes, owner;
};

struct heap {
	uint32_t low, high;
	struct heap_block *blocks;
};

#define HEAP_ALIGN 16U

void heap_init(struct heap *h, uint32_t low, uint32_t high);
void heap_finish(struct heap *h);
/** heap_alloc() - first fit, zeroed by nobody. Return: address, 0 when there is no room. */
uint32_t heap_alloc(struct heap *h, uint32_t bytes, uint32_t owner);
/** heap_alloc_top() - the same from the upper end */
uint32_t heap_alloc_top(struct heap *h, uint32_t bytes, uint32_t owner);
/** heap_free() - Return: 0 or -EINVAL */
int heap_free(struct heap *h, uint32_t at);
void heap_free_owner(struct heap *h, uint32_t owner);
/** heap_resize() - in place. Return: 0, -ENOMEM (heap_room() has the limit), -EINVAL */
int heap_resize(struct heap *h, uint32_t at, uint32_t bytes);
/** heap_room() - how large could the block at @at be? 0: no such block */
uint32_t heap_room(const struct heap *h, uint32_t at);
uint32_t heap_bytes(const struct heap *h, uint32_t at);
uint32_t heap_largest(const struct heap *h);
uint32_t heap_unused(const struct heap *h);
/** heap_give() - the block belongs to @owner from now on */
void heap_give(struct heap *h, uint32_t at, uint32_t owner);

#endif
