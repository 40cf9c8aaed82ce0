// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits in INI files: reading them, and changing one line of a compartment's own. */
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>

#include "budget.h"
#include "internal.h"

#define CONF_MAX_BYTES 65536
#define LINE_MAX_BYTES 199 /* inih cuts longer ones silently (INI_MAX_LINE) */
#define ETC_DIR	       "/etc/uc"

struct reading {
	const char *at; /* the rest of the text */
	int line;
	enum budget_file kind;
	struct budget *b, *ceiling;
	char *why; /* the first mistake, and its line */
	int why_line;
};

static int UCRUN_PRINTF(2, 3) mistake(struct reading *r, const char *fmt, ...)
{
	va_list ap;

	if (r->why)
		return 0;
	va_start(ap, fmt);
	if (vasprintf(&r->why, fmt, ap) < 0)
		r->why = NULL;
	va_end(ap);
	r->why_line = r->line;
	return 0;
}

/* fgets(3) for inih, which tells nobody the number of the line that it is at. */
static char *next_line(char *buf, int size, void *stream)
{
	struct reading *r = stream;
	size_t len = strcspn(r->at, "\n");

	if (!*r->at)
		return NULL;
	r->line++;
	if (len > LINE_MAX_BYTES - 2 || (int)len + 2 > size) {
		mistake(r, "longer than %d bytes", LINE_MAX_BYTES - 2);
		snprintf(buf, size, "\n");
	} else {
		snprintf(buf, size, "%.*s\n", (int)len, r->at);
	}
	r->at += len + (r->at[len] == '\n');
	return buf;
}

/* Sections of the same files that somebody else reads: [trust] is eel's, [display] is ucrun's. */
static bool is_others(const char *section)
{
	return strcmp(section, "trust") == 0 || strcmp(section, "display") == 0;
}

/* What the line says goes here; NULL: the section has no business in this file. */
static struct budget *target(struct reading *r, const char *section)
{
	if (strcmp(section, "budget") == 0)
		return r->kind == BUDGET_FILE_USER_CEILING ? r->ceiling : r->b;
	if (strcmp(section, "ceiling") == 0 && r->kind == BUDGET_FILE_MACHINE)
		return r->ceiling;
	return NULL;
}

/* inih's: 1 is good, 0 a mistake. */
static int on_value(void *arg, const char *section, const char *name, const char *text)
{
	struct reading *r = arg;
	struct budget *b = target(r, section);
	int key = budget_key_find(name);
	int64_t value;
	char why[96];

	if (!*section)
		return mistake(r, "%s: stands before any [section]", name);
	if (is_others(section))
		return 1;
	if (!b)
		return mistake(r, "[%s]: unknown section", section);
	if (key < 0)
		return mistake(r, "%s: no such limit", name);
	if (budget_parse(key, text ? text : "", &value, why, sizeof(why)) < 0)
		return mistake(r, "%s = %s: %s", name, text ? text : "", why);
	if (b == r->ceiling && b->value[key] != BUDGET_UNSET && b->value[key] < value)
		return 1;
	b->value[key] = value;
	return 1;
}

int budget_read(const char *text, const char *file, enum budget_file kind, struct budget *b,
		struct budget *ceiling, char *err, size_t errlen)
{
	struct reading r = { .at = text, .kind = kind, .b = b, .ceiling = ceiling };
	struct err e = { err, errlen };
	int ret = ini_parse_stream(next_line, &r, on_value, &r);

	/* inih tells the first bad line; when that is not one of ours, it is its own. */
	if (ret > 0 && (!r.why || ret < r.why_line))
		fail(e, -EINVAL, "%s:%d: neither [section] nor KEY = VALUE", file, ret);
	else if (r.why)
		fail(e, -EINVAL, "%s:%d: %s", file, r.why_line, r.why);
	else if (ret < 0)
		fail(e, -ENOMEM, "out of memory");
	free(r.why);
	return ret || r.why_line ? -EINVAL : 0;
}

static int read_conf(int dirfd, const char *name, const char *file, enum budget_file kind,
		     struct budget *b, struct budget *ceiling, char *err, size_t errlen)
{
	autofree char *text = malloc(CONF_MAX_BYTES);
	struct err e = { err, errlen };
	ssize_t n = text ? read_own_file(dirfd, name, text, CONF_MAX_BYTES) : -ENOMEM;

	if (n == -ENOENT || n == -ENOTDIR)
		return 0;
	if (n < 0)
		return fail(e, n, "%s: %s", file, n == -EPERM ? "not a file" : strerror(-n));
	if (n == CONF_MAX_BYTES - 1)
		return fail(e, -EFBIG, "%s: longer than %d bytes", file, CONF_MAX_BYTES - 2);
	return budget_read(text, file, kind, b, ceiling, err, errlen);
}

static char *user_conf_path(void)
{
	const char *dir = getenv("XDG_CONFIG_HOME");

	if (dir && *dir == '/')
		return str_printf("%s/uc/uc.conf", dir);
	dir = getenv("HOME");
	return dir && *dir == '/' ? str_printf("%s/.config/uc/uc.conf", dir) : NULL;
}

int budget_load(const struct compartment *c, struct budget *b, struct budget *ceiling, char *err,
		size_t errlen)
{
	autofree char *user = user_conf_path(), *own = NULL;
	int ret;

	budget_init(b);
	budget_init(ceiling);
	ret = read_conf(AT_FDCWD, ETC_DIR "/uc.conf", ETC_DIR "/uc.conf", BUDGET_FILE_MACHINE, b,
			ceiling, err, errlen);
	if (ret == 0 && user)
		ret = read_conf(AT_FDCWD, user, user, BUDGET_FILE_PLAIN, b, ceiling, err, errlen);
	if (ret < 0 || !c)
		return ret;
	own = str_printf("%s/uc.conf", c->path);
	if (!own)
		return -ENOMEM;
	for (unsigned i = 0; ret == 0 && i < COMPARTMENT_OWNER_CONFS; i++) {
		autofree char *above = compartment_owner_conf(c, i);

		if (above)
			ret = read_conf(AT_FDCWD, above, above, BUDGET_FILE_USER_CEILING, b,
					ceiling, err, errlen);
	}
	if (ret < 0)
		return ret;
	ret = owner_begin(c->host_uid, c->host_gid);
	if (ret == 0)
		ret = read_conf(c->dirfd, "uc.conf", own, BUDGET_FILE_PLAIN, b, ceiling, err,
				errlen);
	owner_end();
	return ret;
}

/* ---- changing ---- */

/* Is this line "KEY = ..." or "KEY: ..."? */
static bool line_sets(const char *line, const char *key)
{
	size_t n = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, n) != 0)
		return false;
	line += n;
	line += strspn(line, " \t");
	return *line == '=' || *line == ':';
}

char *budget_edit(const char *text, enum budget_key key, int64_t value)
{
	const char *name = budget_key_name(key);
	bool in_budget = false, done = value == BUDGET_UNSET;
	char *out = NULL, number[32];
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	budget_format(key, value, number, sizeof(number));
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		bool section = p[strspn(p, " \t")] == '[';

		if (section) {
			if (in_budget && !done) {
				fprintf(f, "%s = %s\n", name, number);
				done = true;
			}
			in_budget = strncmp(p + strspn(p, " \t"), "[budget]", 8) == 0;
		}
		if (in_budget && !section && line_sets(p, name)) {
			if (!done)
				fprintf(f, "%s = %s\n", name, number);
			done = true;
		} else {
			fprintf(f, "%.*s\n", (int)len, p);
		}
		p += len + (p[len] == '\n');
	}
	if (!done)
		fprintf(f, "%s%s = %s\n", in_budget ? "" : "[budget]\n", name, number);
	if (fclose(f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}

int budget_store(const struct compartment *c, const struct budget *b, unsigned unset, char *err,
		 size_t errlen)
{
	autofree char *text = calloc(1, CONF_MAX_BYTES);
	struct err e = { err, errlen };
	ssize_t n;
	int ret = owner_begin(c->host_uid, c->host_gid);

	if (ret == 0 && !text)
		ret = -ENOMEM;
	n = ret < 0 ? ret : read_own_file(c->dirfd, "uc.conf", text, CONF_MAX_BYTES);
	if (n < 0 && n != -ENOENT)
		ret = n;
	for (int i = 0; ret == 0 && i < BUDGET_KEY_COUNT; i++) {
		char *edited;

		if (b->value[i] == BUDGET_UNSET && !(unset & 1U << i))
			continue;
		edited = budget_edit(text, i, b->value[i]);
		free(text);
		text = edited;
		if (!text)
			ret = -ENOMEM;
	}
	if (ret == 0)
		ret = write_file_at(c->dirfd, "uc.conf", text, strlen(text), 0600);
	owner_end();
	return ret < 0 ? fail_path(e, ret, c->path) : 0;
}
