// SPDX-License-Identifier: GPL-2.0-or-later
/* The registry: stages, files, mistakes. */
#include "registry.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>

#include "registry_priv.h"
#include "util.h"

#define MISTAKES_MAX 256
#define FILES_MAX    2048 /* of one directory */

/* clang-format off */
static const char *const origin_names[] = {
	[ORIGIN_COMPARTMENT] = "compartment",
	[ORIGIN_OWNER]	     = "owner",
	[ORIGIN_BUILTIN]     = "built-in",
	[ORIGIN_BINFMT]	     = "binfmt",
	[ORIGIN_DESKTOP]     = "desktop",
	[ORIGIN_MAILCAP]     = "mailcap",
};
_Static_assert(ARRAY_SIZE(origin_names) == ORIGIN_COUNT, "a name per origin");
static const char *const class_names[] = {
	[ENV_CODE] = "code", [ENV_DOCUMENT] = "document", [ENV_GUEST] = "guest",
};
_Static_assert(ARRAY_SIZE(class_names) == ENV_CLASS_COUNT, "a name per class");
static const char *const trust_names[] = {
	[TRUST_TRANSPARENT] = "transparent", [TRUST_ASK] = "ask", [TRUST_DENY] = "deny",
};
_Static_assert(ARRAY_SIZE(trust_names) == TRUST_COUNT, "a name per trust");
/* clang-format on */

const char *origin_name(enum origin o)
{
	return (unsigned)o < ORIGIN_COUNT ? origin_names[o] : "unknown";
}

const char *env_class_name(enum env_class c)
{
	return (unsigned)c < ENV_CLASS_COUNT ? class_names[c] : "unknown";
}

const char *trust_name(enum trust t)
{
	return (unsigned)t < TRUST_COUNT ? trust_names[t] : "deny";
}

int trust_parse(const char *word)
{
	for (int i = 0; i < TRUST_COUNT; i++)
		if (strcmp(trust_names[i], word) == 0)
			return i;
	return -EINVAL;
}

/* ---- lists of words ---- */

int words_add(char ***list, const char *word, size_t len)
{
	size_t n = 0;
	char **v;

	while (*list && (*list)[n])
		n++;
	if (n >= RECORD_WORDS_MAX)
		return -E2BIG;
	v = realloc(*list, (n + 2) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	*list = v;
	v[n] = strndup(word, len);
	v[n + 1] = NULL;
	return v[n] ? 0 : -ENOMEM;
}

int words_split(char ***list, const char *text, const char *seps)
{
	int ret = 0;

	while (ret == 0) {
		size_t len;

		text += strspn(text, seps);
		len = strcspn(text, seps);
		if (!len)
			break;
		ret = words_add(list, text, len);
		text += len;
	}
	return ret;
}

void words_free(char **list)
{
	for (char **w = list; w && *w; w++)
		free(*w);
	free(list);
}

/* ---- magic ---- */

static int hex_digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

static const char *hex_bytes(const char *s, unsigned char *out, unsigned *n)
{
	for (*n = 0; hex_digit(s[0]) >= 0 && hex_digit(s[1]) >= 0; s += 2) {
		if (*n == RECORD_MAGIC_BYTES)
			break;
		out[(*n)++] = hex_digit(s[0]) << 4 | hex_digit(s[1]);
	}
	return s;
}

const char *magic_hex(const char *text, struct record_magic *out)
{
	char *end;
	unsigned long offset = strtoul(text, &end, 10);
	unsigned masked;
	const char *s;

	if (end == text || !isspace((unsigned char)*end) || offset > 4096 - RECORD_MAGIC_BYTES)
		return "must begin with an offset below 3968";
	s = hex_bytes(end + strspn(end, " \t"), out->bytes, &out->len);
	out->offset = offset;
	memset(out->mask, 0xff, sizeof(out->mask));
	if (!out->len)
		return "has no bytes in hexadecimal after the offset";
	if (*s == '/') {
		s = hex_bytes(s + 1, out->mask, &masked);
		if (masked != out->len)
			return "the mask is not as long as the bytes";
	}
	return *s ? "is not an offset, bytes in hexadecimal and perhaps a mask" : NULL;
}

/* ---- the registry ---- */

void registry_mistake(struct registry *r, const char *file, unsigned line, const char *fmt, ...)
{
	char what[600], **v;
	va_list ap;

	if (r->nmistakes >= MISTAKES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	v = realloc(r->mistakes, (r->nmistakes + 2) * sizeof(*v));
	if (!v)
		return;
	r->mistakes = v;
	v[r->nmistakes] =
		line ? str_printf("%s:%u: %s", file, line, what) : str_printf("%s: %s", file, what);
	if (v[r->nmistakes]) {
		r->nmistakes++;
		if (r->loaded < 1u << ORIGIN_BINFMT)
			r->nown++;
	}
	v[r->nmistakes] = NULL;
}

void record_finish(struct record *rec)
{
	free(rec->id);
	free(rec->name);
	free(rec->where);
	words_free(rec->types);
	words_free(rec->globs);
	free(rec->magic);
	free(rec->program);
	words_free(rec->args);
	free(rec->needs_env);
	words_free(rec->needs_files);
	free(rec->missing);
	free(rec->package);
	free(rec->budget);
	free(rec->not_now);
	memset(rec, 0, sizeof(*rec));
}

int registry_add(struct registry *r, struct record *rec)
{
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct record *v = room <= RECORDS_MAX ? realloc(r->v, room * sizeof(*v)) : NULL;

		if (!v) {
			record_finish(rec);
			return room > RECORDS_MAX ? -E2BIG : -ENOMEM;
		}
		r->v = v;
		r->room = room;
	}
	r->v[r->n++] = *rec;
	memset(rec, 0, sizeof(*rec));
	return 0;
}

/* Can we look into it? What access(2) says inside of a compartment is about its own root. */
static bool enterable(const char *dir)
{
	autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0;
}

/* The standard places; strings live as long as the process. */
static void paths_default(struct registry_paths *p)
{
	static char compartment[PATH_MAX], mimeapps[4 * PATH_MAX], apps[2 * PATH_MAX],
		mailcap[PATH_MAX];
	const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
	char base[PATH_MAX - 64];

	if (!home || home[0] != '/' || !enterable(home))
		home = "/nonexistent"; /* closed to us: nothing in it is ours to read */
	if (config && config[0] == '/' && enterable(config))
		snprintf(base, sizeof(base), "%s", config);
	else
		snprintf(base, sizeof(base), "%s/.config", home);
	snprintf(compartment, sizeof(compartment), "%s/uc/eel.d", base);
	snprintf(
		mimeapps, sizeof(mimeapps),
		"%s/mimeapps.list:/etc/xdg/mimeapps.list:%s/.local/share/applications/"
		"mimeapps.list:"
		"/usr/local/share/applications/mimeapps.list:/usr/share/applications/mimeapps.list",
		base, home);
	snprintf(apps, sizeof(apps),
		 "%s/.local/share/applications:/usr/local/share/applications:/usr/share/"
		 "applications",
		 home);
	snprintf(mailcap, sizeof(mailcap), "%s/.mailcap:/etc/mailcap", home);
	*p = (struct registry_paths){
		.compartment = compartment,
		.owner = "/etc/uc/eel.d",
		.data = "/usr/local/share/uc/eel.d:/usr/share/uc/eel.d",
		.binfmt_d = "/etc/binfmt.d:/run/binfmt.d:/usr/local/lib/binfmt.d:/usr/lib/binfmt.d",
		.binfmts = "/usr/share/binfmts",
		.mimeapps = mimeapps,
		.applications = apps,
		.mailcap = mailcap,
	};
}

void registry_init(struct registry *r, const struct registry_paths *paths)
{
	memset(r, 0, sizeof(*r));
	if (paths)
		r->paths = *paths;
	else
		paths_default(&r->paths);
}

void registry_finish(struct registry *r)
{
	for (size_t i = 0; i < r->n; i++)
		record_finish(&r->v[i]);
	free(r->v);
	words_free(r->mistakes);
	memset(r, 0, sizeof(*r));
}

const struct record *registry_by_id(const struct registry *r, const char *id)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].id, id) == 0)
			return &r->v[i];
	return NULL;
}

void registry_check(struct registry *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct record *at = &r->v[i], *next;

		for (size_t steps = 0; at->needs_env; steps++) {
			next = registry_by_id(r, at->needs_env);
			if (!next && at == &r->v[i])
				registry_mistake(r, at->where, 0,
						 "[%s] needs environment %s, and there is none",
						 at->id, at->needs_env);
			if (!next)
				break;
			if (next == &r->v[i] || steps > r->n) {
				if (next == &r->v[i])
					registry_mistake(r, next->where, 0,
							 "[%s] needs itself, by way of %s",
							 next->id, at->id);
				break;
			}
			at = next;
		}
	}
}

/* ---- files ---- */

static bool name_met(char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = suffix ? strlen(suffix) : 0;

	return name[0] != '.' && len > tail && (!suffix || strcmp(name + len - tail, suffix) == 0);
}

/* Add the names in one directory that were not met before, sorted. */
static void names_collect(const char *dir, const char *suffix, char *names[FILES_MAX], size_t *n)
{
	size_t from = *n;
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return;
	while ((e = readdir(d)) && *n < FILES_MAX)
		if (ends_in(e->d_name, suffix) && !name_met(names, from, e->d_name) &&
		    (names[*n] = strdup(e->d_name)))
			(*n)++;
	closedir(d);
	qsort(names + from, *n - from, sizeof(*names), by_text);
}

size_t for_each_file(struct registry *r, const char *dirs, const char *suffix,
		     void (*fn)(struct registry *r, const char *path, const char *text, size_t len))
{
	char **names = calloc(FILES_MAX, sizeof(*names)), **list = NULL;
	size_t n = 0, done = 0;

	if (!names || !dirs || words_split(&list, dirs, ":") < 0)
		n = 0;
	for (char **dir = list; names && dir && *dir; dir++) {
		names_collect(*dir, suffix, names, &n);
		for (; done < n; done++) {
			autofree char *path = str_printf("%s/%s", *dir, names[done]), *text = NULL;
			ssize_t len = path ? read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text)
					   : -ENOMEM;

			if (len >= 0)
				fn(r, path, text, len);
			else if (len != -EISDIR)
				registry_mistake(r, path ? path : *dir, 0, "%s", strerror(-len));
		}
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	words_free(list);
	return n;
}

/* ---- stages ---- */

static void compartment_file(struct registry *r, const char *path, const char *text, size_t len)
{
	record_read(r, ORIGIN_COMPARTMENT, path, text, len);
}

static void owner_file(struct registry *r, const char *path, const char *text, size_t len)
{
	record_read(r, ORIGIN_OWNER, path, text, len);
}

static void data_file(struct registry *r, const char *path, const char *text, size_t len)
{
	record_read(r, ORIGIN_BUILTIN, path, text, len);
}

/* A file in DATADIR replaces the built-in text of its name, wherever it is on the way. */
static bool replaced(const struct registry *r, const char *file)
{
	char path[PATH_MAX], **dirs = NULL;
	bool found = false;

	if (!r->paths.data || words_split(&dirs, r->paths.data, ":") < 0)
		return false;
	for (char **d = dirs; d && *d && !found; d++)
		found = snprintf(path, sizeof(path), "%s/%s", *d, file) < (int)sizeof(path) &&
			access(path, F_OK) == 0;
	words_free(dirs);
	return found;
}

static void builtin_load(struct registry *r)
{
	bool files = for_each_file(r, r->paths.data, ".ee", data_file) > 0;

	for (size_t i = 0; i < builtin_records_count; i++) {
		const struct builtin_record *b = &builtin_records[i];

		/* without a file there is none of that name */
		if (!files || !replaced(r, b->file))
			record_read(r, ORIGIN_BUILTIN, b->file, b->text, strlen(b->text));
	}
}

void registry_load(struct registry *r, enum origin o, const struct content *type)
{
	if (r->loaded & 1u << o)
		return;
	r->loaded |= 1u << o;
	switch (o) {
	case ORIGIN_COMPARTMENT:
		for_each_file(r, r->paths.compartment, ".ee", compartment_file);
		break;
	case ORIGIN_OWNER:
		for_each_file(r, r->paths.owner, ".ee", owner_file);
		break;
	case ORIGIN_BUILTIN:
		builtin_load(r);
		break;
	case ORIGIN_BINFMT:
		for_each_file(r, r->paths.binfmt_d, ".conf", binfmt_conf_read);
		for_each_file(r, r->paths.binfmts, NULL, binfmts_read);
		break;
	case ORIGIN_DESKTOP:
		desktop_load(r, type);
		break;
	case ORIGIN_MAILCAP:
		mailcap_load(r, type);
		break;
	default:
		break;
	}
}
