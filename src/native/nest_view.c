// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The view of a session in a session: what the outer session sees takes the host's place. Each of
 * its mounts is cloned as it is, and gets an overlay on top, whose upper directory is the inner
 * compartment's. So it sees what the outer session sees, and what it changes is its own.
 *
 *	the root's own mounts	one layer, like the host's mounts below a root (pool.c)
 *	what was bound, STATE	a layer of its own for each, by the key that the path level uses too
 *	read-only, devices	as they are
 *	/proc /dev /sys		made anew
 *
 * The overlay below may be one already, and two is what the kernel stacks.
 */
#include <limits.h>
#include <linux/fs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "internal.h"

#define NAME_PREFIX    "in." /* of layers in the pool, where the outer session's are too */
#define EPHEMERAL_ROOT "%2F" /* as session_layer_private() has it */

/* ---- in the outer view ---- */

static int part_compare(const void *a, const void *b)
{
	const struct tree_part *x = a, *y = b;

	return strcmp(x->rel, y->rel); /* what is above comes first */
}

static bool is_rdonly(int fd)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_RDONLY;
}

/* Is it one of the file systems that the outer root is made of? By its path in the outer view. */
static bool is_of_root(const struct nest_inner *in, const char *path)
{
	const struct tree *t = &in->outer->lower;

	for (unsigned i = 0; i < t->n; i++)
		if (strcmp(t->parts[i].rel, path + 1) == 0)
			return true;
	return false;
}

static int piece_add(struct nest_inner *in, const char *target, struct tree_part *part)
{
	void *bigger = realloc(in->pieces, (in->npieces + 1) * sizeof(*in->pieces));
	struct nest_piece *p;

	if (!bigger)
		return -ENOMEM;
	in->pieces = bigger;
	p = &in->pieces[in->npieces++];
	*p = (struct nest_piece){ .layer = { .base = -1, .keep = -1 } };
	p->target = strdup(target);
	p->tree.parts = malloc(sizeof(*part));
	if (!p->target || !p->tree.parts)
		return -ENOMEM;
	p->tree.n = 1;
	p->tree.parts[0] = (struct tree_part){ strdup(""), part->fd, part->plain };
	part->fd = -1;
	return p->tree.parts[0].rel ? 0 : -ENOMEM;
}

/* What is not the root's own goes out of the tree: it has a layer of its own, or none. */
static int pieces_part(struct native *n)
{
	const char *lower = strcmp(n->plan->lower, "/") ? n->plan->lower : "";
	struct tree *t = &n->lower;
	unsigned kept = 1;

	if (t->n > 1)
		qsort(t->parts + 1, t->n - 1, sizeof(*t->parts), part_compare);
	for (unsigned i = 1; i < t->n; i++) {
		struct tree_part *p = &t->parts[i];
		autofree char *path = str_printf("%s/%s", lower, p->rel);
		autofree char *target = str_printf("/%s", p->rel);
		int ret;

		if (!path || !target)
			return -ENOMEM;
		p->plain = is_rdonly(p->fd);
		if (is_of_root(n->inner, path)) {
			t->parts[kept++] = *p;
			continue;
		}
		ret = piece_add(n->inner, target, p);
		free(p->rel);
		if (ret < 0)
			return ret;
	}
	t->n = kept;
	return 0;
}

/* Devices and the like that the outer session was given below /dev. */
static int dev_pieces(struct native *n)
{
	const struct native *outer = n->inner->outer;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < outer->plan->n; i++) {
		struct tree_part part = { .plain = true };

		if (!path_under(outer->targets[i], "/dev"))
			continue;
		part.fd = clone_at(AT_FDCWD, outer->targets[i], true);
		if (part.fd >= 0)
			ret = piece_add(n->inner, outer->targets[i], &part);
		if (part.fd >= 0)
			close(part.fd);
	}
	return ret;
}

static int check_binds(const struct nest_inner *in, struct nerr e)
{
	for (unsigned i = 0; i < in->nbinds; i++)
		if (in->binds[i].mode == BIND_MERGE || in->binds[i].mode == BIND_MINCOW ||
		    in->binds[i].mode == BIND_TMP)
			return nfail(e, -EOPNOTSUPP,
				     "%s: in a session, --bind knows rw, ro and cow",
				     in->binds[i].src);
	return 0;
}

int nest_trees_take(struct native *n, bool ephemeral, struct nerr e)
{
	/* Nothing of what is seen here is a compartment of ours. */
	struct compartment nowhere = { .state = (char *)"/proc/self/nowhere" };
	struct nest_inner *in = n->inner;
	const char *root = *in->root_asked && strcmp(in->root_asked, "/") ? in->root_asked : NULL;
	int ret = check_binds(in, e);

	if (ret == 0)
		ret = plan_create(&in->made, &nowhere, root, ephemeral, in->binds, in->nbinds,
				  e.text, e.size);
	if (ret < 0)
		return ret;
	n->plan = in->made;
	if (!strcmp(in->made->lower, "/")) {
		free(in->made->key);
		in->made->key = NULL;
	}
	n->binds = calloc(n->plan->n + 1, sizeof(*n->binds));
	n->layers = calloc(n->plan->n + 1, sizeof(*n->layers));
	n->targets = calloc(n->plan->n + 1, sizeof(*n->targets));
	if (!n->binds || !n->layers || !n->targets)
		return nfail(e, -ENOMEM, "out of memory");
	ret = targets_name(n, e);
	if (ret == 0)
		ret = trees_take(n, false, e);
	if (ret < 0)
		return ret;
	ret = pieces_part(n);
	if (ret == 0 && !root)
		ret = dev_pieces(n);
	return ret < 0 ? nfail(e, ret, "the session's view: %s", strerror(-ret)) : 0;
}

/* ---- in the pool ---- */

static int dirs_make(const char *path)
{
	static const char *const dirs[] = { "upper", "work" };
	int fd, ret = mkdir_p(AT_FDCWD, path, 0700);

	fd = ret < 0 ? ret : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return ret < 0 ? ret : -errno;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (mkdirat(fd, dirs[i], 0700) < 0 && errno != EEXIST)
			ret = -errno;
	if (ret == 0)
		return fd;
	close(fd);
	return ret;
}

/* A layer that was never used looks like what it lies over. */
static int look_first(int base, int like)
{
	autoclose int upper = -1;
	int ret;

	if (layer_level(base) == UC_NATIVE)
		return 0;
	upper = openat(base, "upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ret = upper < 0 ? -errno : copy_look(like, upper);
	return ret < 0 ? ret : layer_level_set(base, UC_NATIVE);
}

/* The layer of an ephemeral session, over the compartment's. */
static int look_like(int own, int base)
{
	autoclose int from = openat(base, "upper", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return from < 0 ? -errno : look_first(own, from);
}

/* @key: NULL: of the root */
static int layer_take(struct native *n, struct native_layer *l, const char *key, struct tree *lower)
{
	const struct nest_inner *in = n->inner;
	autofree char *path = key ? str_printf("%s/layers/%s", in->own, key) : strdup(in->own);
	autofree char *private =
		str_printf("%s/layers/%s", in->session, key ? key : EPHEMERAL_ROOT);
	autoclose int base = path ? dirs_make(path) : -ENOMEM, own = -1;
	int ret = base < 0 ? base : look_first(base, lower->parts[0].fd);

	if (ret < 0)
		return ret;
	l->name = str_printf("%s%s", n->plan->ephemeral ? NAME_PREFIX "e." : NAME_PREFIX "k.",
			     key ? key : "host");
	l->lower = lower;
	l->base = clone_at(AT_FDCWD, path, false);
	if (!l->name || l->base < 0 || !n->plan->ephemeral)
		return l->base < 0 ? l->base : l->name ? 0 : -ENOMEM;
	own = private ? dirs_make(private) : -ENOMEM;
	ret = own < 0 ? own : look_like(own, base);
	if (ret < 0)
		return ret;
	l->keep = l->base;
	l->base = clone_at(AT_FDCWD, private, false);
	return l->base < 0 ? l->base : 0;
}

static bool is_directory(int fd)
{
	struct stat st;

	return fstatat(fd, "", &st, AT_EMPTY_PATH) == 0 && S_ISDIR(st.st_mode);
}

/* A file alone is no lower directory: what is not a device is for reading. */
static int piece_as_is(struct nest_piece *p)
{
	int fd = p->tree.parts[0].fd;
	struct stat st;

	if (fstatat(fd, "", &st, AT_EMPTY_PATH) == 0 && S_ISREG(st.st_mode))
		return set_rdonly(fd);
	return 0;
}

static int pieces_take(struct native *n)
{
	const char *root = n->plan->key ? n->plan->key : "";
	struct nest_inner *in = n->inner;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < in->npieces; i++) {
		struct nest_piece *p = &in->pieces[i];
		autofree char *esc = layer_escape(p->target);
		autofree char *key = esc ? str_printf("%s%%3A%s", root, esc) : NULL;

		if (p->tree.parts[0].plain || !is_directory(p->tree.parts[0].fd))
			ret = piece_as_is(p);
		else
			ret = key ? layer_take(n, &p->layer, key, &p->tree) : -ENOMEM;
	}
	return ret;
}

int nest_layers_take(struct native *n, struct nerr e)
{
	const struct plan *p = n->plan;
	int ret = layer_take(n, &n->root, p->key, &n->lower);

	for (unsigned i = 0; ret == 0 && i < p->n; i++) {
		autofree char *key = layer_escape(n->targets[i]);

		if (p->entries[i].mode == BIND_COW)
			ret = key ? layer_take(n, &n->layers[i], key, &n->binds[i]) : -ENOMEM;
	}
	if (ret == 0)
		ret = pieces_take(n);
	return ret < 0 ? nfail(e, ret, "%s: %s", n->c->name, strerror(-ret)) : 0;
}

/* ---- in the view ---- */

int nest_pieces_show(struct native *n, int root, struct nerr e)
{
	for (unsigned i = 0; i < n->inner->npieces; i++) {
		struct nest_piece *p = &n->inner->pieces[i];
		autofree char *at =
			p->layer.name ? str_printf(POOL_LAYERS "/%s", p->layer.name) : NULL;
		autoclose int fd =
			at ? clone_at(AT_FDCWD, at, true) : steal_fd(&p->tree.parts[0].fd);
		autoclose int to = fd < 0 ? -1 : target_open(root, p->target, is_directory(fd));
		int ret = fd < 0 ? fd : to;

		if (ret == -ENOTDIR || ret == -EISDIR)
			continue; /* the inner compartment has something else there */
		ret = ret < 0 ? ret : attach(fd, to);
		if (ret < 0)
			return nfail(e, ret, "%s: %s", p->target, strerror(-ret));
	}
	return 0;
}
