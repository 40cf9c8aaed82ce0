// SPDX-License-Identifier: GPL-2.0-or-later
/* One .ee file: sections are environments, keys what the table below has. */
#include <ctype.h>
#include <strings.h>

#include "ini_lines.h"
#include "registry_priv.h"
#include "util.h"

struct parse {
	struct registry *r;
	const char *file;
	enum origin origin;
	struct record rec; /* the section being read; id NULL: none */
	unsigned line; /* of its header */
	bool wrong; /* it has a mistake, and is left out */
	char magic[2 * RECORD_MAGIC_BYTES * 2 + 32];
};

static void wrong(struct parse *p, unsigned line, const char *fmt, const char *a, const char *b)
{
	char text[512];

	snprintf(text, sizeof(text), fmt, a, b);
	registry_mistake(p->r, p->file, line, "%s", text);
	p->wrong = true;
}

/* ---- values ---- */

static void set_string(struct parse *p, char **field, const char *value)
{
	free(*field);
	*field = strdup(value);
	if (!*field)
		p->wrong = true;
}

static bool glob_whole(const char *glob)
{
	bool in = false;

	for (const char *c = glob; *c; c++) {
		if (*c == '\\' && !*++c)
			return false;
		if (*c == '[' && !in)
			in = true;
		else if (*c == ']' && in)
			in = false;
	}
	return !in;
}

static void key_name(struct parse *p, unsigned line, const char *value)
{
	set_string(p, &p->rec.name, value);
}

static void key_program(struct parse *p, unsigned line, const char *value)
{
	if (!*value || strpbrk(value, " \t"))
		wrong(p, line, "Program '%s': must be one name or path%s", value, "");
	set_string(p, &p->rec.program, value);
}

static void key_types(struct parse *p, unsigned line, const char *value)
{
	if (words_split(&p->rec.types, value, " \t,;") < 0)
		wrong(p, line, "Types: too many%s%s", "", "");
	for (char **t = p->rec.types; t && *t; t++)
		if (!strchr(*t, '/') || !glob_whole(*t))
			wrong(p, line, "Types: '%s' is no content type%s", *t, "");
}

static void key_globs(struct parse *p, unsigned line, const char *value)
{
	if (words_split(&p->rec.globs, value, " \t") < 0)
		wrong(p, line, "Globs: too many%s%s", "", "");
	for (char **g = p->rec.globs; g && *g; g++)
		if (!glob_whole(*g) || strchr(*g, '/'))
			wrong(p, line, "Globs: '%s' is no pattern for a file name%s", *g, "");
}

static void key_magic(struct parse *p, unsigned line, const char *value)
{
	size_t have = strlen(p->magic);

	/* a long one goes on in the next line */
	if (snprintf(p->magic + have, sizeof(p->magic) - have, "%s", value) >=
	    (int)(sizeof(p->magic) - have))
		wrong(p, line, "Magic: too long%s%s", "", "");
}

static void key_class(struct parse *p, unsigned line, const char *value)
{
	for (int i = 0; i < ENV_CLASS_COUNT; i++)
		if (strcmp(value, env_class_name(i)) == 0) {
			p->rec.class = i;
			return;
		}
	wrong(p, line, "Class '%s': must be code, document or guest%s", value, "");
}

static void key_args(struct parse *p, unsigned line, const char *value)
{
	if (words_split(&p->rec.args, value, " \t") < 0)
		wrong(p, line, "Args: too many%s%s", "", "");
	for (char **a = p->rec.args; a && *a; a++)
		for (const char *c = *a; *c; c++)
			if (*c == '%' && (!*++c || !strchr("fadnsh%", *c))) {
				wrong(p, line, "Args: '%s' has an unknown code, see eel(1)%s", *a,
				      "");
				break;
			}
}

static void key_needs(struct parse *p, unsigned line, const char *value)
{
	char **words = NULL;

	if (words_split(&words, value, " \t") < 0)
		wrong(p, line, "Needs: too many%s%s", "", "");
	for (char **w = words; w && *w; w++) {
		if (strncmp(*w, "environment:", 12) == 0 && (*w)[12])
			set_string(p, &p->rec.needs_env, *w + 12);
		else if (strncmp(*w, "package:", 8) == 0 && (*w)[8])
			set_string(p, &p->rec.package, *w + 8);
		else if (strncmp(*w, "file:", 5) == 0 &&
			 ((*w)[5] == '/' || strncmp(*w + 5, "~/", 2) == 0))
			p->wrong |= words_add(&p->rec.needs_files, *w + 5, strlen(*w + 5)) < 0;
		else
			wrong(p, line,
			      "Needs '%s': must be environment:NAME, file:/PATH or package:NAME%s",
			      *w, "");
	}
	words_free(words);
}

static void key_budget(struct parse *p, unsigned line, const char *value)
{
	char **words = NULL, why[160];

	free(p->rec.budget);
	p->rec.budget = malloc(sizeof(*p->rec.budget));
	if (!p->rec.budget || words_split(&words, value, " \t") < 0) {
		p->wrong = true;
		return;
	}
	budget_init(p->rec.budget);
	for (char **w = words; w && *w; w++)
		if (budget_parse_word(*w, p->rec.budget, why, sizeof(why)) < 0)
			wrong(p, line, "Budget: %s%s", why, "");
	words_free(words);
}

static void key_missing(struct parse *p, unsigned line, const char *value)
{
	set_string(p, &p->rec.missing, value);
}

static void key_terminal(struct parse *p, unsigned line, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		wrong(p, line, "Terminal '%s': must be yes or no%s", value, "");
	p->rec.terminal = strcmp(value, "yes") == 0;
}

static void key_display(struct parse *p, unsigned line, const char *value)
{
	static const char *const words[] = { "none", "any", "x11", "wayland" };
	_Static_assert(ARRAY_SIZE(words) == DISPLAY_COUNT, "a word per need");

	for (int i = 0; i < DISPLAY_COUNT; i++)
		if (strcmp(value, words[i]) == 0) {
			p->rec.display = i;
			return;
		}
	wrong(p, line, "Display '%s': must be none, any, x11 or wayland%s", value, "");
}

static void key_trust(struct parse *p, unsigned line, const char *value)
{
	int t = trust_parse(value);

	if (t < 0)
		wrong(p, line, "Trust '%s': must be transparent, ask or deny%s", value, "");
	else
		p->rec.trust = t;
}

/* clang-format off */
static const struct {
	const char *key;
	void (*set)(struct parse *p, unsigned line, const char *value);
} keys[] = {
	{ "Name",     key_name },
	{ "Types",    key_types },
	{ "Globs",    key_globs },
	{ "Magic",    key_magic },
	{ "Class",    key_class },
	{ "Program",  key_program },
	{ "Args",     key_args },
	{ "Needs",    key_needs },
	{ "Budget",   key_budget },
	{ "Missing",  key_missing },
	{ "Terminal", key_terminal },
	{ "Display",  key_display },
	{ "Trust",    key_trust },
};
/* clang-format on */

/* ---- sections ---- */

static bool id_good(const char *id)
{
	for (const char *c = id; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._+-", *c))
			return false;
	return *id && *id != '-' && strlen(id) < 64;
}

static void magic_end(struct parse *p)
{
	const char *what;

	if (!p->magic[0])
		return;
	p->rec.magic = calloc(1, sizeof(*p->rec.magic));
	what = p->rec.magic ? magic_hex(p->magic, p->rec.magic) : "out of memory";
	if (what)
		wrong(p, p->line, "[%s]: Magic: %s", p->rec.id, what);
}

static void record_end(struct parse *p)
{
	struct record *rec = &p->rec;
	bool takes_file = false;

	if (!rec->id)
		return;
	magic_end(p);
	if (!rec->program)
		wrong(p, p->line, "[%s] has no Program%s", rec->id, "");
	if (!rec->types && !rec->globs && !rec->magic)
		wrong(p, p->line,
		      "[%s] matches nothing: it has neither Types nor Globs nor Magic%s", rec->id,
		      "");
	if (!rec->args && words_split(&rec->args, "%f %a", " ") < 0)
		p->wrong = true;
	for (char **a = rec->args; a && *a; a++)
		takes_file |= strstr(*a, "%f") || strstr(*a, "%n") || strstr(*a, "%s");
	if (!takes_file)
		wrong(p, p->line, "[%s]: Args name the file nowhere (%%f)%s", rec->id, "");
	for (size_t i = 0; i < p->r->n; i++)
		if (p->r->v[i].origin == p->origin && strcmp(p->r->v[i].id, rec->id) == 0)
			wrong(p, p->line, "[%s] is there already: %s", rec->id, p->r->v[i].where);
	if (p->wrong)
		record_finish(rec);
	else
		registry_add(p->r, rec);
	memset(rec, 0, sizeof(*rec));
}

static void on_section(void *arg, unsigned line, const char *name)
{
	struct parse *p = arg;

	record_end(p);
	p->wrong = false;
	p->magic[0] = '\0';
	p->line = line;
	p->rec.origin = p->origin;
	p->rec.id = strdup(name);
	p->rec.where = str_printf("%s:%u", p->file, line);
	if (!p->rec.id || !p->rec.where)
		p->wrong = true;
	else if (!id_good(name))
		wrong(p, line, "[%s]: a name has letters, digits and any of . _ + -%s", name, "");
}

static void on_key(void *arg, unsigned line, const char *key, const char *value)
{
	struct parse *p = arg;

	if (!p->rec.id) {
		wrong(p, line, "%s stands before the first [name]%s", key, "");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, key) == 0) {
			keys[i].set(p, line, value);
			return;
		}
	wrong(p, line, "unknown key %s%s", key, "");
}

static void on_mistake(void *arg, unsigned line, const char *what)
{
	wrong(arg, line, "%s%s", what, "");
}

void record_read(struct registry *r, enum origin o, const char *file, const char *text, size_t len)
{
	static const struct ini_ops ops = { on_section, on_key, on_mistake };
	struct parse p = { .r = r, .file = file, .origin = o };

	ini_lines(text, len, &ops, &p);
	record_end(&p);
}
