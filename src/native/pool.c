// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pool: the mount namespace that all native sessions of a compartment are copied from.
 *
 *	/m/NAME		the overlay of one layer, with those of the host's mounts below it
 *	/b/NAME		the layer's directory on the host: upper and work
 *	/l/NAME/N	lower directories, idmapped
 *	/c		STATE/NAME, /nest: see nest.c
 *	/proc /sys	the host's, complete: the kernel lets nobody mount a fresh proc who could
 *not see the whole of one before /root		where a session, in its copy, puts its view together
 *
 * It belongs to the session's user namespace and is kept alive by a descriptor that each supervisor
 * holds. An upper layer is mounted here once, by the first session that wants it, and others share
 * that superblock: overlayfs answers for nothing when an upper layer is mounted twice. Changes are
 * made under the lock of the compartment's sessions. The last descriptor closed, the pool is gone;
 * nothing of it was ever visible on the host.
 */
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "internal.h"

int clone_at(int dirfd, const char *path, bool recursive)
{
	int fd = open_tree(dirfd, path,
			   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
				   (recursive ? AT_RECURSIVE : 0));

	return fd < 0 ? -errno : fd;
}

int attach(int fd, int target)
{
	return move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0
		       ? -errno
		       : 0;
}

int set_rdonly(int fd)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	return mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0 ? -errno
											    : 0;
}

int fs_make(const char *type, const char *const options[][2], unsigned attr)
{
	autoclose int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return -errno;
	for (; options && (*options)[0]; options++)
		if (fsconfig(fs, (*options)[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
			     (*options)[0], (*options)[1], 0) < 0)
			return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	return fd < 0 ? -errno : fd;
}

/* Attach a detached mount at a path of the pool, made for it. */
static int attach_at(int fd, const char *path)
{
	autoclose int at = -1;

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	at = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at < 0 ? -errno : attach(fd, at);
}

static int attach_clone(int top, const char *from, const char *name)
{
	autoclose int fd = clone_at(AT_FDCWD, from, true), at = -1;

	if (fd < 0)
		return fd;
	if (mkdirat(top, name, 0755) < 0)
		return -errno;
	at = openat(top, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at < 0 ? -errno : attach(fd, at);
}

int pool_make(struct native *n, struct nerr e)
{
	static const char *const tmpfs[][2] = { { "mode", "0755" }, { "size", "16m" }, { 0 } };
	static const char *const dirs[] = { "m", "b", "l", "root" };
	autoclose int top = fs_make("tmpfs", tmpfs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	autoclose int slash = open("/", O_PATH | O_CLOEXEC);
	int ret;

	if (top < 0)
		return nfail(e, top, "tmpfs in the user namespace: %s", strerror(-top));
	/* On top of "/": our own root is below it, so nothing of the host is hidden from us yet. */
	ret = slash < 0 ? -errno : attach(top, slash);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(dirs); i++)
		ret = mkdirat(top, dirs[i], 0755) < 0 ? -errno : 0;
	if (ret == 0)
		ret = attach_clone(top, "/proc", "proc");
	if (ret == 0)
		ret = dev_pool(top);
	if (ret == 0 && access("/sys", X_OK) == 0)
		ret = attach_clone(top, "/sys", "sys");
	if (ret < 0)
		return nfail(e, ret, "the session's mounts cannot be prepared: %s", strerror(-ret));
	if (fchdir(top) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return nfail(e, -errno, "pivot_root: %s", strerror(errno));
	return 0;
}

/* Without them there are none: nothing else needs them. */
void pool_nests(int own, int nest)
{
	char name[64];
	autoclose int at = -1, fd = -1;
	int ret = own < 0 ? own : nest < 0 ? nest : attach_at(own, POOL_OWN);

	if (ret == 0) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", nest);
		fd = clone_at(AT_FDCWD, name, false);
		at = open(POOL_NEST, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		ret = fd < 0 ? fd : at < 0 ? -errno : attach(fd, at);
	}
	if (ret < 0)
		log_debug("sessions in the session: not possible: %s", strerror(-ret));
}

/* ---- overlays ---- */

/* overlayfs takes a backslash in a path for an escape, and a colon for the next lower directory. */
static char *option_path(const char *path)
{
	char *out = malloc(strlen(path) * 2 + 1), *w = out;

	for (; out && *path; path++) {
		if (*path == '\\' || *path == ':')
			*w++ = '\\';
		*w++ = *path;
	}
	if (out)
		*w = '\0';
	return out;
}

/* What an upper directory looks like when there is none yet: the lower one. */
int copy_look(int from, int to)
{
	char name[64];
	struct stat st;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", to);
	if (fstat(from, &st) < 0 ||
	    (fchownat(to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) < 0 && errno != EINVAL) ||
	    chmod(name, st.st_mode & 07777) < 0)
		return -errno;
	return 0;
}

/*
 * Let the overlay itself make the directories down to @to in its upper layer: made behind its back
 * they would be in the way of its own copies up, and all that is made in them ENOTEMPTY. What it
 * cannot copy (an owner that is not mapped) is made by upper_of_part().
 */
static void copy_up(int to)
{
	char name[64];
	struct stat st;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", to);
	if (fstat(to, &st) == 0)
		chmod(name, st.st_mode & 07777);
}

/*
 * The upper directory of the host mount at @rel: the directory of that name in the layer's upper
 * tree. Return: 1 it is there (made when it was not); 0: the compartment has something else there
 */
static int upper_of_part(int upper, const char *rel, int lower_root)
{
	autofree char *path = strdup(rel);
	char *part, *save = NULL;
	int at = upper, lower = lower_root, next, below, ret = path ? 1 : -ENOMEM;

	for (part = path ? strtok_r(path, "/", &save) : NULL; ret == 1 && part;
	     part = strtok_r(NULL, "/", &save)) {
		bool made = mkdirat(at, part, 0700) == 0;

		below = openat(lower, part, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
		next = openat(at, part, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
		if (next < 0)
			ret = errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
		else if (made && below >= 0)
			ret = copy_look(below, next) < 0 ? -EIO : 1;
		if (at != upper)
			close(at);
		if (lower != lower_root)
			close(lower);
		at = next;
		lower = below;
		if (below < 0 && ret == 1)
			ret = 0;
	}
	if (at != upper)
		util_close_fd(&at);
	if (lower != lower_root)
		util_close_fd(&lower);
	return ret;
}

struct overlay {
	const char *lower; /* already escaped where needed */
	char *upper, *work;
};

static int overlay_make(const struct overlay *o)
{
	const char *options[7][2] = { { "source", "uc" }, { "lowerdir", o->lower } };
	unsigned n = 2;

	if (o->upper) {
		options[n][0] = "upperdir";
		options[n++][1] = o->upper;
		options[n][0] = "workdir";
		options[n++][1] = o->work;
		/* Layers of several file systems (-e): else a file has another st_dev than its
		 * directory, and tar --one-file-system leaves it out. */
		options[n][0] = "xino";
		options[n++][1] = "on";
	}
	options[n][0] = "userxattr";
	options[n++][1] = NULL;
	options[n][0] = NULL;
	return fs_make("overlay", options, 0);
}

static bool is_overlay(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* A work directory of its own for each overlay, in the layer's: overlayfs empties it at mount. */
static char *work_make(const char *base, unsigned part)
{
	char *path = str_printf("%s/work/native.%u", base, part);

	if (path && mkdir(path, 0700) < 0 && errno != EEXIST) {
		free(path);
		return NULL;
	}
	return path;
}

/*
 * The lower directories of an ephemeral layer: the compartment's upper one over the host's. When
 * one lies below the other (STATE is on the host, too) overlayfs calls it a loop. An overlay of the
 * host's alone, read-only, is a file system of its own, and nothing is below it.
 * Return: "" when the compartment has nothing there
 */
static char *lower_with(const char *keep, const char *rel, const char *lower, bool side_by_side)
{
	autofree char *kept = str_printf("%s/upper%s%s", keep, *rel ? "/" : "", rel);
	autofree char *safe = kept ? option_path(kept) : NULL;
	autofree char *alone = str_printf("%s.alone", lower);
	autofree char *empty = str_printf("%s.empty", lower);
	autofree char *pair = str_printf("%s:%s", lower, empty ? empty : "");
	struct overlay o = { .lower = pair };
	autoclose int fd = -1;
	struct stat st;

	if (!safe || !alone || !empty || !pair)
		return NULL;
	if (lstat(kept, &st) < 0 || !S_ISDIR(st.st_mode))
		return strdup("");
	if (side_by_side)
		return str_printf("%s:%s", safe, lower);
	if (mkdir(empty, 0755) < 0 && errno != EEXIST)
		return NULL;
	fd = overlay_make(&o);
	if (fd < 0 || attach_at(fd, alone) < 0)
		return NULL;
	return str_printf("%s:%s", safe, alone);
}

static int overlay_with(struct overlay *o, const char *keep, const char *rel, bool side_by_side)
{
	const char *lower = o->lower;
	autofree char *both = lower_with(keep, rel, lower, side_by_side);
	int ret;

	if (!both)
		return -ELOOP;
	if (*both)
		o->lower = both;
	ret = overlay_make(o);
	o->lower = lower;
	return ret;
}

/* -e: the compartment's layer lies between. Two file systems on top of each other if need be. */
static int overlay_between(struct overlay *o, const struct native_layer *l, const char *keep,
			   const char *rel)
{
	int ret = l->hide ? -ELOOP : overlay_with(o, keep, rel, true);

	return ret == -ELOOP ? overlay_with(o, keep, rel, false) : ret;
}

/* One host mount of a layer's lower tree, over the overlay of the tree itself. */
static int mount_part(const struct native_layer *l, const char *at, unsigned i, const char *base,
		      const char *lowers, const char *keep)
{
	const struct tree_part *p = &l->lower->parts[i];
	autofree char *lower = str_printf("%s/%u", lowers, i);
	autofree char *target = str_printf("%s%s%s", at, *p->rel ? "/" : "", p->rel);
	autofree char *upper_path = str_printf("%s/upper%s%s", base, *p->rel ? "/" : "", p->rel);
	struct overlay o = { 0 };
	autoclose int fd = -1, to = -1, upper = -1, root = -1;
	struct stat st;
	int ret;

	if (!lower || !target || !upper_path)
		return -ENOMEM;
	if (fstatat(p->fd, "", &st, AT_EMPTY_PATH) < 0)
		return -errno;
	to = open(target, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return *p->rel ? 0 : -errno; /* removed in the compartment, or hidden */
	if (!S_ISDIR(st.st_mode) || (p->plain && *p->rel)) {
		/* A single file, or what cannot be a lower layer: as it is, for reading. */
		log_info("%s: read-only in the view", p->rel);
		ret = set_rdonly(p->fd);
		if (ret == 0)
			ret = attach(p->fd, to);
		return *p->rel && ret == -ENOTDIR ? 0 : ret;
	}
	ret = attach_at(p->fd, lower);
	if (ret < 0)
		return ret;
	if (*p->rel) {
		upper_path[strlen(base) + strlen("/upper")] = '\0';
		upper = open(upper_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		upper_path[strlen(base) + strlen("/upper")] = '/';
		/* what is mounted so far: the way there may lead through other mounts */
		root = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (upper >= 0 && faccessat(upper, p->rel, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			copy_up(to);
		ret = upper < 0 || root < 0 ? -errno : upper_of_part(upper, p->rel, root);
		if (ret <= 0)
			return ret;
	}
	o.lower = lower;
	o.upper = option_path(upper_path);
	o.work = work_make(base, i);
	if (!o.upper || !o.work)
		ret = -ENOMEM;
	else
		ret = fd = keep ? overlay_between(&o, l, keep, p->rel) : overlay_make(&o);
	free(o.upper);
	free(o.work);
	return ret < 0 ? ret : attach(fd, to);
}

int pool_layer(const struct native_layer *l, const char *at, struct nerr e)
{
	autofree char *base = str_printf(POOL_BASES "/%s", l->name);
	autofree char *keep = l->keep >= 0 ? str_printf(POOL_BASES "/%s.below", l->name) : NULL;
	autofree char *lowers = str_printf(POOL_LOWERS "/%s", l->name);
	int ret = 0;

	if (!base || !lowers || (l->keep >= 0 && !keep))
		return nfail(e, -ENOMEM, "out of memory");
	if (mkdir(at, 0755) < 0 && errno != EEXIST)
		return nfail(e, -errno, "%s: %s", at, strerror(errno));
	if (is_overlay(at))
		return 0; /* another session's work: shared */
	ret = attach_at(l->base, base);
	if (ret == 0 && keep)
		ret = attach_at(l->keep, keep);
	if (ret == 0 && mkdir(lowers, 0755) < 0 && errno != EEXIST)
		ret = -errno;
	for (unsigned i = 0; ret == 0 && i < l->lower->n; i++) {
		ret = mount_part(l, at, i, base, lowers, keep);
		if (ret < 0)
			nfail(e, ret,
			      "/%s: overlayfs refuses it: %s; set UC_HOME to a place on ext4, xfs, "
			      "btrfs or tmpfs, or use --trap path",
			      l->lower->parts[i].rel, strerror(-ret));
	}
	if (ret < 0)
		umount2(at, MNT_DETACH); /* or the next session takes the half for the whole */
	if (ret < 0 && e.text && !*e.text)
		nfail(e, ret, "%s: %s", l->name, strerror(-ret));
	return ret;
}
