// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The carrier of a session in a session, see nest.c: from the outer session's mount namespace to
 * the inner one's.
 *
 *	carrier		user namespace of the outer session, its pid namespace for children
 *	+- second	in that pid namespace, since process 1's namespace has to be below it:
 *			outer view (clones its mounts) -> pool -> user namespace below -> the inner
 *			pool, as carry.c and pool.c have it -> the session's own namespaces
 *	+- uc-init	puts the view together, tells its namespaces, reaps what is left behind
 *
 * All are the supervisor's children (CLONE_PARENT). The inner pool is kept by a descriptor that
 * the supervisors of the inner compartment hold, and shared by its sessions, as the outer one is.
 */
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>

#include "internal.h"
#include "native_nest.h"

#define STATUS_FAILED 125

static int enter(int ns, int type, const char *what, struct nerr e)
{
	return setns(ns, type) < 0 ? nfail(e, -errno, "%s: %s", what, strerror(errno)) : 0;
}

/* ---- process 1 ---- */

static int namespaces_tell(int sock, struct nerr e)
{
	static const char *const names[NATIVE_NEST_FDS] = { "user", "mnt", "uts", "ipc", "pid" };
	int fds[NATIVE_NEST_FDS], ret = 0;

	for (int i = 0; i < NATIVE_NEST_FDS; i++) {
		autofree char *path = str_printf("/proc/self/ns/%s", names[i]);

		fds[i] = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fds[i] < 0)
			ret = nfail(e, -errno, "%s: %s", path ? path : "", strerror(errno));
	}
	if (ret == 0)
		ret = message_send(sock, MSG_READY, 0, NULL, fds, NATIVE_NEST_FDS);
	for (int i = 0; i < NATIVE_NEST_FDS; i++)
		util_close_fd(&fds[i]);
	return ret;
}

/* The first program is another one's child. When it has ended, who is left is ours. */
static _Noreturn void serve(int sock, int sigfd)
{
	struct pollfd p[2] = { { .fd = sigfd, .events = POLLIN },
			       { .fd = sock, .events = POLLIN } };
	char siginfo[1024];
	bool last = false;
	int again_ms, told;

	prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
	while (init_reap(sock, -1, &again_ms) || !last) {
		if (poll(p, 2, again_ms) < 0 && errno != EINTR)
			break;
		if (p[1].revents & (POLLHUP | POLLERR))
			init_end_all();
		if (p[1].revents & POLLIN && read(sock, &told, sizeof(told)) == sizeof(told))
			last = true;
		while (read(sigfd, siginfo, sizeof(siginfo)) > 0)
			;
	}
	_exit(0);
}

static _Noreturn void inner_init(struct native *n, const struct native_config *cfg,
				 struct luggage *bags, int sock)
{
	char text[NATIVE_ERR_BYTES] = "";
	struct nerr e = { text, sizeof(text) };
	int sigfd = init_begin(sock, e), ret;

	ret = sigfd < 0 ? sigfd : view_build(n, cfg, bags, e);
	if (ret == 0) {
		nests_door_shut();
		ret = namespaces_tell(sock, e);
	}
	if (ret < 0) {
		message_send(sock, MSG_FAIL, ret, text, NULL, 0);
		_exit(STATUS_FAILED);
	}
	init_leave_stdio();
	serve(sock, sigfd);
}

/* ---- the second ---- */

static int layer_mount_at(const struct native_layer *l, const char *at, struct nerr e)
{
	int ret = pool_layer(l, at, e);

	/* What the kernel says of three overlays is EINVAL. */
	if (ret == -EINVAL)
		nfail(e, ret,
		      "the session around it shows overlays on overlays (it is ephemeral, or on "
		      "one), and the kernel stacks no more: start the outer ucrun with --trap "
		      "path");
	return ret;
}

static int layer_mount(const struct native_layer *l, struct nerr e)
{
	autofree char *at = l->name ? str_printf(POOL_LAYERS "/%s", l->name) : NULL;

	return at ? layer_mount_at(l, at, e) : 0;
}

/* Where view.c looks for them. */
static int layers_mount(struct native *n, struct nerr e)
{
	int ret = n->plan->ephemeral ? layer_mount_at(&n->root, POOL_EPHEMERAL, e)
				     : layer_mount(&n->root, e);

	for (unsigned i = 0; ret == 0 && i < n->plan->n; i++)
		ret = layer_mount(&n->layers[i], e);
	for (unsigned i = 0; ret == 0 && i < n->inner->npieces; i++)
		ret = layer_mount(&n->inner->pieces[i].layer, e);
	return ret;
}

static int outer_view(struct native *n, bool ephemeral, struct luggage *bags, struct nerr e)
{
	struct nest_inner *in = n->inner;
	int ret = enter(in->door_mntns, CLONE_NEWNS, "the session's mounts", e);

	if (ret == 0 && (fchdir(in->root) < 0 || chroot(".") < 0 || chdir("/") < 0))
		ret = nfail(e, -errno, "the session's root: %s", strerror(errno));
	for (int i = 0; ret == 0 && i < TERMINALS; i++)
		if (in->tty[i] != -1U)
			pack_terminal(bags, i, in->tty[i]);
	return ret < 0 ? ret : nest_trees_take(n, ephemeral, e);
}

static int inner_pool(struct native *n, const struct pool *pool, int sock, struct nerr e)
{
	autoclose int nest = -1;
	int from = pool->mntns >= 0 ? pool->mntns : n->inner->pool_mntns;
	int ret = enter(from, CLONE_NEWNS, "the session's pool", e);

	if (ret < 0)
		return ret;
	nest = open(POOL_NEST, O_RDONLY | O_CLOEXEC);
	if (nest < 0)
		return nfail(e, -errno, "the session around it has no place for another one");
	ret = enter(nest, CLONE_NEWUSER, "user namespace", e);
	if (ret == 0 && pool->mntns < 0 && unshare(CLONE_NEWNS) < 0)
		ret = nfail(e, -errno, "mount namespace: %s", strerror(errno));
	if (ret == 0)
		ret = nest_layers_take(n, e);
	if (ret == 0 && !n->plan->ephemeral)
		ret = layers_mount(n, e);
	if (ret < 0)
		return ret;
	return pool_hand_over(sock, e);
}

static int carry(struct native *n, bool ephemeral, const struct pool *pool, struct luggage *bags,
		 int sock, struct nerr e)
{
	int ret = outer_view(n, ephemeral, bags, e);

	if (ret == 0)
		ret = inner_pool(n, pool, sock, e);
	if (ret == 0 && unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC) < 0)
		ret = nfail(e, -errno, "namespaces: %s", strerror(errno));
	if (ret == 0 && ephemeral)
		ret = layers_mount(n, e);
	return ret;
}

static _Noreturn void second_main(struct native *n, const struct native_config *cfg, bool ephemeral,
				  const struct pool *pool, int sock)
{
	char text[NATIVE_ERR_BYTES] = "";
	struct nerr e = { text, sizeof(text) };
	struct luggage bags = { { -1, -1, -1 }, { 0 } };
	pid_t pid;
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	ret = carry(n, ephemeral, pool, &bags, sock, e);
	pid = ret < 0 ? ret : fork_sibling();
	if (pid == 0)
		inner_init(n, cfg, &bags, sock);
	if (pid < 0 && ret == 0)
		ret = nfail(e, -errno, "fork: %s", strerror(errno));
	if (ret < 0)
		message_send(sock, MSG_FAIL, ret, text, NULL, 0);
	_exit(0);
}

void nest_carrier_main(struct native *n, const struct native_config *cfg, bool ephemeral,
		       const struct pool *pool, int sock)
{
	char text[NATIVE_ERR_BYTES] = "";
	struct nerr e = { text, sizeof(text) };
	int ret;
	pid_t pid = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	ret = userns_enter(n->userns);
	if (ret < 0)
		nfail(e, ret, "the user namespace cannot be entered: %s", strerror(-ret));
	umask(0);
	if (ret == 0)
		ret = enter(n->inner->door_pidns, CLONE_NEWPID, "the session's processes", e);
	if (ret == 0) {
		pid = fork_sibling();
		if (pid == 0)
			second_main(n, cfg, ephemeral, pool, sock);
		if (pid < 0)
			ret = nfail(e, -errno, "fork: %s", strerror(errno));
	}
	if (ret < 0)
		message_send(sock, MSG_FAIL, ret, text, NULL, 0);
	_exit(0);
}
