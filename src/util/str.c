// SPDX-License-Identifier: GPL-2.0-or-later
#include "util.h"

#include <stdarg.h>

char *str_printf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : s;
}

/* The length of the UTF-8 sequence at @s and its code point; 0 when the byte begins none. */
static size_t utf8_next(const unsigned char *s, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;
	uint32_t c;

	if (s[0] < 0x80) {
		*point = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] < 0xe0)
		len = 2, c = s[0] & 0x1f;
	else if (s[0] >= 0xe0 && s[0] < 0xf0)
		len = 3, c = s[0] & 0x0f;
	else if (s[0] >= 0xf0 && s[0] < 0xf5)
		len = 4, c = s[0] & 0x07;
	else
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) /* the NUL at the end stops us here too */
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*point = c;
	return len;
}

/* What moves the cursor, ends the line or turns the reading direction on a terminal. */
static bool terminal_acts_on(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

char *str_escape(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	char *out = malloc(strlen(s) * 4 + 1), *q = out;
	uint32_t c;

	if (!out)
		return NULL;
	while (*p) {
		size_t len = utf8_next(p, &c);
		bool safe = len > 0 && !terminal_acts_on(c);

		if (len == 0)
			len = 1;
		for (; len > 0; len--, p++) {
			if (safe)
				*q++ = *p;
			else
				q += sprintf(q, "\\x%02x", *p);
		}
	}
	*q = '\0';
	return out;
}

void str_json(FILE *f, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c;

	fputc('"', f);
	while (*p) {
		size_t len = utf8_next(p, &c);

		if (len == 0 || c < 0x20 || c == 0x7f) {
			fprintf(f, "\\u%04x", *p++);
			continue;
		}
		if (c == '"' || c == '\\')
			fputc('\\', f);
		fwrite(p, 1, len, f);
		p += len;
	}
	fputc('"', f);
}

const char *path_under(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	while (len > 0 && prefix[len - 1] == '/')
		len--;
	if (strncmp(path, prefix, len) != 0)
		return NULL;
	path += len;
	if (len > 0 && *path != '\0' && *path != '/')
		return NULL;
	return path + strspn(path, "/");
}
