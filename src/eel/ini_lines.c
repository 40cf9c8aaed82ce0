// SPDX-License-Identifier: GPL-2.0-or-later
/* inih, told to us line by line: Debian's inih does not give the handler a line number. */
#include "ini_lines.h"

#include <ini.h>
#include <stdbool.h>
#include <string.h>

struct reader {
	const char *at, *end;
	unsigned line;
	const struct ini_ops *ops;
	void *arg;
};

/* A section without keys is one too, and inih would not tell of it. */
static void section_look(struct reader *r, const char *line)
{
	char name[256];
	size_t n;

	if (line[0] != '[')
		return;
	n = strcspn(line + 1, "]\n");
	if (line[1 + n] != ']' || n >= sizeof(name))
		return; /* inih says so */
	memcpy(name, line + 1, n);
	name[n] = '\0';
	r->ops->section(r->arg, r->line, name);
}

/* fgets(3) from memory; inih works a line off before it asks for the next. */
static char *read_line(char *buf, int room, void *stream)
{
	struct reader *r = stream;
	size_t len, keep;
	const char *nl;

	if (r->at >= r->end)
		return NULL;
	r->line++;
	nl = memchr(r->at, '\n', r->end - r->at);
	len = (nl ? nl + 1 : r->end) - r->at;
	keep = len < (size_t)room ? len : 0;
	if (!keep)
		r->ops->mistake(r->arg, r->line, "the line is too long");
	else if (memchr(r->at, '\0', len))
		r->ops->mistake(r->arg, r->line, "the line has a NUL byte");
	memcpy(buf, r->at, keep);
	buf[keep] = '\0';
	if (!keep)
		strcpy(buf, "\n");
	r->at += len;
	section_look(r, buf);
	return buf;
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
	struct reader *r = user;

	(void)section;
	r->ops->key(r->arg, r->line, key, value);
	return 1;
}

void ini_lines(const char *text, size_t len, const struct ini_ops *ops, void *arg)
{
	struct reader r = { .at = text, .end = text + len, .ops = ops, .arg = arg };
	int bad = ini_parse_stream(read_line, &r, on_key, &r);

	if (bad > 0)
		ops->mistake(arg, bad, "neither [name] nor Key = value");
}
