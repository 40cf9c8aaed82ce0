// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks: making, locking, looking up. See layers.h for the theory. */
#include "layers.h"

#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "layers_priv.h"
#include "owner.h"

#define SHARED_MAGIC 0x75637233 /* "ucr3" */
#define LOOKUP_STATX (STATX_BASIC_STATS | STATX_BTIME)

int layer_open_at(int dir, const char *rel, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	do
		fd = syscall(SYS_openat2, dir, *rel ? rel : ".", &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN); /* a rename raced with the walk */
	return fd < 0 ? -errno : fd;
}

bool layers_writable(const struct layers *l)
{
	return !(l->flags & LAYERS_RDONLY);
}

/* ---- locking ---- */

/* The robust lock of a shared page was taken: what did the last one leave? */
static void page_taken(struct shared_page *p, int ret)
{
	if (ret != EOWNERDEAD)
		return;
	/*
	 * Whoever died in there left whole names, because each goes in by one rename, but may have
	 * told nobody.
	 */
	pthread_mutex_consistent(&p->lock);
	if (p->generation & 1)
		__atomic_add_fetch(&p->generation, 1, __ATOMIC_ACQ_REL);
}

/* Drop the tree in memory when another session has changed names. With l->lock held. */
static void sharing_check(struct layers *l, struct sharing *s)
{
	uint64_t now = __atomic_load_n(&s->page->generation, __ATOMIC_ACQUIRE);

	if (now & 1) {
		/* Somebody is at it, or died of it: then nobody else would ever tell us. */
		int ret = pthread_mutex_trylock(&s->page->lock);

		if (ret == 0 || ret == EOWNERDEAD) {
			page_taken(s->page, ret);
			pthread_mutex_unlock(&s->page->lock);
			now = __atomic_load_n(&s->page->generation, __ATOMIC_ACQUIRE);
		}
	}
	if (now != s->seen) {
		cache_drop(l);
		s->seen = now;
	}
}

void layers_lock(struct layers *l)
{
	pthread_mutex_lock(&l->lock);
	if (l->changing)
		return;
	for (unsigned i = 0; i < l->noverlay; i++)
		if (l->sharing[i].page)
			sharing_check(l, &l->sharing[i]);
}

void layers_unlock(struct layers *l)
{
	pthread_mutex_unlock(&l->lock);
}

void layers_lock_change(struct layers *l)
{
	struct shared_page *p = l->sharing[0].page;

	if (p)
		page_taken(p, pthread_mutex_lock(&p->lock));
	layers_lock(l);
	if (p)
		__atomic_add_fetch(&p->generation, 1, __ATOMIC_ACQ_REL);
	l->changing = true;
}

void layers_unlock_change(struct layers *l)
{
	struct shared_page *p = l->sharing[0].page;

	l->changing = false;
	if (p)
		l->sharing[0].seen = __atomic_add_fetch(&p->generation, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_unlock(&l->lock);
	if (p)
		pthread_mutex_unlock(&p->lock);
}

/* ---- making ---- */

/* Half-made copies go. Are there names of hard-linked files, and owners? */
static void work_sweep(int work, bool *links, bool *owners)
{
	int fd = openat(work, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char buf[4096];
	long n;

	*links = *owners = false;
	if (fd < 0)
		return;
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n;) {
			const char *name = buf + at + 19;

			if (strncmp(name, "tmp.", 4) == 0)
				remove_tree(work, name);
			else if (strncmp(name, "link.", 5) == 0)
				*links |= links_sweep(work, name);
			else if (strncmp(name, OWNER_PREFIX, strlen(OWNER_PREFIX)) == 0)
				*owners = true;
			at += *(unsigned short *)(buf + at + 16);
		}
	close(fd);
}

static void page_init(struct shared_page *p, int work)
{
	pthread_mutexattr_t a;

	p->magic = 0;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&p->lock, &a);
	pthread_mutexattr_destroy(&a);
	p->generation = (p->generation + 2) & ~1ULL;
	p->links = p->owners = false;
	if (work >= 0)
		work_sweep(work, &p->links, &p->owners);
	__atomic_store_n(&p->magic, SHARED_MAGIC, __ATOMIC_RELEASE);
}

/* A byte of the shared file, locked by the one session that is just coming. */
static int coming_lock(int fd, short type)
{
	struct flock byte = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };

	while (fcntl(fd, F_OFD_SETLKW, &byte) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int page_map(struct sharing *s)
{
	bool first = flock(s->fd, LOCK_EX | LOCK_NB) == 0;
	struct shared_page *p;
	int ret;

	if (!first && errno != EWOULDBLOCK)
		return -errno;
	/* A hole on a full file system would be SIGBUS at the first write. */
	ret = first ? posix_fallocate(s->fd, 0, sizeof(*p)) : 0;
	if (ret > 0)
		return -ret;
	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	s->page = p;
	if (first)
		page_init(p, s->work);
	else if (__atomic_load_n(&p->magic, __ATOMIC_ACQUIRE) != SHARED_MAGIC)
		return -EBUSY; /* a session of another version of ours is there */
	if (flock(s->fd, LOCK_SH) < 0)
		return -errno;
	s->seen = p->generation;
	return 0;
}

/*
 * Join the sessions over a layer. The first one, which finds the file locked (flock) by nobody,
 * makes fresh locks and sweeps work of what crashed sessions left there. Sessions come one at a
 * time, under a lock of its own: flock(2) lets go when it turns LOCK_EX into LOCK_SH, and another
 * one could think in between that it is the first. Both locks go with whoever is killed on the way,
 * and then the next one is the first.
 */
static int sharing_init(struct sharing *s, const char *work, const char *path)
{
	int ret;

	s->work_path = work ? strdup(work) : NULL;
	s->path = path ? strdup(path) : NULL;
	if ((work && !s->work_path) || (path && !s->path))
		return -ENOMEM;
	if (work) {
		s->work = open(work, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (s->work < 0)
			return -errno;
	}
	if (!path)
		return 0;
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd < 0)
		return -errno;
	ret = coming_lock(s->fd, F_WRLCK);
	if (ret < 0)
		return ret;
	ret = page_map(s);
	coming_lock(s->fd, F_UNLCK);
	return ret;
}

static void sharing_finish(struct sharing *s)
{
	if (s->page)
		munmap(s->page, sizeof(*s->page));
	if (s->fd >= 0)
		close(s->fd);
	if (s->work >= 0)
		close(s->work);
	free(s->work_path);
	free(s->path);
}

int layers_create(struct layers **out, const struct layers_config *cfg)
{
	struct layers *l = calloc(1, sizeof(*l));
	pthread_mutexattr_t attr;
	int ret = -EINVAL;

	if (!l)
		return -ENOMEM;
	for (unsigned i = 0; i < LAYERS_MAX; i++)
		l->sharing[i] = (struct sharing){ .fd = -1, .work = -1 };
	l->work = -1;
	l->flags = cfg->flags;
	l->host_uid = cfg->host_uid;
	l->host_gid = cfg->host_gid;
	/* recursive: a change looks things up on its way */
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&l->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	if (!cfg->ndirs || cfg->ndirs > LAYERS_MAX)
		goto fail;
	for (unsigned i = 0; i < cfg->ndirs; i++) {
		l->fd[i] = open(cfg->dirs[i].path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (l->fd[i] < 0) {
			ret = -errno;
			goto fail;
		}
		l->n++;
		l->overlay[i] = cfg->dirs[i].overlay;
		l->path[i] = strdup(cfg->dirs[i].path);
		if (!l->path[i]) {
			ret = -ENOMEM;
			goto fail;
		}
		/* merge: upper host directories count as overlay layers without the format */
		if (i + 1 < cfg->ndirs || cfg->dirs[i].overlay)
			l->noverlay = i + 1;
	}
	l->root.mask = (1U << l->noverlay) - 1;
	l->root.base = l->noverlay < l->n;
	ret = sharing_init(&l->sharing[0], cfg->work, cfg->shared);
	for (unsigned i = 1; cfg->below && ret == 0 && i < l->n; i++)
		ret = sharing_init(&l->sharing[i], cfg->below[i].work, cfg->below[i].shared);
	if (ret < 0)
		goto fail;
	l->work = l->sharing[0].work;
	*out = l;
	return 0;
fail:
	layers_destroy(l);
	return ret;
}

void layers_destroy(struct layers *l)
{
	if (!l)
		return;
	cache_drop(l);
	for (unsigned i = 0; i < LAYERS_MAX; i++)
		sharing_finish(&l->sharing[i]);
	for (unsigned i = 0; i < l->n; i++) {
		close(l->fd[i]);
		free(l->path[i]);
	}
	while (l->moved) {
		struct moved *m = l->moved;

		l->moved = m->next;
		free(m->from);
		free(m->to);
		free(m);
	}
	listing_drop(l);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* ---- looking up ---- */

void layers_node_finish(struct lnode *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

static int node_stat(struct layers *l, struct lnode *n)
{
	if (statx(n->fd, "", AT_EMPTY_PATH, LOOKUP_STATX, &n->stx) < 0)
		return -errno;
	attr_virtual(l, n->layer, n->fd, &n->stx);
	return 0;
}

/* The first symlink on the way to @rel in the base: openat2 said that there is one. */
static int base_symlink(struct layers *l, const char *rel, struct lnode *out, size_t *prefix_len)
{
	char part[PATH_MAX];

	for (const char *p = strchr(rel, '/'); p; p = strchr(p + 1, '/')) {
		memcpy(part, rel, p - rel);
		part[p - rel] = '\0';
		out->fd = layer_open_at(l->fd[l->n - 1], part, O_PATH | O_NOFOLLOW);
		if (out->fd < 0)
			return out->fd;
		if (node_stat(l, out) == 0 && S_ISLNK(out->stx.stx_mode)) {
			*prefix_len = p - rel;
			return LAYERS_SYMLINK;
		}
		layers_node_finish(out);
	}
	return -ELOOP;
}

static int base_lookup(struct layers *l, const char *rel, const struct where *w, struct lnode *out,
		       size_t *prefix_len)
{
	int base = l->fd[l->n - 1], ret;
	char parent[PATH_MAX];
	const char *slash;
	struct stat st;

	out->layer = l->n - 1;
	out->fd = layer_open_at(base, rel, O_PATH | O_NOFOLLOW);
	if (out->fd >= 0) {
		ret = node_stat(l, out);
		if (ret == 0)
			links_find(l, out);
		out->closed = ret == 0 && out->layer == l->n - 1 && closed_to_us(l, rel, out);
		return ret;
	}
	ret = out->fd;
	out->fd = -1;
	if (ret == -ELOOP)
		return base_symlink(l, rel, out, prefix_len);
	if (w->under && (ret == -ENOENT || ret == -EACCES || ret == -ENOTDIR))
		return 0; /* the directory is there, in an upper layer */
	if (ret == -EACCES)
		return closed_lookup(l, rel);
	if (ret != -ENOENT)
		return ret;
	slash = strrchr(rel, '/');
	if (!slash)
		return 0;
	memcpy(parent, rel, slash - rel);
	parent[slash - rel] = '\0';
	autoclose int dir = layer_open_at(base, parent, O_PATH | O_NOFOLLOW);
	if (dir < 0)
		return -ENOENT;
	if (fstat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return 0;
}

/* A directory of an overlay layer: does the base have one too? Then it keeps that inode number. */
static void node_merge(struct layers *l, const char *rel, const struct where *w, struct lnode *out)
{
	autoclose int fd = -1;
	struct statx stx;

	out->merged = (w->mask & (w->mask - 1)) != 0 || w->hidden;
	if (!w->base)
		return;
	fd = layer_open_at(l->fd[l->n - 1], rel, O_PATH | O_NOFOLLOW);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &stx) < 0 ||
	    !S_ISDIR(stx.stx_mode))
		return;
	out->merged = true;
	out->stx.stx_ino = stx.stx_ino;
	out->stx.stx_dev_major = stx.stx_dev_major;
	out->stx.stx_dev_minor = stx.stx_dev_minor;
}

static int lookup_unchecked(struct layers *l, const char *rel, struct lnode *out,
			    size_t *prefix_len)
{
	struct where w;
	char part[PATH_MAX];
	int ret;

	layers_lock(l);
	cache_find(l, rel, &w);
	layers_unlock(l);
	switch (w.kind) {
	case WHERE_MISSING:
		if (!w.last)
			return -ENOENT;
		/* no layer was asked, that would have said so */
		return strlen(rel) > NAME_MAX &&
				       !memrchr(rel + strlen(rel) - NAME_MAX - 1, '/', NAME_MAX + 1)
			       ? -ENAMETOOLONG
			       : 0;
	case WHERE_BASE:
		return base_lookup(l, rel, &w, out, prefix_len);
	case WHERE_BLOCKED:
		memcpy(part, rel, w.used);
		part[w.used] = '\0';
		out->layer = w.layer;
		out->fd = layer_open_at(l->fd[w.layer], part, O_PATH | O_NOFOLLOW);
		if (out->fd < 0)
			return -ENOENT;
		ret = node_stat(l, out);
		if (ret == 0 && S_ISLNK(out->stx.stx_mode)) {
			*prefix_len = w.used;
			return LAYERS_SYMLINK;
		}
		return ret < 0 ? ret : -ENOTDIR;
	case WHERE_OVERLAY:
		break;
	}
	out->layer = w.layer;
	out->fd = layer_open_at(l->fd[w.layer], rel, O_PATH | O_NOFOLLOW);
	if (out->fd < 0)
		return out->fd == -ENOENT ? 0 : out->fd;
	ret = node_stat(l, out);
	if (ret == 0 && w.is_dir)
		node_merge(l, rel, &w, out);
	else if (ret == 0)
		links_find(l, out);
	return ret;
}

/* Search permission on every directory before the last component, by what they look like inside. */
int layers_search(struct layers *l, const struct cred *who, const char *rel, size_t passed)
{
	char part[PATH_MAX];
	size_t prefix;

	if (!who || who_is_root(who))
		return 0;
	for (const char *p = rel; p && *p; p = strchr(p, '/')) {
		struct lnode n = { .fd = -1 };
		int ret;

		p += p != rel;
		if ((size_t)(p - rel) < passed)
			continue;
		memcpy(part, rel, p - rel);
		part[p - rel > 0 ? p - rel - 1 : 0] = '\0';
		ret = lookup_unchecked(l, part, &n, &prefix);
		if (ret == 0 && n.fd >= 0 && S_ISDIR(n.stx.stx_mode))
			ret = layers_may(l, who, &n, X_OK);
		else
			ret = 0; /* the lookup itself will say what is wrong */
		layers_node_finish(&n);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int layers_lookup(struct layers *l, const struct cred *who, const char *rel, struct lnode *out,
		  size_t *prefix_len)
{
	int ret;

	*out = (struct lnode){ .fd = -1 };
	ret = layers_search(l, who, rel, 0);
	if (ret < 0)
		return ret;
	ret = lookup_unchecked(l, rel, out, prefix_len);
	if (ret < 0) {
		if (out->fd < -1)
			out->fd = -1;
		layers_node_finish(out);
	} else if (out->fd < 0) {
		out->fd = -1;
	}
	return ret;
}

int layers_host_path(struct layers *l, const struct lnode *n, const char *rel, char *buf)
{
	return snprintf(buf, PATH_MAX, "%s%s%s",
			strcmp(l->path[n->layer], "/") ? l->path[n->layer] : "", *rel ? "/" : "",
			rel) >= PATH_MAX
		       ? -ENAMETOOLONG
		       : 0;
}

int layers_from_host(struct layers *l, const char *host, int fd, char *rel)
{
	size_t best_len = 0;
	int best = -ENOENT;

	for (unsigned i = 0; i < l->n; i++) {
		const char *rest =
			strcmp(l->path[i], "/") == 0 ? host + 1 : path_under(host, l->path[i]);

		if (!rest || (best >= 0 && strlen(l->path[i]) <= best_len))
			continue;
		best = i;
		best_len = strlen(l->path[i]);
		snprintf(rel, PATH_MAX, "%s", rest);
	}
	if (best > 0 && __atomic_load_n(&l->moved, __ATOMIC_ACQUIRE)) {
		const struct moved *nearest = NULL;
		char tail[PATH_MAX];

		layers_lock(l);
		for (const struct moved *m = l->moved; m; m = m->next)
			if (path_under(rel, m->from) &&
			    (!nearest || strlen(m->from) > strlen(nearest->from)))
				nearest = m;
		if (nearest) {
			snprintf(tail, sizeof(tail), "%s", path_under(rel, nearest->from));
			if (snprintf(rel, PATH_MAX, "%s%s%s", nearest->to, *tail ? "/" : "",
				     tail) >= PATH_MAX)
				best = -ENOENT;
		}
		layers_unlock(l);
	}
	return best;
}
