// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Renaming: what is moved is brought whole into layer 0 first, and one rename of the kernel's, or
 * one exchange, shows it under its new name.
 */
#include <linux/fs.h>
#include <sys/stat.h>

#include "layers_priv.h"

/* Locked. */
static void remember_move(struct layers *l, const char *from, const char *to)
{
	struct moved *m = calloc(1, sizeof(*m));

	if (!m || !(m->from = strdup(from)) || !(m->to = strdup(to))) {
		if (m)
			free(m->from);
		free(m);
		return;
	}
	m->next = l->moved;
	l->moved = m;
}

/* What had come to stand at or below @from is at @to now. Locked. */
static void moves_follow(struct layers *l, const char *from, const char *to)
{
	for (struct moved *m = l->moved; m; m = m->next) {
		const char *tail = path_under(m->to, from);
		char *now = tail ? str_printf("%s%s%s", to, *tail ? "/" : "", tail) : NULL;

		if (!now)
			continue;
		free(m->to);
		m->to = now;
	}
}

/* Bring @rel whole into layer 0, ready to stand under another name. */
static int prepare_move(struct layers *l, const char *rel, const struct lnode *n, const char *to)
{
	moves_follow(l, rel, to);
	if (lower_has(l, rel))
		remember_move(l, rel, to);
	if (!S_ISDIR(n->stx.stx_mode))
		return copy_up_locked(l, rel, true);
	/* Opaque in any case: the new name may have something below it. */
	return copy_tree_up(l, rel);
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

static int rename_plain(struct layers *l, const char *from, const char *to, const struct lnode *src)
{
	bool below = lower_has(l, from), sdir = S_ISDIR(src->stx.stx_mode), swap;
	const char *a, *b;
	struct where w;
	autoclose int d1 = upper_parent(l, from, &a);
	autoclose int d2 = upper_parent(l, to, &b);
	struct stat st;

	if (d1 < 0 || d2 < 0)
		return d1 < 0 ? d1 : d2;
	cache_find(l, to, &w);
	/* A directory cannot replace a whiteout in one rename: they change places. */
	swap = l->noverlay && w.kind == WHERE_MISSING &&
	       fstatat(d2, b, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (swap) {
		if (renameat2(d1, a, d2, b, RENAME_EXCHANGE) < 0)
			return -errno;
		if (!below)
			unlinkat(d1, a, 0);
	} else if (renameat2(d1, a, d2, b, below ? RENAME_WHITEOUT : 0) < 0) {
		if (!below || errno != EINVAL)
			return -errno;
		/* a file system without RENAME_WHITEOUT */
		if (renameat(d1, a, d2, b) < 0)
			return -errno;
		whiteout_make(l, d1, a);
	}
	if (below)
		cache_set(l, from, NAME_WHITEOUT, false);
	else
		cache_remove(l, from);
	cache_set(l, to, kind_of_mode(src->stx.stx_mode), sdir);
	return 0;
}

static int rename_exchange(struct layers *l, const char *from, const char *to,
			   const struct lnode *src, const struct lnode *dst)
{
	bool sdir = S_ISDIR(src->stx.stx_mode), ddir = S_ISDIR(dst->stx.stx_mode);
	const char *a, *b;
	int ret = prepare_move(l, to, dst, from);

	if (ret < 0)
		return ret;
	autoclose int d1 = upper_parent(l, from, &a);
	autoclose int d2 = upper_parent(l, to, &b);
	if (d1 < 0 || d2 < 0)
		return d1 < 0 ? d1 : d2;
	if (renameat2(d1, a, d2, b, RENAME_EXCHANGE) < 0)
		return -errno;
	cache_set(l, from, kind_of_mode(dst->stx.stx_mode), ddir);
	cache_set(l, to, kind_of_mode(src->stx.stx_mode), sdir);
	return 0;
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
	else if (ret == 0 && dst.fd >= 0 && src.stx.stx_ino == dst.stx.stx_ino &&
		 src.stx.stx_dev_minor == dst.stx.stx_dev_minor && !(flags & RENAME_EXCHANGE))
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
		ret = prepare_move(l, from, &src, to);
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
