// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of a view: see plan.h. */
#include "plan.h"

#include <sys/stat.h>

#include "internal.h"
#include "layer_dirs.h"

static int fail_why(struct err e, int ret, const char *what, const char *way_out)
{
	return fail(e, ret, "%s: %s%s%s", what, strerror(-ret), way_out ? ": " : "",
		    way_out ? way_out : "");
}

/* The layers themselves are no file system to show. */
static int check_source(const struct compartment *c, const char *what, const char *path,
			struct err e)
{
	if (!path_under(path, c->state))
		return 0;
	return fail_why(e, -EPERM, what, "compartments cannot be shown in one: see uc export");
}

static int plan_root(struct plan *p, const struct compartment *c, const char *root, struct err e)
{
	autofree char *esc = NULL;
	struct stat st;
	int ret;

	if (!root) {
		p->lower = strdup("/");
		return p->lower ? 0 : -ENOMEM;
	}
	p->lower = realpath(root, NULL);
	if (!p->lower || stat(p->lower, &st) < 0)
		return fail_why(e, -errno, root, "--root wants a directory");
	if (!S_ISDIR(st.st_mode))
		return fail_why(e, -ENOTDIR, root, "--root wants a directory");
	ret = check_source(c, root, p->lower, e);
	if (ret < 0)
		return ret;
	esc = layer_escape(p->lower);
	p->key = esc ? str_printf(LAYER_ROOT "%s", esc) : NULL;
	return p->key ? 0 : fail_why(e, -ENOMEM, root, NULL);
}

static int plan_bind(struct plan_entry *out, const struct compartment *c,
		     const struct bind_spec *spec, struct err e)
{
	struct stat st;
	int ret;

	*out = (struct plan_entry){ .mode = spec->mode, .asked = spec->src, .spec = spec };
	out->source = realpath(spec->src, NULL);
	if (!out->source || stat(out->source, &st) < 0)
		return fail_why(e, -errno, spec->src,
				"the source of --bind must exist on the host");
	ret = check_source(c, spec->src, out->source, e);
	if (ret < 0)
		return ret;
	out->is_dir = S_ISDIR(st.st_mode);
	out->target = strdup(spec->dst[0] == '/' ? spec->dst : out->source);
	return out->target ? 0 : fail_why(e, -ENOMEM, spec->src, NULL);
}

int plan_create(struct plan **out, const struct compartment *c, const char *root, bool ephemeral,
		const struct bind_spec *binds, unsigned nbinds, char *err, size_t errlen)
{
	struct plan *p = calloc(1, sizeof(*p));
	struct err e = { err, errlen };
	int ret = -ENOMEM;

	fail(e, ret, "out of memory");
	if (!p)
		return ret;
	p->ephemeral = ephemeral;
	p->entries = calloc(nbinds + 1, sizeof(*p->entries));
	if (p->entries)
		ret = plan_root(p, c, root, e);
	for (unsigned i = 0; ret == 0 && i < nbinds; i++)
		ret = plan_bind(&p->entries[p->n++], c, &binds[i], e);
	if (ret < 0) {
		plan_destroy(p);
		return ret;
	}
	*out = p;
	return 0;
}

void plan_destroy(struct plan *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->n; i++) {
		free(p->entries[i].source);
		free(p->entries[i].target);
	}
	free(p->entries);
	free(p->lower);
	free(p->key);
	free(p);
}

void plan_holes_free(char **holes)
{
	for (char **p = holes; p && *p; p++)
		free(*p);
	free(holes);
}

/* Holes are given as view paths, or relative to the target. */
char **plan_holes(const struct plan_entry *e, const char *target)
{
	const struct bind_spec *spec = e->spec;
	char **holes = calloc(spec->nexcept + 1, sizeof(*holes));

	for (unsigned i = 0; holes && i < spec->nexcept; i++) {
		const char *path = spec->except[i];

		holes[i] = path[0] == '/' ? strdup(path) : str_printf("%s/%s", target, path);
		if (!holes[i]) {
			plan_holes_free(holes);
			return NULL;
		}
		for (size_t len = strlen(holes[i]); len > 1 && holes[i][len - 1] == '/'; len--)
			holes[i][len - 1] = '\0';
	}
	return holes;
}
