// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The carrier: from the compartment's layers on disk to a mount namespace that process 1 can start
 * in. It is a child of the supervisor, takes what it needs out of a copy of the host's mounts,
 * makes or enters the pool (see pool.c), fills it, and forks process 1.
 */
#include <limits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "internal.h"

/* ---- layers ---- */

static int base_open(const char *upper)
{
	autofree char *path = str_printf("%s/..", upper);
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 ? -errno : fd;
}

/* @key: as session_layer_dirs(); @below, for -e: the compartment's layer is under the session's */
static int layer_take(struct native *n, struct native_layer *l, const char *key, const char *source,
		      struct tree *lower, const struct native_config *cfg, struct nerr e)
{
	int ret = session_layer_dirs(n->c, key, source, &l->dirs, e.text, e.size);

	if (ret < 0)
		return ret;
	l->name = strdup(key ? key : "host");
	l->lower = lower;
	l->hide = path_under(n->c->state, source);
	l->base = base_open(l->dirs.upper);
	if (!l->name || l->base < 0)
		return nfail(e, -EIO, "%s: cannot be opened", l->dirs.upper);
	if (layer_level(l->base) != UC_NATIVE)
		ret = convert_layer(n->userns, l->base, UC_NATIVE, e);
	if (ret < 0 || !n->plan->ephemeral || lower == NULL)
		return ret;
	l->below = l->dirs;
	l->dirs = (struct session_layer){ 0 };
	ret = session_layer_private(cfg->session, key, &l->below, &l->dirs, e.text, e.size);
	if (ret < 0)
		return ret;
	l->keep = l->base;
	l->base = base_open(l->dirs.upper);
	return l->base < 0 ? nfail(e, l->base, "%s: cannot be opened", l->dirs.upper) : 0;
}

int layers_take(struct native *n, const struct native_config *cfg, struct nerr e)
{
	const struct plan *p = n->plan;
	int ret = layer_take(n, &n->root, p->key, p->lower, &n->lower, cfg, e);

	for (unsigned i = 0; ret == 0 && i < p->n; i++) {
		const struct plan_entry *en = &p->entries[i];
		autofree char *key = layer_escape(n->targets[i]), *dir = strdup(en->source);

		if (en->mode != BIND_COW && en->mode != BIND_MINCOW)
			continue;
		if (!key || !dir)
			return nfail(e, -ENOMEM, "out of memory");
		if (!en->is_dir)
			*(strrchr(dir, '/') == dir ? dir + 1 : strrchr(dir, '/')) = '\0';
		ret = layer_take(n, &n->layers[i], key, dir, &n->binds[i], cfg, e);
	}
	/* Over nothing: what hides STATE. It has no lower directory, so it needs no overlay. */
	if (ret == 0)
		ret = layer_take(n, &n->state, "state", session_tmp(cfg->session), NULL, cfg, e);
	return ret;
}

/* ---- the carrier ---- */

void pack_terminal(struct luggage *bags, int i, unsigned number)
{
	char path[64];

	bags->number[i] = number;
	for (int k = 0; k < i; k++)
		if (bags->tty[k] >= 0 && bags->number[k] == number)
			return;
	snprintf(path, sizeof(path), "/dev/pts/%u", number);
	bags->tty[i] = clone_at(AT_FDCWD, path, false);
}

/* The terminals behind 0, 1 and 2, out of the copy of the host's mounts. */
static void pack_terminals(struct luggage *bags)
{
	char name[64], link[64];
	unsigned number;

	for (int i = 0; i < TERMINALS; i++) {
		ssize_t len;

		bags->tty[i] = -1;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", i);
		len = readlink(name, link, sizeof(link) - 1);
		if (len <= 0 || !isatty(i))
			continue;
		link[len] = '\0';
		if (sscanf(link, "/dev/pts/%u", &number) == 1)
			pack_terminal(bags, i, number);
	}
}

/* A directory of the host's mount namespace, or @below it, as a detached mount of ours. */
static int base_clone(int *fd, const char *below)
{
	char name[64], path[PATH_MAX];
	ssize_t len;
	int clone;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", *fd);
	len = readlink(name, path, sizeof(path) - strlen(below) - 1);
	if (len <= 0)
		return -errno;
	strcpy(path + len, below);
	clone = clone_at(AT_FDCWD, path, false);
	if (clone < 0)
		return clone;
	close(*fd);
	*fd = clone;
	return 0;
}

static int bases_clone(struct native *n, struct nerr e)
{
	int ret = base_clone(&n->root.base, "");

	if (ret == 0 && n->root.keep >= 0)
		ret = base_clone(&n->root.keep, "");
	/* It is no overlay's. Before Linux 6.15 nothing can be cloned out of a detached mount. */
	if (ret == 0)
		ret = base_clone(&n->state.base, "/upper");
	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++) {
		if (n->layers[i].base >= 0)
			ret = base_clone(&n->layers[i].base, "");
		if (ret == 0 && n->layers[i].keep >= 0)
			ret = base_clone(&n->layers[i].keep, "");
	}
	return ret < 0 ? nfail(e, ret, "%s: cannot be taken over: %s", n->c->path, strerror(-ret))
		       : 0;
}

static int state_layer(struct native *n, struct nerr e)
{
	autoclose int at = -1;
	int ret = mkdir(POOL_LAYERS "/state", 0755) < 0 ? -errno : 0;

	if (ret == -EEXIST)
		return 0;
	at = open(POOL_LAYERS "/state", O_PATH | O_CLOEXEC);
	ret = at < 0 ? -errno : attach(n->state.base, at);
	return ret < 0 ? nfail(e, ret, "state: %s", strerror(-ret)) : 0;
}

/* Everything that sessions share. */
static int pool_fill(struct native *n, struct nerr e)
{
	int ret = 0;

	if (!n->plan->ephemeral) {
		autofree char *at = str_printf(POOL_LAYERS "/%s", n->root.name);

		ret = at ? pool_layer(&n->root, at, e) : -ENOMEM;
	}
	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++) {
		autofree char *at = n->layers[i].name && !n->plan->ephemeral
					    ? str_printf(POOL_LAYERS "/%s", n->layers[i].name)
					    : NULL;

		if (at)
			ret = pool_layer(&n->layers[i], at, e);
	}
	return ret < 0 ? ret : state_layer(n, e);
}

/* -e: layers of this session alone, mounted in its own copy. */
static int private_fill(struct native *n, struct nerr e)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && n->plan->ephemeral && i < n->plan->n; i++) {
		autofree char *at = n->layers[i].name
					    ? str_printf(POOL_LAYERS "/-e-%s", n->layers[i].name)
					    : NULL;

		if (!at)
			continue;
		ret = pool_layer(&n->layers[i], at, e);
		free(n->layers[i].name);
		n->layers[i].name = strdup(strrchr(at, '/') + 1);
	}
	return ret;
}

/* What layer_dirs.c recorded while it made directories becomes real: it cannot set ids. */
static int layer_real(const struct native_layer *l)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int own = l->base < 0 ? -1 : openat(l->base, "upper", flags);
	autoclose int below = l->keep < 0 ? -1 : openat(l->keep, "upper", flags);
	int ret;

	if (l->base < 0)
		return 0;
	if (own < 0 || (l->keep >= 0 && below < 0))
		return -errno;
	if (below < 0)
		return convert_made(own, l->hide);
	ret = convert_made(below, l->hide);
	return ret < 0 ? ret : copy_look(below, own);
}

static int layers_real(struct native *n, struct nerr e)
{
	int ret = layer_real(&n->root);

	if (ret == 0)
		ret = layer_real(&n->state);
	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++)
		ret = layer_real(&n->layers[i]);
	return ret < 0 ? nfail(e, ret, "%s: %s", n->c->path, strerror(-ret)) : 0;
}

int pool_hand_over(int sock, struct nerr e)
{
	autoclose int mntns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	if (mntns < 0 || message_send(sock, MSG_POOL, 0, NULL, &mntns, 1) < 0)
		return nfail(e, -EIO, "the session's mounts cannot be handed over");
	return 0;
}

static int carry(struct native *n, const struct native_config *cfg, const struct pool *pool,
		 struct luggage *bags, int sock, struct nerr e)
{
	autoclose int nest = -1, own = -1;
	int ret = userns_enter(pool->userns >= 0 ? pool->userns : n->userns);

	if (ret < 0)
		return nfail(e, ret, "the user namespace cannot be entered: %s", strerror(-ret));
	umask(0);
	ret = layers_real(n, e);
	if (ret < 0)
		return ret;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return nfail(e, -errno, "mount namespace: %s", strerror(errno));
	/* While there can be one, and for all sessions of the pool. */
	if (pool->mntns < 0) {
		nest = userns_nested(&n->range);
		own = clone_at(AT_FDCWD, n->c->path, false);
	}
	/* It is the limit of all sessions in the pool: one that was given namespaces keeps them. */
	if (cfg->allow & ALLOW_USERNS || pool->mntns < 0)
		confine_namespaces(cfg->allow & ALLOW_USERNS);
	pack_terminals(bags);
	ret = bases_clone(n, e);
	if (ret == 0 && !n->by_root)
		ret = trees_take(n, false, e);
	if (ret < 0)
		return ret;
	if (pool->mntns >= 0)
		ret = setns(pool->mntns, CLONE_NEWNS) < 0
			      ? nfail(e, -errno, "the other session's mounts: %s", strerror(errno))
			      : 0;
	else
		ret = pool_make(n, e);
	if (ret == 0 && pool->mntns < 0)
		pool_nests(own, nest);
	if (ret == 0)
		ret = pool_fill(n, e);
	if (ret < 0)
		return ret;
	ret = pool_hand_over(sock, e);
	if (ret < 0)
		return ret;
	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP) < 0)
		return nfail(e, -errno, "namespaces: %s", strerror(errno));
	return private_fill(n, e);
}

/* A sibling: its parent is the supervisor, which gets its end. */
pid_t fork_sibling(void)
{
	return syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
}

/* For nobody: the supervisor may be dead, and our copy of the session's lock the last one. */
static void pool_drop(struct native *n)
{
	const struct native_layer *l = &n->root;

	for (unsigned i = 0; i <= n->plan->n; l = &n->layers[i++]) {
		autofree char *at = l->name ? str_printf(POOL_LAYERS "/%s", l->name) : NULL;

		if (at)
			umount2(at, MNT_DETACH);
	}
}

void carrier_main(struct native *n, const struct native_config *cfg, const struct pool *pool,
		  int sock, const sigset_t *mask, const struct rlimit *nofile)
{
	char text[NATIVE_ERR_BYTES] = "";
	struct nerr e = { text, sizeof(text) };
	struct luggage bags = { { -1, -1, -1 }, { 0 } };
	pid_t pid = -1;
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	ret = carry(n, cfg, pool, &bags, sock, e);
	if (ret == 0) {
		pid = fork_sibling();
		if (pid == 0)
			init_main(n, cfg, &bags, sock, mask, nofile);
		if (pid < 0)
			ret = nfail(e, -errno, "fork: %s", strerror(errno));
	}
	if (ret < 0 && message_send(sock, MSG_FAIL, ret, text, NULL, 0) < 0 && pool->mntns < 0)
		pool_drop(n);
	if (ret == 0)
		message_send(sock, MSG_INIT, pid, NULL, NULL, 0);
	_exit(0);
}
