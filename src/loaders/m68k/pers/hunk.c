// SPDX-License-Identifier: GPL-2.0-or-later
/* AmigaDOS load files: a table of sizes, then hunks with content, relocation, symbols. */
#include "hunk.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "guest.h"

#define SIZE_MASK      0x3fffffffU /* the two upper bits ask for a kind of memory */
#define SEG_HEAD       8U /* size and link in front of a hunk's content */
#define HUNK_BYTES_MAX 0x00e00000U

enum {
	HUNK_UNIT = 0x3e7,
	HUNK_NAME = 0x3e8,
	HUNK_CODE = 0x3e9,
	HUNK_DATA = 0x3ea,
	HUNK_BSS = 0x3eb,
	HUNK_RELOC32 = 0x3ec,
	HUNK_SYMBOL = 0x3f0,
	HUNK_DEBUG = 0x3f1,
	HUNK_END = 0x3f2,
	HUNK_HEADER = 0x3f3,
	HUNK_OVERLAY = 0x3f5,
	HUNK_BREAK = 0x3f6,
	HUNK_DREL32 = 0x3f7,
	HUNK_RELOC32SHORT = 0x3fc,
};

struct reader {
	const uint8_t *at, *end;
	bool short_of; /* something was asked for that is not there */
};

static uint32_t next(struct reader *r)
{
	if (r->end - r->at < 4) {
		r->short_of = true;
		r->at = r->end;
		return 0;
	}
	r->at += 4;
	return get32(r->at - 4);
}

static unsigned next16(struct reader *r)
{
	if (r->end - r->at < 2) {
		r->short_of = true;
		return 0;
	}
	r->at += 2;
	return get16(r->at - 2);
}

static const uint8_t *skip(struct reader *r, uint64_t bytes)
{
	const uint8_t *at = r->at;

	if (bytes > (uint64_t)(r->end - r->at)) {
		r->short_of = true;
		r->at = r->end;
		return NULL;
	}
	r->at += bytes;
	return at;
}

struct image {
	uint8_t *mem;
	uint32_t count;
	uint32_t at[HUNK_MAX], bytes[HUNK_MAX];
};

static int allocate(struct reader *r, struct image *img, struct heap *heap, uint32_t owner,
		    const char **why)
{
	uint32_t first, last;

	*why = "no 000003F3 at its beginning";
	if (next(r) != HUNK_HEADER)
		return -ENOEXEC;
	*why = "it names resident libraries, which were never used";
	if (next(r))
		return -ENOEXEC;
	img->count = next(r);
	first = next(r);
	last = next(r);
	*why = "its table of hunks is broken";
	if (r->short_of || !img->count || img->count > HUNK_MAX || first || last != img->count - 1)
		return -ENOEXEC;
	for (uint32_t i = 0; i < img->count; i++) {
		uint32_t size = next(r);
		uint64_t bytes = (uint64_t)(size & SIZE_MASK) * 4;

		if (size >> 30 == 3) /* the kind follows */
			next(r);
		*why = "its table of hunks ends beyond the end of the file";
		if (r->short_of)
			return -ENOEXEC;
		*why = "a hunk is larger than the machine's memory";
		if (bytes > HUNK_BYTES_MAX)
			return -ENOEXEC;
		img->bytes[i] = (uint32_t)bytes;
		img->at[i] = heap_alloc(heap, (uint32_t)bytes + SEG_HEAD, owner);
		if (!img->at[i])
			return -ENOMEM;
		put32(img->mem + img->at[i], (uint32_t)bytes + SEG_HEAD);
		put32(img->mem + img->at[i] + 4, 0);
		memset(img->mem + img->at[i] + SEG_HEAD, 0, (size_t)bytes);
		if (i)
			put32(img->mem + img->at[i - 1] + 4, (img->at[i] + 4) >> 2);
	}
	return 0;
}

static int relocate(struct reader *r, struct image *img, uint32_t hunk, bool is_short,
		    const char **why)
{
	const uint8_t *start = r->at;
	uint32_t count;

	while ((count = is_short ? next16(r) : next(r)) != 0) {
		uint32_t target = is_short ? next16(r) : next(r);

		*why = "its relocation names a hunk that is not there";
		if (r->short_of || target >= img->count)
			return -ENOEXEC;
		while (count--) {
			uint32_t at = is_short ? next16(r) : next(r);
			uint8_t *p = img->mem + img->at[hunk] + SEG_HEAD + at;

			*why = "its relocation is outside its hunk";
			if (r->short_of || at > img->bytes[hunk] || img->bytes[hunk] - at < 4)
				return -ENOEXEC;
			put32(p, get32(p) + img->at[target] + SEG_HEAD);
		}
	}
	if (is_short && (r->at - start) & 2)
		next16(r);
	return 0;
}

/* One hunk's blocks up to its end. Return: 0 or -ENOEXEC. */
static int read_hunk(struct reader *r, struct image *img, uint32_t i, const char **why)
{
	bool has_content = false;
	const uint8_t *body;
	uint64_t bytes;
	uint32_t kind;
	int rc;

	for (;;) {
		*why = "its hunks end beyond the end of the file";
		/* The last end may be missing. */
		if (r->at == r->end && has_content)
			return 0;
		kind = next(r) & SIZE_MASK;
		if (r->short_of)
			return -ENOEXEC;
		switch (kind) {
		case HUNK_NAME:
		case HUNK_DEBUG:
			skip(r, (uint64_t)next(r) * 4);
			break;
		case HUNK_CODE:
		case HUNK_DATA:
			if (has_content) { /* no end in between: the next one begins */
				r->at -= 4;
				return 0;
			}
			bytes = (uint64_t)(next(r) & SIZE_MASK) * 4;
			body = skip(r, bytes);
			if (!body)
				return -ENOEXEC;
			*why = "a hunk is larger than its place";
			if (bytes > img->bytes[i])
				return -ENOEXEC;
			memcpy(img->mem + img->at[i] + SEG_HEAD, body, (size_t)bytes);
			has_content = true;
			break;
		case HUNK_BSS:
			if (has_content) {
				r->at -= 4;
				return 0;
			}
			next(r);
			has_content = true;
			break;
		case HUNK_RELOC32:
			rc = relocate(r, img, i, false, why);
			if (rc < 0)
				return rc;
			break;
		case HUNK_DREL32:
		case HUNK_RELOC32SHORT:
			rc = relocate(r, img, i, true, why);
			if (rc < 0)
				return rc;
			break;
		case HUNK_SYMBOL:
			while ((kind = next(r)) != 0)
				skip(r, (uint64_t)(kind & 0xffffff) * 4 + 4);
			break;
		case HUNK_END:
			return 0;
		case HUNK_OVERLAY:
		case HUNK_BREAK:
			*why = "it has overlays, which are not supported";
			return -ENOEXEC;
		default:
			*why = "it has a kind of hunk that no load file has";
			return -ENOEXEC;
		}
	}
}

void hunk_unload(const uint8_t *mem, struct heap *heap, uint32_t seglist)
{
	for (unsigned i = 0; seglist && i < HUNK_MAX; i++) {
		uint32_t at = seglist * 4 - 4;

		if (!heap_bytes(heap, at))
			return;
		seglist = get32(mem + at + 4);
		heap_free(heap, at);
	}
}

int hunk_load(const uint8_t *file, size_t len, uint8_t *mem, struct heap *heap, uint32_t owner,
	      uint32_t *seglist, const char **why)
{
	struct reader r = { .at = file, .end = file + len };
	struct image img = { .mem = mem };
	int rc = allocate(&r, &img, heap, owner, why);

	for (uint32_t i = 0; rc == 0 && i < img.count; i++)
		rc = read_hunk(&r, &img, i, why);
	*why = rc == 0 && !img.bytes[0] ? "it has no code" : *why;
	if (rc == 0 && !img.bytes[0])
		rc = -ENOEXEC;
	if (rc == 0) {
		*seglist = (img.at[0] + 4) >> 2;
		return 0;
	}
	for (uint32_t i = 0; i < img.count && i < HUNK_MAX; i++) {
		if (img.at[i])
			heap_free(heap, img.at[i]);
	}
	return rc;
}
