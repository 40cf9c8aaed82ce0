// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hard links of lower files: names of one file stay names of one file.
 *
 * A lower file with several names is copied up once. Beside its name in the upper layer the copy
 * has one in work, "link.DEV-INO-BIRTH" after the lower inode (what overlayfs calls its index). The
 * other names are still the lower layer's; looking one up finds the copy there, and opening or
 * changing it makes it a name in the upper layer too. XATTR_LINKS counts the names that are not
 * there yet, so that the number of links can be told.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_priv.h"

#define COUNT_TEXT_BYTES 16

static void link_name(const struct statx *stx, char name[64])
{
	/* with the time of birth: a number is used again */
	snprintf(name, 64, "link.%lx-%llu-%llx.%x",
		 (unsigned long)makedev(stx->stx_dev_major, stx->stx_dev_minor),
		 (unsigned long long)stx->stx_ino, (unsigned long long)stx->stx_btime.tv_sec,
		 stx->stx_btime.tv_nsec);
}

static bool any_links(const struct layers *l)
{
	return l->shared ? __atomic_load_n(&l->shared->links, __ATOMIC_ACQUIRE) : l->links;
}

/* How many names of the copy @fd are still the lower layer's; -1: it is not such a copy */
static int pending_get(int fd)
{
	char path[64], text[COUNT_TEXT_BYTES + 1];
	ssize_t n;

	fd_path_name(fd, path);
	n = getxattr(path, XATTR_LINKS, text, COUNT_TEXT_BYTES);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return atoi(text);
}

static void pending_add(int fd, int delta)
{
	char path[64], text[COUNT_TEXT_BYTES];
	int n = pending_get(fd);

	if (n < 0 || n + delta < 0)
		return;
	fd_path_name(fd, path);
	setxattr(path, XATTR_LINKS, text, snprintf(text, sizeof(text), "%d", n + delta), 0);
}

int links_begin(struct layers *l, const struct lnode *lower, const char *tmp)
{
	char name[64], path[64 + 40], text[COUNT_TEXT_BYTES];

	link_name(&lower->stx, name);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", l->work, tmp);
	if (setxattr(path, XATTR_LINKS, text,
		     snprintf(text, sizeof(text), "%u", lower->stx.stx_nlink - 1), 0) < 0)
		return -errno;
	if (linkat(l->work, tmp, l->work, name, 0) < 0 && errno != EEXIST)
		return -errno;
	if (l->shared)
		__atomic_store_n(&l->shared->links, true, __ATOMIC_RELEASE);
	else
		l->links = true;
	return 0;
}

void links_find(struct layers *l, struct lnode *n)
{
	char name[64];
	struct statx stx;
	int fd;

	if (n->stx.stx_nlink < 2 || !S_ISREG(n->stx.stx_mode) || l->work < 0 || !any_links(l))
		return;
	link_name(&n->stx, name);
	fd = openat(l->work, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx) < 0) {
		close(fd);
		return;
	}
	close(n->fd);
	n->fd = fd;
	n->layer = 0;
	n->linked = true;
	n->stx = stx;
	attr_virtual(l, 0, fd, &n->stx);
}

void links_enter(const struct lnode *n)
{
	pending_add(n->fd, -1);
}

void links_removed(struct layers *l, const char *rel)
{
	struct lnode n;
	char name[64];
	struct stat st;
	size_t prefix;

	if (!any_links(l) || layers_lookup(l, NULL, rel, &n, &prefix) != 0)
		return;
	if (n.linked) {
		pending_add(n.fd, -1);
	} else if (n.fd >= 0 && n.layer == 0 && pending_get(n.fd) == 0 && fstat(n.fd, &st) == 0 &&
		   st.st_nlink == 2) {
		link_name(&n.stx, name); /* the last name: nobody will look for the copy again */
		unlinkat(l->work, name, 0);
	}
	layers_node_finish(&n);
}

void links_count(int fd, struct statx *stx)
{
	int pending = stx->stx_nlink > 1 ? pending_get(fd) : -1;

	if (pending >= 0) /* the name in work does not count */
		stx->stx_nlink += pending - 1;
}
