// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copy-up: an object of a lower layer becomes one of layer 0, with content, attributes and times.
 *
 * Whatever happens in the middle (a full disk, kill -9), programs see the old file or the new one,
 * and what is left in work is swept by the next first session. The order that makes it so:
 *
 *	copy-up			without the lock: in work, content, extended attributes, origin,
 *				owner and mode, times. Under the lock: is it wanted still? the
 *				directories above, each in this way; the name of a hard-linked file
 *				in work (layer_links.c); one rename into place
 *	a new object		in work, attributes, opaque mark; one rename, over a whiteout too
 *	a whiteout		where nothing is: mknod. Over a file or directory: in work, then one
 *				rename or exchange, then what stood there is removed from work
 *	a directory goes	it looks empty but has whiteouts: opaque mark first, so that it
 *				looks empty without them too, then they go, then the directory
 *	rename			all that is moved is brought into layer 0 and directories are marked
 *				opaque, which changes nothing that one can see; one rename with
 *				RENAME_WHITEOUT, or an exchange with a whiteout
 *	owner and mode		the record first, then the real mode that it overrides; the other
 *				way round when the record goes
 *
 * Only binding a socket over a whiteout needs two steps: see layers_bind().
 * tests/unit/test_layers_faults.c stops and fails each of these calls in turn.
 */
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_priv.h"

#define COPY_BUFFER_BYTES (256 << 10)

void work_name(struct layers *l, char name[32])
{
	snprintf(name, 32, "tmp.%d.%u", getpid(),
		 __atomic_add_fetch(&l->temp, 1, __ATOMIC_RELAXED));
}

int whiteout_make(struct layers *l, int dir, const char *name)
{
	/* Linux >= 5.8 lets anybody make the device 0/0: it opens nothing. */
	return mknodat(dir, name, S_IFCHR | 0600, makedev(0, 0)) < 0 ? -errno : 0;
}

/* ---- content ---- */

static int copy_plain(int in, int out, off_t from, off_t to)
{
	autofree char *buf = malloc(COPY_BUFFER_BYTES);

	if (!buf)
		return -ENOMEM;
	while (from < to) {
		size_t want = to - from < COPY_BUFFER_BYTES ? to - from : COPY_BUFFER_BYTES;
		ssize_t n = pread(in, buf, want, from), done = 0;

		if (n < 0)
			return -errno;
		if (n == 0)
			break; /* it has become shorter */
		while (done < n) {
			ssize_t w = pwrite(out, buf + done, n - done, from + done);

			if (w < 0)
				return -errno;
			done += w;
		}
		from += n;
	}
	return 0;
}

static int copy_extent(int in, int out, off_t from, off_t to)
{
	while (from < to) {
		off_t i = from, o = from;
		ssize_t n = copy_file_range(in, &i, out, &o, to - from, 0);

		if (n <= 0) {
			if (n < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS &&
			    errno != EOPNOTSUPP)
				return -errno;
			return copy_plain(in, out, from, to);
		}
		from += n;
	}
	return 0;
}

/* Share the blocks where the file system can; else extent by extent, so that holes stay. */
static int copy_content(int in, int out, off_t size)
{
	off_t at = 0;
	int ret;

	if (size && ioctl(out, FICLONE, in) == 0)
		return 0;
	while (at < size) {
		off_t data = lseek(in, at, SEEK_DATA), hole;

		if (data < 0) {
			if (errno == ENXIO)
				break;
			data = at;
			hole = size;
		} else {
			hole = lseek(in, data, SEEK_HOLE);
			if (hole < 0)
				hole = size;
		}
		ret = copy_extent(in, out, data, hole);
		if (ret < 0)
			return ret;
		at = hole;
	}
	return ftruncate(out, size) < 0 ? -errno : 0;
}

/* Not "this file system has no such thing", which a copy can do without. */
static bool storage_failed(int err)
{
	return err == ENOSPC || err == EDQUOT || err == ENOMEM || err == EIO;
}

static int copy_xattrs(const char *from, int out)
{
	char list[16384], to[64];
	autofree char *value = malloc(65536);
	ssize_t n = listxattr(from, list, sizeof(list));

	fd_path_name(out, to);
	if (!value)
		return -ENOMEM;
	for (char *p = list; n > 0 && p < list + n; p += strlen(p) + 1) {
		const char *name = p;
		ssize_t len;

		if (xattr_is_private(p) && strcmp(p, XATTR_CAPABILITY) != 0 && !acl_told_name(p))
			continue;
		len = getxattr(from, p, value, 65536);
		if (strcmp(p, "security.capability") == 0)
			name = XATTR_CAPABILITY;
		else if (acl_kept_name(p))
			name = acl_kept_name(p);
		/* Best effort, as overlayfs: one that we may not set is left out. */
		if (len >= 0 && setxattr(to, name, value, len, 0) < 0 && storage_failed(errno))
			return -errno;
	}
	return 0;
}

/* ---- one object ---- */

static int copy_regular(struct layers *l, const char *rel, const struct lnode *n, const char *tmp,
			bool data)
{
	char from[64], origin[64];
	autoclose int in = -1, out = -1;
	struct stat st;
	int ret = 0;

	fd_path_name(n->fd, from);
	if (fstat(n->fd, &st) < 0)
		return -errno;
	if (data && st.st_size > 0) {
		in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (in < 0 && errno == EACCES) {
			in = closed_text(l, rel);
			if (in >= 0 && fstat(in, &st) < 0)
				return -errno;
		} else if (in < 0) {
			in = -errno;
		}
		if (in < 0)
			return in;
	}
	out = openat(l->work, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return -errno;
	if (in >= 0)
		ret = copy_content(in, out, st.st_size);
	if (ret == 0)
		ret = copy_xattrs(from, out);
	if (ret < 0)
		return ret;
	snprintf(origin, sizeof(origin), "%lx:%lu",
		 (unsigned long)makedev(n->stx.stx_dev_major, n->stx.stx_dev_minor),
		 (unsigned long)n->stx.stx_ino);
	if (fsetxattr(out, XATTR_ORIGIN, origin, strlen(origin), 0) < 0 && storage_failed(errno))
		return -errno;
	return attr_record(l, out, n->stx.stx_mode, n->stx.stx_uid, n->stx.stx_gid, 0);
}

static int copy_directory(struct layers *l, const struct lnode *n, const char *tmp)
{
	char from[64];
	autoclose int out = -1;
	int ret;

	if (mkdirat(l->work, tmp, 0700) < 0)
		return -errno;
	out = openat(l->work, tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0)
		return -errno;
	fd_path_name(n->fd, from);
	ret = copy_xattrs(from, out);
	if (ret < 0)
		return ret;
	/* What cannot be read cannot show through either. */
	if (faccessat(AT_FDCWD, from, R_OK | X_OK, AT_EACCESS) < 0 &&
	    fsetxattr(out, XATTR_OPAQUE, "y", 1, 0) < 0)
		return -errno;
	return attr_record(l, out, n->stx.stx_mode, n->stx.stx_uid, n->stx.stx_gid, 0);
}

/* What the new object @tmp in work looks like: as @n does. */
static int copy_owner(struct layers *l, const struct lnode *n, const char *tmp)
{
	autoclose int fd = openat(l->work, tmp, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return attr_record(l, fd, n->stx.stx_mode, n->stx.stx_uid, n->stx.stx_gid,
			   makedev(n->stx.stx_rdev_major, n->stx.stx_rdev_minor));
}

static int copy_symlink(struct layers *l, const struct lnode *n, const char *tmp)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(n->fd, "", target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	if (symlinkat(target, l->work, tmp) < 0)
		return -errno;
	return copy_owner(l, n, tmp);
}

static int copy_special(struct layers *l, const struct lnode *n, const char *tmp)
{
	bool device = S_ISCHR(n->stx.stx_mode) || S_ISBLK(n->stx.stx_mode);

	if (mknodat(l->work, tmp, device ? S_IFREG | 0600 : (n->stx.stx_mode & S_IFMT) | 0600, 0) <
	    0)
		return -errno;
	return copy_owner(l, n, tmp);
}

/* Make a copy of @n in work as @tmp. */
static int copy_object(struct layers *l, const char *rel, const struct lnode *n, const char *tmp,
		       bool data)
{
	struct timespec ts[2] = { { n->stx.stx_atime.tv_sec, n->stx.stx_atime.tv_nsec },
				  { n->stx.stx_mtime.tv_sec, n->stx.stx_mtime.tv_nsec } };
	int ret;

	if (l->work < 0)
		return -EROFS;
	switch (n->stx.stx_mode & S_IFMT) {
	case S_IFREG:
		ret = copy_regular(l, rel, n, tmp, data);
		break;
	case S_IFDIR:
		ret = copy_directory(l, n, tmp);
		break;
	case S_IFLNK:
		ret = copy_symlink(l, n, tmp);
		break;
	default:
		ret = copy_special(l, n, tmp);
	}
	if (ret == 0)
		utimensat(l->work, tmp, ts, AT_SYMLINK_NOFOLLOW);
	else
		remove_tree(l->work, tmp);
	return ret;
}

/*
 * Lower files that were copied up by this process. Somebody may have one open from before: the
 * attributes that such a descriptor tells must be the copy's.
 */
struct copied {
	struct {
		dev_t dev;
		ino_t ino;
	} key;
	UT_hash_handle hh;
};

static pthread_mutex_t copied_lock = PTHREAD_MUTEX_INITIALIZER;
static struct copied *copied; /* guarded by copied_lock; never shrinks */

static void copied_add(const struct lnode *n)
{
	struct copied *c = calloc(1, sizeof(*c)), *old;
	struct stat st;

	if (!c || fstat(n->fd, &st) < 0) {
		free(c);
		return;
	}
	c->key.dev = st.st_dev;
	c->key.ino = st.st_ino;
	pthread_mutex_lock(&copied_lock);
	HASH_FIND(hh, copied, &c->key, sizeof(c->key), old);
	if (old)
		free(c);
	else
		HASH_ADD(hh, copied, key, sizeof(c->key), c);
	pthread_mutex_unlock(&copied_lock);
}

bool layers_was_copied(dev_t dev, ino_t ino)
{
	struct copied probe, *c;

	if (!__atomic_load_n(&copied, __ATOMIC_ACQUIRE))
		return false;
	memset(&probe.key, 0, sizeof(probe.key));
	probe.key.dev = dev;
	probe.key.ino = ino;
	pthread_mutex_lock(&copied_lock);
	HASH_FIND(hh, copied, &probe.key, sizeof(probe.key), c);
	pthread_mutex_unlock(&copied_lock);
	return c != NULL;
}

/* Nothing has changed for a program, so the times of the directory @dir have not either. */
static void times_keep(int dir, const struct stat *st)
{
	struct timespec ts[2] = { st->st_atim, st->st_mtim };
	char path[64];

	fd_path_name(dir, path);
	utimensat(AT_FDCWD, path, ts, 0);
}

/* Is @rel to be copied up still? 0, 1: somebody else was faster, -ENOENT. Locked for change. */
static int copy_wanted(struct layers *l, const char *rel, bool is_dir)
{
	struct where w;

	cache_find(l, rel, &w);
	if (w.kind == WHERE_OVERLAY && (is_dir ? w.mask & 1 : w.layer == 0))
		return 1;
	return w.kind == WHERE_MISSING ? -ENOENT : 0;
}

/* The file was copied up under another name: give the copy @fd this one too. Locked for change. */
static int copy_link(struct layers *l, const char *rel, int fd)
{
	const char *name;
	struct stat st;
	autoclose int dir = -1;
	bool known;
	int ret = copy_wanted(l, rel, false);

	if (ret != 0)
		return ret < 0 ? ret : 0;
	dir = upper_parent(l, rel, &name);
	if (dir < 0)
		return dir;
	known = fstat(dir, &st) == 0;
	ret = link_locked(l, fd, rel, NAME_OTHER);
	if (ret < 0)
		return ret;
	links_entered(fd);
	if (known)
		times_keep(dir, &st);
	return 0;
}

/* @tmp is whole: it becomes @rel. Locked for change. */
static int copy_move(struct layers *l, const char *rel, const struct lnode *n, const char *tmp)
{
	bool is_dir = S_ISDIR(n->stx.stx_mode), opaque, known;
	bool links = S_ISREG(n->stx.stx_mode) && n->stx.stx_nlink > 1;
	autoclose int dir = -1, fd = -1;
	char value[2], path[64];
	const char *name;
	struct stat st;
	int ret;

	dir = upper_parent(l, rel, &name);
	if (dir < 0)
		return dir;
	fd = openat(l->work, tmp, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	fd_path_name(fd, path);
	opaque = is_dir && getxattr(path, XATTR_OPAQUE, value, sizeof(value)) == 1;
	known = fstat(dir, &st) == 0;
	ret = links ? links_publish(l, n, tmp)
		    : devices_mark(l, rel, kind_of_mode(n->stx.stx_mode));
	if (ret == 0 && renameat(l->work, tmp, dir, name) < 0) {
		ret = -errno;
		if (links)
			links_unpublish(l, fd);
	}
	if (ret < 0)
		return ret;
	if (links)
		links_entered(fd);
	if (known)
		times_keep(dir, &st);
	if (S_ISREG(n->stx.stx_mode))
		copied_add(n);
	cache_set(l, rel, kind_of_mode(n->stx.stx_mode), opaque);
	return 0;
}

/* Put the copy into place. Locked for change. */
static int copy_install(struct layers *l, const char *rel, const struct lnode *n, const char *tmp)
{
	struct lnode now = { .fd = -1 };
	size_t prefix;
	int ret = copy_wanted(l, rel, S_ISDIR(n->stx.stx_mode));

	if (ret == 0 && n->stx.stx_nlink > 1 && S_ISREG(n->stx.stx_mode)) {
		/* Has somebody else copied another name of it meanwhile? */
		ret = layers_lookup(l, NULL, rel, &now, &prefix);
		if (ret > 0 || now.fd < 0)
			ret = -ENOENT;
		if (ret == 0 && now.linked && now.layer == 0) {
			ret = copy_link(l, rel, now.fd);
			ret = ret < 0 ? ret : 1;
		}
		layers_node_finish(&now);
	}
	if (ret == 0)
		ret = copy_move(l, rel, n, tmp);
	if (ret != 0)
		remove_tree(l->work, tmp);
	return ret < 0 ? ret : 0;
}

static int find_lower(struct layers *l, const char *rel, struct lnode *n)
{
	size_t prefix;
	int ret;

	ret = layers_lookup(l, NULL, rel, n, &prefix);
	if (ret == LAYERS_SYMLINK) {
		layers_node_finish(n);
		return -ENOTDIR;
	}
	return ret < 0 ? ret : n->fd < 0 ? -ENOENT : 0;
}

static int copy_up_either(struct layers *l, const char *rel, bool data, bool locked)
{
	struct lnode n;
	char tmp[32];
	int ret = find_lower(l, rel, &n);

	if (ret < 0)
		return ret;
	if (!layers_writable(l) || (n.layer == 0 && !n.linked)) {
		ret = n.layer == 0 ? 0 : -EROFS;
		layers_node_finish(&n);
		return ret;
	}
	if (n.linked && n.layer == 0) {
		if (!locked)
			layers_lock_change(l);
		ret = copy_link(l, rel, n.fd);
		if (!locked)
			layers_unlock_change(l);
		layers_node_finish(&n);
		return ret;
	}
	work_name(l, tmp);
	ret = copy_object(l, rel, &n, tmp, data);
	if (ret == 0) {
		if (!locked)
			layers_lock_change(l);
		ret = copy_install(l, rel, &n, tmp);
		if (!locked)
			layers_unlock_change(l);
	}
	layers_node_finish(&n);
	return ret;
}

int copy_up(struct layers *l, const char *rel, bool data)
{
	return copy_up_either(l, rel, data, false);
}

int copy_up_locked(struct layers *l, const char *rel, bool data)
{
	return copy_up_either(l, rel, data, true);
}

int layers_copy_up(struct layers *l, const char *rel)
{
	return copy_up(l, rel, true);
}

static bool is_upper_dir(struct layers *l, const char *rel)
{
	struct where w;

	cache_find(l, rel, &w);
	return w.kind == WHERE_OVERLAY && w.mask & 1;
}

/* What lies above a directory of the upper layer is there as well, so the nearest is asked first.
 */
int upper_parent(struct layers *l, const char *rel, const char **name)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX], part[PATH_MAX];
	size_t len = slash ? slash - rel : 0;

	*name = slash ? slash + 1 : rel;
	memcpy(parent, rel, len);
	parent[len] = '\0';
	if (l->noverlay && len && !is_upper_dir(l, parent))
		for (const char *p = strchr(rel, '/'); p; p = strchr(p + 1, '/')) {
			int ret;

			memcpy(part, rel, p - rel);
			part[p - rel] = '\0';
			if (is_upper_dir(l, part))
				continue;
			ret = copy_up_locked(l, part, true);
			if (ret < 0)
				return ret;
		}
	return layer_open_at(l->fd[0], parent, O_PATH | O_DIRECTORY);
}
