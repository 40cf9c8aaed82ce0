// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records that others made for binfmt_misc: systemd's binfmt.d (the kernel's own syntax) and
 * Debian's /usr/share/binfmts.
 */
#include <ctype.h>

#include "registry_priv.h"
#include "util.h"

/* Such an interpreter asks the kernel (AT_FLAGS) whether it was started so. */
#define ONLY_KERNEL "it is for the kernel's binfmt_misc only (it keeps argv[0])"

#define FIELDS 7 /* :name:type:offset:magic:mask:interpreter:flags */

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* \xNN and plain characters. Return: bytes, -1 for too many or a broken escape */
static int unescape(const char *s, size_t len, unsigned char out[RECORD_MAGIC_BYTES])
{
	int n = 0;

	for (size_t i = 0; i < len; n++) {
		if (n == RECORD_MAGIC_BYTES)
			return -1;
		if (s[i] != '\\') {
			out[n] = s[i++];
			continue;
		}
		if (i + 4 > len || s[i + 1] != 'x' || !isxdigit((unsigned char)s[i + 2]) ||
		    !isxdigit((unsigned char)s[i + 3]))
			return -1;
		out[n] = hex_value(s[i + 2]) << 4 | hex_value(s[i + 3]);
		i += 4;
	}
	return n;
}

static bool magic_make(struct record *rec, const char *offset, const char *magic, size_t mlen,
		       const char *mask, size_t klen)
{
	unsigned long off = offset ? strtoul(offset, NULL, 10) : 0;
	struct record_magic *m = calloc(1, sizeof(*m));
	int n, k;

	if (!m)
		return false;
	rec->magic = m;
	n = unescape(magic, mlen, m->bytes);
	if (n <= 0 || off > 256)
		return false;
	m->offset = off;
	m->len = n;
	memset(m->mask, 0xff, sizeof(m->mask));
	k = klen ? unescape(mask, klen, m->mask) : n;
	return k == n;
}

static bool common(struct record *rec, const char *path, unsigned line, const char *id,
		   size_t idlen, const char *interp, size_t ilen)
{
	rec->id = str_printf("binfmt-%.*s", (int)idlen, id);
	rec->program = strndup(interp, ilen);
	rec->where = line ? str_printf("%s:%u", path, line) : strdup(path);
	rec->origin = ORIGIN_BINFMT;
	rec->class = ENV_CODE;
	return rec->id && rec->program && rec->where && words_split(&rec->args, "%f %a", " ") == 0;
}

/* ---- binfmt.d ---- */

static void conf_line(struct registry *r, const char *path, unsigned line, const char *s,
		      size_t len)
{
	const char *f[FIELDS + 1];
	size_t n[FIELDS + 1];
	struct record rec = { 0 };
	unsigned fields = 0;
	char sep = s[0];
	bool good;

	for (const char *at = s + 1, *end = s + len; fields < FIELDS && at <= end; fields++) {
		const char *next = memchr(at, sep, end - at);

		f[fields] = at;
		n[fields] = (next ? next : end) - at;
		at += n[fields] + 1;
	}
	if (fields < FIELDS - 1 || !n[0] || (*f[1] != 'M' && *f[1] != 'E') || n[1] != 1 || !n[3] ||
	    !n[5]) {
		registry_mistake(r, path, line,
				 "not :name:type:offset:magic:mask:interpreter:flags");
		return;
	}
	good = common(&rec, path, line, f[0], n[0], f[5], n[5]);
	if (good && *f[1] == 'M') {
		good = magic_make(&rec, f[2], f[3], n[3], f[4], n[4]);
	} else if (good) {
		autofree char *glob = str_printf("*.%.*s", (int)n[3], f[3]);

		good = glob && words_add(&rec.globs, glob, strlen(glob)) == 0;
	}
	if (fields > FIELDS - 1 && memchr(f[FIELDS - 1], 'P', n[FIELDS - 1]))
		rec.not_now = strdup(ONLY_KERNEL);
	if (good) {
		registry_add(r, &rec);
		return;
	}
	registry_mistake(r, path, line, "the magic or its mask is broken");
	record_finish(&rec);
}

void binfmt_conf_read(struct registry *r, const char *path, const char *text, size_t len)
{
	unsigned line = 1;

	for (const char *at = text, *end = text + len; at < end; line++) {
		const char *nl = memchr(at, '\n', end - at);
		size_t n = (nl ? nl : end) - at;

		if (n && *at != '#' && *at != ';' && !isspace((unsigned char)*at))
			conf_line(r, path, line, at, n);
		at += n + 1;
	}
}

/* ---- /usr/share/binfmts: one record a file, "key value" lines ---- */

struct binfmts_keys {
	const char *package, *interpreter, *magic, *mask, *offset, *extension, *detector, *preserve;
};

static const char **binfmts_key(struct binfmts_keys *k, const char *name)
{
	const struct {
		const char *name;
		const char **where;
	} keys[] = {
		{ "package", &k->package },   { "interpreter", &k->interpreter },
		{ "magic", &k->magic },	      { "mask", &k->mask },
		{ "offset", &k->offset },     { "extension", &k->extension },
		{ "detector", &k->detector }, { "preserve", &k->preserve },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].where;
	return NULL;
}

void binfmts_read(struct registry *r, const char *path, const char *text, size_t len)
{
	autofree char *copy = strndup(text, len);
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct binfmts_keys k = { 0 };
	struct record rec = { 0 };
	char *save = NULL;
	bool good;

	for (char *l = copy ? strtok_r(copy, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save)) {
		char *value = l + strcspn(l, " \t");
		const char **where;

		if (*value)
			*value++ = '\0';
		where = binfmts_key(&k, l);
		if (where)
			*where = value + strspn(value, " \t");
	}
	if (!k.interpreter || (!k.magic && !k.extension)) {
		registry_mistake(r, path, 0, "has no interpreter, or neither magic nor extension");
		return;
	}
	good = common(&rec, path, 0, base, strlen(base), k.interpreter, strlen(k.interpreter));
	if (good && k.magic) {
		good = magic_make(&rec, k.offset, k.magic, strlen(k.magic), k.mask,
				  k.mask ? strlen(k.mask) : 0);
	} else if (good) {
		autofree char *glob = str_printf("*.%s", k.extension);

		good = glob && words_add(&rec.globs, glob, strlen(glob)) == 0;
	}
	if (k.package)
		rec.package = strdup(k.package);
	if (k.detector)
		rec.not_now = strdup("its detector program is not asked");
	else if (k.preserve && strcmp(k.preserve, "yes") == 0)
		rec.not_now = strdup(ONLY_KERNEL);
	if (good) {
		registry_add(r, &rec);
		return;
	}
	registry_mistake(r, path, 0, "the magic or its mask is broken");
	record_finish(&rec);
}
