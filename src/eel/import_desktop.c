// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Desktop entries: which programs a desktop would open a type with. mimeapps.list first (in the
 * order of its specification, removed associations taken out), then mimeinfo.cache, which lists
 * the rest. These files are no INI in inih's sense: lines have any length, and no continuation.
 */
#include <fcntl.h>
#include <limits.h>

#include "registry_priv.h"
#include "source.h"
#include "util.h"

#define ENTRIES_MAX 64 /* programs for one type */
#define ID_BYTES    256

struct assoc {
	struct registry *r;
	const char *type; /* being looked for */
	char *ids[ENTRIES_MAX]; /* "feh.desktop", best first */
	size_t n;
	char *removed[ENTRIES_MAX];
	size_t nremoved;
};

/* Call @fn for each Key=Value line; @group is the text in the last [brackets]. */
static void desktop_lines(const char *text, size_t len, void *arg,
			  void (*fn)(void *arg, const char *group, const char *key, char *value))
{
	char group[64] = "";

	for (const char *at = text, *end = text + len; at < end;) {
		const char *nl = memchr(at, '\n', end - at);
		size_t n = (nl ? nl : end) - at;
		autofree char *line = strndup(at, n);
		char *eq;

		at += n + 1;
		if (!line || line[0] == '#')
			continue;
		if (line[0] == '[') {
			size_t g = strcspn(line + 1, "]");

			snprintf(group, sizeof(group), "%.*s", (int)(g < 63 ? g : 63), line + 1);
			continue;
		}
		eq = strchr(line, '=');
		if (!eq)
			continue;
		*eq++ = '\0';
		for (char *e = line + strlen(line); e > line && e[-1] == ' ';)
			*--e = '\0';
		fn(arg, group, line, eq + strspn(eq, " \t"));
	}
}

static bool listed(char *const *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], id) == 0)
			return true;
	return false;
}

static void ids_add(char **v, size_t *n, char *value)
{
	char *save = NULL;

	for (char *id = strtok_r(value, ";", &save); id; id = strtok_r(NULL, ";", &save))
		if (*n < ENTRIES_MAX && strlen(id) < ID_BYTES && !strstr(id, "..") &&
		    !strchr(id, '/') && !listed(v, *n, id) && (v[*n] = strdup(id)))
			(*n)++;
}

static void on_association(void *arg, const char *group, const char *key, char *value)
{
	struct assoc *a = arg;

	if (strcmp(key, a->type) != 0)
		return;
	if (strcmp(group, "Removed Associations") == 0)
		ids_add(a->removed, &a->nremoved, value);
	else if (strcmp(group, "Default Applications") == 0 ||
		 strcmp(group, "Added Associations") == 0 || strcmp(group, "MIME Cache") == 0)
		ids_add(a->ids, &a->n, value);
}

static void association_file(struct assoc *a, const char *path)
{
	autofree char *text = NULL;
	ssize_t len = read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text);

	if (len >= 0)
		desktop_lines(text, len, a, on_association);
	else if (len != -ENOENT && len != -ENOTDIR)
		registry_mistake(a->r, path, 0, "%s", strerror(-len));
}

/* ---- one entry ---- */

struct entry {
	char *name, *exec, *tryexec;
	bool terminal, hidden, application;
};

static void on_entry_key(void *arg, const char *group, const char *key, char *value)
{
	struct entry *e = arg;
	char **field = strcmp(key, "Name") == 0	     ? &e->name
		       : strcmp(key, "Exec") == 0    ? &e->exec
		       : strcmp(key, "TryExec") == 0 ? &e->tryexec
						     : NULL;

	if (strcmp(group, "Desktop Entry") != 0)
		return;
	if (field && !*field)
		*field = strdup(value);
	if (strcmp(key, "Terminal") == 0)
		e->terminal = strcmp(value, "true") == 0;
	if (strcmp(key, "Hidden") == 0)
		e->hidden = strcmp(value, "true") == 0;
	if (strcmp(key, "Type") == 0)
		e->application = strcmp(value, "Application") == 0;
}

/* A character of an argument; '%' in a record's template is "%%". */
static bool put(char *out, size_t *n, char c)
{
	if (*n + 3 > PATH_MAX)
		return false;
	out[(*n)++] = c;
	if (c == '%')
		out[(*n)++] = '%';
	return true;
}

/* A field code of the specification. Return: false for one that is none. */
static bool field_code(char code, char *out, size_t *n, bool *file)
{
	switch (code) {
	case '%':
		return put(out, n, '%');
	case 'f':
	case 'F':
	case 'u': /* a path will do for every program that takes URLs */
	case 'U':
		if (*n + 3 > PATH_MAX)
			return false;
		out[(*n)++] = '%';
		out[(*n)++] = 'f';
		*file = true;
		return true;
	case 'i':
	case 'c':
	case 'k':
	case 'd':
	case 'D':
	case 'n':
	case 'N':
	case 'v':
	case 'm':
		return true; /* icon, name, entry, deprecated ones: nothing */
	default:
		return false;
	}
}

/*
 * Exec's own syntax into a list: arguments between spaces, double quotes with \ before " ` $ \ in
 * them; before that, the value's escapes of \\ and \s.
 */
static bool exec_split(const char *exec, char ***args)
{
	char out[PATH_MAX + 4];
	size_t n = 0;
	bool quoted = false, any = false, file = false;

	for (const char *p = exec;; p++) {
		if (!*p || (*p == ' ' && !quoted)) {
			if (any && n && words_add(args, out, n) < 0)
				return false;
			n = 0;
			any = false;
			if (!*p)
				break;
			continue;
		}
		any = true;
		if (*p == '"') {
			quoted = !quoted;
			continue;
		}
		if (*p == '\\' && p[1]) {
			p++;
			if (*p == '\\' && quoted && p[1] && strchr("\"`$\\", p[1]))
				p++;
			if (!put(out, &n, *p == 's' && !quoted ? ' ' : *p))
				return false;
		} else if (*p == '%') {
			if (!p[1] || !field_code(*++p, out, &n, &file))
				return false;
		} else if (!put(out, &n, *p)) {
			return false;
		}
	}
	if (quoted || !*args)
		return false;
	return file || words_add(args, "%f", 2) == 0;
}

void desktop_read(struct registry *r, const char *path, const char *text, size_t len,
		  const char *type)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct record rec = { .origin = ORIGIN_DESKTOP, .class = ENV_DOCUMENT };
	struct entry e = { 0 };
	char **argv = NULL;

	desktop_lines(text, len, &e, on_entry_key);
	if (!e.application || e.hidden)
		goto out;
	if (!e.exec || !exec_split(e.exec, &argv)) {
		registry_mistake(r, path, 0,
				 e.exec ? "Exec is not as its specification wants it"
					: "has no Exec");
		goto out;
	}
	rec.id = strndup(base, strcspn(base, "."));
	rec.name = e.name ? strdup(e.name) : NULL;
	rec.where = strdup(path);
	rec.program = strdup(argv[0]);
	rec.terminal = e.terminal;
	rec.display = e.terminal ? DISPLAY_NONE : DISPLAY_ANY;
	if (table_kind(type) == KIND_CODE)
		rec.class = ENV_CODE;
	if (e.tryexec)
		words_add(&rec.needs_files, e.tryexec, strlen(e.tryexec));
	for (char **a = argv + 1; *a; a++)
		words_add(&rec.args, *a, strlen(*a));
	if (rec.id && rec.where && rec.program && words_add(&rec.types, type, strlen(type)) == 0)
		registry_add(r, &rec);
out:
	record_finish(&rec);
	words_free(argv);
	free(e.name);
	free(e.exec);
	free(e.tryexec);
}

/* ---- all of them ---- */

static void entry_find(struct registry *r, char *const *dirs, const char *id, const char *type)
{
	for (; dirs && *dirs; dirs++) {
		autofree char *path = str_printf("%s/%s", *dirs, id), *text = NULL;
		ssize_t len =
			path ? read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text) : -ENOMEM;

		if (len >= 0) {
			desktop_read(r, path, text, len, type);
			return;
		}
		if (len != -ENOENT && len != -ENOTDIR)
			registry_mistake(r, path ? path : id, 0, "%s", strerror(-len));
	}
}

static void type_load(struct registry *r, char *const *lists, char *const *dirs, const char *type)
{
	struct assoc a = { .r = r, .type = type };

	for (; lists && *lists; lists++)
		association_file(&a, *lists);
	for (char *const *d = dirs; d && *d; d++) {
		autofree char *path = str_printf("%s/mimeinfo.cache", *d);

		if (path)
			association_file(&a, path);
	}
	for (size_t i = 0; i < a.n; i++)
		if (!listed(a.removed, a.nremoved, a.ids[i]))
			entry_find(r, dirs, a.ids[i], type);
	for (size_t i = 0; i < a.n; i++)
		free(a.ids[i]);
	for (size_t i = 0; i < a.nremoved; i++)
		free(a.removed[i]);
}

void desktop_load(struct registry *r, const struct content *type)
{
	char **lists = NULL, **dirs = NULL;

	if (!type || !r->paths.mimeapps || !r->paths.applications)
		return;
	if (words_split(&lists, r->paths.mimeapps, ":") == 0 &&
	    words_split(&dirs, r->paths.applications, ":") == 0) {
		type_load(r, lists, dirs, type->type);
		for (unsigned i = 0; i < type->nparents; i++)
			type_load(r, lists, dirs, type->parents[i]);
	}
	words_free(lists);
	words_free(dirs);
}
