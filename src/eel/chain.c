// SPDX-License-Identifier: GPL-2.0-or-later
/* The chain: from a record down to a native program, and the arguments that put it together. */
#include "chain.h"

#include <fcntl.h>

#include "util.h"

#define ARGS_MAX     4096
#define RECORD_HEAD  4096
#define EXPANDED_MAX (4 * PATH_MAX)

/* ---- arguments ---- */

struct file_parts {
	char file[PATH_MAX], dir[PATH_MAX], name[PATH_MAX], stem[PATH_MAX];
	const char *home;
};

/* A name like "-rf" must not be an option of the program. */
static void parts_of(const char *file, struct file_parts *p)
{
	const char *slash = strrchr(file, '/');
	char *dot;

	snprintf(p->file, PATH_MAX, "%s%s", file[0] == '-' ? "./" : "", file);
	if (slash)
		snprintf(p->dir, PATH_MAX, "%.*s", slash == file ? 1 : (int)(slash - file), file);
	else
		strcpy(p->dir, ".");
	snprintf(p->name, PATH_MAX, "%s", slash ? slash + 1 : file);
	strcpy(p->stem, p->name);
	p->home = getenv("HOME") ?: "";
	dot = strrchr(p->stem, '.');
	if (dot && dot != p->stem)
		*dot = '\0';
}

static const char *code_value(char code, const struct file_parts *p)
{
	switch (code) {
	case 'f':
		return p->file;
	case 'd':
		return p->dir;
	case 'n':
		return p->name;
	case 's':
		return p->stem;
	case 'h':
		return p->home;
	default:
		return "%";
	}
}

static char *expand_word(const char *word, const struct file_parts *p)
{
	char *out = malloc(EXPANDED_MAX);
	size_t n = 0;

	for (const char *w = word; out && *w; w++) {
		char plain[2] = { *w, '\0' };
		const char *text = *w == '%' && w[1] ? code_value(*++w, p) : plain;
		size_t len = strlen(text);

		if (n + len + 1 > EXPANDED_MAX) {
			free(out);
			return NULL;
		}
		memcpy(out + n, text, len);
		n += len;
	}
	if (out)
		out[n] = '\0';
	return out;
}

static void argv_free(char **v)
{
	for (char **a = v; a && *a; a++)
		free(*a);
	free(v);
}

char **expand_args(const struct record *rec, const char *program, const char *file,
		   char *const *args)
{
	struct file_parts *p = malloc(sizeof(*p));
	size_t nargs = 0, words = 0, n = 0;
	bool failed = false;
	char **v;

	while (args[nargs] && nargs < ARGS_MAX * 16)
		nargs++;
	while (rec->args && rec->args[words])
		words++;
	v = calloc(words + nargs * (words + 1) + 2, sizeof(*v));
	if (!p || !v) {
		free(p);
		free(v);
		return NULL;
	}
	parts_of(file, p);
	failed |= !(v[n++] = strdup(program));
	for (size_t i = 0; i < words && !failed; i++) {
		if (strcmp(rec->args[i], "%a") != 0) {
			failed |= !(v[n++] = expand_word(rec->args[i], p));
			continue;
		}
		for (size_t k = 0; k < nargs && !failed; k++)
			failed |= !(v[n++] = strdup(args[k]));
	}
	free(p);
	if (!failed)
		return v;
	argv_free(v);
	return NULL;
}

void chain_finish(struct chain *c)
{
	argv_free(c->argv);
	c->argv = NULL;
}

/* ---- links ---- */

/* Look at a link's program. @head gets its first bytes. */
static int program_look(struct chain_link *l, const struct mime *mime, unsigned char *head,
			size_t *nhead)
{
	autoclose int fd = open(l->program, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n;
	int ret;

	if (fd < 0 && errno == EACCES && access(l->program, X_OK) == 0) {
		/* executable and not readable: it can only be native */
		memset(&l->what, 0, sizeof(l->what));
		strcpy(l->what.type, "application/octet-stream");
		strcpy(l->what.detail, "not readable");
		l->what.native = true;
		*nhead = 0;
		return 0;
	}
	if (fd < 0)
		return -errno;
	ret = recognise_fd(fd, l->program, mime, &l->what);
	if (ret < 0)
		return ret;
	n = pread(fd, head, RECORD_HEAD, 0);
	*nhead = n < 0 ? 0 : n;
	return 0;
}

static bool in_chain(const struct chain *c, size_t record)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->v[i].record == record)
			return true;
	return false;
}

/* The environment for the last link's program. Return: its record, or -errno with @why. */
static ssize_t next_record(struct registry *r, const struct situation *s, struct chain *c,
			   const unsigned char *head, size_t nhead, char why[WHY_BYTES])
{
	struct chain_link *last = &c->v[c->n - 1];
	autofree char *needs =
		r->v[last->record].needs_env ? strdup(r->v[last->record].needs_env) : NULL;
	struct choice *choice = calloc(1, sizeof(*choice));
	struct situation here = *s;
	ssize_t ret = -ENOENT;

	if (!choice)
		return -ENOMEM;
	here.ee = needs;
	choose(r, &here, &last->what, last->program, head, nhead, false, choice);
	if (choice->won >= 0)
		ret = choice->v[choice->won].record;
	else if (choice->missing >= 0)
		snprintf(why, WHY_BYTES, "%s (%s): %s", last->program, last->what.type,
			 choice->v[choice->missing].why);
	else
		snprintf(why, WHY_BYTES, "%s: no environment for %s", last->program,
			 needs ? needs : last->what.type);
	free(choice);
	if (ret >= 0 && in_chain(c, ret)) {
		snprintf(why, WHY_BYTES, "%s: a cycle of environments: %s needs itself",
			 last->program, r->v[ret].id);
		return -ELOOP;
	}
	return ret;
}

/* Put the arguments together from the first link to the last. */
static int argv_build(const struct registry *r, const char *file, char *const *args,
		      struct chain *c)
{
	c->argv = NULL;
	for (unsigned i = 0; i < c->n; i++) {
		const char *what = i ? c->v[i - 1].program : file;
		char **inner = c->argv;

		c->argv = expand_args(&r->v[c->v[i].record], c->v[i].program, what,
				      inner ? inner + 1 : args);
		argv_free(inner);
		if (!c->argv)
			return -ENOMEM;
	}
	return 0;
}

int chain_build(struct registry *r, const struct situation *s, const struct mime *mime,
		size_t record, const char *file, char *const *args, struct chain *out,
		char why[WHY_BYTES])
{
	unsigned char head[RECORD_HEAD];
	ssize_t next = record;
	size_t nhead = 0;
	int ret;

	out->n = 0;
	out->argv = NULL;
	for (;;) {
		struct chain_link *l = &out->v[out->n];

		if (out->n == CHAIN_MAX) {
			snprintf(why, WHY_BYTES, "%s: more than %d environments in a row", file,
				 CHAIN_MAX);
			return -ELOOP;
		}
		l->record = next;
		ret = program_find(r->v[next].program, s->search, l->program);
		if (ret < 0) {
			snprintf(why, WHY_BYTES, "%s is not installed", r->v[next].program);
			return ret;
		}
		out->n++;
		ret = program_look(l, mime, head, &nhead);
		if (ret < 0) {
			snprintf(why, WHY_BYTES, "%s: %s", l->program, strerror(-ret));
			return -EACCES;
		}
		if (l->what.native && !r->v[next].needs_env)
			return argv_build(r, file, args, out);
		next = next_record(r, s, out, head, nhead, why);
		if (next < 0)
			return next;
	}
}
