// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The path walk.
 *
 * It works on text: `cur` is the canonical path resolved so far, `rest` what is still to do. As
 * many plain components as possible are handed to one backend lookup; only "..", a symlink or the
 * end of an entry stops such a run. The kernel never follows a symlink for us, so a name that
 * changes under our feet can fail but cannot lead out of the entry.
 */
#include "view.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "util.h"
#include "view_priv.h"

#define SYMLINKS_MAX 40 /* path_resolution(7): MAXSYMLINKS */

int view_node_may(const struct vnode *n, const struct cred *who, int want)
{
	const struct statx *stx = &n->n.stx;

	return n->entry && n->entry->kind == ENTRY_LAYERS
		       ? layers_may(n->entry->layers, who, &n->n, want)
		       : cred_may(who, stx->stx_mode, stx->stx_uid, stx->stx_gid, want);
}

void view_node_finish(struct vnode *n)
{
	layers_node_finish(&n->n);
	entry_put(n->entry);
	n->entry = NULL;
}

/* State of one walk. */
struct walk {
	const struct walker *w;
	unsigned flags;
	int links;
	const char *root; /* what "/" and ".." stop at */
	const char *floor; /* WALK_BENEATH, WALK_IN_ROOT: may not be left; else NULL */
	const struct entry *start; /* WALK_NO_XDEV: only compared, may be gone */
	const char *passed; /* canonical directory where it began: those above need no permission */
	char cur[PATH_MAX]; /* canonical so far; "" is "/" */
	char rest[PATH_MAX]; /* still to do */
};

/* Put @target in front of what follows @after in the walk. */
static int walk_splice(struct walk *s, const char *target, const char *after)
{
	char tail[PATH_MAX];
	size_t tlen = strlen(target), alen = strlen(after);

	if (tlen + 1 + alen >= sizeof(s->rest))
		return -ENAMETOOLONG;
	memcpy(tail, after, alen + 1);
	memcpy(s->rest, target, tlen);
	/* "link" to "dir" with nothing after it must not gain a slash: it would demand a directory
	 */
	if (alen)
		s->rest[tlen++] = '/';
	memcpy(s->rest + tlen, tail, alen + 1);
	return 0;
}

static int walk_from_root(struct walk *s)
{
	if (s->flags & WALK_BENEATH)
		return -EXDEV;
	strcpy(s->cur, strcmp(s->root, "/") == 0 ? "" : s->root);
	s->passed = s->root;
	return 0;
}

static int walk_up(struct walk *s)
{
	char *slash;

	if (s->floor && strcmp(s->cur, s->floor) == 0)
		return s->flags & WALK_BENEATH ? -EXDEV : 0;
	if (strcmp(s->cur, strcmp(s->root, "/") == 0 ? "" : s->root) == 0)
		return 0;
	slash = strrchr(s->cur, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

/* Follow a symlink whose own canonical path is the first @len bytes of @path. */
static int walk_link(struct walk *s, struct vnode *n, const char *path, size_t len,
		     const char *after)
{
	char target[PATH_MAX];
	ssize_t got;
	int ret;

	if (s->flags & WALK_NO_SYMLINKS || ++s->links > SYMLINKS_MAX)
		return -ELOOP;
	got = readlinkat(n->n.fd, "", target, sizeof(target) - 1);
	if (got < 0)
		return -errno;
	if (got == 0)
		return -ENOENT;
	target[got] = '\0';
	memmove(s->cur, path, len);
	s->cur[len] = '\0';
	*strrchr(s->cur, '/') = '\0';
	if (target[0] == '/') {
		ret = walk_from_root(s);
		if (ret < 0)
			return ret;
	}
	return walk_splice(s, target, after);
}

/* A magic link of /proc leads to the name (or nameless object) that @n holds, whatever the root is.
 */
static int walk_jump(struct walk *s, struct vnode *n, const char *after)
{
	if (s->flags & WALK_NO_SYMLINKS || (s->flags & WALK_NO_MAGICLINKS && !n->soft))
		return -ELOOP;
	if (s->flags & (WALK_BENEATH | WALK_IN_ROOT))
		return -EXDEV;
	if (++s->links > SYMLINKS_MAX)
		return -ELOOP;
	if (n->n.fd >= 0) {
		entry_put(n->entry);
		n->entry = NULL;
		return *after ? -ENOTDIR : 1;
	}
	strcpy(s->cur, strcmp(n->path, "/") == 0 ? "" : n->path);
	/* The slash stays: "exe/" demands a directory. */
	return walk_splice(s, "", after);
}

/*
 * Cut the next run of plain components from s->rest into @cand (= cur + run).
 * Return: offset in s->rest of what follows the run; *stop tells what that is.
 */
enum run_stop { RUN_END, RUN_DOTDOT };

static ssize_t walk_run(struct walk *s, char *cand, enum run_stop *stop, bool *slash,
			enum last_component *last)
{
	size_t len = strlen(s->cur);
	const char *p = s->rest;

	memcpy(cand, s->cur, len);
	*stop = RUN_END;
	*slash = false;
	*last = LAST_ROOT;
	for (;;) {
		size_t n;

		while (*p == '/') {
			*slash = true;
			p++;
		}
		n = strcspn(p, "/");
		if (n == 0)
			break;
		*slash = false;
		if (n == 1 && p[0] == '.') {
			*last = LAST_DOT;
			*slash = true; /* "x/." demands a directory, as "x/" does */
			p++;
			continue;
		}
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			*stop = RUN_DOTDOT;
			*last = LAST_DOTDOT;
			*slash = true;
			break;
		}
		if (n > NAME_MAX || len + 1 + n >= PATH_MAX)
			return -ENAMETOOLONG;
		*last = LAST_NAME;
		cand[len++] = '/';
		memcpy(cand + len, p, n);
		len += n;
		p += n;
	}
	cand[len] = '\0';
	return p - s->rest;
}

/* May the walker pass the directories before the last component of n->rel? */
static int node_search(const struct walk *s, const struct entry *e, const struct vnode *n)
{
	size_t passed = strlen(s->passed), above = e->target_len + 1;

	if (!path_under(n->path, s->passed) || passed < above)
		passed = above;
	return layers_search(e->layers, s->w->who, n->rel, passed - above);
}

static int node_lookup(const struct walk *s, struct vnode *n, const char *path, bool follow,
		       size_t *prefix_len)
{
	const struct walker *w = s->w;
	struct entry *e = entry_for(w->view, path);
	int ret;

	if (!e)
		return -ENOENT;
	if (path != n->path)
		strcpy(n->path, path);
	n->entry = e;
	n->rel = n->path + e->target_len + (n->path[e->target_len] == '/');
	if (e->file) {
		if (*n->rel) {
			view_node_finish(n);
			return -ENOTDIR;
		}
		n->rel = e->file;
	}
	ret = e->kind == ENTRY_LAYERS && !e->file ? node_search(s, e, n) : 0;
	if (ret == 0 && e->kind == ENTRY_LAYERS)
		ret = layers_lookup(e->layers, NULL, n->rel, &n->n, prefix_len);
	else if (ret == 0)
		ret = e->synth->lookup(e->synth_arg, w, n->rel, follow, n, prefix_len);
	if (ret == LAYERS_SYMLINK || ret == VIEW_JUMP)
		*prefix_len += e->target_len + 1;
	if (ret < 0)
		view_node_finish(n);
	return ret;
}

/* One step of the walk. Return: 1 done (the node is in @n), 0 go on, -errno. */
static int walk_step(struct walk *s, struct vnode *n)
{
	char cand[PATH_MAX];
	enum run_stop stop;
	enum last_component last;
	size_t prefix = 0;
	bool slash, final, follow, is_link;
	const char *tail; /* of the run, where a link takes its place */
	ssize_t used = walk_run(s, cand, &stop, &slash, &last);
	int ret;

	if (used < 0)
		return used;
	final = stop == RUN_END;
	follow = !final || (!(s->flags & WALK_NOFOLLOW) && !(s->flags & WALK_PARENT)) ||
		 (slash && !(s->flags & WALK_PARENT)) || last == LAST_DOT;
	tail = !slash ? "" : last == LAST_DOT ? "/." : "/";
	ret = node_lookup(s, n, cand, follow, &prefix);
	if (ret < 0)
		return ret;
	if (s->flags & WALK_NO_XDEV && s->start != n->entry)
		return -EXDEV;
	if (ret == LAYERS_SYMLINK || ret == VIEW_JUMP) {
		/* The link sits inside the run: what follows it in cand and in rest is still to do.
		 */
		char after[PATH_MAX];
		const char *in_run = cand + prefix + (cand[prefix] == '/');

		if (snprintf(after, sizeof(after), "%s%s%s", in_run,
			     *in_run && s->rest[used] ? "/" : tail,
			     s->rest + used) >= (int)sizeof(after))
			return -ENAMETOOLONG;
		if (ret == VIEW_JUMP)
			return walk_jump(s, n, after);
		return walk_link(s, n, cand, prefix, after);
	}
	is_link = n->n.fd >= 0 && S_ISLNK(n->n.stx.stx_mode);
	if (is_link && follow) {
		char after[PATH_MAX];

		snprintf(after, sizeof(after), "%s%s", s->rest[used] ? "" : tail, s->rest + used);
		return walk_link(s, n, cand, strlen(cand), after);
	}
	/* "." and ".." are looked up in that directory as any name is. */
	if ((!final || last == LAST_DOT) && s->w->who && n->n.fd >= 0 &&
	    S_ISDIR(n->n.stx.stx_mode)) {
		ret = view_node_may(n, s->w->who, X_OK);
		if (ret < 0)
			return ret;
	}
	if (final) {
		n->want_dir = slash;
		n->last = last;
		if (slash && n->n.fd >= 0 && !S_ISDIR(n->n.stx.stx_mode) &&
		    !(s->flags & WALK_PARENT))
			return -ENOTDIR;
		/* "x/.": the last component is the dot, and x must be there */
		if (last == LAST_DOT && n->n.fd < 0)
			return -ENOENT;
		if (last == LAST_DOT && !S_ISDIR(n->n.stx.stx_mode))
			return -ENOTDIR;
		return 1;
	}
	if (n->n.fd < 0)
		return -ENOENT;
	if (!S_ISDIR(n->n.stx.stx_mode))
		return -ENOTDIR;
	strcpy(s->cur, cand);
	ret = walk_up(s);
	if (ret < 0)
		return ret;
	memmove(s->rest, s->rest + used + 2, strlen(s->rest + used + 2) + 1);
	/* A path that ends in ".." names a directory. */
	if (!s->rest[0])
		strcpy(s->rest, "/");
	return 0;
}

int view_walk(const struct walker *w, const char *base, const char *path, unsigned flags,
	      struct vnode *n)
{
	struct walk s; /* its 8 KiB of text need no zeroes */
	bool dots = false;
	int ret;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	memset(&s, 0, offsetof(struct walk, cur));
	s.w = w;
	s.flags = flags;
	s.root = w->root;
	s.cur[0] = '\0';
	strcpy(s.rest, path);
	if (flags & (WALK_BENEATH | WALK_IN_ROOT)) {
		s.floor = strcmp(base, "/") == 0 ? "" : base;
		if (flags & WALK_IN_ROOT)
			s.root = base;
	}
	if (path[0] == '/') {
		ret = walk_from_root(&s);
		if (ret < 0)
			return ret;
	} else {
		strcpy(s.cur, strcmp(base, "/") == 0 ? "" : base);
		s.passed = base;
	}
	if (flags & WALK_NO_XDEV) {
		struct entry *e = entry_for(w->view, s.cur);

		s.start = e;
		entry_put(e);
	}
	{
		size_t len = strlen(path);

		while (len && path[len - 1] == '/')
			len--;
		dots = len >= 2 && path[len - 1] == '.' && path[len - 2] == '.' &&
		       (len == 2 || path[len - 3] == '/');
	}
	for (;;) {
		memset(n, 0, offsetof(struct vnode, path));
		n->n.fd = -1;
		n->reopen = -1;
		ret = walk_step(&s, n);
		if (ret > 0)
			break;
		view_node_finish(n);
		if (ret < 0)
			return ret;
	}
	if (dots)
		n->last = LAST_DOTDOT;
	if (!n->path[0]) {
		bool in_path = n->rel == n->path;

		strcpy(n->path, "/");
		if (in_path)
			n->rel = n->path + 1; /* still "" */
	}
	return 0;
}
