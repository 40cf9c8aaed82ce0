// SPDX-License-Identifier: GPL-2.0-or-later
/* AmigaDOS: formatted text, errors in words, ReadArgs. */
#include <ctype.h>
#include <strings.h>

#include "amiga.h"
#include "util.h"

#define ITEMS_MAX 64
#define MULTI_MAX 256

/* ---- RawDoFmt ---- */

static bool put_char(char *out, uint32_t *n, char c)
{
	if (*n + 1 >= AMI_TEXT_BYTES)
		return false;
	out[(*n)++] = c;
	return true;
}

static uint32_t next_arg(struct machine *m, uint32_t *at, bool is_long, bool is_signed)
{
	const uint8_t *p = machine_ptr(m, *at, is_long ? 4 : 2);

	*at += is_long ? 4 : 2;
	if (!p)
		return 0;
	return is_long ? get32(p) : is_signed ? (uint32_t)(int16_t)get16(p) : get16(p);
}

struct spec {
	bool left, zero, is_long;
	unsigned width, limit;
};

static const char *parse_spec(const char *f, struct spec *s)
{
	*s = (struct spec){ .limit = AMI_TEXT_BYTES };
	if (*f == '-') {
		s->left = true;
		f++;
	}
	if (*f == '0')
		s->zero = true;
	for (; isdigit((unsigned char)*f); f++)
		s->width = (s->width * 10 + (unsigned)(*f - '0')) % AMI_TEXT_BYTES;
	if (*f == '.') {
		s->limit = 0;
		for (f++; isdigit((unsigned char)*f); f++)
			s->limit = (s->limit * 10 + (unsigned)(*f - '0')) % AMI_TEXT_BYTES;
	}
	if (*f == 'l') {
		s->is_long = true;
		f++;
	}
	return f;
}

/* One conversion's text. Return: its length; *text may be set to something longer than @small. */
static size_t convert(struct machine *m, char kind, const struct spec *s, uint32_t *args,
		      char small[16], const char **text)
{
	uint32_t addr;
	const char *str;

	*text = small;
	switch (kind) {
	case 'd':
	case 'D':
		return (size_t)sprintf(small, "%d", (int32_t)next_arg(m, args, s->is_long, true));
	case 'u':
	case 'U':
		return (size_t)sprintf(small, "%u", next_arg(m, args, s->is_long, false));
	case 'x':
	case 'X':
		return (size_t)sprintf(small, "%X", next_arg(m, args, s->is_long, false));
	case 'c':
		small[0] = (char)next_arg(m, args, s->is_long, false);
		return 1;
	case 's':
		str = machine_string(m, next_arg(m, args, true, false));
		*text = str ? str : "";
		return strnlen(*text, s->limit);
	case 'b':
		addr = next_arg(m, args, true, false) << 2;
		str = machine_ptr(m, addr, 1);
		if (!str || !addr || !machine_ptr(m, addr, (uint8_t)*str + 1U))
			return 0;
		*text = str + 1;
		return (uint8_t)*str < s->limit ? (uint8_t)*str : s->limit;
	}
	small[0] = kind;
	return 1;
}

/* Return: length without the NUL that is behind it. *args moves on. */
static uint32_t format(struct machine *m, const char *f, uint32_t *args, char out[AMI_TEXT_BYTES])
{
	uint32_t n = 0;

	while (*f) {
		char small[16];
		const char *text;
		struct spec s;
		size_t len, pad;

		if (*f != '%') {
			if (!put_char(out, &n, *f++))
				break;
			continue;
		}
		f = parse_spec(f + 1, &s);
		if (!*f)
			break;
		len = convert(m, *f++, &s, args, small, &text);
		pad = s.width > len ? s.width - len : 0;
		for (; !s.left && pad; pad--)
			put_char(out, &n, s.zero && text == small ? '0' : ' ');
		for (size_t i = 0; i < len; i++)
			put_char(out, &n, text[i]);
		for (; pad; pad--)
			put_char(out, &n, ' ');
	}
	out[n] = '\0';
	return n;
}

void ami_text_init(struct machine *m)
{
	/* moveq #0,d0; move.b (a5)+,d0; jsr (a2); tst.b -1(a5); bne.s; move.l (sp)+,a5; rts */
	static const uint8_t loop[] = { 0x70, 0x00, 0x10, 0x1d, 0x4e, 0x92, 0x4a, 0x2d,
					0xff, 0xff, 0x66, 0xf4, 0x2a, 0x5f, 0x4e, 0x75 };

	memcpy(m->core.mem + AMI_LOOP, loop, sizeof(loop));
}

/* The text is made here; the guest's function gets its characters from guest code. */
uint32_t ami_RawDoFmt(struct machine *m, const uint32_t *a)
{
	const char *f = machine_string(m, a[0]);
	struct core *c = &m->core;
	uint32_t args = a[1];
	uint8_t *p = machine_ptr(m, c->a[7] - 4, 4);

	if (!f || !p)
		return 0;
	format(m, f, &args, (char *)c->mem + AMI_TEXT);
	c->a[7] -= 4;
	put32(p, c->a[5]);
	c->a[5] = AMI_TEXT;
	c->pc = AMI_LOOP;
	m->moved = true;
	return 0;
}

static uint32_t print(struct machine *m, uint32_t handle, uint32_t fmt, uint32_t args)
{
	static char text[AMI_TEXT_BYTES];
	const char *f = machine_string(m, fmt);
	uint32_t n = f ? format(m, f, &args, text) : 0;

	return f && ami_put(m, handle, text, n) == n ? n : AMI_TRUE;
}

uint32_t ami_VPrintf(struct machine *m, const uint32_t *a)
{
	return print(m, ami_output(), a[0], a[1]);
}

uint32_t ami_VFPrintf(struct machine *m, const uint32_t *a)
{
	return print(m, a[0], a[1], a[2]);
}

/* ---- errors in words ---- */

static const char *error_text(uint32_t code, char *buf, size_t room)
{
	static const struct {
		enum ami_error code;
		const char *text;
	} texts[] = {
		{ AMI_NO_MEMORY, "not enough memory available" },
		{ AMI_BAD_TEMPLATE, "bad template" },
		{ AMI_BAD_NUMBER, "bad number" },
		{ AMI_ARG_MISSING, "required argument missing" },
		{ AMI_KEY_NEEDS_ARG, "value after keyword missing" },
		{ AMI_TOO_MANY_ARGS, "wrong number of arguments" },
		{ AMI_QUOTES, "unmatched quotes" },
		{ AMI_NOT_EXECUTABLE, "file is not executable" },
		{ AMI_IN_USE, "object is in use" },
		{ AMI_EXISTS, "object already exists" },
		{ AMI_NOT_FOUND, "object not found" },
		{ AMI_ACTION, "packet request type unknown" },
		{ AMI_BAD_LOCK, "invalid lock" },
		{ AMI_WRONG_TYPE, "object is not of required type" },
		{ AMI_NOT_EMPTY, "directory not empty" },
		{ AMI_NOT_MOUNTED, "device (or volume) is not mounted" },
		{ AMI_SEEK, "seek failure" },
		{ AMI_FULL, "disk is full" },
		{ AMI_PROTECTED, "file is write protected" },
		{ AMI_NO_MORE, "no more entries in directory" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (texts[i].code == code)
			return texts[i].text;
	}
	snprintf(buf, room, "Error code %u", code);
	return buf;
}

uint32_t ami_Fault(struct machine *m, const uint32_t *a)
{
	const char *head = a[1] ? machine_string(m, a[1]) : NULL;
	char text[256], number[32];

	snprintf(text, sizeof(text), "%.128s%s%s", head ? head : "", head ? ": " : "",
		 error_text(a[0], number, sizeof(number)));
	machine_put_string(m, a[2], text, a[3]);
	return (uint32_t)strlen(text);
}

uint32_t ami_PrintFault(struct machine *m, const uint32_t *a)
{
	const char *head = a[1] ? machine_string(m, a[1]) : NULL;
	char text[256], number[32];
	int n;

	if (!a[0])
		return AMI_TRUE;
	n = snprintf(text, sizeof(text), "%.128s%s%s\n", head ? head : "", head ? ": " : "",
		     error_text(a[0], number, sizeof(number)));
	ami_put(m, ami_output(), text, (size_t)n);
	ami_set_error(m, a[0]);
	return AMI_TRUE;
}

/* ---- ReadArgs ---- */

struct item {
	char names[64]; /* "FROM=F" */
	bool needed, key_only, is_switch, number, multi, rest;
};

static unsigned parse_template(const char *t, struct item items[ITEMS_MAX])
{
	unsigned n = 0;

	while (*t && n < ITEMS_MAX) {
		struct item *it = &items[n++];
		size_t len = strcspn(t, "/,");

		memset(it, 0, sizeof(*it));
		snprintf(it->names, sizeof(it->names), "%.*s", (int)len, t);
		for (t += len; *t == '/' && t[1]; t += 2) {
			char kind = (char)toupper((unsigned char)t[1]);

			it->needed |= kind == 'A';
			it->key_only |= kind == 'K';
			it->is_switch |= kind == 'S' || kind == 'T';
			it->number |= kind == 'N';
			it->multi |= kind == 'M';
			it->rest |= kind == 'F';
		}
		t += *t == ',';
	}
	return n;
}

static bool is_name(const struct item *it, const char *word, size_t len)
{
	const char *p = it->names;

	while (*p) {
		size_t n = strcspn(p, "=");

		if (n == len && strncasecmp(p, word, n) == 0)
			return true;
		p += n + (p[n] == '=');
	}
	return false;
}

/* A word of the line into @out. Return: 1, 0 at the end, -1 for a quote that does not end. */
static int next_word(const char **line, char *out, size_t room, bool *quoted)
{
	const char *p = *line + strspn(*line, " \t\r");
	size_t n = 0;

	*quoted = *p == '"';
	if (!*p || *p == '\n')
		return 0;
	if (*quoted) {
		for (p++; *p && *p != '"' && *p != '\n'; p++) {
			char c = *p;

			if (c == '*' && p[1]) {
				c = *++p;
				c = c == 'N' || c == 'n' ? '\n' : c == 'E' || c == 'e' ? 27 : c;
			}
			if (n + 1 < room)
				out[n++] = c;
		}
		if (*p != '"')
			return -1;
		p++;
	} else {
		for (; *p && !strchr(" \t\r\n=", *p); p++) {
			if (n + 1 < room)
				out[n++] = *p;
		}
		if (*p == '=')
			p++;
	}
	out[n] = '\0';
	*line = p;
	return 1;
}

struct parse {
	struct machine *m;
	struct item *items;
	unsigned count;
	uint32_t array;
	bool set[ITEMS_MAX];
	uint32_t multi[MULTI_MAX];
	unsigned multi_count, multi_item;
	uint32_t chain; /* what FreeArgs frees: blocks that begin with the next one */
};

static uint32_t args_alloc(struct parse *p, uint32_t bytes)
{
	uint32_t at = ami_alloc(p->m, bytes + 4);

	if (!at)
		return 0;
	put32(p->m->core.mem + at, p->chain);
	p->chain = at;
	return at + 4;
}

/* Return: 0 or the error. */
static uint32_t store(struct parse *p, unsigned i, const char *word)
{
	const struct item *it = &p->items[i];
	uint8_t *slot = machine_ptr(p->m, p->array + 4 * i, 4);
	uint32_t at = args_alloc(p, (uint32_t)strlen(word) + 8);
	char *end;

	if (!slot || !at)
		return AMI_NO_MEMORY;
	if (it->number) {
		put32(p->m->core.mem + at, (uint32_t)strtol(word, &end, 10));
		if (!*word || *end)
			return AMI_BAD_NUMBER;
	} else {
		strcpy((char *)p->m->core.mem + at, word);
	}
	p->set[i] = true;
	if (!it->multi) {
		put32(slot, at);
		return 0;
	}
	p->multi_item = i;
	if (p->multi_count == MULTI_MAX)
		return AMI_TOO_MANY_ARGS;
	p->multi[p->multi_count++] = at;
	return 0;
}

static uint32_t store_rest(struct parse *p, unsigned i, const char **line)
{
	const char *s = *line + strspn(*line, " \t");
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(s, "\n"), s);
	*line = s + strlen(s);
	return store(p, i, text);
}

static uint32_t take_word(struct parse *p, const char **line, char *word, size_t room, bool quoted)
{
	unsigned i;

	for (i = 0; !quoted && i < p->count; i++) {
		uint8_t *slot = machine_ptr(p->m, p->array + 4 * i, 4);

		if (!is_name(&p->items[i], word, strlen(word)))
			continue;
		if (p->items[i].is_switch) {
			if (slot)
				put32(slot, AMI_TRUE);
			return 0;
		}
		if (p->items[i].rest)
			return store_rest(p, i, line);
		if (next_word(line, word, room, &quoted) <= 0)
			return AMI_KEY_NEEDS_ARG;
		return store(p, i, word);
	}
	for (i = 0; i < p->count; i++) {
		const struct item *it = &p->items[i];

		if (!it->is_switch && !it->key_only && (!p->set[i] || it->multi))
			break;
	}
	if (i == p->count)
		return AMI_TOO_MANY_ARGS;
	if (p->items[i].rest) {
		char whole[1024];

		snprintf(whole, sizeof(whole), "%s%.*s", word, (int)strcspn(*line, "\n"), *line);
		*line += strlen(*line);
		return store(p, i, whole);
	}
	return store(p, i, word);
}

/* "a/M,b/A": what is missing at the end is taken from the list's end. */
static uint32_t finish(struct parse *p)
{
	uint32_t at;

	for (unsigned i = p->count; i-- > 0;) {
		if (!p->items[i].needed || p->set[i])
			continue;
		if (p->items[i].multi || !p->multi_count || p->items[i].key_only)
			return AMI_ARG_MISSING;
		put32(p->m->core.mem + p->array + 4 * i, p->multi[--p->multi_count]);
		p->set[i] = true;
		if (!p->multi_count && p->items[p->multi_item].needed)
			return AMI_ARG_MISSING;
	}
	if (!p->multi_count)
		return 0;
	at = args_alloc(p, 4 * (p->multi_count + 1));
	if (!at)
		return AMI_NO_MEMORY;
	for (unsigned i = 0; i < p->multi_count; i++)
		put32(p->m->core.mem + at + 4 * i, p->multi[i]);
	put32(p->m->core.mem + p->array + 4 * p->multi_item, at);
	return 0;
}

static void free_chain(struct machine *m, uint32_t at)
{
	while (at) {
		const uint8_t *p = machine_ptr(m, at, 4);
		uint32_t next = p ? get32(p) : 0;

		ami_free(m, at);
		at = next;
	}
}

/* The line is an RDArgs' own buffer (CS_Buffer, CS_Length, CS_CurChr) or the program's. */
static const char *source_line(struct machine *m, uint32_t rdargs, char *buf, size_t room)
{
	const uint8_t *p = rdargs ? machine_ptr(m, rdargs, 32) : NULL;
	const char *s = p && get32(p) ? machine_ptr(m, get32(p), get32(p + 4)) : NULL;

	if (!s)
		return ami_arguments();
	snprintf(buf, room, "%.*s", (int)(get32(p + 4) - get32(p + 8)), s + get32(p + 8));
	return buf;
}

uint32_t ami_ReadArgs(struct machine *m, const uint32_t *a)
{
	struct item items[ITEMS_MAX];
	struct parse p = { .m = m, .items = items, .array = a[1] };
	const char *template = machine_string(m, a[0]), *line;
	char word[1024], buf[1024];
	uint32_t error = 0;
	bool quoted;
	int rc;

	if (!template)
		return ami_set_error(m, AMI_BAD_TEMPLATE);
	p.count = parse_template(template, items);
	if (!machine_ptr(m, p.array, 4 * p.count))
		return ami_set_error(m, AMI_BAD_TEMPLATE);
	line = source_line(m, a[2], buf, sizeof(buf));
	while (!error && (rc = next_word(&line, word, sizeof(word), &quoted)) != 0)
		error = rc < 0 ? AMI_QUOTES : take_word(&p, &line, word, sizeof(word), quoted);
	if (!error)
		error = finish(&p);
	if (!error && !args_alloc(&p, 32))
		error = AMI_NO_MEMORY;
	if (!error)
		return p.chain; /* the last block: an RDArgs as good as any */
	free_chain(m, p.chain);
	return ami_set_error(m, error);
}

uint32_t ami_FreeArgs(struct machine *m, const uint32_t *a)
{
	free_chain(m, a[0]);
	return 0;
}

uint32_t ami_StrToLong(struct machine *m, const uint32_t *a)
{
	const char *s = machine_string(m, a[0]), *p;
	uint8_t *out = machine_ptr(m, a[1], 4);
	char *end;

	if (!s || !out)
		return AMI_TRUE;
	p = s + strspn(s, " \t");
	put32(out, (uint32_t)strtol(p, &end, 10));
	return end == p ? AMI_TRUE : (uint32_t)(end - s);
}

/* ---- parts of names ---- */

uint32_t ami_FilePart(struct machine *m, const uint32_t *a)
{
	const char *s = machine_string(m, a[0]), *last = s;

	for (const char *p = s; s && *p; p++)
		last = *p == '/' || *p == ':' ? p + 1 : last;
	return a[0] + (uint32_t)(last - s);
}

uint32_t ami_PathPart(struct machine *m, const uint32_t *a)
{
	const char *s = machine_string(m, a[0]), *last = s;

	for (const char *p = s; s && *p; p++)
		last = *p == ':' ? p + 1 : *p == '/' ? p : last;
	return a[0] + (uint32_t)(last - s);
}

uint32_t ami_AddPart(struct machine *m, const uint32_t *a)
{
	const char *dir = machine_string(m, a[0]), *file = machine_string(m, a[1]);
	char text[2048];
	size_t n;

	if (!dir || !file)
		return 0;
	n = strlen(dir);
	if (strchr(file, ':'))
		snprintf(text, sizeof(text), "%s", file);
	else
		snprintf(text, sizeof(text), "%s%s%s", dir,
			 n && dir[n - 1] != ':' && dir[n - 1] != '/' ? "/" : "", file);
	return machine_put_string(m, a[0], text, a[2]) ? AMI_TRUE : ami_set_error(m, 120);
}
