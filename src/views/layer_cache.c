// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of overlay names in memory: see struct cdir. */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "layers_priv.h"

static void cdir_clear(struct cdir *d)
{
	struct cname *n, *tmp;

	HASH_ITER (hh, d->names, n, tmp) {
		HASH_DEL(d->names, n);
		if (n->dir) {
			cdir_clear(n->dir);
			free(n->dir);
		}
		free(n);
	}
	d->names = NULL;
	d->loaded = false;
	d->hidden = 0;
}

void cache_drop(struct layers *l)
{
	cdir_clear(&l->root);
}

static struct cname *cdir_find(struct cdir *d, const char *name, size_t len)
{
	struct cname *n;

	HASH_FIND(hh, d->names, name, len, n);
	return n;
}

static struct cname *cdir_add(struct cdir *d, const char *name, size_t len)
{
	struct cname *n = calloc(1, sizeof(*n) + len + 1);

	if (!n)
		return NULL;
	memcpy(n->name, name, len);
	HASH_ADD(hh, d->names, name, len, n);
	return n;
}

static bool is_opaque(int dir, const char *name)
{
	char path[64 + NAME_MAX + 2], value[2];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	return lgetxattr(path, XATTR_OPAQUE, value, sizeof(value)) == 1 && value[0] == 'y';
}

static bool is_device(int dir, const char *name)
{
	char path[64 + NAME_MAX + 2], text[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	n = lgetxattr(path, XATTR_OVERRIDE, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return strstr(text, ":char-") || strstr(text, ":block-");
}

enum name_kind kind_on_disk(int dir, const char *name)
{
	char path[64 + NAME_MAX + 2];

	if (is_device(dir, name))
		return NAME_DEVICE;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	return lgetxattr(path, XATTR_ORIGIN, NULL, 0) > 0 ? NAME_COPY : NAME_OTHER;
}

static bool is_hidden(enum name_kind kind)
{
	return kind == NAME_WHITEOUT || kind == NAME_DEVICE || kind == NAME_COPY;
}

enum name_kind kind_of_mode(mode_t mode)
{
	return S_ISDIR(mode) ? NAME_DIR : S_ISCHR(mode) || S_ISBLK(mode) ? NAME_DEVICE : NAME_OTHER;
}

static enum name_kind kind_of(struct layers *l, unsigned layer, int dir, const struct dirent *de,
			      bool marked)
{
	struct stat st;

	if (marked && de->d_type == DT_REG)
		return kind_on_disk(dir, de->d_name);
	if (de->d_type == DT_DIR)
		return NAME_DIR;
	if (de->d_type != DT_CHR && de->d_type != DT_UNKNOWN)
		return NAME_OTHER;
	if (fstatat(dir, de->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NAME_OTHER;
	if (S_ISDIR(st.st_mode))
		return NAME_DIR;
	return l->overlay[layer] && S_ISCHR(st.st_mode) && st.st_rdev == 0 ? NAME_WHITEOUT
									   : NAME_OTHER;
}

/* Enter what layer @i has in the directory @rel. A layer above has the last word on each name. */
static void load_layer(struct layers *l, struct cdir *d, const char *rel, unsigned i)
{
	int fd = layer_open_at(l->fd[i], rel, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char mark[2];
	bool marked = dir && l->overlay[i] && fgetxattr(fd, XATTR_DEVICES, mark, sizeof(mark)) > 0;
	struct dirent *de;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((de = readdir(dir))) {
		size_t len = strlen(de->d_name);
		struct cname *n;
		enum name_kind kind;

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		kind = kind_of(l, i, fd, de, marked);
		n = cdir_find(d, de->d_name, len);
		if (n && (n->kind != NAME_DIR || !n->dir->base))
			continue;
		if (n && kind != NAME_DIR) {
			n->dir->base = false; /* a file or whiteout ends what shows through */
			continue;
		}
		if (!n) {
			n = cdir_add(d, de->d_name, len);
			if (!n)
				break;
			n->kind = kind;
			n->layer = i;
			d->hidden += is_hidden(kind);
			if (kind != NAME_DIR)
				continue;
			n->dir = calloc(1, sizeof(*n->dir));
			if (!n->dir)
				break;
			n->dir->base = true;
		}
		n->dir->mask |= 1U << i;
		if (l->overlay[i] && is_opaque(fd, de->d_name))
			n->dir->base = false;
	}
	closedir(dir);
}

static void cdir_load(struct layers *l, struct cdir *d, const char *rel)
{
	struct cname *n, *tmp;

	for (unsigned i = 0; i < l->noverlay; i++)
		if (d->mask & 1U << i)
			load_layer(l, d, rel, i);
	/* "base" meant: nothing above closed it. What shows is at most what shows of the parent. */
	HASH_ITER (hh, d->names, n, tmp)
		if (n->dir)
			n->dir->base &= d->base;
	d->loaded = true;
}

void cache_find(struct layers *l, const char *rel, struct where *w)
{
	struct cdir *d = &l->root;
	const char *p = rel;

	*w = (struct where){ .kind = WHERE_OVERLAY, .last = true };
	if (!l->noverlay) {
		w->kind = WHERE_BASE;
		return;
	}
	while (*p) {
		size_t len = strcspn(p, "/");
		bool last = p[len] == '\0';
		struct cname *n;

		if (!d->loaded) {
			char part[PATH_MAX];
			size_t plen = p > rel ? p - rel - 1 : 0;

			memcpy(part, rel, plen);
			part[plen] = '\0';
			cdir_load(l, d, part);
		}
		n = cdir_find(d, p, len);
		if (!n) {
			w->kind = d->base ? WHERE_BASE : WHERE_MISSING;
			w->last = w->under = last;
			return;
		}
		if (n->kind == NAME_WHITEOUT) {
			w->kind = WHERE_MISSING;
			w->last = w->under = last;
			return;
		}
		w->layer = n->layer;
		if (n->kind != NAME_DIR) {
			w->under = last;
			w->is_device = n->kind == NAME_DEVICE;
			if (last)
				return;
			w->kind = WHERE_BLOCKED;
			w->used = p - rel + len;
			return;
		}
		d = n->dir;
		p += len + !last;
		if (last)
			break;
	}
	w->is_dir = true;
	w->under = true;
	w->mask = d->mask;
	w->base = d->base;
	for (w->layer = 0; w->layer < l->noverlay && !(d->mask & 1U << w->layer); w->layer++)
		;
	if (!d->loaded)
		cdir_load(l, d, rel);
	w->hidden = d->hidden > 0;
}

/* The directory that holds @rel, when it is in the tree and loaded. */
static struct cdir *cache_parent(struct layers *l, const char *rel, const char **name)
{
	struct cdir *d = &l->root;
	const char *p = rel;

	for (;;) {
		size_t len = strcspn(p, "/");
		struct cname *n;

		if (!d->loaded)
			return NULL;
		if (!p[len]) {
			*name = p;
			return d;
		}
		n = cdir_find(d, p, len);
		if (!n || !n->dir)
			return NULL;
		d = n->dir;
		p += len + 1;
	}
}

void cache_remove(struct layers *l, const char *rel)
{
	const char *name;
	struct cdir *d = cache_parent(l, rel, &name);
	struct cname *n = d ? cdir_find(d, name, strlen(name)) : NULL;

	if (!n)
		return;
	d->hidden -= is_hidden(n->kind);
	HASH_DEL(d->names, n);
	if (n->dir) {
		cdir_clear(n->dir);
		free(n->dir);
	}
	free(n);
}

int devices_mark(struct layers *l, const char *rel, enum name_kind kind)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];
	autoclose int dir = -1;

	if ((kind != NAME_DEVICE && kind != NAME_COPY) || !l->overlay[0])
		return 0;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash ? slash - rel : 0), rel);
	dir = layer_open_at(l->fd[0], parent, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	return fsetxattr(dir, XATTR_DEVICES, "y", 1, 0) < 0 ? -errno : 0;
}

void cache_set(struct layers *l, const char *rel, enum name_kind kind, bool opaque)
{
	const char *name;
	struct cdir *d;
	struct cname *n;
	unsigned mask = 1;
	bool base = !opaque;

	if (!*rel)
		return;
	d = cache_parent(l, rel, &name);
	if (!d)
		return;
	n = cdir_find(d, name, strlen(name));
	if (n && n->dir && kind == NAME_DIR && !opaque) {
		/* a copy-up: lower overlay layers still show through */
		mask |= n->dir->mask;
		base = n->dir->base;
	}
	cache_remove(l, rel);
	n = cdir_add(d, name, strlen(name));
	if (!n) {
		cache_drop(l);
		return;
	}
	n->kind = kind;
	n->layer = 0;
	d->hidden += is_hidden(kind);
	if (kind == NAME_DIR) {
		n->dir = calloc(1, sizeof(*n->dir));
		if (!n->dir) {
			cache_drop(l);
			return;
		}
		n->dir->mask = mask;
		n->dir->base = base && d->base;
	}
}

bool layers_is_base(struct layers *l, const char *rel)
{
	struct where w;

	layers_lock(l);
	cache_find(l, rel, &w);
	layers_unlock(l);
	return w.kind == WHERE_BASE;
}
