// SPDX-License-Identifier: GPL-2.0-or-later
/* Telling what was found and why; names are escaped, whoever made them. */
#include "explain.h"

#include "own_budget.h"
#include "util.h"

static void put_escaped(FILE *out, const char *s)
{
	autofree char *e = str_escape(s);

	fputs(e ? e : "?", out);
}

static void line(FILE *out, const char *label, const char *value)
{
	fprintf(out, "%-12s ", label);
	put_escaped(out, value);
	fputc('\n', out);
}

/* ---- a file ---- */

static void content_text(FILE *out, const struct content *c)
{
	char text[TYPE_BYTES + DETAIL_BYTES + 64];

	snprintf(text, sizeof(text), "%s%s%s%s", c->by_content[0] ? c->by_content : "unknown",
		 c->by_content[0] ? " (" : "", c->by_content[0] ? strength_name(c->strength) : "",
		 c->by_content[0] ? ")" : "");
	line(out, "content:", text);
	line(out, "name:", c->by_name[0] ? c->by_name : "says nothing");
	snprintf(text, sizeof(text), "%s, %s%s%s", c->type, kind_name(c->kind),
		 c->detail[0] ? ": " : "", c->detail);
	line(out, "is:", text);
}

static void command_text(FILE *out, char *const *argv)
{
	fprintf(out, "%-12s", "command:");
	for (; *argv; argv++) {
		fputc(' ', out);
		put_escaped(out, *argv);
	}
	fputc('\n', out);
}

/* "memory=64M", or nothing */
static void budget_text(const struct finding *f, char *text, size_t size)
{
	struct budget b;

	*text = '\0';
	if (f->chain && own_budget_of(f->registry, f->chain, &b))
		budget_words(&b, text, size);
}

void explain_text(FILE *out, const struct finding *f)
{
	const struct registry *r = f->registry;
	char budget[OWN_BUDGET_BYTES];

	line(out, "file:", f->path);
	content_text(out, f->content);
	for (unsigned i = 0; f->choice && i < f->choice->n; i++) {
		const struct candidate *c = &f->choice->v[i];
		const struct record *rec = &r->v[c->record];

		fprintf(out, "%-12s %s %s (%s, ",
			i ? "" : "candidates:", (int)i == f->choice->won ? "+" : "-", rec->id,
			origin_name(rec->origin));
		put_escaped(out, rec->where);
		fputs("): ", out);
		put_escaped(out, c->why);
		fputc('\n', out);
	}
	if (f->content->native)
		line(out, "chain:", "the kernel runs it");
	for (unsigned i = 0; f->chain && i < f->chain->n; i++) {
		const struct chain_link *l = &f->chain->v[i];

		fprintf(out, "%-12s %s by ", i ? "" : "chain:", r->v[l->record].id);
		put_escaped(out, l->program);
		fprintf(out, ", %s: ", l->what.native ? "native" : "foreign");
		put_escaped(out, l->what.detail);
		fputc('\n', out);
	}
	if (f->argv)
		command_text(out, f->argv);
	budget_text(f, budget, sizeof(budget));
	if (*budget)
		line(out, "budget:", budget);
	fprintf(out, "%-12s %s", "trust:", trust_name(f->judgement->verdict));
	if (f->judgement->why[0]) {
		fputs(": ", out);
		put_escaped(out, f->judgement->why);
	}
	fputc('\n', out);
	if (f->problem)
		line(out, "problem:", f->problem);
	for (size_t i = 0; i < r->nmistakes; i++)
		line(out, i ? "" : "mistakes:", r->mistakes[i]);
}

/* ---- JSON ---- */

static void member(FILE *out, const char *name, const char *value, const char *end)
{
	fprintf(out, "\"%s\": ", name);
	if (value)
		str_json(out, value);
	else
		fputs("null", out);
	fputs(end, out);
}

static void list(FILE *out, const char *name, char *const *v, const char *end)
{
	fprintf(out, "\"%s\": [", name);
	for (size_t i = 0; v && v[i]; i++) {
		fputs(i ? ", " : "", out);
		str_json(out, v[i]);
	}
	fprintf(out, "]%s", end);
}

static void candidates_json(FILE *out, const struct finding *f)
{
	fputs("\"candidates\": [", out);
	for (unsigned i = 0; f->choice && i < f->choice->n; i++) {
		const struct record *rec = &f->registry->v[f->choice->v[i].record];

		fputs(i ? ", {" : "{", out);
		member(out, "environment", rec->id, ", ");
		member(out, "origin", origin_name(rec->origin), ", ");
		member(out, "where", rec->where, ", ");
		fprintf(out, "\"won\": %s, ", (int)i == f->choice->won ? "true" : "false");
		member(out, "why", f->choice->v[i].why, "}");
	}
	fputs("], ", out);
}

static void chain_json(FILE *out, const struct finding *f)
{
	fputs("\"chain\": [", out);
	for (unsigned i = 0; f->chain && i < f->chain->n; i++) {
		const struct chain_link *l = &f->chain->v[i];

		fputs(i ? ", {" : "{", out);
		member(out, "environment", f->registry->v[l->record].id, ", ");
		member(out, "program", l->program, ", ");
		member(out, "type", l->what.type, ", ");
		fprintf(out, "\"native\": %s}", l->what.native ? "true" : "false");
	}
	fputs("], ", out);
}

void explain_failure_json(FILE *out, const char *path, const char *problem)
{
	fputc('{', out);
	member(out, "file", path, ", ");
	member(out, "type", NULL, ", ");
	member(out, "problem", problem, "}\n");
}

void explain_json(FILE *out, const struct finding *f)
{
	const struct content *c = f->content;
	char budget[OWN_BUDGET_BYTES];

	fputc('{', out);
	member(out, "file", f->path, ", ");
	member(out, "type", c->type, ", ");
	member(out, "kind", kind_name(c->kind), ", ");
	member(out, "content", c->by_content[0] ? c->by_content : NULL, ", ");
	member(out, "strength", strength_name(c->strength), ", ");
	member(out, "name", c->by_name[0] ? c->by_name : NULL, ", ");
	member(out, "detail", c->detail, ", ");
	fprintf(out, "\"native\": %s, ", c->native ? "true" : "false");
	candidates_json(out, f);
	chain_json(out, f);
	list(out, "command", f->argv, ", ");
	budget_text(f, budget, sizeof(budget));
	member(out, "budget", *budget ? budget : NULL, ", ");
	fputs("\"trust\": {", out);
	member(out, "verdict", trust_name(f->judgement->verdict), ", ");
	member(out, "rule",
	       f->judgement->rule == RULE_COUNT ? NULL : trust_rule_name(f->judgement->rule), ", ");
	member(out, "why", f->judgement->why[0] ? f->judgement->why : NULL, "}, ");
	member(out, "problem", f->problem, ", ");
	list(out, "mistakes", f->registry->mistakes, "}\n");
}

/* ---- environments ---- */

/* Is its program there? @where gets the path. */
static bool installed(const struct record *rec, const struct situation *s, char where[PATH_MAX])
{
	return program_find(rec->program, s->search, where) == 0;
}

static void words_text(FILE *out, char *const *v)
{
	for (; v && *v; v++) {
		fputc(' ', out);
		put_escaped(out, *v);
	}
}

void environments_text(FILE *out, const struct registry *r, const struct situation *s)
{
	char where[PATH_MAX];

	for (size_t i = 0; i < r->n; i++) {
		const struct record *rec = &r->v[i];
		bool there = installed(rec, s, where);

		fprintf(out, "%-22s %-11s %-8s ", rec->id, origin_name(rec->origin),
			env_class_name(rec->class));
		put_escaped(out, there ? where : rec->program);
		if (!there)
			fprintf(out, " (not installed%s%s)", rec->package ? ": package " : "",
				rec->package ? rec->package : "");
		fputc(':', out);
		words_text(out, rec->types);
		words_text(out, rec->globs);
		if (rec->magic)
			fputs(" [magic]", out);
		fputc('\n', out);
	}
}

void environments_json(FILE *out, const struct registry *r, const struct situation *s)
{
	char where[PATH_MAX], budget[OWN_BUDGET_BYTES];

	fputs("{\"environments\": [", out);
	for (size_t i = 0; i < r->n; i++) {
		const struct record *rec = &r->v[i];
		bool there = installed(rec, s, where);

		fputs(i ? ",\n{" : "\n{", out);
		member(out, "id", rec->id, ", ");
		member(out, "name", rec->name, ", ");
		member(out, "origin", origin_name(rec->origin), ", ");
		member(out, "where", rec->where, ", ");
		member(out, "class", env_class_name(rec->class), ", ");
		member(out, "program", rec->program, ", ");
		member(out, "path", there ? where : NULL, ", ");
		member(out, "package", rec->package, ", ");
		if (rec->budget)
			budget_words(rec->budget, budget, sizeof(budget));
		member(out, "budget", rec->budget ? budget : NULL, ", ");
		list(out, "types", rec->types, ", ");
		list(out, "globs", rec->globs, ", ");
		fprintf(out, "\"magic\": %s, ", rec->magic ? "true" : "false");
		member(out, "trust", trust_name(rec->trust), "}");
	}
	fputs("],\n", out);
	list(out, "mistakes", r->mistakes, "}\n");
}
