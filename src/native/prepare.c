// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Before the compartment's user is become: the user namespace, and the host's directories.
 *
 * What may be read decides what is idmapped. Through an idmapped mount inside root owns the host
 * root's files, and reads them all. So:
 *
 *	started by root, level asked for	whole host, or -r DIR, and all binds but rw ones
 *	started by root, --trap auto		-r DIR alone; binds are as they are
 *	started by a user			nothing: DIR must be hers as it is
 *
 * rw binds are never idmapped: foreign ids show as nobody there, and what nobody owns is closed.
 */
#include <limits.h>
#include <sys/stat.h>

#include "internal.h"

static bool is_cow(enum bind_mode mode)
{
	return mode == BIND_COW || mode == BIND_MINCOW;
}

static int check_plan(const struct plan *p, bool asked, struct nerr e)
{
	bool root = geteuid() == 0;
	struct stat st;

	if (!p->key && !root)
		return nfail(
			e, -EOPNOTSUPP,
			"a view of the whole host needs root's idmapped mounts: use -r DIR, or "
			"--trap path");
	if (!p->key && !asked)
		return nfail(
			e, -EOPNOTSUPP,
			"a view of the whole host would let it read all that root can: ask for "
			"it with --trap native");
	for (unsigned i = 0; i < p->n; i++)
		if (is_cow(p->entries[i].mode) && root && !asked)
			return nfail(e, -EOPNOTSUPP,
				     "%s: cow of a host directory would let it read all that root "
				     "can there: ask for it with --trap native",
				     p->entries[i].asked);
	for (unsigned i = 0; i < p->n; i++)
		if (p->entries[i].spec->nexcept && !asked)
			return nfail(e, -EOPNOTSUPP,
				     "%s: a hole in a mount may need what is not there",
				     p->entries[i].asked);
	for (unsigned i = 0; !root && i < p->n; i++)
		if ((is_cow(p->entries[i].mode) || p->entries[i].mode == BIND_MERGE) &&
		    tree_has_mounts(p->entries[i].source))
			return nfail(e, -EOPNOTSUPP,
				     "%s: there are mounts below it, which only root can take over",
				     p->entries[i].asked);
	if (root || !p->key)
		return 0;
	/* What is below a user's mounts is the kernel's secret: it does not clone one of them. */
	if (tree_has_mounts(p->lower))
		return nfail(e, -EOPNOTSUPP,
			     "%s: there are mounts below it, which only root can take over",
			     p->lower);
	if (stat(p->lower, &st) < 0 || st.st_uid != geteuid())
		return nfail(e, -EOPNOTSUPP, "%s: is not yours: its files would be nobody's",
			     p->lower);
	return 0;
}

/* As canonical as the host's root can tell; the carrier walks the rest. Layers go by this name. */
static char *target_name(const struct plan *p, const char *target)
{
	autofree char *full = str_printf("%s/%s", strcmp(p->lower, "/") ? p->lower : "", target);
	autofree char *real = NULL;
	char *out, *cut;
	const char *rel;

	if (!full)
		return NULL;
	for (char *c = full + strlen(full); c > full && c[-1] == '/'; c--)
		c[-1] = '\0';
	/* The longest part that exists. */
	for (cut = full + strlen(full);; cut--) {
		char saved = *cut;

		if (cut == full)
			return strdup(target);
		if (saved && saved != '/')
			continue;
		*cut = '\0';
		real = realpath(*full ? full : "/", NULL);
		*cut = saved;
		if (real)
			break;
	}
	rel = path_under(real, p->lower);
	if (!rel)
		return strdup(target); /* a link that leads out of DIR */
	out = str_printf("%s%s%s%s", *rel ? "/" : "", rel, *cut == '/' ? "" : "", cut);
	if (out && !*out) {
		free(out);
		out = strdup("/");
	}
	return out;
}

int targets_name(struct native *n, struct nerr e)
{
	for (unsigned i = 0; i < n->plan->n; i++) {
		n->layers[i].base = n->layers[i].keep = -1;
		n->targets[i] = target_name(n->plan, n->plan->entries[i].target);
		if (!n->targets[i])
			return nfail(e, -ENOMEM, "out of memory");
	}
	return 0;
}

int binds_take(struct native *n, bool asked, struct nerr e)
{
	for (unsigned i = 0; i < n->plan->n; i++) {
		const struct plan_entry *p = &n->plan->entries[i];
		autofree char *dir = strdup(p->source);
		int idmap = n->by_root && asked && p->mode != BIND_RW ? n->userns : -1;
		unsigned flags = is_cow(p->mode) || p->mode == BIND_MERGE ? TREE_PARTS : 0;
		int ret = 0;

		if (!dir)
			return nfail(e, -ENOMEM, "out of memory");
		if (is_cow(p->mode) && !p->is_dir) /* the layer lies over its directory */
			*(strrchr(dir, '/') == dir ? dir + 1 : strrchr(dir, '/')) = '\0';
		if (p->mode == BIND_RO || (p->mode == BIND_MERGE && !p->is_dir))
			flags |= TREE_RDONLY;
		if (p->mode != BIND_TMP)
			ret = tree_open(&n->binds[i], dir, idmap, flags, e);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int trees_take(struct native *n, bool asked, struct nerr e)
{
	int ret = tree_open(&n->lower, n->plan->lower, n->by_root ? n->userns : -1, TREE_PARTS, e);

	return ret < 0 ? ret : binds_take(n, asked, e);
}

int native_prepare(struct native **out, const struct compartment *c, const struct plan *plan,
		   bool asked, char *err, size_t errlen)
{
	struct nerr e = { err, errlen };
	struct native *n = calloc(1, sizeof(*n));
	int ret;

	if (!n)
		return nfail(e, -ENOMEM, "out of memory");
	n->c = c;
	n->plan = plan;
	n->by_root = geteuid() == 0;
	n->userns = -1;
	n->root.base = n->root.keep = n->state.base = n->state.keep = -1;
	n->binds = calloc(plan->n + 1, sizeof(*n->binds));
	n->layers = calloc(plan->n + 1, sizeof(*n->layers));
	n->targets = calloc(plan->n + 1, sizeof(*n->targets));
	ret = n->binds && n->layers && n->targets ? check_plan(plan, asked, e)
						  : nfail(e, -ENOMEM, "out of memory");
	if (ret == 0)
		ret = targets_name(n, e);
	if (ret == 0)
		ret = compartment_range(c, &n->range, err, errlen);
	if (ret == 0)
		ret = n->userns = userns_create(&n->range, e);
	/* auto falls back now or never; who asked is told by the mount itself. */
	if (ret >= 0 && !asked) {
		ret = probe_overlay(c->state, &n->range, n->userns);
		if (ret < 0)
			nfail(e, ret, "%s: overlayfs refuses it as a place for changes: %s",
			      c->state, strerror(-ret));
	}
	/* A user's mounts are cloned where she may: in the carrier's namespace. */
	if (ret >= 0)
		ret = n->by_root ? trees_take(n, asked, e) : 0;
	if (ret < 0) {
		native_destroy(n);
		return ret;
	}
	*out = n;
	return 0;
}

static void layer_finish(struct native_layer *l)
{
	util_close_fd(&l->base);
	util_close_fd(&l->keep);
	free(l->name);
	session_layer_finish(&l->dirs);
	session_layer_finish(&l->below);
}

void native_destroy(struct native *n)
{
	if (!n)
		return;
	layer_finish(&n->root);
	layer_finish(&n->state);
	tree_finish(&n->lower);
	for (unsigned i = 0; i < n->plan->n; i++) {
		if (n->layers)
			layer_finish(&n->layers[i]);
		if (n->binds)
			tree_finish(&n->binds[i]);
		if (n->targets)
			free(n->targets[i]);
	}
	free(n->layers);
	free(n->binds);
	free(n->targets);
	util_close_fd(&n->userns);
	free(n);
}
