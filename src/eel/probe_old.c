// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs of the 68000 family's home computers, and the Macintosh's ways to store two forks. */
#include "source.h"
#include "util.h"

#define ATARI_FLAGS_KNOWN 0xf0001037u /* fastload, TT RAM, protection, shared text, memory size */
#define RSRC_TYPES_MAX	  128
#define APPLE_ENTRIES_MAX 16
#define ENTRY_RSRC	  2 /* AppleSingle: id of the resource fork */
#define MACBINARY_BYTES	  128

/*
 * 60 1A begins a GEMDOS program and a CP/M-68K one: the header is the same up to where one has
 * flags and the other the address of its text; 60 1B is CP/M's own.
 */
bool probe_atari(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	uint64_t text, data, syms;
	bool cpm, tos;

	if (s->nhead < 28 || h[0] != 0x60 || (h[1] != 0x1a && h[1] != 0x1b))
		return false;
	text = be32(h + 2);
	data = be32(h + 6);
	syms = be32(h + 14);
	if (!text || 28 + text + data + syms > s->size + 16)
		return false;
	cpm = h[1] == 0x1b || be32(h + 22) & ~ATARI_FLAGS_KNOWN ||
	      strcmp(c->by_name, "application/x-cpm68k") == 0;
	/* a program says by its name alone whether it wants a console or windows */
	tos = strcmp(c->by_name, "application/x-atari-tos") == 0;
	return content_set(c,
			   cpm	 ? "application/x-cpm68k"
			   : tos ? "application/x-atari-tos"
				 : "application/x-atari-prg",
			   KIND_CODE, STRENGTH_STRONG, "%s program, %llu bytes of code",
			   cpm	 ? "CP/M-68K"
			   : tos ? "Atari ST console"
				 : "Atari ST",
			   (unsigned long long)text);
}

bool probe_amiga(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	uint32_t hunks;

	if (s->nhead < 20 || be32(h) != 0x3f3 || be32(h + 4) != 0)
		return false;
	hunks = be32(h + 8);
	if (!hunks || hunks > 0xffff || be32(h + 12) != 0 || be32(h + 16) != hunks - 1)
		return false;
	return content_set(c, "application/x-amiga-executable", KIND_CODE, STRENGTH_STRONG,
			   "Amiga program of %u hunks", hunks);
}

bool probe_human68k(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	uint64_t sizes;

	if (s->nhead < 64 || h[0] != 'H' || h[1] != 'U' || h[2] || h[3] > 2)
		return false;
	sizes = (uint64_t)be32(h + 12) + be32(h + 16) + be32(h + 24) + be32(h + 28);
	if (!be32(h + 12) || 64 + sizes > s->size + 16)
		return false;
	return content_set(c, "application/x-human68k", KIND_CODE, STRENGTH_STRONG,
			   "X68000 (Human68k) program");
}

/* ---- resource forks ---- */

/* Is there a resource fork at @base of @len bytes? @code: with resources of type CODE. */
static bool rsrc_at(struct source *s, uint64_t base, uint64_t len, bool *code)
{
	unsigned char h[16], map[30], type[8];
	uint64_t data, mapoff, list;
	unsigned types;

	*code = false;
	if (len < 46 || base + len > s->size || !source_has(s, base, h, sizeof(h)))
		return false;
	data = be32(h);
	mapoff = be32(h + 4);
	if (data < 16 || mapoff < 16 || data + be32(h + 8) > len || mapoff + be32(h + 12) > len ||
	    be32(h + 12) < 30 || !source_has(s, base + mapoff, map, sizeof(map)))
		return false;
	/* the map begins with a copy of the header, or with zeros */
	if (memcmp(map, h, 16) != 0 && memcmp(map, (char[16]){ 0 }, 16) != 0)
		return false;
	list = mapoff + be16(map + 24);
	types = (be16(map + 28) + 1) & 0xffff;
	if (list + 2 + types * 8ULL > len)
		return false;
	for (unsigned i = 0; i < types && i < RSRC_TYPES_MAX && !*code; i++) {
		if (!source_has(s, base + list + 2 + i * 8, type, sizeof(type)))
			break;
		*code = memcmp(type, "CODE", 4) == 0;
	}
	return true;
}

static bool mac_program(struct content *c, const char *form)
{
	return content_set(c, "application/x-mac-68k", KIND_CODE, STRENGTH_STRONG,
			   "Macintosh program (CODE resources) in %s", form);
}

bool probe_rsrc(struct source *s, struct content *c)
{
	bool code;

	if (s->nhead < 46 || be32(s->head) > 0x10000 || !rsrc_at(s, 0, s->size, &code))
		return false;
	if (code)
		return mac_program(c, "a resource fork");
	return content_set(c, "application/x-mac-rsrc", KIND_UNKNOWN, STRENGTH_STRONG,
			   "Macintosh resource fork");
}

static unsigned crc16_xmodem(const unsigned char *p, size_t n)
{
	unsigned crc = 0;

	for (; n > 0; n--) {
		crc ^= *p++ << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
	}
	return crc;
}

bool probe_macbinary(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	uint64_t data, rsrc, at;
	bool code;

	if (s->nhead < MACBINARY_BYTES || h[0] || !h[1] || h[1] > 63 || h[74] || h[82] ||
	    (h[122] != 129 && h[122] != 130) || crc16_xmodem(h, 124) != be16(h + 124))
		return false;
	data = be32(h + 83);
	rsrc = be32(h + 87);
	at = MACBINARY_BYTES + ((data + 127) & ~127ULL);
	if (rsrc && rsrc_at(s, at, rsrc, &code) && code)
		return mac_program(c, "MacBinary");
	if (memcmp(h + 65, "APPL", 4) == 0)
		return content_set(c, "application/x-mac-ppc", KIND_CODE, STRENGTH_STRONG,
				   "Macintosh program without 68000 code in MacBinary");
	return content_set(c, "application/x-macbinary", KIND_DOCUMENT, STRENGTH_STRONG,
			   "MacBinary of type %.4s", h + 65);
}

bool probe_applesingle(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	bool single = s->nhead >= 26 && be32(h) == 0x00051600;
	unsigned n;

	if (s->nhead < 26 || (!single && be32(h) != 0x00051607) ||
	    (be32(h + 4) != 0x00020000 && be32(h + 4) != 0x00010000))
		return false;
	n = be16(h + 24);
	for (unsigned i = 0; i < n && i < APPLE_ENTRIES_MAX && 26 + i * 12 + 12 <= s->nhead; i++) {
		const unsigned char *e = h + 26 + i * 12;
		bool code;

		if (be32(e) == ENTRY_RSRC && rsrc_at(s, be32(e + 4), be32(e + 8), &code) && code)
			return mac_program(c, single ? "AppleSingle" : "AppleDouble");
	}
	return content_set(c, single ? "application/applefile" : "multipart/appledouble",
			   KIND_DOCUMENT, STRENGTH_STRONG, "%s file",
			   single ? "AppleSingle" : "AppleDouble");
}
