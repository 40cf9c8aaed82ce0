// SPDX-License-Identifier: GPL-2.0-or-later
#include "heap.h"

#include <errno.h>
#include <stdlib.h>

void heap_init(struct heap *h, uint32_t low, uint32_t high)
{
	h->low = (low + HEAP_ALIGN - 1) & ~(HEAP_ALIGN - 1);
	h->high = high & ~(HEAP_ALIGN - 1);
	h->blocks = NULL;
}

void heap_finish(struct heap *h)
{
	while (h->blocks) {
		struct heap_block *b = h->blocks;

		h->blocks = b->next;
		free(b);
	}
}

static uint32_t rounded(uint32_t bytes)
{
	return bytes ? (bytes + HEAP_ALIGN - 1) & ~(HEAP_ALIGN - 1) : HEAP_ALIGN;
}

static uint32_t end_of(const struct heap_block *b)
{
	return b->at + rounded(b->bytes);
}

/* The free gap in front of *link: from @from up to the next block, or the end. */
static uint32_t gap_end(const struct heap *h, const struct heap_block *next)
{
	return next ? next->at : h->high;
}

static uint32_t insert(struct heap_block **link, uint32_t at, uint32_t bytes, uint32_t owner)
{
	struct heap_block *b = calloc(1, sizeof(*b));

	if (!b)
		return 0;
	b->at = at;
	b->bytes = bytes;
	b->owner = owner;
	b->next = *link;
	*link = b;
	return at;
}

uint32_t heap_alloc(struct heap *h, uint32_t bytes, uint32_t owner)
{
	struct heap_block **link = &h->blocks;
	uint32_t from = h->low, want = rounded(bytes);

	if (want < bytes)
		return 0;
	for (;; link = &(*link)->next) {
		if (gap_end(h, *link) - from >= want)
			return insert(link, from, bytes, owner);
		if (!*link)
			return 0;
		from = end_of(*link);
	}
}

uint32_t heap_alloc_top(struct heap *h, uint32_t bytes, uint32_t owner)
{
	struct heap_block **link = &h->blocks, **best = NULL;
	uint32_t from = h->low, want = rounded(bytes), at = 0;

	if (want < bytes)
		return 0;
	for (;; link = &(*link)->next) {
		uint32_t end = gap_end(h, *link);

		if (end - from >= want) {
			best = link;
			at = end - want;
		}
		if (!*link)
			break;
		from = end_of(*link);
	}
	return best ? insert(best, at, bytes, owner) : 0;
}

static struct heap_block **find(struct heap *h, uint32_t at)
{
	struct heap_block **link = &h->blocks;

	while (*link && (*link)->at != at)
		link = &(*link)->next;
	return *link ? link : NULL;
}

int heap_free(struct heap *h, uint32_t at)
{
	struct heap_block **link = find(h, at), *b;

	if (!link)
		return -EINVAL;
	b = *link;
	*link = b->next;
	free(b);
	return 0;
}

void heap_free_owner(struct heap *h, uint32_t owner)
{
	struct heap_block **link = &h->blocks;

	while (*link) {
		struct heap_block *b = *link;

		if (b->owner != owner) {
			link = &b->next;
			continue;
		}
		*link = b->next;
		free(b);
	}
}

uint32_t heap_room(const struct heap *h, uint32_t at)
{
	for (const struct heap_block *b = h->blocks; b; b = b->next) {
		if (b->at == at)
			return gap_end(h, b->next) - at;
	}
	return 0;
}

int heap_resize(struct heap *h, uint32_t at, uint32_t bytes)
{
	struct heap_block **link = find(h, at);

	if (!link)
		return -EINVAL;
	if (rounded(bytes) < bytes || rounded(bytes) > heap_room(h, at))
		return -ENOMEM;
	(*link)->bytes = bytes;
	return 0;
}

uint32_t heap_bytes(const struct heap *h, uint32_t at)
{
	for (const struct heap_block *b = h->blocks; b; b = b->next) {
		if (b->at == at)
			return b->bytes;
	}
	return 0;
}

uint32_t heap_largest(const struct heap *h)
{
	uint32_t from = h->low, best = 0;

	for (const struct heap_block *b = h->blocks;; b = b->next) {
		uint32_t gap = gap_end(h, b) - from;

		best = gap > best ? gap : best;
		if (!b)
			return best;
		from = end_of(b);
	}
}

uint32_t heap_unused(const struct heap *h)
{
	uint32_t unused = h->high - h->low;

	for (const struct heap_block *b = h->blocks; b; b = b->next)
		unused -= rounded(b->bytes);
	return unused;
}

void heap_give(struct heap *h, uint32_t at, uint32_t owner)
{
	struct heap_block **link = find(h, at);

	if (link)
		(*link)->owner = owner;
}
