// SPDX-License-Identifier: GPL-2.0-or-later
/* mailcap (RFC 1524): "type; command; flags". The command is for a shell, with %s for the file. */
#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <strings.h>

#include "registry_priv.h"
#include "util.h"

#define COMMAND_BYTES 1024
#define FIELDS_MAX    24
#define DISPLAY_TEST  "test -n \"$DISPLAY\""

/* Cut at ';' but not at "\;". Return: how many fields. */
static unsigned fields_cut(char *line, char *field[FIELDS_MAX])
{
	unsigned n = 0;
	char *w = line;

	field[n++] = w;
	for (char *p = line; *p; p++) {
		if (*p == '\\' && (p[1] == ';' || p[1] == '\\')) {
			*w++ = *++p;
		} else if (*p == ';') {
			*w++ = '\0';
			if (n == FIELDS_MAX)
				return n;
			field[n++] = w;
		} else {
			*w++ = *p;
		}
	}
	*w = '\0';
	for (unsigned i = 0; i < n; i++) {
		char *end = field[i] + strlen(field[i]);

		while (end > field[i] && isspace((unsigned char)end[-1]))
			*--end = '\0';
		field[i] += strspn(field[i], " \t");
	}
	return n;
}

/* %s, '%s' and "%s" become "$1": a file's name is never text of the shell. */
static bool command_make(const char *from, const char *type, char out[COMMAND_BYTES])
{
	size_t n = 0;
	bool file = false;

	for (const char *p = from; *p; p++) {
		char quote =
			(*p == '\'' || *p == '"') && strncmp(p + 1, "%s", 2) == 0 && p[3] == *p;
		const char *put;

		if (quote || strncmp(p, "%s", 2) == 0) {
			put = "\"$1\"";
			file = true;
			p += quote ? 3 : 1;
		} else if (strncmp(p, "%t", 2) == 0) {
			put = type;
			p++;
		} else if (*p == '%' && p[1] != '%') {
			return false; /* %{parameter} of a mail message, and worse */
		} else {
			if (n + 2 > COMMAND_BYTES)
				return false;
			p += *p == '%';
			out[n++] = *p;
			continue;
		}
		if (n + strlen(put) + 1 > COMMAND_BYTES)
			return false;
		memcpy(out + n, put, strlen(put));
		n += strlen(put);
	}
	out[n] = '\0';
	if (!file && n + 8 < COMMAND_BYTES)
		strcpy(out + n, " <\"$1\"");
	return true;
}

static void field_flags(struct record *rec, const char *f)
{
	if (strcmp(f, "needsterminal") == 0) {
		rec->terminal = true;
	} else if (strncmp(f, "test=", 5) == 0) {
		if (strcmp(f + 5, DISPLAY_TEST) == 0)
			rec->display = DISPLAY_ANY;
		else if (!rec->not_now)
			rec->not_now = strdup("its test is a command, which is not run");
	}
}

static void entry_line(struct registry *r, const char *path, unsigned line, char *text,
		       const struct content *want)
{
	struct record rec = { .origin = ORIGIN_MAILCAP, .class = ENV_DOCUMENT };
	char *field[FIELDS_MAX], command[COMMAND_BYTES], type[TYPE_BYTES], word[256];
	unsigned n = fields_cut(text, field);
	size_t len;

	if (n < 2 || !*field[0] || !*field[1]) {
		registry_mistake(r, path, line, "not \"type; command\"");
		return;
	}
	snprintf(type, sizeof(type), "%s%s", field[0], strchr(field[0], '/') ? "" : "/*");
	for (char *c = type; *c; c++)
		*c = tolower((unsigned char)*c);
	if (want && !content_is(want, type))
		return;
	if (!command_make(field[1], want ? want->type : type, command)) {
		registry_mistake(r, path, line,
				 "the command is too long or has a code that is not for files");
		return;
	}
	for (unsigned i = 2; i < n; i++)
		field_flags(&rec, field[i]);
	len = strcspn(field[1], " \t");
	snprintf(word, sizeof(word), "%.*s", (int)(len < 200 ? len : 200), field[1]);
	rec.id = str_printf("mailcap-%s", strrchr(word, '/') ? strrchr(word, '/') + 1 : word);
	rec.name = strdup(word);
	rec.where = str_printf("%s:%u", path, line);
	rec.program = strdup("/bin/sh");
	/* What it needs is its command's program; the shell is always there. */
	if (strpbrk(word, "$`'\"(") == NULL)
		words_add(&rec.needs_files, word, strlen(word));
	if (rec.id && rec.where && rec.program && words_add(&rec.types, type, strlen(type)) == 0 &&
	    words_add(&rec.args, "-c", 2) == 0) {
		char escaped[2 * COMMAND_BYTES], *w = escaped;

		for (const char *p = command; *p; p++) {
			if (*p == '%')
				*w++ = '%';
			*w++ = *p;
		}
		if (words_add(&rec.args, escaped, w - escaped) == 0 &&
		    words_add(&rec.args, "sh", 2) == 0 && words_add(&rec.args, "%f", 2) == 0)
			registry_add(r, &rec);
	}
	record_finish(&rec);
}

void mailcap_read(struct registry *r, const char *path, const char *text, size_t len,
		  const struct content *type)
{
	unsigned line = 0, first;

	for (const char *at = text, *end = text + len; at < end;) {
		autofree char *joined = NULL;
		size_t have = 0;
		bool more = true;

		/* a backslash at a line's end joins the next */
		for (first = line + 1; more && at < end;) {
			const char *nl = memchr(at, '\n', end - at);
			size_t n = (nl ? nl : end) - at;
			char *bigger = realloc(joined, have + n + 1);

			if (!bigger)
				return;
			joined = bigger;
			memcpy(joined + have, at, n);
			have += n;
			joined[have] = '\0';
			line++;
			at += n + 1;
			more = have && joined[have - 1] == '\\';
			if (more)
				joined[--have] = '\0';
		}
		if (joined && joined[strspn(joined, " \t\r")] && joined[0] != '#')
			entry_line(r, path, first, joined, type);
	}
}

void mailcap_load(struct registry *r, const struct content *type)
{
	char **files = NULL;

	if (!r->paths.mailcap || words_split(&files, r->paths.mailcap, ":") < 0)
		return;
	for (char **f = files; f && *f; f++) {
		autofree char *text = NULL;
		ssize_t len = read_file_at(AT_FDCWD, *f, CONFIG_BYTES_MAX, &text);

		if (len >= 0)
			mailcap_read(r, *f, text, len, type);
		else if (len != -ENOENT && len != -ENOTDIR)
			registry_mistake(r, *f, 0, "%s", strerror(-len));
	}
	words_free(files);
}
