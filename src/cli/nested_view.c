// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The view of a session in a session. What its outer session's view is made of takes the host's
 * place: each of its entries is taken apart (layers_parts()) and gets one more layer on top, of the
 * nested compartment's own. So it sees what the outer one sees, also what that changes meanwhile,
 * and what it changes itself is in its own layers.
 *
 * Paths in a request are names in the outer view, and are looked up there with the rights of the
 * task that asks. Nothing of it is looked up on the host.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "asked.h"
#include "build_view.h"
#include "layer_dirs.h"
#include "nested.h"
#include "util.h"

/* One entry, or a part of one, of the outer view. */
struct piece {
	struct layers_parts parts;
	char *tail; /* where it is below the source: "" or "/..." */
	char *file; /* a single file: its name in the stack's root */
	char **except; /* holes below the source: "/..." each */
	char *source;
	const char *fstype;
	bool rdonly, private_sockets, is_dir;
};

/* A directory or file of the outer view, with all entries that are below it. */
struct pieces {
	const char *src; /* canonical, the root is "" */
	struct piece *p; /* [0] is the source itself, then the farthest first */
	unsigned n;
	int error;
};

/* ---- taking the outer view apart ---- */

static void pieces_finish(struct pieces *all)
{
	for (unsigned i = 0; i < all->n; i++) {
		struct piece *p = &all->p[i];

		layers_parts_finish(&p->parts);
		free(p->tail);
		free(p->file);
		free(p->source);
		for (char **hole = p->except; hole && *hole; hole++)
			free(*hole);
		free(p->except);
	}
	free(all->p);
}

static int holes_copy(struct piece *p, const struct entry *e, const char *src)
{
	size_t n = 0, used = 0;

	while (e->except && e->except[n])
		n++;
	p->except = n ? calloc(n + 1, sizeof(*p->except)) : NULL;
	if (n && !p->except)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (!*src || path_under(e->except[i], src))
			if (!(p->except[used++] = strdup(e->except[i] + strlen(src))))
				return -ENOMEM;
	return 0;
}

/* The directory @rel of an entry, or with @file the file of that name in it. */
static int piece_add(struct pieces *all, const struct entry *e, const char *rel, const char *file,
		     const char *tail)
{
	void *bigger = realloc(all->p, (all->n + 1) * sizeof(*all->p));
	struct piece *p;
	int ret;

	if (!bigger)
		return -ENOMEM;
	all->p = bigger;
	p = &all->p[all->n];
	*p = (struct piece){ .fstype = e->fstype,
			     .rdonly = e->rdonly,
			     .private_sockets = e->private_sockets,
			     .is_dir = !file };
	ret = layers_parts(e->layers, rel, &p->parts);
	if (ret < 0)
		return ret;
	all->n++;
	p->tail = strdup(tail);
	p->file = file ? strdup(file) : NULL;
	p->source = strdup(e->source);
	if (!p->tail || !p->source || (file && !p->file))
		return -ENOMEM;
	return holes_copy(p, e, all->src);
}

/* What each view gets anew: /proc, /dev, /sys and the way to us. */
static bool is_every_views_own(const struct entry *e)
{
	return e->kind != ENTRY_LAYERS || strcmp(e->fstype, "devpts") == 0 ||
	       strcmp(e->fstype, "sysfs") == 0 || strcmp(e->fstype, "control") == 0 ||
	       (strcmp(e->fstype, "tmpfs") == 0 && strcmp(e->source, "dev") == 0);
}

static void collect(void *arg, const struct entry *e)
{
	struct pieces *all = arg;
	const char *below = *all->src ? path_under(e->target, all->src) : e->target;

	if (all->error == 0 && below && *below && !is_every_views_own(e))
		all->error = piece_add(all, e, "", e->file, e->target + strlen(all->src));
}

/* Everything at and below @n, which was found in the outer view. */
static int pieces_take(struct view *outer, const struct vnode *n, struct pieces *all)
{
	char rel[PATH_MAX], *name = NULL;
	int ret;

	all->src = strcmp(n->path, "/") ? n->path : "";
	if (!n->entry || n->entry->kind != ENTRY_LAYERS)
		return -EOPNOTSUPP;
	snprintf(rel, sizeof(rel), "%s", n->rel);
	if (n->entry->file) {
		ret = piece_add(all, n->entry, "", n->entry->file, "");
	} else if (S_ISDIR(n->n.stx.stx_mode)) {
		/* Of its own, so that what becomes of it later is seen too. */
		if (*rel && !n->entry->rdonly)
			layers_copy_up(n->entry->layers, rel);
		ret = piece_add(all, n->entry, rel, NULL, "");
	} else {
		name = strrchr(rel, '/');
		if (name)
			*name++ = '\0';
		if (name && !n->entry->rdonly)
			layers_copy_up(n->entry->layers, rel);
		ret = piece_add(all, n->entry, name ? rel : "", name ? name : n->rel, "");
	}
	if (ret == 0) {
		view_each(outer, collect, all);
		ret = all->error;
	}
	return ret;
}

/* ---- stacks of the nested view ---- */

static int stack_as_is(struct layers **out, const struct build *b, const struct piece *p,
		       bool rdonly)
{
	struct layers_config cfg = {
		.dirs = p->parts.dirs,
		.ndirs = p->parts.n,
		.flags = p->parts.flags | (rdonly ? LAYERS_RDONLY : 0),
		.work = p->parts.sharing[0].work,
		.shared = p->parts.sharing[0].shared,
		.below = p->parts.sharing,
		.host_uid = b->host_uid,
		.host_gid = b->host_gid,
	};

	return layers_create(out, &cfg);
}

/* What the root of the piece looks like in the outer view. */
static int piece_looks(const struct build *b, const struct piece *p, struct statx *looks)
{
	struct layers *l;
	struct lnode n;
	size_t unused;
	int ret = stack_as_is(&l, b, p, true);

	if (ret < 0)
		return ret;
	ret = layers_lookup(l, NULL, "", &n, &unused);
	if (ret == 0 && n.fd < 0)
		ret = -ENOENT;
	if (ret == 0) {
		*looks = n.stx;
		layers_node_finish(&n);
	}
	layers_destroy(l);
	return ret;
}

static int stack_cow(struct layers **out, const struct build *b, const struct piece *p,
		     const char *key, struct view_error *e)
{
	struct layer_dir dirs[LAYERS_MAX + 2];
	struct layer_sharing below[LAYERS_MAX + 2] = { 0 };
	struct session_layer keep, own = { 0 };
	struct layers_config cfg = {
		.dirs = dirs, .below = below, .host_uid = b->host_uid, .host_gid = b->host_gid
	};
	struct statx looks;
	int ret = piece_looks(b, p, &looks);

	if (ret < 0)
		return ret;
	ret = session_layer_over(b->compartment, key, &looks, &keep, e->text, sizeof(e->text));
	if (ret == 0 && b->plan->ephemeral) {
		ret = session_layer_private(b->session, key, &keep, &own, e->text, sizeof(e->text));
		dirs[cfg.ndirs++] = (struct layer_dir){ own.upper, true };
	}
	if (ret == 0) {
		below[cfg.ndirs] = (struct layer_sharing){ keep.work, keep.shared };
		dirs[cfg.ndirs++] = (struct layer_dir){ keep.upper, true };
		memcpy(&below[cfg.ndirs], p->parts.sharing, p->parts.n * sizeof(*below));
		memcpy(&dirs[cfg.ndirs], p->parts.dirs, p->parts.n * sizeof(*dirs));
		cfg.ndirs += p->parts.n;
		cfg.work = b->plan->ephemeral ? own.work : keep.work;
		cfg.shared = b->plan->ephemeral ? own.shared : keep.shared;
		ret = cfg.ndirs > LAYERS_MAX ? -EMLINK : layers_create(out, &cfg);
		if (ret == -EMLINK)
			snprintf(e->text, sizeof(e->text),
				 "%s: sessions are nested too deep: at most %d layers", p->source,
				 LAYERS_MAX);
		else if (ret < 0)
			build_fail(e, keep.upper, ret, "the layer for changes cannot be used");
	}
	session_layer_finish(&keep);
	session_layer_finish(&own);
	return ret;
}

/* A device that the outer session was given works on no copy. */
static bool piece_is_device(const struct piece *p)
{
	autoclose int dir = p->file ? open(p->parts.dirs[0].path, O_PATH | O_CLOEXEC) : -1;
	struct stat st;

	return dir >= 0 && p->parts.n == 1 &&
	       fstatat(dir, p->file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}

/* ---- the view ---- */

enum how { AS_IT_IS, READ_ONLY, COPY };

static int piece_show(const struct build *b, struct view *v, const struct piece *p, enum how how,
		      const char *dst, const char *key, struct view_error *e)
{
	autofree char *target = str_printf("%s%s", strcmp(dst, "/") ? dst : "", p->tail);
	struct entry_spec es = { .source = p->source,
				 .fstype = p->fstype,
				 .file = p->file,
				 .rdonly = how == READ_ONLY || (how == AS_IT_IS && p->rdonly),
				 .private_sockets = how == COPY || p->private_sockets };
	struct layers *l = NULL;
	char **holes;
	size_t n = 0;
	int ret;

	while (p->except && p->except[n])
		n++;
	holes = calloc(n + 1, sizeof(*holes));
	if (!target || !holes)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		holes[i] = str_printf("%s%s", strcmp(dst, "/") ? dst : "", p->except[i]);
	es.target = *target ? target : "/";
	es.except = n ? holes : NULL;
	ret = how == COPY ? stack_cow(&l, b, p, key, e) : stack_as_is(&l, b, p, es.rdonly);
	if (ret == 0)
		ret = view_add_layers(v, &es, l);
	for (size_t i = 0; i < n; i++)
		free(holes[i]);
	free(holes);
	return ret < 0 && !e->text[0] ? build_fail(e, es.target, ret, NULL) : ret;
}

/* All pieces of a source: they are the view's root, or a bind. */
static int pieces_show(const struct build *b, struct view *v, const struct pieces *all,
		       enum how how, const char *dst, bool is_root, struct view_error *e)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < all->n; i++) {
		/* [0] first, and then from the end: later ones were put over earlier ones. */
		const struct piece *p = &all->p[i ? all->n - i : 0];
		autofree char *esc = layer_escape(is_root ? p->tail : dst);
		autofree char *tail = layer_escape(p->tail);
		autofree char *key = NULL;
		bool as_is = (i || !is_root) && (p->rdonly || piece_is_device(p));

		if (!esc || !tail)
			return -ENOMEM;
		if (is_root && i == 0)
			key = b->plan->key ? strdup(b->plan->key) : NULL;
		else if (is_root)
			key = str_printf("%s%%3A%s", b->plan->key ? b->plan->key : "", esc);
		else
			key = str_printf("%s%s", esc, tail);
		ret = piece_show(b, v, p, how == COPY && as_is ? AS_IT_IS : how, dst, key, e);
	}
	return ret;
}

/* A name in the outer view, for the task that asks. */
static int outer_find(const struct scvm_ask *ask, const char *path, const char *what,
		      struct vnode *n, struct view_error *e)
{
	int ret = view_walk(ask->who, "/", path, 0, n);

	if (ret == 0 && n->n.fd < 0) {
		view_node_finish(n);
		ret = -ENOENT;
	}
	return ret < 0 ? build_fail(e, path, ret, what) : 0;
}

static int add_root(const struct build *b, struct view *v, const struct scvm_ask *ask,
		    struct view_error *e)
{
	struct pieces all = { 0 };
	struct vnode n;
	int ret = outer_find(ask, b->plan->lower, "--root wants a directory", &n, e);

	if (ret < 0)
		return ret;
	if (!S_ISDIR(n.n.stx.stx_mode))
		ret = build_fail(e, b->plan->lower, -ENOTDIR, "--root wants a directory");
	if (ret == 0 && (ret = pieces_take(ask->who->view, &n, &all)) < 0)
		build_fail(e, b->plan->lower, ret, NULL);
	if (ret == 0)
		ret = pieces_show(b, v, &all, COPY, "/", true, e);
	pieces_finish(&all);
	view_node_finish(&n);
	return ret;
}

/* The holes that are asked for, besides those that the outer view has there. */
static int holes_more(struct piece *p, const struct bind_spec *spec, const char *target)
{
	size_t n = 0;
	void *bigger;

	while (p->except && p->except[n])
		n++;
	bigger = realloc(p->except, (n + spec->nexcept + 1) * sizeof(*p->except));
	if (!bigger)
		return -ENOMEM;
	p->except = bigger;
	p->except[n] = NULL;
	for (unsigned i = 0; i < spec->nexcept; i++) {
		const char *hole = spec->except[i];

		if (hole[0] == '/' && !path_under(hole, target))
			continue; /* it is somewhere else */
		p->except[n] =
			hole[0] == '/' ? strdup(hole + strlen(target)) : str_printf("/%s", hole);
		if (!p->except[n])
			return -ENOMEM;
		for (size_t len = strlen(p->except[n]); len > 1 && p->except[n][len - 1] == '/';)
			p->except[n][--len] = '\0';
		p->except[++n] = NULL;
	}
	return 0;
}

static int add_bind(const struct build *b, struct view *v, const struct scvm_ask *ask,
		    const struct bind_spec *spec, struct view_error *e)
{
	static const enum how hows[BIND_MODE_COUNT] = {
		[BIND_RW] = AS_IT_IS, [BIND_RO] = READ_ONLY, [BIND_COW] = COPY
	};
	struct pieces all = { 0 };
	char target[PATH_MAX] = "";
	struct vnode n;
	int ret;

	if (spec->mode == BIND_MERGE || spec->mode == BIND_MINCOW || spec->mode == BIND_TMP)
		return build_fail(e, spec->src, -EOPNOTSUPP,
				  "in a session, --bind knows rw, ro and cow");
	ret = outer_find(ask, spec->src, "the source of --bind must exist", &n, e);
	if (ret < 0)
		return ret;
	ret = build_target(v, spec->dst, S_ISDIR(n.n.stx.stx_mode), target);
	if (ret < 0)
		build_fail(e, spec->dst, ret, "the target of --bind cannot be made");
	if (ret == 0 && (ret = pieces_take(ask->who->view, &n, &all)) < 0)
		build_fail(e, spec->src, ret, NULL);
	if (ret == 0)
		ret = holes_more(&all.p[0], spec, target);
	if (ret == 0)
		ret = pieces_show(b, v, &all, hows[spec->mode], target, false, e);
	pieces_finish(&all);
	view_node_finish(&n);
	return ret;
}

static int build_nested(const struct build *b, const struct scvm_ask *ask, const struct asked *want,
			struct view **out, struct view_error *e)
{
	struct view *v;
	int ret = view_create(&v);

	if (ret < 0)
		return build_fail(e, "view", ret, NULL);
	ret = add_root(b, v, ask, e);
	if (ret == 0 && (ret = build_add_dev(b, v)) < 0)
		build_fail(e, "/dev", ret, NULL);
	if (ret == 0 && (ret = build_add_sys(b, v)) < 0)
		build_fail(e, "/sys", ret, NULL);
	if (ret == 0 && (ret = build_add_control(b, v)) < 0)
		build_fail(e, "/run/uc", ret, NULL);
	for (unsigned i = 0; ret == 0 && i < want->nbinds; i++)
		ret = add_bind(b, v, ask, &want->binds[i], e);
	if (ret < 0)
		view_destroy(v);
	else
		*out = v;
	return ret;
}

/* ---- what scvm calls ---- */

/* The plan's root: the key is of where DIR is in the outer view, whatever it is called. */
static int plan_read(const struct asked *want, const struct scvm_ask *ask, struct plan *plan,
		     struct view_error *e)
{
	struct vnode n;
	int ret;

	plan->ephemeral = strchr(want->flags, 'e');
	if (!*want->root) {
		plan->lower = strdup("/");
		return plan->lower ? 0 : -ENOMEM;
	}
	ret = outer_find(ask, want->root, "--root wants a directory", &n, e);
	if (ret < 0)
		return ret;
	plan->lower = strdup(want->root);
	if (strcmp(n.path, "/")) {
		autofree char *esc = layer_escape(n.path);

		plan->key = esc ? str_printf(LAYER_ROOT "%s", esc) : NULL;
		ret = plan->key ? 0 : -ENOMEM;
	}
	view_node_finish(&n);
	return plan->lower ? ret : -ENOMEM;
}

static int place_open(struct nested_place *p, const struct nested_place *outer,
		      const struct asked *want, char *err, size_t errlen)
{
	const char *base =
		outer->ephemeral ? session_path(outer->session) : outer->compartment->path;
	char *argv[] = { (char *)want->command, NULL };
	int ret = compartment_open_in(&p->compartment, base,
				      *want->name ? want->name : outer->compartment->name, err,
				      errlen);

	if (ret == 0)
		ret = session_begin(&p->session, p->compartment, UC_PATH, argv, err, errlen);
	p->ephemeral = strchr(want->flags, 'e');
	p->control_tmp = outer->control_tmp;
	return ret;
}

int nested_open(const struct scvm_ask *ask, struct scvm_nest *out, char *err, size_t errlen)
{
	const struct nested_place *outer = ask->outer;
	struct nested_place *p = calloc(1, sizeof(*p));
	struct view_error e = { "" };
	struct asked want = { 0 };
	struct plan plan = { 0 };
	int ret = p ? asked_read(&want, ask->words, ask->len) : -ENOMEM;

	if (ret == 0)
		ret = plan_read(&want, ask, &plan, &e);
	if (ret == 0)
		ret = place_open(p, outer, &want, err, errlen);
	if (ret == 0) {
		struct build b = {
			p->compartment,		  p->session,	  &plan, p->compartment->host_uid,
			p->compartment->host_gid, p->control_tmp,
		};

		err[0] = '\0';
		ret = build_nested(&b, ask, &want, &out->view, &e);
	}
	if (ret == 0) {
		snprintf(out->hostname, sizeof(out->hostname), "%s", want.hostname);
		out->handle = steal(&p);
	} else if (e.text[0]) {
		snprintf(err, errlen, "%s", e.text);
	}
	nested_close(p);
	asked_finish(&want);
	free(plan.lower);
	free(plan.key);
	return ret;
}

void nested_close(void *handle)
{
	struct nested_place *p = handle;

	if (!p)
		return;
	session_end(p->session);
	compartment_destroy(p->compartment);
	free(p);
}
