// SPDX-License-Identifier: GPL-2.0-or-later
#include "prg.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "guest.h"

#define SECTION_MAX	   0x00e00000U /* no section is larger than all of memory */
#define GEMDOS_FLAGS_KNOWN 0xf0001037U /* fastload, TT RAM, protection, shared text, heap size */

int prg_parse(const uint8_t *file, size_t len, struct prg *p, const char **why)
{
	uint64_t end;

	memset(p, 0, sizeof(*p));
	*why = "shorter than its header";
	if (len < PRG_HEAD_BYTES)
		return -ENOEXEC;
	*why = "no 60 1A or 60 1B at its beginning";
	if (file[0] != 0x60 || (file[1] != 0x1a && file[1] != 0x1b))
		return -ENOEXEC;
	p->three = file[1] == 0x1b;
	p->image = p->three ? PRG_HEAD3_BYTES : PRG_HEAD_BYTES;
	*why = "shorter than its header";
	if (len < p->image)
		return -ENOEXEC;
	p->text = get32(file + 2);
	p->data = get32(file + 6);
	p->bss = get32(file + 10);
	p->symbols = get32(file + 14);
	p->flags = get32(file + 22);
	p->absolute = get16(file + 26) != 0;
	if (p->three) {
		p->data_at = get32(file + 28);
		p->bss_at = get32(file + 32);
	}
	*why = "a section is larger than the machine's memory";
	if (p->text > SECTION_MAX || p->data > SECTION_MAX || p->bss > SECTION_MAX)
		return -ENOEXEC;
	*why = "it has no code";
	if (!p->text)
		return -ENOEXEC;
	*why = "its sections end beyond the end of the file";
	end = (uint64_t)p->image + p->text + p->data;
	if (end > len)
		return -ENOEXEC;
	/* Absolute files often lack what they say of symbols. */
	if (end + p->symbols > len && !p->absolute)
		return -ENOEXEC;
	p->fixups = end + p->symbols > len ? (uint32_t)len : (uint32_t)(end + p->symbols);
	return 0;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n >= e && strcasecmp(name + n - e, end) == 0;
}

bool prg_is_cpm(const uint8_t *head, size_t len, uint64_t file_bytes, const char *name)
{
	uint64_t body, symbols;

	if (len < PRG_HEAD_BYTES)
		return false;
	if (head[1] == 0x1b)
		return true;
	if (name && (ends_with(name, ".68k") || ends_with(name, ".rel")))
		return true;
	if (name && (ends_with(name, ".tos") || ends_with(name, ".ttp") ||
		     ends_with(name, ".prg") || ends_with(name, ".app") || ends_with(name, ".gtp")))
		return false;
	if (get32(head + 22) & ~GEMDOS_FLAGS_KNOWN)
		return true;
	/* CP/M's relocation is as long as the program; GEMDOS's is shorter, or four zero bytes. */
	body = (uint64_t)get32(head + 2) + get32(head + 6);
	symbols = get32(head + 14);
	return get16(head + 26) == 0 && body > 8 && file_bytes >= 28 + body + symbols + body;
}

int prg_relocate_gemdos(const uint8_t *file, size_t len, const struct prg *p, uint8_t *at,
			uint32_t base, const char **why)
{
	uint32_t size = p->text + p->data, offset, pos = p->fixups;

	if (p->absolute || pos >= len)
		return 0;
	*why = "its relocation ends beyond the end of the file";
	if (len - pos < 4)
		return -ENOEXEC;
	offset = get32(file + pos);
	if (!offset)
		return 0;
	for (pos += 4;; pos++) {
		*why = "its relocation is outside the program";
		if (offset > size || size - offset < 4)
			return -ENOEXEC;
		put32(at + offset, get32(at + offset) + base);
		/* 1: nothing here, 254 further on */
		for (; pos < len && file[pos] == 1; pos++) {
			if (offset > size)
				return -ENOEXEC;
			offset += 254;
		}
		*why = "its relocation ends beyond the end of the file";
		if (pos >= len)
			return -ENOEXEC;
		if (!file[pos])
			return 0;
		*why = "its relocation is at an odd address";
		if (file[pos] & 1)
			return -ENOEXEC;
		offset += file[pos];
	}
}

/* Kinds of CP/M's relocation words, their low three bits. */
enum { REL_NONE, REL_DATA, REL_TEXT, REL_BSS, REL_UNDEFINED, REL_LONG, REL_PC, REL_OPCODE };

static int relocate_section(const uint8_t *words, uint32_t bytes, uint8_t *at, const uint32_t by[3],
			    const char **why)
{
	bool is_long = false;

	for (uint32_t i = 0; i + 2 <= bytes; i += 2) {
		unsigned kind = get16(words + i) & 7;
		uint32_t add;

		if (kind == REL_LONG) {
			is_long = true;
			continue;
		}
		*why = "its relocation names a symbol that is not in it";
		if (kind == REL_UNDEFINED)
			return -ENOEXEC;
		if (kind == REL_DATA || kind == REL_TEXT || kind == REL_BSS) {
			add = kind == REL_DATA ? by[1] : kind == REL_TEXT ? by[0] : by[2];
			*why = "a relocated word does not reach its place";
			if (is_long && i >= 2)
				put32(at + i - 2, get32(at + i - 2) + add);
			else if (add > 0xffff)
				return -ENOEXEC;
			else
				put16(at + i, get16(at + i) + add);
		}
		is_long = false;
	}
	return 0;
}

int prg_relocate_cpm(const uint8_t *file, size_t len, const struct prg *p, uint8_t *const at[2],
		     const uint32_t base[3], const char **why)
{
	/* What was linked to be at p->flags is now at base; 60 1B gives three places. */
	uint32_t data_at = p->three ? p->data_at : p->flags + p->text;
	uint32_t bss_at = p->three ? p->bss_at : data_at + p->data;
	const uint32_t by[3] = { base[0] - p->flags, base[1] - data_at, base[2] - bss_at };
	int rc;

	if (p->absolute)
		return 0;
	*why = "its relocation ends beyond the end of the file";
	if (len - p->fixups < (uint64_t)p->text + p->data)
		return -ENOEXEC;
	rc = relocate_section(file + p->fixups, p->text, at[0], by, why);
	if (rc == 0)
		rc = relocate_section(file + p->fixups + p->text, p->data, at[1], by, why);
	return rc;
}
