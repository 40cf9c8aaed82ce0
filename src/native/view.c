// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The view of a native session, put together by its process 1 in the session's own copy of the
 * pool: the root's overlay, /dev, /sys, /proc, the binds in their order, and what hides STATE.
 * Then it becomes the root, and the rest of the pool goes out of sight.
 */
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "internal.h"

/* ---- names in the view ---- */

static int open_in(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int make_in(int root, const char *parent, const char *name, bool is_dir)
{
	autoclose int dir = open_in(root, *parent ? parent : "/");
	autoclose int fd = -1;

	if (dir < 0)
		return dir;
	if (is_dir)
		return mkdirat(dir, name, 0755) < 0 ? -errno : 0;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : 0;
}

int target_open(int root, const char *path, bool is_dir)
{
	autofree char *part = strdup(path);
	struct stat st;
	int fd, ret;

	if (!part)
		return -ENOMEM;
	for (char *p = part, *end; *p; p = end) {
		bool last;
		char saved;

		p += strspn(p, "/");
		end = p + strcspn(p, "/");
		last = !end[strspn(end, "/")];
		if (p == end)
			break;
		saved = *end;
		*end = '\0';
		fd = open_in(root, part);
		if (fd == -ENOENT) {
			autofree char *parent = strndup(part, p - part);

			ret = parent ? make_in(root, parent, p, !last || is_dir) : -ENOMEM;
			if (ret < 0 && ret != -EEXIST) /* another session begins, too */
				return ret;
		} else if (fd < 0) {
			return fd;
		} else {
			close(fd);
		}
		*end = saved;
	}
	fd = open_in(root, path);
	if (fd < 0)
		return fd;
	if (fstatat(fd, "", &st, AT_EMPTY_PATH) < 0 || S_ISDIR(st.st_mode) != is_dir) {
		close(fd);
		return is_dir ? -ENOTDIR : -EISDIR;
	}
	return fd;
}

/* ---- binds ---- */

/* What shows through the holes of an entry, taken before the entry covers it. */
struct hole {
	char *path;
	int fd;
};

static int holes_take(int root, char **paths, struct hole *holes)
{
	int n = 0;

	for (; paths && paths[n]; n++) {
		autoclose int at = open_in(root, paths[n]);

		holes[n].path = paths[n];
		holes[n].fd = at < 0 ? at : clone_at(at, "", true);
	}
	return n;
}

/* A mount needs something to sit on: a hole over nothing, or showing nothing, has no mount. */
static int holes_show(int root, struct hole *holes, int n)
{
	struct stat st;
	int ret = 0;

	for (int i = 0; i < n; i++) {
		autoclose int fd = holes[i].fd;
		autoclose int at = open_in(root, holes[i].path);

		holes[i].fd = -1;
		if (fd < 0 && at == -ENOENT)
			continue; /* nothing there, with the entry or without it */
		if (fd < 0) {
			ret = -EOPNOTSUPP;
			continue;
		}
		if (at == -ENOENT && fstatat(fd, "", &st, AT_EMPTY_PATH) == 0)
			at = target_open(root, holes[i].path, S_ISDIR(st.st_mode));
		if (at >= 0)
			at = attach(fd, at) < 0 ? -EOPNOTSUPP : at;
		if (at < 0)
			ret = -EOPNOTSUPP;
	}
	return ret;
}

/* merge: the source, read-only, over what is at the target already. */
static int merge_make(struct tree *t, int target, unsigned index)
{
	autofree char *dir = str_printf(POOL_LOWERS "/merge.%u", index);
	autofree char *above = str_printf("%s.above", dir ? dir : "");
	autofree char *lower = str_printf("%s:%s", above ? above : "", dir ? dir : "");
	const char *const options[][2] = {
		{ "source", "uc" }, { "lowerdir", lower }, { "userxattr", NULL }, { 0 }
	};
	autoclose int below = clone_at(target, "", false), at = -1, at_above = -1;

	if (!dir || !above || !lower)
		return -ENOMEM;
	if (below < 0)
		return below;
	if ((mkdir(dir, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(above, 0755) < 0 && errno != EEXIST))
		return -errno;
	at = open(dir, O_PATH | O_CLOEXEC);
	at_above = open(above, O_PATH | O_CLOEXEC);
	if (at < 0 || at_above < 0 || attach(below, at) < 0 || attach(t->parts[0].fd, at_above) < 0)
		return -errno;
	return fs_make("overlay", options, MOUNT_ATTR_RDONLY);
}

static int tmp_make(bool is_dir)
{
	static const char *const options[][2] = { { "mode", "0755" }, { 0 } };
	autoclose int fd = fs_make("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);

	if (fd < 0 || is_dir)
		return fd < 0 ? fd : steal_fd(&fd);
	return -EOPNOTSUPP; /* a private empty file: nobody has asked for one yet */
}

static int cow_take(const struct native_layer *l, const struct plan_entry *p)
{
	const char *name = strrchr(p->source, '/') + 1;
	autofree char *at = str_printf(POOL_LAYERS "/%s", l->name);
	autofree char *file = p->is_dir || !at ? NULL : str_printf("%s/%s", at, name);

	if (!at || (!p->is_dir && !file))
		return -ENOMEM;
	return clone_at(AT_FDCWD, p->is_dir ? at : file, p->is_dir);
}

static int bind_make(struct native *n, unsigned i, int target)
{
	const struct plan_entry *p = &n->plan->entries[i];

	switch (p->mode) {
	case BIND_RW:
	case BIND_RO:
		return steal_fd(&n->binds[i].parts[0].fd);
	case BIND_MERGE:
		return p->is_dir ? merge_make(&n->binds[i], target, i)
				 : steal_fd(&n->binds[i].parts[0].fd);
	case BIND_COW:
	case BIND_MINCOW:
		return cow_take(&n->layers[i], p);
	case BIND_TMP:
		return tmp_make(p->is_dir);
	case BIND_MODE_COUNT:
		break;
	}
	return -EINVAL;
}

static int add_bind(struct native *n, int root, unsigned i, struct nerr e)
{
	const struct plan_entry *p = &n->plan->entries[i];
	char **paths = plan_holes(p, n->targets[i]);
	struct hole holes[BIND_EXCEPT_MAX];
	autoclose int target = target_open(root, p->target, p->is_dir), fd = -1;
	int nholes, ret;

	if (target < 0 || !paths) {
		plan_holes_free(paths);
		return nfail(e, target < 0 ? target : -ENOMEM,
			     "%s: %s: the target of --bind cannot be made", p->target,
			     strerror(target < 0 ? -target : ENOMEM));
	}
	nholes = holes_take(root, paths, holes);
	fd = bind_make(n, i, target);
	ret = fd < 0 ? fd : attach(fd, target);
	if (ret < 0)
		nfail(e, ret, "%s: %s", p->source, strerror(-ret));
	if (ret == 0) {
		ret = holes_show(root, holes, nholes);
		if (ret < 0)
			nfail(e, ret,
			      "%s: a hole in it cannot be shown by a mount; use --trap path",
			      p->target);
	}
	for (int h = 0; h < nholes; h++)
		if (ret < 0 && holes[h].fd >= 0)
			close(holes[h].fd);
	plan_holes_free(paths);
	return ret;
}

/* ---- what every view has ---- */

static int add_proc(int root, unsigned allow, struct nerr e)
{
	const unsigned safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	autoclose int proc = fs_make("proc", NULL, safe), at = -1, sys = -1, sys_at = -1;
	int ret;

	if (proc < 0)
		return nfail(e, proc,
			     "/proc: %s: the kernel gives a fresh one only where the "
			     "whole of another one can be seen",
			     strerror(-proc));
	at = target_open(root, "/proc", true);
	ret = at < 0 ? at : attach(proc, at);
	/* A namespace inside gets its own only where the whole of ours can be seen. */
	if (ret == 0 && allow & ALLOW_USERNS)
		return 0;
	/* Everything else in it is checked against ids, and the host's root is none of ours. */
	sys = ret < 0 ? ret : clone_at(proc, "sys", false);
	ret = sys < 0 ? sys : set_rdonly(sys);
	sys_at = openat(proc, "sys", O_PATH | O_CLOEXEC);
	if (ret == 0)
		ret = sys_at < 0 ? -errno : attach(sys, sys_at);
	return ret < 0 ? nfail(e, ret, "/proc: %s", strerror(-ret)) : 0;
}

static int add_sys(int root, struct nerr e)
{
	autoclose int at = open_in(root, "/sys"), fd = -1;
	struct stat st;
	int ret;

	if (at < 0 || fstatat(at, "", &st, AT_EMPTY_PATH) < 0 || !S_ISDIR(st.st_mode) ||
	    access("/sys/kernel", F_OK) < 0)
		return 0;
	fd = clone_at(AT_FDCWD, "/sys", true);
	ret = fd < 0 ? fd : set_rdonly(fd);
	if (ret == 0)
		ret = attach(fd, at);
	return ret < 0 ? nfail(e, ret, "/sys: %s", strerror(-ret)) : 0;
}

/* The compartment's own directory where STATE would show. */
static int hide_at(const struct native *n, int root, const char *at, const char *rel)
{
	static const char *const tmpfs[][2] = { { "mode", "0755" }, { 0 } };
	autofree char *path = str_printf("%s/%s", strcmp(at, "/") ? at : "", rel);
	autoclose int target = path ? open_in(root, path) : -ENOMEM, fd = -1;

	if (target < 0)
		return target == -ENOENT || target == -ENOTDIR ? 0 : target;
	fd = n->plan->ephemeral ? fs_make("tmpfs", tmpfs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
				: clone_at(AT_FDCWD, POOL_LAYERS "/state", false);
	return fd < 0 ? fd : attach(fd, target);
}

static int hide_state(struct native *n, int root, struct nerr e)
{
	const char *rel = path_under(n->c->state, n->plan->lower);
	int ret = rel && *rel ? hide_at(n, root, "/", rel) : 0;

	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++) {
		const struct plan_entry *p = &n->plan->entries[i];

		rel = p->mode == BIND_TMP ? NULL : path_under(n->c->state, p->source);
		if (rel && *rel)
			ret = hide_at(n, root, p->target, rel);
	}
	return ret < 0 ? nfail(e, ret, "%s: %s: the state cannot be hidden", n->c->state,
			       strerror(-ret))
		       : 0;
}

/* -e: an upper layer that ends with the session. It is nobody else's, so it is not in the pool. */
static int root_make(struct native *n, struct nerr e)
{
	int fd, ret;

	if (!n->plan->ephemeral) {
		autofree char *path = str_printf(POOL_LAYERS "/%s", n->root.name);

		return path ? clone_at(AT_FDCWD, path, true) : -ENOMEM;
	}
	ret = pool_layer(&n->root, POOL_EPHEMERAL, e);
	fd = ret < 0 ? ret : clone_at(AT_FDCWD, POOL_EPHEMERAL, true);
	return fd;
}

static int show_cookies(int root, const struct native_config *cfg, struct nerr e)
{
	autofree char *dir = strdup(cfg->cookies_shown);
	autoclose int at = -1, fd = -1;
	char *name = dir ? strrchr(dir, '/') : NULL;
	int ret;

	if (!name)
		return nfail(e, -ENOMEM, "out of memory");
	*name++ = '\0';
	at = target_open(root, dir, true);
	fd = at < 0 ? at : openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ret = at < 0 ? at : fd < 0 ? -errno : write_all(fd, cfg->cookies, cfg->cookies_len);
	return ret < 0 ? nfail(e, ret, "%s: %s", cfg->cookies_shown, strerror(-ret)) : 0;
}

int view_build(struct native *n, const struct native_config *cfg, struct luggage *bags,
	       struct nerr e)
{
	autoclose int fd = root_make(n, e), at = open(POOL_ROOT, O_PATH | O_CLOEXEC);
	int root, ret;

	if (fd < 0 || at < 0)
		return e.text[0] ? fd : nfail(e, fd < 0 ? fd : -errno, "/: %s", strerror(-fd));
	root = fd; /* a mount's descriptor stays on it */
	ret = attach(fd, at);
	if (ret < 0)
		return nfail(e, ret, "/: %s", strerror(-ret));
	ret = dev_build(root, bags, e);
	if (ret == 0 && cfg->cookies)
		ret = show_cookies(root, cfg, e);
	if (ret == 0)
		ret = add_sys(root, e);
	if (ret == 0)
		ret = add_proc(root, cfg->allow, e);
	if (ret == 0)
		ret = figures_build(root, cfg, e);
	if (ret == 0 && n->inner)
		ret = nest_pieces_show(n, root, e);
	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++)
		ret = add_bind(n, root, i, e);
	if (ret == 0 && !n->inner)
		ret = hide_state(n, root, e);
	if (ret < 0)
		return ret;
	if (cfg->hostname && sethostname(cfg->hostname, strlen(cfg->hostname)) < 0)
		return nfail(e, -errno, "--hostname: %s", strerror(errno));
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return nfail(e, -errno, "pivot_root: %s", strerror(errno));
	return 0;
}
