// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file's name does to a reader. */
#include "names.h"

#include <stdint.h>

#include "source.h"
#include "trust.h"
#include "util.h"

#define SPACES_MIN 3 /* in a row before the extension: more than a slip of the thumb */
#define EXT_MAX	   12

/* clang-format off */
/* Inclusive ranges of code points. */
static const struct range { uint32_t from, to; } bidi[] = {
	{ 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 },
}, invisible[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180e }, { 0x200b, 0x200d }, { 0x2060, 0x2064 }, { 0x206a, 0x206f },
	{ 0xfe00, 0xfe0e }, { 0xfeff, 0xfeff }, { 0xe0000, 0xe007f },
}, spaces[] = {
	{ 0x09, 0x0d }, { 0x20, 0x20 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 },
	{ 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xffa0, 0xffa0 },
};
/* clang-format on */

/* The next code point; a byte that is no UTF-8 stands for itself, out of Unicode's range. */
static uint32_t next_point(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	unsigned len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	uint32_t c = len == 1 ? p[0] : p[0] & (0x7f >> len);

	for (unsigned i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			len = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (!len) {
		*s += 1;
		return 0x110000 + p[0];
	}
	*s += len;
	return c;
}

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

#define IN(ranges, c) in_ranges(ranges, ARRAY_SIZE(ranges), c)

/* The extension that ends at @end, without spaces around it. Return: where its dot is, or NULL */
static const char *extension_before(const char *base, const char *end, enum content_kind *kind)
{
	const char *from, *to = end;

	while (to > base && to[-1] == ' ')
		to--;
	for (from = to; from > base && from[-1] != '.' && to - from <= EXT_MAX; from--)
		;
	if (from <= base || from[-1] != '.')
		return NULL;
	*kind = KIND_UNKNOWN;
	for (const char *f = from; f < to; f++)
		if (*f != ' ') {
			table_extension(f, to - f, kind);
			break;
		}
	return from - 1;
}

static bool double_extension(const char *base)
{
	enum content_kind last, before;
	const char *dot = extension_before(base, base + strlen(base), &last);

	return dot && last == KIND_CODE && extension_before(base, dot, &before) &&
	       before == KIND_DOCUMENT;
}

unsigned trust_name_rules(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	unsigned mask = 0, run = 0;

	for (const char *s = base; *s;) {
		const char *at = s;
		uint32_t c = next_point(&s);

		if (IN(bidi, c))
			mask |= 1u << RULE_BIDI;
		if (IN(invisible, c))
			mask |= 1u << RULE_ZERO_WIDTH;
		run = IN(spaces, c) ? run + 1 : 0;
		if (run >= SPACES_MIN && dot && at < dot)
			mask |= 1u << RULE_SPACES;
	}
	if (double_extension(base))
		mask |= 1u << RULE_DOUBLE_EXTENSION;
	return mask;
}

/* Only extensions that promise a document: "prog.1" is no manual page because of its name. */
bool name_promises_document(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	enum content_kind kind;

	return extension_before(base, base + strlen(base), &kind) && kind == KIND_DOCUMENT;
}

bool eel_name_suspect(const char *path)
{
	return trust_name_rules(path) || name_promises_document(path);
}
