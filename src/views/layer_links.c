// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hard links of lower files: names of one file stay names of one file.
 *
 * A lower file with several names is copied up once. Beside its name in the upper layer the copy
 * has one in work, "link.DEV-INO-BIRTH" after the lower inode (what overlayfs calls its index). The
 * other names are still the lower layer's; looking one up finds the copy there, and opening or
 * changing it makes it a name in the upper layer too. XATTR_LINKS ("3 link.DEV-INO-BIRTH") counts
 * the names that are not there yet, so that the number of links can be told.
 *
 * The name in work is given to a whole copy, under the lock for changes, before the copy gets its
 * first name in the upper layer. All that XATTR_LINKS tells changes after the names have. So who is
 * killed on the way leaves a number of links that is one too high, which wastes a copy in the end;
 * one too low would drop a copy that a lower name still needs.
 *
 * An ephemeral layer finds the copies of the compartment's layer below it too, but keeps its own.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_priv.h"

#define LINK_NAME_BYTES 80

struct pending {
	unsigned count; /* names that are still the lower layer's */
	char name[LINK_NAME_BYTES]; /* in work */
};

#define PENDING_TEXT_BYTES (LINK_NAME_BYTES + 16)

static void link_name(const struct statx *stx, char name[LINK_NAME_BYTES])
{
	/* with the time of birth: a number is used again */
	snprintf(name, LINK_NAME_BYTES, "link.%lx-%llu-%llx.%x",
		 (unsigned long)makedev(stx->stx_dev_major, stx->stx_dev_minor),
		 (unsigned long long)stx->stx_ino, (unsigned long long)stx->stx_btime.tv_sec,
		 stx->stx_btime.tv_nsec);
}

static bool any_links(const struct layers *l, const struct sharing *s)
{
	return s->work >= 0 && (s->page ? __atomic_load_n(&s->page->links, __ATOMIC_ACQUIRE)
					: s == &l->sharing[0] && l->links);
}

/* Return: false when @fd is not such a copy */
static bool pending_get(int fd, struct pending *p)
{
	char path[64], text[PENDING_TEXT_BYTES];
	ssize_t n;

	fd_path_name(fd, path);
	n = getxattr(path, XATTR_LINKS, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return sscanf(text, "%u %79s", &p->count, p->name) == 2 &&
	       strncmp(p->name, "link.", 5) == 0 && !strchr(p->name, '/');
}

static int pending_set(int fd, const struct pending *p)
{
	char path[64], text[PENDING_TEXT_BYTES];
	int n = snprintf(text, sizeof(text), "%u %s", p->count, p->name);

	fd_path_name(fd, path);
	return setxattr(path, XATTR_LINKS, text, n, 0) < 0 ? -errno : 0;
}

int links_publish(struct layers *l, const struct lnode *lower, const char *tmp)
{
	autoclose int fd = openat(l->work, tmp, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct pending p = { .count = lower->stx.stx_nlink };
	int ret;

	link_name(&lower->stx, p.name);
	ret = fd < 0 ? -errno : pending_set(fd, &p);
	if (ret < 0)
		return ret;
	if (linkat(l->work, tmp, l->work, p.name, 0) < 0)
		return -errno;
	if (l->sharing[0].page)
		__atomic_store_n(&l->sharing[0].page->links, true, __ATOMIC_RELEASE);
	else
		l->links = true;
	return 0;
}

void links_unpublish(struct layers *l, int fd)
{
	struct pending p;

	if (pending_get(fd, &p))
		unlinkat(l->work, p.name, 0);
}

/* The copy of the lower file @n, in the work of dirs[@layer] */
static bool find_in(struct layers *l, struct lnode *n, const struct sharing *s, unsigned layer)
{
	char name[LINK_NAME_BYTES];
	struct pending p;
	struct statx stx;
	int fd;

	if (!any_links(l, s))
		return false;
	link_name(&n->stx, name);
	fd = openat(s->work, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx) < 0) {
		close(fd);
		return false;
	}
	close(n->fd);
	n->fd = fd;
	n->layer = layer;
	n->linked = true;
	n->stx = stx;
	attr_virtual(l, layer, fd, &n->stx);
	if (stx.stx_nlink == 1 && pending_get(fd, &p))
		n->stx.stx_nlink = p.count; /* all its names are the lower layer's */
	return true;
}

void links_find(struct layers *l, struct lnode *n)
{
	if (n->stx.stx_nlink < 2 || !S_ISREG(n->stx.stx_mode) || n->layer == 0)
		return;
	/* from below: a copy of that copy is nearer */
	for (unsigned i = n->layer; i-- > 0;)
		if (l->overlay[i] && n->stx.stx_nlink > 1)
			find_in(l, n, &l->sharing[i], i);
}

void links_entered(int fd)
{
	struct pending p;

	if (pending_get(fd, &p) && p.count > 0) {
		p.count--;
		pending_set(fd, &p);
	}
}

void links_look(struct layers *l, const char *rel, struct lnode *n)
{
	struct pending p;
	size_t prefix;

	*n = (struct lnode){ .fd = -1 };
	if (!any_links(l, &l->sharing[0]) && !owner_any(l))
		return;
	if (layers_lookup(l, NULL, rel, n, &prefix) == LAYERS_SYMLINK ||
	    (n->fd >= 0 && !owner_matters(l, n) &&
	     (n->layer != 0 || !S_ISREG(n->stx.stx_mode) || !pending_get(n->fd, &p))))
		layers_node_finish(n);
}

void links_gone(struct layers *l, struct lnode *n)
{
	struct pending p;
	struct stat st;

	if (n->fd >= 0 && owner_matters(l, n))
		owner_gone(l, n);
	else if (n->fd >= 0 && n->linked)
		links_entered(n->fd); /* it counts no more */
	/* the last name: nobody will look for the copy again */
	if (n->fd >= 0 && pending_get(n->fd, &p) && p.count == 0 && fstat(n->fd, &st) == 0 &&
	    st.st_nlink == 1)
		unlinkat(l->work, p.name, 0);
	layers_node_finish(n);
}

bool links_sweep(int work, const char *name)
{
	autoclose int fd = openat(work, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct pending p;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_nlink > 1 || (pending_get(fd, &p) && p.count > 0))
		return true;
	unlinkat(work, name, 0);
	return false;
}

void links_count(int fd, struct statx *stx)
{
	struct pending p;

	if (stx->stx_nlink > 1 && pending_get(fd, &p)) /* the name in work does not count */
		stx->stx_nlink += p.count - 1;
}
