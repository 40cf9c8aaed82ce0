// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols.h"

#include <elf.h>
#include <fcntl.h>

#include "elf_image.h"
#include "guest.h"
#include "util.h"

#define FILE_MAX_BYTES (512U << 20)
#define SYMBOL_BYTES   16
#define SECTION_BYTES  40
#define LOADS_MAX      16

struct symbol {
	uint32_t addr, bytes;
	const char *name; /* in the file's bytes */
};

struct load {
	uint32_t offset, vaddr, bytes;
};

struct symbols {
	uint8_t *file;
	size_t len;
	struct symbol *list; /* by address */
	uint32_t count;
	struct load loads[LOADS_MAX];
	unsigned load_count;
};

/* A piece of the file; NULL when it is not all there. */
static const uint8_t *piece(const struct symbols *s, uint64_t at, uint64_t bytes)
{
	return at <= s->len && bytes <= s->len - at ? s->file + at : NULL;
}

static void read_loads(struct symbols *s)
{
	uint32_t at = get32(s->file + 28), count = get16(s->file + 44);

	for (uint32_t i = 0; i < count && s->load_count < LOADS_MAX; i++) {
		const uint8_t *p = piece(s, at + (uint64_t)i * ELF_PHDR_BYTES, ELF_PHDR_BYTES);

		if (!p)
			return;
		/* A data segment begins in the page in which the code ends. */
		if (get32(p) == PT_LOAD && get32(p + 24) & PF_X)
			s->loads[s->load_count++] =
				(struct load){ get32(p + 4), get32(p + 8), get32(p + 16) };
	}
}

static const uint8_t *section(const struct symbols *s, uint32_t i)
{
	return i < get16(s->file + 48)
		       ? piece(s, get32(s->file + 32) + (uint64_t)i * SECTION_BYTES, SECTION_BYTES)
		       : NULL;
}

/* The symbol table's section; the dynamic one where a program was stripped. */
static const uint8_t *table_section(const struct symbols *s)
{
	const uint8_t *found = NULL, *p;

	for (uint32_t i = 0; (p = section(s, i)); i++) {
		if (get32(p + 4) == SHT_SYMTAB)
			return p;
		if (get32(p + 4) == SHT_DYNSYM)
			found = p;
	}
	return found;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void read_symbols(struct symbols *s)
{
	const uint8_t *sec = table_section(s), *strings, *names, *p;
	uint32_t bytes, names_bytes;

	if (!sec)
		return;
	strings = section(s, get32(sec + 24));
	bytes = get32(sec + 20);
	p = piece(s, get32(sec + 16), bytes);
	if (!strings || !p)
		return;
	names_bytes = get32(strings + 20);
	names = piece(s, get32(strings + 16), names_bytes);
	if (!names || !names_bytes || names[names_bytes - 1])
		return;
	s->list = calloc(bytes / SYMBOL_BYTES + 1, sizeof(*s->list));
	for (; s->list && bytes >= SYMBOL_BYTES; bytes -= SYMBOL_BYTES, p += SYMBOL_BYTES) {
		uint32_t name = get32(p);
		unsigned type = p[12] & 15;

		/* Labels of hand-written code have no type. */
		if ((type != STT_FUNC && type != STT_NOTYPE) || get16(p + 14) == SHN_UNDEF ||
		    get16(p + 14) >= SHN_LORESERVE || name >= names_bytes || !names[name])
			continue;
		s->list[s->count++] =
			(struct symbol){ get32(p + 4), get32(p + 8), (const char *)names + name };
	}
	if (s->count)
		qsort(s->list, s->count, sizeof(*s->list), by_address);
}

struct symbols *symbols_load(const char *path)
{
	struct symbols *s = calloc(1, sizeof(*s));
	char *data = NULL;
	ssize_t len;

	if (!s)
		return NULL;
	len = read_file_at(AT_FDCWD, path, FILE_MAX_BYTES, &data);
	s->file = (uint8_t *)data;
	s->len = len > 0 ? (size_t)len : 0;
	if (s->len >= ELF_HEAD_BYTES && elf_is_m68k(s->file, s->len)) {
		read_loads(s);
		read_symbols(s);
	}
	return s;
}

void symbols_destroy(struct symbols *s)
{
	if (!s)
		return;
	free(s->list);
	free(s->file);
	free(s);
}

const char *symbols_at(const struct symbols *s, uint32_t addr, uint32_t *offset)
{
	uint32_t low = 0, high = s->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	*offset = addr - s->list[low - 1].addr;
	return s->list[low - 1].bytes && *offset >= s->list[low - 1].bytes ? NULL
									   : s->list[low - 1].name;
}

bool symbols_find(const struct symbols *s, const char *name, uint32_t *addr, uint32_t *bytes)
{
	for (uint32_t i = 0; i < s->count; i++) {
		if (strcmp(s->list[i].name, name) == 0 && s->list[i].bytes) {
			*addr = s->list[i].addr;
			*bytes = s->list[i].bytes;
			return true;
		}
	}
	return false;
}

bool symbols_vaddr(const struct symbols *s, uint64_t offset, uint32_t *vaddr)
{
	for (unsigned i = 0; i < s->load_count; i++) {
		const struct load *l = &s->loads[i];
		uint32_t page = guest_page_floor(l->offset); /* mapped from its page's begin */

		if (offset >= page && offset < (uint64_t)l->offset + l->bytes) {
			*vaddr = l->vaddr - l->offset + (uint32_t)offset;
			return true;
		}
	}
	return false;
}
