// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The path level's carrier: makes entries of our own backends out of a plan (see plan.h).
 *
 *	/dev		tmp, with the few devices that a program needs
 *	/dev/pts	the host's; only the session's terminals are shown
 *	/sys		the host's, read-only
 *	/proc		added by scvm
 */
#include "build_view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "layer_dirs.h"
#include "nest.h"
#include "util.h"

static struct cred root_cred; /* one builds at a time */

int build_fail(struct view_error *e, const char *what, int err, const char *way_out)
{
	snprintf(e->text, sizeof(e->text), "%s: %s%s%s", what, strerror(-err), way_out ? ": " : "",
		 way_out ? way_out : "");
	return err;
}

static int stack_create(struct layers **out, const struct build *b, const struct layer_dir *dirs,
			unsigned n, unsigned flags, const struct session_layer *own,
			const struct session_layer *below)
{
	struct layer_sharing sharing[LAYERS_MAX] = { 0 };
	struct layers_config cfg = {
		.dirs = dirs,
		.ndirs = n,
		.flags = flags,
		.work = own ? own->work : NULL,
		.shared = own ? own->shared : NULL,
		.below = below ? sharing : NULL,
		.host_uid = b->host_uid,
		.host_gid = b->host_gid,
	};

	if (below)
		sharing[1] = (struct layer_sharing){ below->work, below->shared };
	return layers_create(out, &cfg);
}

/* A cow stack over @lower; its upper belongs to the compartment by the name @key (NULL: the root).
 */
static int cow_create(struct layers **out, const struct build *b, const char *key,
		      const char *lower, unsigned flags, struct view_error *e)
{
	struct session_layer keep, tmp = { 0 };
	struct layer_dir dirs[3];
	unsigned n = 0;
	int ret;

	ret = session_layer_dirs(b->compartment, key, lower, &keep, e->text, sizeof(e->text));
	if (ret == 0 && b->plan->ephemeral) {
		ret = session_layer_private(b->session, key, &keep, &tmp, e->text, sizeof(e->text));
		if (ret == 0)
			dirs[n++] = (struct layer_dir){ tmp.upper, true };
	}
	if (ret == 0) {
		dirs[n++] = (struct layer_dir){ keep.upper, true };
		dirs[n++] = (struct layer_dir){ lower, false };
		ret = stack_create(out, b, dirs, n, flags, b->plan->ephemeral ? &tmp : &keep,
				   b->plan->ephemeral ? &keep : NULL);
		if (ret < 0)
			build_fail(e, keep.upper, ret, "the layer for changes cannot be used");
	}
	session_layer_finish(&keep);
	session_layer_finish(&tmp);
	return ret;
}

/* ---- mount points ---- */

static const struct walker *root_walker(struct view *v)
{
	static struct walker w;

	w = (struct walker){ .view = v, .who = &root_cred, .root = "/" };
	return &w;
}

int build_target(struct view *v, const char *dst, bool is_dir, char *canonical)
{
	char part[PATH_MAX];
	size_t len = 0;
	int ret = -ENOENT;

	if (strlen(dst) >= sizeof(part))
		return -ENAMETOOLONG;
	for (const char *p = dst; *p;) {
		struct vnode n;
		bool last;

		while (*p == '/')
			p++;
		if (!*p)
			break;
		len = p - dst + strcspn(p, "/");
		memcpy(part, dst, len);
		part[len] = '\0';
		p = dst + len;
		last = !p[strspn(p, "/")];
		ret = view_walk(root_walker(v), "/", part, 0, &n);
		if (ret < 0)
			return ret;
		strcpy(canonical, n.path);
		if (n.n.fd < 0) {
			ret = n.entry->kind != ENTRY_LAYERS ? -EROFS
			      : !last || is_dir
				      ? layers_mkdir(n.entry->layers, &root_cred, n.rel, 0755)
				      : layers_mknod(n.entry->layers, &root_cred, n.rel,
						     S_IFREG | 0644, 0);
		} else if (last && is_dir != S_ISDIR(n.n.stx.stx_mode)) {
			ret = is_dir ? -ENOTDIR : -EISDIR;
		}
		view_node_finish(&n);
		if (ret < 0)
			return ret;
	}
	if (!*canonical)
		strcpy(canonical, "/");
	return ret == -ENOENT ? 0 : ret;
}

/* ---- binds ---- */

int build_tmp(struct layers **out, const struct build *b, const char *key)
{
	autofree char *tmp = str_printf("%s/tmp/%s", session_tmp(b->session), key);
	/* A session in the session shows it, too: that one wants to know of changes. */
	autofree char *shared = str_printf("%s/shared/%s", session_tmp(b->session), key);
	struct session_layer own = { .shared = shared };

	if (!tmp || !shared)
		return -ENOMEM;
	*strrchr(shared, '/') = '\0';
	if (mkdir_p(AT_FDCWD, tmp, 0700) < 0 || mkdir_p(AT_FDCWD, shared, 0700) < 0)
		return -EIO;
	shared[strlen(shared)] = '/';
	return stack_create(out, b, &(struct layer_dir){ tmp, true }, 1, 0, &own, NULL);
}

static int bind_stack(struct layers **out, const struct build *b, enum bind_mode mode,
		      const char *src, const char *key, struct view_error *e)
{
	struct layer_dir one = { src, false };

	switch (mode) {
	case BIND_RW:
		return stack_create(out, b, &one, 1, LAYERS_HOST, NULL, NULL);
	case BIND_RO:
		return stack_create(out, b, &one, 1, LAYERS_HOST | LAYERS_RDONLY, NULL, NULL);
	case BIND_COW:
		return cow_create(out, b, key, src, 0, e);
	case BIND_MINCOW:
		return cow_create(out, b, key, src, LAYERS_MINCOW, e);
	case BIND_TMP:
		return build_tmp(out, b, key);
	default:
		return -EINVAL;
	}
}

/* merge: SRC, read-only, over what is at DST already: that is a stack of two host directories. */
static int merge_stack(struct layers **out, const struct build *b, struct view *v, const char *src,
		       const char *target)
{
	char below[PATH_MAX];
	struct layer_dir dirs[] = { { src, false }, { below, false } };
	struct vnode n;
	int ret = view_walk(root_walker(v), "/", target, 0, &n);

	if (ret < 0)
		return ret;
	ret = n.n.fd < 0 ? -ENOENT
	      : n.entry->kind != ENTRY_LAYERS
		      ? -EROFS
		      : layers_host_path(n.entry->layers, &n.n, n.rel, below);
	view_node_finish(&n);
	if (ret < 0)
		return ret;
	return stack_create(out, b, dirs, 2, LAYERS_HOST | LAYERS_RDONLY, NULL, NULL);
}

static int add_bind(const struct build *b, struct view *v, const struct plan_entry *p,
		    struct view_error *e)
{
	autofree char *key = NULL, *dir = NULL, *name = NULL;
	char target[PATH_MAX] = "";
	struct entry_spec es = { .target = target, .fstype = "bind" };
	struct layers *l = NULL;
	char **holes;
	int ret;

	ret = build_target(v, p->target, p->is_dir, target);
	if (ret < 0)
		return build_fail(e, p->target, ret, "the target of --bind cannot be made");
	key = layer_escape(target);
	if (!p->is_dir) {
		dir = strdup(p->source);
		name = strdup(strrchr(p->source, '/') + 1);
		if (!dir || !name)
			return build_fail(e, p->target, -ENOMEM, NULL);
		*(strrchr(dir, '/') == dir ? dir + 1 : strrchr(dir, '/')) = '\0';
		es.file = name;
	}
	if (!key)
		return build_fail(e, p->target, -ENOMEM, NULL);
	if (p->mode == BIND_MERGE)
		ret = merge_stack(&l, b, v, p->source, target);
	else
		ret = bind_stack(&l, b, p->mode, dir ? dir : p->source, key, e);
	if (ret < 0)
		return e->text[0] ? ret : build_fail(e, p->source, ret, NULL);
	es.source = p->source;
	es.rdonly = p->mode == BIND_RO || p->mode == BIND_MERGE;
	es.private_sockets = p->mode == BIND_COW || p->mode == BIND_MINCOW;
	holes = plan_holes(p, target);
	es.except = holes;
	ret = view_add_layers(v, &es, l);
	plan_holes_free(holes);
	return ret < 0 ? build_fail(e, p->source, ret, NULL) : 0;
}

/* ---- /dev ---- */

int build_add_dev(const struct build *b, struct view *v)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} nodes[] = { { "null", 1, 3 },	   { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 },
		      { "urandom", 1, 9 }, { "tty", 5, 0 },  { "ptmx", 5, 2 } };
	static const char *const links[][2] = { { "fd", "/proc/self/fd" },
						{ "stdin", "/proc/self/fd/0" },
						{ "stdout", "/proc/self/fd/1" },
						{ "stderr", "/proc/self/fd/2" } };
	autofree char *dir = str_printf("%s/dev", session_tmp(b->session));
	struct layer_dir one = { dir, true };
	char target[PATH_MAX] = "";
	struct layers *l, *pts;
	int ret;

	if (!dir)
		return -ENOMEM;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	ret = build_target(v, "/dev", true, target);
	if (ret == 0)
		ret = stack_create(&l, b, &one, 1, 0, NULL, NULL);
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(nodes) && ret == 0; i++)
		ret = layers_mknod(l, &root_cred, nodes[i].name, S_IFCHR | 0666,
				   makedev(nodes[i].major, nodes[i].minor));
	for (size_t i = 0; i < ARRAY_SIZE(links) && ret == 0; i++)
		ret = layers_symlink(l, &root_cred, links[i][1], links[i][0]);
	if (ret == 0)
		ret = layers_mkdir(l, &root_cred, "shm", 01777);
	if (ret == 0)
		ret = layers_mkdir(l, &root_cred, "pts", 0755);
	if (ret < 0) {
		layers_destroy(l);
		return ret;
	}
	ret = view_add_layers(v,
			      &(struct entry_spec){ .target = "/dev",
						    .source = "dev",
						    .fstype = "tmpfs",
						    .private_sockets = true },
			      l);
	if (ret < 0 || access("/dev/pts/ptmx", F_OK) < 0)
		return ret;
	ret = stack_create(&pts, b, &(struct layer_dir){ "/dev/pts", false }, 1,
			   LAYERS_HOST | LAYERS_PTYS, NULL, NULL);
	if (ret < 0)
		return 0; /* no terminals, then */
	return view_add_layers(v,
			       &(struct entry_spec){ .target = "/dev/pts",
						     .source = "devpts",
						     .fstype = "devpts" },
			       pts);
}

/* What is written to a copy of a file of sysfs would have no effect: better refused. */
int build_add_sys(const struct build *b, struct view *v)
{
	struct layers *l;
	char target[PATH_MAX] = "";
	struct vnode n;
	int ret = view_walk(root_walker(v), "/", "/sys", 0, &n);

	if (ret < 0)
		return ret == -ENOENT ? 0 : ret;
	ret = n.n.fd >= 0 && S_ISDIR(n.n.stx.stx_mode);
	strcpy(target, n.path);
	view_node_finish(&n);
	if (!ret || access("/sys", X_OK) < 0)
		return 0;
	ret = stack_create(&l, b, &(struct layer_dir){ "/sys", false }, 1,
			   LAYERS_HOST | LAYERS_RDONLY, NULL, NULL);
	if (ret < 0)
		return ret;
	return view_add_layers(
		v,
		&(struct entry_spec){
			.target = target, .source = "sysfs", .fstype = "sysfs", .rdonly = true },
		l);
}

int build_add_control(const struct build *b, struct view *v)
{
	autofree char *dir = str_printf("%s/" NEST_DIR, b->control_tmp);
	struct layer_dir one = { dir, false };
	struct layers *l;
	int ret;

	if (!dir)
		return -ENOMEM;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	ret = stack_create(&l, b, &one, 1, LAYERS_HOST | LAYERS_RDONLY, NULL, NULL);
	if (ret < 0)
		return ret;
	/* Its directory is not made: that would be a change of the compartment. */
	return view_add_layers(v,
			       &(struct entry_spec){ .target = NEST_TARGET,
						     .source = "uc",
						     .fstype = "control",
						     .rdonly = true },
			       l);
}

/*
 * The state directory, with this compartment and its neighbours, is on the host too, and so in a
 * view of the host, perhaps twice. Nobody inside shall change it, nor walk through the layers that
 * the view is made of: a directory of the compartment's own is there instead.
 */
static int hide_state(const struct build *b, struct view *v, struct view_error *e)
{
	autofree char *empty = str_printf("%s/empty", session_tmp(b->session));
	char target[PATH_MAX];
	struct layers *l;
	int ret;

	if (!empty || (mkdir(empty, 0755) < 0 && errno != EEXIST))
		return -ENOMEM;
	while (view_from_host(v, b->compartment->state, -1, target, NULL) == 0) {
		ret = cow_create(&l, b, "state", empty, 0, e);
		if (ret == 0)
			ret = view_add_layers(v,
					      &(struct entry_spec){ .target = target,
								    .source = "uc",
								    .fstype = "tmpfs",
								    .private_sockets = true },
					      l);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int build_view(const struct build *b, struct view **out, struct view_error *e)
{
	const struct plan *p = b->plan;
	struct layers *l;
	struct view *v;
	int ret;

	cred_init_root(&root_cred);
	e->text[0] = '\0';
	ret = view_create(&v);
	if (ret < 0)
		return build_fail(e, "view", ret, NULL);
	ret = cow_create(&l, b, p->key, p->lower, 0, e);
	if (ret == 0 && (ret = view_add_layers(v,
					       &(struct entry_spec){ .target = "/",
								     .source = "uc",
								     .fstype = "overlay",
								     .private_sockets = true },
					       l)) < 0)
		build_fail(e, "view", ret, NULL);
	if (ret == 0 && (ret = build_add_dev(b, v)) < 0)
		build_fail(e, "/dev", ret, NULL);
	if (ret == 0 && (ret = build_add_sys(b, v)) < 0)
		build_fail(e, "/sys", ret, NULL);
	if (ret == 0 && (ret = build_add_control(b, v)) < 0)
		build_fail(e, NEST_TARGET, ret, NULL);
	for (unsigned i = 0; ret == 0 && i < p->n; i++)
		ret = add_bind(b, v, &p->entries[i], e);
	if (ret == 0 && (ret = hide_state(b, v, e)) < 0 && !e->text[0])
		build_fail(e, b->compartment->state, ret, "the state cannot be hidden");
	if (ret < 0) {
		view_destroy(v);
		return ret;
	}
	*out = v;
	return 0;
}
