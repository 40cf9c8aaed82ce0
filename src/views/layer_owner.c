// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owners of what cannot carry a record: symlinks, FIFOs and sockets have no user.* attributes
 * (xattr(7)), so what they look like is said in work, by a symlink "own.INO-BIRTH" to
 * "uid:gid:octal mode", named after the object's inode in the same file system. All names of an
 * object share it, and a rename does not touch it. It goes with the object's last name; one that
 * is left over by a kill means nobody, since an inode number that is used again has another birth.
 */
#include <sys/stat.h>

#include "layers_priv.h"
#include "owner.h"

#define OWNER_NAME_BYTES 64

static void owner_name(const struct statx *stx, char name[OWNER_NAME_BYTES])
{
	snprintf(name, OWNER_NAME_BYTES, OWNER_PREFIX "%llu-%llx.%x",
		 (unsigned long long)stx->stx_ino, (unsigned long long)stx->stx_btime.tv_sec,
		 stx->stx_btime.tv_nsec);
}

static int owner_stat(int opath, struct statx *stx)
{
	return statx(opath, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, stx) < 0 ? -errno
											 : 0;
}

bool owner_get(int work, const struct statx *stx, struct owner *o)
{
	char name[OWNER_NAME_BYTES], text[64];
	ssize_t n;

	owner_name(stx, name);
	n = readlinkat(work, name, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return sscanf(text, "%u:%u:%o", &o->uid, &o->gid, &o->mode) == 3;
}

int owner_set(int work, int opath, const struct owner *o, const char *tmp)
{
	char name[OWNER_NAME_BYTES], text[64];
	struct statx stx;
	int ret = owner_stat(opath, &stx);

	if (ret < 0)
		return ret;
	owner_name(&stx, name);
	snprintf(text, sizeof(text), "%u:%u:%o", o->uid, o->gid, o->mode & 07777);
	if (symlinkat(text, work, tmp) < 0)
		return -errno;
	if (renameat(work, tmp, work, name) == 0)
		return 0;
	ret = -errno;
	unlinkat(work, tmp, 0);
	return ret;
}

void owner_drop(int work, const struct statx *stx)
{
	char name[OWNER_NAME_BYTES];

	owner_name(stx, name);
	unlinkat(work, name, 0);
}

/* ---- of a stack ---- */

static bool any_owners(const struct layers *l, const struct sharing *s)
{
	return s->work >= 0 && (s->page ? __atomic_load_n(&s->page->owners, __ATOMIC_ACQUIRE)
					: s == &l->sharing[0] && l->owners);
}

void owner_look(struct layers *l, unsigned layer, int opath, struct statx *stx)
{
	const struct sharing *s = &l->sharing[layer];
	struct statx real;
	struct owner o;

	/* @stx may have been changed already, and is not always asked for the birth */
	if (!any_owners(l, s) || owner_stat(opath, &real) < 0 || !owner_get(s->work, &real, &o))
		return;
	stx->stx_uid = o.uid;
	stx->stx_gid = o.gid;
	stx->stx_mode = (stx->stx_mode & S_IFMT) | (o.mode & 07777);
}

int owner_record(struct layers *l, int opath, const struct owner *o, bool plain)
{
	struct statx stx;
	char tmp[32];
	int ret = 0;

	if (l->work < 0)
		return 0; /* no place: told as root's */
	if (!plain) {
		work_name(l, tmp);
		ret = owner_set(l->work, opath, o, tmp);
		if (l->sharing[0].page)
			__atomic_store_n(&l->sharing[0].page->owners, true, __ATOMIC_RELEASE);
		else
			l->owners = true;
	} else if (any_owners(l, &l->sharing[0]) && owner_stat(opath, &stx) == 0) {
		owner_drop(l->work, &stx);
	}
	return ret;
}

void owner_gone(struct layers *l, const struct lnode *n)
{
	struct statx stx;

	if (n->fd >= 0 && owner_stat(n->fd, &stx) == 0 && stx.stx_nlink == 0)
		owner_drop(l->work, &stx);
}

bool owner_matters(const struct layers *l, const struct lnode *n)
{
	return any_owners(l, &l->sharing[0]) && n->layer == 0 && !S_ISREG(n->stx.stx_mode) &&
	       !S_ISDIR(n->stx.stx_mode);
}

bool owner_any(const struct layers *l)
{
	return any_owners(l, &l->sharing[0]);
}
