// SPDX-License-Identifier: GPL-2.0-or-later
/* Recognising a file: the order of the probes, and who wins. */
#include "recognise.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <strings.h>
#include <sys/stat.h>

#include "source.h"
#include "util.h"

#define UNKNOWN_TYPE	     "application/octet-stream"
#define MIME_STRONG_PRIORITY 80 /* shared-mime-info: "80 and above: beats the name" */

/* clang-format off */
static const char *const kind_names[] = {
	[KIND_UNKNOWN]	= "unknown",
	[KIND_DOCUMENT]	= "document",
	[KIND_CODE]	= "code",
	[KIND_GUEST]	= "guest",
};
_Static_assert(ARRAY_SIZE(kind_names) == KIND_COUNT, "a name per kind");

static const char *const strength_names[] = {
	[STRENGTH_NONE]   = "none",
	[STRENGTH_WEAK]   = "weak magic",
	[STRENGTH_NAME]   = "name",
	[STRENGTH_STRONG] = "strong magic",
};
_Static_assert(ARRAY_SIZE(strength_names) == STRENGTH_COUNT, "a name per strength");

/*
 * The first that answers wins: those that begin with fixed bytes, then those that say more than a
 * container would, then those that are sure only after several checks.
 */
static bool (*const probes[])(struct source *s, struct content *c) = {
	probe_elf, probe_script, probe_kernel, probe_mz, probe_wasm, probe_cafebabe, probe_macho,
	probe_zip, probe_amiga, probe_applesingle, probe_iso, probe_apple_disk, probe_pc_disk,
	probe_atari, probe_human68k, probe_macbinary, probe_rsrc,
};
/* clang-format on */

const char *kind_name(enum content_kind k)
{
	return (unsigned)k < KIND_COUNT ? kind_names[k] : "unknown";
}

const char *strength_name(enum strength s)
{
	return (unsigned)s < STRENGTH_COUNT ? strength_names[s] : "none";
}

/* ---- reading ---- */

size_t source_read(struct source *s, uint64_t off, void *buf, size_t len)
{
	size_t got = 0;

	memset(buf, 0, len);
	if (off >= s->size)
		return 0;
	if (off + len <= s->nhead && off + len >= off) {
		memcpy(buf, s->head + off, len);
		return len;
	}
	if (!s->reads_left)
		return 0;
	s->reads_left--;
	if (s->fd < 0) {
		got = s->size - off < len ? s->size - off : len;
		memcpy(buf, s->memory + off, got);
		return got;
	}
	if (off > INT64_MAX - len)
		return 0;
	while (got < len) {
		ssize_t n = pread(s->fd, (char *)buf + got, len - got, off + got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += n;
	}
	return got;
}

bool source_has(struct source *s, uint64_t off, void *buf, size_t len)
{
	return source_read(s, off, buf, len) == len;
}

bool content_set(struct content *c, const char *type, enum content_kind kind, enum strength s,
		 const char *detail, ...)
{
	va_list ap;

	snprintf(c->by_content, sizeof(c->by_content), "%s", type);
	c->kind = kind;
	c->code = kind == KIND_CODE;
	c->strength = s;
	va_start(ap, detail);
	vsnprintf(c->detail, sizeof(c->detail), detail, ap);
	va_end(ap);
	return true;
}

/* ---- names ---- */

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static void by_name(const char *name, const struct mime *mime, struct content *c)
{
	const char *base = last_component(name), *dot = strrchr(base, '.'), *type;

	type = dot && dot[1] ? table_extension(dot + 1, strlen(dot + 1), NULL) : NULL;
	if (!type && mime)
		type = mime_by_name(mime, base);
	if (type)
		snprintf(c->by_name, sizeof(c->by_name), "%s", type);
}

/* ---- parents ---- */

static bool has_parent(const struct content *c, const char *type)
{
	for (unsigned i = 0; i < c->nparents; i++)
		if (strcmp(c->parents[i], type) == 0)
			return true;
	return strcmp(c->type, type) == 0;
}

static void add_parent(struct content *c, const char *type)
{
	if (c->nparents < PARENTS_MAX && !has_parent(c, type))
		snprintf(c->parents[c->nparents++], TYPE_BYTES, "%s", type);
}

/* Breadth first; the list itself is the queue, and its length the bound. */
static void parents_fill(const struct mime *mime, struct content *c)
{
	const char *found[PARENTS_MAX];

	c->nparents = 0;
	for (unsigned at = 0; at <= c->nparents && mime; at++) {
		const char *type = at ? c->parents[at - 1] : c->type;
		unsigned n = mime_parents(mime, type, found, PARENTS_MAX);

		for (unsigned i = 0; i < n; i++)
			add_parent(c, found[i]);
	}
	if (strncmp(c->type, "text/", 5) == 0)
		add_parent(c, "text/plain");
}

bool content_is(const struct content *c, const char *pattern)
{
	if (fnmatch(pattern, c->type, 0) == 0)
		return true;
	for (unsigned i = 0; i < c->nparents; i++)
		if (fnmatch(pattern, c->parents[i], 0) == 0)
			return true;
	return false;
}

/* Is what the name says a form of the container that the content is? */
static bool name_refines(const struct mime *mime, struct content *c)
{
	struct content named = { 0 };

	if (strncmp(c->by_name, "text/", 5) == 0 && strcmp(c->by_content, "text/plain") == 0)
		return true;
	snprintf(named.type, sizeof(named.type), "%s", c->by_name);
	parents_fill(mime, &named);
	if (content_is(&named, c->by_content))
		return true;
	/* no database: believe the name, unless it is of a kind that has a magic of its own */
	return !mime && strncmp(c->by_name, "image/", 6) != 0 &&
	       strncmp(c->by_name, "audio/", 6) != 0 && strncmp(c->by_name, "video/", 6) != 0;
}

/* ---- the whole ---- */

static void content_of(struct source *s, const struct mime *mime, struct content *c)
{
	const char *type;
	unsigned priority;

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i](s, c))
			return;
	if (table_magic(s, c) && c->strength == STRENGTH_STRONG)
		return;
	type = mime ? mime_by_magic(mime, s, &priority) : NULL;
	if (type) {
		if (c->strength == STRENGTH_WEAK && priority < 50)
			return;
		content_set(c, type, table_kind(type),
			    priority >= MIME_STRONG_PRIORITY ? STRENGTH_STRONG : STRENGTH_WEAK,
			    "%s", "");
		return;
	}
	if (!c->by_content[0])
		table_text(s, c);
}

static void decide(const struct mime *mime, struct content *c)
{
	bool yields = table_is_container(c->by_content);
	const char *type = UNKNOWN_TYPE;

	if (c->by_content[0])
		type = c->by_content;
	if (c->by_name[0] && (c->strength <= STRENGTH_WEAK || yields)) {
		/* weak magic yields to any name; but text is no picture, whatever it is called */
		if (!yields || name_refines(mime, c))
			type = c->by_name;
	}
	snprintf(c->type, sizeof(c->type), "%s", type);
	if (type == c->by_name)
		c->kind = table_kind(type);
	parents_fill(mime, c);
	if (c->kind == KIND_UNKNOWN && content_is(c, "text/plain"))
		c->kind = KIND_DOCUMENT;
}

static int recognise(struct source *s, const char *name, const struct mime *mime,
		     struct content *out)
{
	memset(out, 0, sizeof(*out));
	s->reads_left = SOURCE_READS;
	by_name(name, mime, out);
	if (s->nhead)
		content_of(s, mime, out);
	decide(mime, out);
	return 0;
}

int recognise_fd(int fd, const char *name, const struct mime *mime, struct content *out)
{
	struct source s = { .fd = fd };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	s.size = st.st_size;
	s.reads_left = 1;
	if (s.size) {
		s.nhead = source_read(&s, 0, s.head, s.size < HEAD_BYTES ? s.size : HEAD_BYTES);
		if (!s.nhead)
			return -EIO;
	}
	return recognise(&s, name, mime, out);
}

int recognise_memory(const void *data, size_t len, const char *name, const struct mime *mime,
		     struct content *out)
{
	struct source s = { .fd = -1, .memory = data, .size = len };

	s.nhead = len < HEAD_BYTES ? len : HEAD_BYTES;
	if (s.nhead)
		memcpy(s.head, data, s.nhead);
	return recognise(&s, name, mime, out);
}
