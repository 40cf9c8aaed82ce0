// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Listings of merged directories.
 *
 * A directory that was listed keeps an ordered table of its names; a name's index is its cookie and
 * never changes while the table lives. Starting from the front refreshes it: new names go to the
 * end, vanished ones are marked. So a reader that goes on sees every name that stays exactly once.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "layers_priv.h"

#define LISTINGS_MAX	     256 /* tables that nobody needs any more */
#define LISTINGS_READING_MAX 4096 /* all */

struct listed {
	char *name;
	uint64_t ino;
	unsigned char type;
	bool alive;
	UT_hash_handle hh;
};

struct listing_cache {
	struct listing_cache *next;
	char *rel;
	bool reading; /* somebody has not come to the end: cookies must stay what they are */
	struct listed **order;
	size_t n, room;
	struct listed *by_name;
};

static void listing_free(struct listing_cache *c)
{
	HASH_CLEAR(hh, c->by_name);
	for (size_t i = 0; i < c->n; i++) {
		free(c->order[i]->name);
		free(c->order[i]);
	}
	free(c->order);
	free(c->rel);
	free(c);
}

void listing_drop(struct layers *l)
{
	while (l->listings) {
		struct listing_cache *c = l->listings;

		l->listings = c->next;
		listing_free(c);
	}
}

static struct listing_cache *listing_get(struct layers *l, const char *rel)
{
	struct listing_cache **at = &l->listings, **idle = NULL, *c;
	unsigned n = 0;

	for (; *at; at = &(*at)->next, n++) {
		c = *at;
		if (strcmp(c->rel, rel) == 0) {
			*at = c->next; /* to the front */
			c->next = l->listings;
			l->listings = c;
			return c;
		}
		/* the one not used for longest: last of those that nobody is in the middle of */
		if (!c->reading || (!c->next && n + 1 >= LISTINGS_READING_MAX && !idle))
			idle = at;
	}
	if (n >= LISTINGS_MAX && idle) {
		c = *idle;
		*idle = c->next;
		listing_free(c);
	}
	c = calloc(1, sizeof(*c));
	if (!c || !(c->rel = strdup(rel))) {
		free(c);
		return NULL;
	}
	c->next = l->listings;
	l->listings = c;
	return c;
}

static int listing_add(struct listing_cache *c, const char *name, uint64_t ino, unsigned char type)
{
	struct listed *e;

	HASH_FIND_STR(c->by_name, name, e);
	if (e) {
		e->alive = true;
		e->ino = ino;
		e->type = type;
		return 0;
	}
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		void *p = realloc(c->order, room * sizeof(*c->order));

		if (!p)
			return -ENOMEM;
		c->order = p;
		c->room = room;
	}
	e = calloc(1, sizeof(*e));
	if (!e || !(e->name = strdup(name))) {
		free(e);
		return -ENOMEM;
	}
	e->ino = ino;
	e->type = type;
	e->alive = true;
	c->order[c->n++] = e;
	HASH_ADD_KEYPTR(hh, c->by_name, e->name, strlen(e->name), e);
	return 0;
}

static unsigned char device_type(struct layers *l, unsigned layer, const char *rel)
{
	autoclose int fd = layer_open_at(l->fd[layer], rel, O_PATH | O_NOFOLLOW);
	struct statx stx;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) < 0)
		return DT_UNKNOWN;
	attr_virtual(l, layer, fd, &stx);
	return IFTODT(stx.stx_mode);
}

/* A copy has its origin's inode number, a directory that of the base's. */
static uint64_t virtual_ino(struct layers *l, const char *rel, uint64_t real)
{
	struct lnode n;
	size_t prefix;

	if (layers_lookup(l, NULL, rel, &n, &prefix) == 0 && n.fd >= 0)
		real = n.stx.stx_ino;
	layers_node_finish(&n);
	return real;
}

/* Names of one real directory that the layers above do not decide. */
static int listing_read(struct layers *l, struct listing_cache *c, const char *rel, unsigned layer)
{
	int fd = layer_open_at(l->fd[layer], rel, O_RDONLY | O_DIRECTORY), ret = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char child[PATH_MAX];
	struct dirent *de;

	if (!d)
		return fd < 0 ? fd : -ENOMEM;
	while (ret == 0 && (de = readdir(d))) {
		struct where w;

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		if (snprintf(child, sizeof(child), "%s%s%s", rel, *rel ? "/" : "", de->d_name) >=
		    (int)sizeof(child))
			continue;
		cache_find(l, child, &w);
		if (w.kind == WHERE_MISSING || (w.kind == WHERE_OVERLAY && w.layer != layer))
			continue;
		ret = listing_add(c, de->d_name,
				  l->overlay[layer] ? virtual_ino(l, child, de->d_ino) : de->d_ino,
				  w.kind == WHERE_OVERLAY && w.is_device
					  ? device_type(l, layer, child)
					  : de->d_type);
	}
	closedir(d);
	return ret;
}

static uint64_t parent_ino(struct layers *l, const char *rel)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%.*s", (int)(slash ? slash - rel : 0), rel);
	return virtual_ino(l, parent, 1);
}

static int listing_fill(struct layers *l, struct listing_cache *c, const char *rel)
{
	struct where w;
	int ret = 0;

	for (size_t i = 0; i < c->n; i++)
		c->order[i]->alive = false;
	cache_find(l, rel, &w);
	if (w.kind == WHERE_MISSING || w.kind == WHERE_BLOCKED)
		return -ENOENT;
	listing_add(c, ".", virtual_ino(l, rel, 1), DT_DIR);
	listing_add(c, "..", parent_ino(l, rel), DT_DIR);
	if (w.kind == WHERE_OVERLAY && !w.is_dir)
		return -ENOTDIR;
	for (unsigned i = 0; i < l->noverlay && w.kind == WHERE_OVERLAY && ret == 0; i++)
		if (w.mask & 1U << i)
			ret = listing_read(l, c, rel, i);
	if (ret == 0 && (w.kind == WHERE_BASE || w.base) && l->noverlay < l->n) {
		ret = listing_read(l, c, rel, l->n - 1);
		/* The base may have no such directory, or one that we may not read. */
		if (w.kind == WHERE_OVERLAY &&
		    (ret == -ENOENT || ret == -ENOTDIR || ret == -EACCES))
			ret = 0;
	}
	return ret;
}

int layers_list(struct layers *l, const char *rel, uint64_t cookie,
		bool (*emit)(void *arg, const struct ldirent *d), void *arg)
{
	struct listing_cache *c;
	int ret = 0;

	layers_lock(l);
	c = listing_get(l, rel);
	if (!c)
		ret = -ENOMEM;
	/* From the front, or after it was pushed out: read the directory again. */
	else if (cookie == 0 || c->n == 0)
		ret = listing_fill(l, c, rel);
	if (ret == 0)
		c->reading = false;
	for (size_t i = cookie; ret == 0 && i < c->n; i++) {
		struct listed *e = c->order[i];
		struct ldirent d = { e->ino, i + 1, e->type, e->name };
		struct where w;
		char child[PATH_MAX];

		if (!e->alive)
			continue;
		/* removed since the table was filled? */
		snprintf(child, sizeof(child), "%s%s%s", rel, *rel ? "/" : "", e->name);
		cache_find(l, child, &w);
		if (w.kind == WHERE_MISSING && strcmp(e->name, ".") != 0 &&
		    strcmp(e->name, "..") != 0)
			continue;
		if (!emit(arg, &d)) {
			c->reading = true;
			break;
		}
	}
	layers_unlock(l);
	return ret;
}
