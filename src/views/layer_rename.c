// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Renaming: what is moved is brought whole into layer 0 first, and one rename of the kernel's, or
 * one exchange, shows it under its new name.
 */
#include <dirent.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "layers_priv.h"

/* The lower object @rel is about to stand under another name: see moves_follow(). Locked. */
static void remember_move(struct layers *l, const char *rel)
{
	struct moved *m;

	/* What the lower layers had there has gone before: this is another one of that name. */
	for (m = l->moved; m; m = m->next)
		if (path_under(rel, m->from))
			return;
	m = calloc(1, sizeof(*m));
	if (!m || !(m->from = strdup(rel)) || !(m->to = strdup(rel))) {
		if (m)
			free(m->from);
		free(m);
		return;
	}
	m->next = l->moved;
	l->moved = m;
}

/* What had come to stand at or below @from is at @to now, or the other way round when they changed
 * places. Locked. */
static void moves_follow(struct layers *l, const char *from, const char *to, bool exchange)
{
	for (struct moved *m = l->moved; m; m = m->next) {
		const char *tail = path_under(m->to, from), *head = to;
		char *now;

		if (!tail && exchange) {
			tail = path_under(m->to, to);
			head = from;
		}
		now = tail ? str_printf("%s%s%s", head, *tail ? "/" : "", tail) : NULL;
		if (!now)
			continue;
		free(m->to);
		m->to = now;
	}
}

/* ---- a whole tree, for renaming a directory that overlayfs's format cannot redirect ---- */

static int find_there(struct layers *l, const char *rel, struct lnode *n)
{
	int ret = find_name(l, rel, n);

	return ret == 0 && n->fd < 0 ? -ENOENT : ret;
}

struct tree_walk {
	char **names;
	size_t n;
	bool failed;
	bool dirs; /* no other names wanted */
};

static bool tree_name(void *arg, const struct ldirent *d)
{
	struct tree_walk *t = arg;
	char **more;

	if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0)
		return true;
	if (t->dirs && d->type != DT_DIR && d->type != DT_UNKNOWN)
		return true;
	more = realloc(t->names, (t->n + 1) * sizeof(*more));
	if (more)
		t->names = more;
	if (!more || !(t->names[t->n] = strdup(d->name))) {
		t->failed = true;
		return false;
	}
	t->n++;
	return true;
}

/* Can all directories below @rel be read? -EACCES: a copy would lack what is in them */
static int tree_check(struct layers *l, const char *rel)
{
	struct tree_walk t = { .dirs = true };
	char child[PATH_MAX], name[64];
	struct lnode n;
	bool is_dir;
	int ret = find_there(l, rel, &n);

	if (ret < 0)
		return ret;
	is_dir = S_ISDIR(n.stx.stx_mode);
	fd_path_name(n.fd, name);
	/* One that we have copied without its content is what it is. */
	if (is_dir && n.layer > 0 && faccessat(AT_FDCWD, name, R_OK | X_OK, AT_EACCESS) < 0)
		ret = -errno;
	layers_node_finish(&n);
	if (ret < 0 || !is_dir)
		return ret;
	ret = layers_list(l, rel, 0, tree_name, &t);
	for (size_t i = 0; i < t.n; i++) {
		if (ret == 0)
			ret = snprintf(child, sizeof(child), "%s/%s", rel, t.names[i]) >=
					      (int)sizeof(child)
				      ? -ENAMETOOLONG
				      : tree_check(l, child);
		free(t.names[i]);
	}
	free(t.names);
	return t.failed ? -ENOMEM : ret;
}

/* Nothing shows through an opaque directory: overlayfs would list whiteouts in it as names. */
static void whiteouts_drop(int dir)
{
	DIR *d = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 0));
	struct dirent *de;
	struct stat st;

	while (d && (de = readdir(d)))
		if ((de->d_type == DT_CHR || de->d_type == DT_UNKNOWN) &&
		    fstatat(dir, de->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISCHR(st.st_mode) && st.st_rdev == 0)
			unlinkat(dir, de->d_name, 0);
	if (d)
		closedir(d);
}

static int copy_tree_up(struct layers *l, const char *rel)
{
	struct tree_walk t = { 0 };
	char child[PATH_MAX];
	struct lnode n;
	int ret = copy_up_locked(l, rel, true);

	if (ret < 0)
		return ret;
	ret = layers_list(l, rel, 0, tree_name, &t);
	if (t.failed)
		ret = -ENOMEM;
	for (size_t i = 0; i < t.n; i++) {
		if (ret == 0 &&
		    snprintf(child, sizeof(child), "%s/%s", rel, t.names[i]) >= (int)sizeof(child))
			ret = -ENAMETOOLONG;
		if (ret == 0)
			ret = find_there(l, child, &n);
		if (ret == 0) {
			bool is_dir = S_ISDIR(n.stx.stx_mode);

			layers_node_finish(&n);
			ret = is_dir ? copy_tree_up(l, child) : copy_up_locked(l, child, true);
		}
		free(t.names[i]);
	}
	free(t.names);
	if (ret == 0 && l->overlay[0]) {
		autoclose int fd = layer_open_at(l->fd[0], rel, O_RDONLY | O_DIRECTORY);

		/* nothing is merged with it any more: its copies must be known for what they are */
		ret = fd < 0 ? fd
		      : fsetxattr(fd, XATTR_DEVICES, "y", 1, 0) < 0 ||
				      fsetxattr(fd, XATTR_OPAQUE, "y", 1, 0) < 0
			      ? -errno
			      : 0;
		if (ret == 0) {
			cache_set(l, rel, NAME_DIR, true);
			whiteouts_drop(fd);
		}
	}
	return ret;
}

/* ---- renaming ---- */

/* Bring @rel whole into layer 0, ready to stand under another name. */
static int prepare_move(struct layers *l, const char *rel, const struct lnode *n)
{
	int ret;

	if (!S_ISDIR(n->stx.stx_mode))
		return copy_up_locked(l, rel, true);
	ret = tree_check(l, rel);
	/* Opaque in any case: the new name may have something below it. */
	return ret < 0 ? ret : copy_tree_up(l, rel);
}

static int check_target(struct layers *l, const char *to, const struct lnode *src,
			const struct lnode *dst)
{
	bool sdir = S_ISDIR(src->stx.stx_mode), ddir = S_ISDIR(dst->stx.stx_mode);
	int ret;

	if (sdir && !ddir)
		return -ENOTDIR;
	if (!sdir && ddir)
		return -EISDIR;
	if (!ddir)
		return 0;
	ret = dir_is_empty(l, to);
	if (ret == 0 && in_upper(l, to))
		ret = dir_drop_whiteouts(l, to);
	return ret;
}

/* For a file system without RENAME_WHITEOUT. What can fail for want of space comes first. */
static int rename_then_whiteout(struct layers *l, int d1, const char *a, int d2, const char *b)
{
	char tmp[32];
	int ret;

	work_name(l, tmp);
	ret = whiteout_make(l, l->work, tmp);
	if (ret < 0)
		return ret;
	if (renameat(d1, a, d2, b) < 0 || renameat(l->work, tmp, d1, a) < 0) {
		ret = -errno;
		unlinkat(l->work, tmp, 0);
	}
	return ret;
}

/* What stands in @dir of layer 0 as @name, and was looked up as @n. */
static enum name_kind kind_moved(int dir, const char *name, const struct lnode *n)
{
	return S_ISREG(n->stx.stx_mode) ? kind_on_disk(dir, name) : kind_of_mode(n->stx.stx_mode);
}

static int rename_plain(struct layers *l, const char *from, const char *to, const struct lnode *src)
{
	bool below = lower_has(l, from), sdir = S_ISDIR(src->stx.stx_mode), swap;
	const char *a, *b;
	struct where w;
	autoclose int d1 = upper_parent(l, from, &a);
	autoclose int d2 = upper_parent(l, to, &b);
	enum name_kind kind;
	struct lnode links;
	struct stat st;
	int ret;

	if (d1 < 0 || d2 < 0)
		return d1 < 0 ? d1 : d2;
	cache_find(l, to, &w);
	/* A directory cannot replace a whiteout in one rename: they change places. */
	swap = l->noverlay && w.kind == WHERE_MISSING &&
	       fstatat(d2, b, &st, AT_SYMLINK_NOFOLLOW) == 0;
	kind = kind_moved(d1, a, src);
	ret = devices_mark(l, to, kind);
	if (ret < 0)
		return ret;
	links_look(l, to, &links);
	ret = renameat2(d1, a, d2, b,
			swap	? RENAME_EXCHANGE
			: below ? RENAME_WHITEOUT
				: 0) < 0
		      ? -errno
		      : 0;
	if (ret == 0 && swap && !below)
		unlinkat(d1, a, 0);
	if (ret == -EINVAL && below && !swap)
		ret = rename_then_whiteout(l, d1, a, d2, b);
	if (ret < 0) {
		layers_node_finish(&links);
		return ret;
	}
	links_gone(l, &links);
	if (below)
		cache_set(l, from, NAME_WHITEOUT, false);
	else
		cache_remove(l, from);
	cache_set(l, to, kind, sdir);
	if (below)
		remember_move(l, from);
	moves_follow(l, from, to, false);
	return 0;
}

static int rename_exchange(struct layers *l, const char *from, const char *to,
			   const struct lnode *src, const struct lnode *dst)
{
	bool sdir = S_ISDIR(src->stx.stx_mode), ddir = S_ISDIR(dst->stx.stx_mode);
	bool below_from = lower_has(l, from), below_to = lower_has(l, to);
	enum name_kind skind, dkind;
	const char *a, *b;
	int ret = prepare_move(l, to, dst);

	if (ret < 0)
		return ret;
	autoclose int d1 = upper_parent(l, from, &a);
	autoclose int d2 = upper_parent(l, to, &b);
	if (d1 < 0 || d2 < 0)
		return d1 < 0 ? d1 : d2;
	skind = kind_moved(d1, a, src);
	dkind = kind_moved(d2, b, dst);
	ret = devices_mark(l, to, skind);
	if (ret == 0)
		ret = devices_mark(l, from, dkind);
	if (ret < 0)
		return ret;
	if (renameat2(d1, a, d2, b, RENAME_EXCHANGE) < 0)
		return -errno;
	cache_set(l, from, dkind, ddir);
	cache_set(l, to, skind, sdir);
	if (below_from)
		remember_move(l, from);
	if (below_to)
		remember_move(l, to);
	moves_follow(l, from, to, true);
	return 0;
}

static bool same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor;
}

static int rename_locked(struct layers *l, const char *from, const char *to, unsigned flags)
{
	struct lnode src, dst = { .fd = -1 };
	int ret = find_name(l, from, &src);

	if (ret == 0 && src.fd < 0)
		ret = -ENOENT;
	if (ret == 0)
		ret = find_name(l, to, &dst);
	if (ret == 0 && dst.fd >= 0 && flags & RENAME_NOREPLACE)
		ret = -EEXIST;
	else if (ret == 0 && dst.fd < 0 && flags & RENAME_EXCHANGE)
		ret = -ENOENT;
	else if (ret == 0 && dst.fd >= 0 && same_file(&src.stx, &dst.stx) &&
		 !(flags & RENAME_EXCHANGE))
		goto out; /* two names of one file: rename(2) does nothing */
	if (ret == 0 && l->flags & LAYERS_HOST) {
		const char *a, *b;
		autoclose int d1 = upper_parent(l, from, &a), d2 = upper_parent(l, to, &b);

		ret = d1 < 0 ? d1 : d2 < 0 ? d2 : renameat2(d1, a, d2, b, flags) < 0 ? -errno : 0;
		goto out;
	}
	if (ret == 0 && dst.fd >= 0 && !(flags & RENAME_EXCHANGE))
		ret = check_target(l, to, &src, &dst);
	if (ret == 0)
		ret = prepare_move(l, from, &src);
	if (ret == 0)
		ret = flags & RENAME_EXCHANGE ? rename_exchange(l, from, to, &src, &dst)
					      : rename_plain(l, from, to, &src);
out:
	layers_node_finish(&src);
	layers_node_finish(&dst);
	return ret;
}

int layers_rename(struct layers *l, const struct cred *who, const char *from, const char *to,
		  unsigned flags)
{
	struct lnode src, dst = { .fd = -1 };
	int ret;

	if (flags & RENAME_WHITEOUT)
		return -EINVAL;
	ret = find_name(l, from, &src);
	if (ret == 0)
		ret = attr_parent_check(l, who, from, &src);
	layers_node_finish(&src);
	if (ret == 0)
		ret = find_name(l, to, &dst);
	if (ret == 0)
		ret = attr_parent_check(l, who, to, &dst);
	layers_node_finish(&dst);
	if (ret < 0)
		return ret;
	layers_lock_change(l);
	ret = mincow_rename(l, from, to, flags);
	if (ret == MINCOW_COPY)
		ret = rename_locked(l, from, to, flags);
	layers_unlock_change(l);
	return ret;
}
