// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A native session from start to end, seen from outside.
 *
 *	supervisor (this process)	the compartment's user; forwards signals, waits
 *	  +- carrier			enters or makes the pool, makes the namespaces, goes
 *	  +- uc-init			process 1 inside (CLONE_PARENT made it ours)
 *	       +- first program		and all that it starts
 *
 * The supervisor stays outside of all namespaces and holds descriptors of the user namespace and of
 * the pool: that is where the next session of the compartment finds them.
 */
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "internal.h"
#include "signals.h"

#define ENDING_TRIES	500
#define ENDING_PAUSE_US 10000

/* ---- finding the pool ---- */

/* A descriptor of another supervisor of ours, if it is what it should be. */
static int borrow(pid_t pid, int fd, unsigned long type, uid_t owner)
{
	autoclose int own = -1, user = -1;
	char name[64];
	uid_t uid;

	snprintf(name, sizeof(name), "/proc/%d/fd/%d", pid, fd);
	own = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (own < 0 || ioctl(own, NS_GET_NSTYPE) != (int)type)
		return -ENOENT;
	user = type == CLONE_NEWUSER ? dup(own) : ioctl(own, NS_GET_USERNS);
	if (user < 0 || ioctl(user, NS_GET_OWNER_UID, &uid) < 0 || uid != owner)
		return -ENOENT;
	return steal_fd(&own);
}

/* Return: 1 found, 0 there is none, -EBUSY: a session lives whose supervisor does not */
static int pool_try(const struct native *n, struct pool *pool)
{
	struct session_info *list;
	int count = session_list(n->c, &list), ret = 0;

	for (int i = 0; i < count && ret != 1; i++) {
		if (list[i].pid == getpid())
			continue;
		if (list[i].mntns < 0 || list[i].userns < 0) {
			/* It waits for the lock that we hold, or its carrier is at work alone. */
			if (!session_supervised(&list[i]))
				ret = -EBUSY;
			continue;
		}
		pool->userns = borrow(list[i].pid, list[i].userns, CLONE_NEWUSER, n->range.uid);
		pool->mntns = borrow(list[i].pid, list[i].mntns, CLONE_NEWNS, n->range.uid);
		ret = pool->userns >= 0 && pool->mntns >= 0 ? 1 : -EBUSY;
		if (ret < 0) {
			util_close_fd(&pool->userns);
			util_close_fd(&pool->mntns);
		}
	}
	if (count > 0)
		session_list_free(list, count);
	if (ret != 1)
		*pool = (struct pool){ -1, -1 };
	return ret;
}

/*
 * A supervisor that was killed leaves tasks that are about to be, and they have the upper layer
 * mounted: it is not mounted again before they are gone.
 */
int pool_find(const struct native *n, struct pool *pool, struct nerr e)
{
	int ret;

	for (int i = 0; (ret = pool_try(n, pool)) == -EBUSY && i < ENDING_TRIES; i++)
		usleep(ENDING_PAUSE_US);
	return ret < 0 ? nfail(e, ret, "%s: a session of it is about to end; try again", n->c->name)
		       : 0;
}

/* ---- the supervisor ---- */

struct watch {
	int sock, sigfd, mntns, firstfd;
	struct nests nests;
	pid_t carrier, init, first;
	int status, failure, early; /* early: a signal from before the first program */
	bool first_done, told_to_end, carried, ended, hung_up;
	struct nerr e;
};

static int receive(struct watch *w, struct message *m)
{
	char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(MESSAGE_FDS * sizeof(int))];
	struct iovec iov = { m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(w->sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n != sizeof(*m))
		return n == 0 ? -EPIPE : n < 0 ? -errno : -EPROTO;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS && m->type == MSG_POOL && w->mntns < 0)
			memcpy(&w->mntns, CMSG_DATA(c), sizeof(int));
		if (c->cmsg_type == SCM_RIGHTS && m->type == MSG_DOOR)
			memcpy(w->nests.door, CMSG_DATA(c), sizeof(w->nests.door));
		if (c->cmsg_type == SCM_CREDENTIALS && m->type == MSG_FIRST)
			memcpy(&w->first, &((struct ucred *)CMSG_DATA(c))->pid, sizeof(pid_t));
	}
	m->text[sizeof(m->text) - 1] = '\0';
	return 0;
}

static bool is_stopped(pid_t pid)
{
	autofree char *text = NULL;
	char name[64], *p;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	return read_file_at(AT_FDCWD, name, 4096, &text) > 0 && (p = strrchr(text, ')')) && p[1] &&
	       p[2] == 'T';
}

/*
 * The first program stopped: so do we, that the shell outside sees a stopped job. A stop that is
 * over when we hear of it was the terminal's, and stopped us too.
 */
static void mirror_stop(struct watch *w)
{
	if (w->first <= 0 || !is_stopped(w->first))
		return;
	kill(getpid(), SIGSTOP);
	if (getpgid(w->first) != getpgrp())
		pidfd_send_signal(w->firstfd, SIGCONT, NULL, 0);
}

static void on_message(struct watch *w, const struct message *m)
{
	int go = 1;

	switch (m->type) {
	case MSG_INIT:
		w->init = m->value;
		break;
	case MSG_FIRST:
		w->firstfd = pidfd_open(w->first, 0);
		if (write(w->sock, &go, sizeof(go)) != sizeof(go))
			log_debug("the first program did not wait");
		if (w->early) /* it has all signals blocked until it is executed */
			pidfd_send_signal(w->firstfd, w->early, NULL, 0);
		break;
	case MSG_FAIL:
		if (!w->failure)
			nfail(w->e, 0, "%s", m->text);
		w->failure = m->value < 0 ? m->value : -EIO;
		break;
	case MSG_STOPPED:
		mirror_stop(w);
		break;
	case MSG_EXIT:
		w->status = m->value;
		w->first_done = true;
		break;
	}
}

static void end_now(struct watch *w)
{
	if (w->init > 0)
		kill(w->init, SIGKILL);
}

/* Ours alone: whoever calls native_run() may have children too, the budget's keeper for one. */
static void reap(struct watch *w)
{
	if (!w->carried && waitpid(w->carrier, NULL, WNOHANG) == w->carrier)
		w->carried = true;
	if (!w->ended && w->init > 0 && waitpid(w->init, NULL, WNOHANG) == w->init)
		w->ended = true;
	nests_reap(&w->nests);
}

static void wait_for(pid_t pid)
{
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void on_signal(struct watch *w, const struct signalfd_siginfo *si)
{
	switch (signal_use(si)) {
	case SIGNAL_CHILD:
		reap(w);
		break;
	case SIGNAL_TERMINAL:
		break;
	case SIGNAL_PASS_AND_END:
		w->told_to_end = true;
		/* fall through */
	case SIGNAL_PASS:
		if (w->firstfd < 0)
			w->early = si->ssi_signo;
		else if (!w->first_done)
			pidfd_send_signal(w->firstfd, si->ssi_signo, NULL, 0);
	}
}

/* What has been said so far. */
static void hear(struct watch *w)
{
	struct message m;
	int got;

	while ((got = receive(w, &m)) == 0)
		on_message(w, &m);
	if (got == -EPIPE)
		w->hung_up = true; /* process 1 is on its way out: SIGCHLD tells when */
}

static void watch_round(struct native *n, const struct native_config *cfg, struct watch *w)
{
	const int own[] = { w->sock, w->sigfd, w->firstfd };
	struct pollfd p[3] = { { .fd = w->sigfd, .events = POLLIN },
			       { .fd = w->hung_up ? -1 : w->sock, .events = POLLIN },
			       { .fd = w->nests.door[DOOR_LISTENER], .events = POLLIN } };
	struct signalfd_siginfo si;
	bool carried;

	if (poll(p, 3, -1) < 0 && errno != EINTR)
		return;
	while (read(w->sigfd, &si, sizeof(si)) == sizeof(si))
		on_signal(w, &si);
	carried = w->carried;
	hear(w);
	if (p[2].revents)
		nests_accept(&w->nests, n, cfg, w->mntns, own, ARRAY_SIZE(own));
	reap(w); /* its pid may have come after its end */
	/* What was said before the end is still in there: the first program's status, perhaps. */
	if (w->ended)
		hear(w);
	if (carried && w->init <= 0)
		w->ended = true; /* it has told why */
	if (w->first_done && w->told_to_end)
		end_now(w);
}

/* With the lock held until the pool stands. */
static int start(struct native *n, const struct native_config *cfg, struct watch *w,
		 const sigset_t *mask)
{
	autoclose int lock = session_exclude(n->c, w->e.text, w->e.size);
	int sv[2], on = 1, ret;
	struct rlimit nofile;
	struct pool pool;

	if (lock < 0)
		return lock;
	ret = layers_take(n, cfg, w->e);
	if (ret < 0)
		return ret;
	ret = pool_find(n, &pool, w->e);
	if (ret < 0)
		return ret;
	getrlimit(RLIMIT_NOFILE, &nofile);
	if (cfg->nofile && cfg->nofile < nofile.rlim_max)
		nofile.rlim_max = cfg->nofile;
	if (nofile.rlim_cur > nofile.rlim_max)
		nofile.rlim_cur = nofile.rlim_max;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return nfail(w->e, -errno, "socketpair: %s", strerror(errno));
	setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	w->sock = sv[0];
	w->carrier = fork();
	if (w->carrier == 0) {
		close(sv[0]);
		close(lock); /* a copy would keep the lock as long as the session lives */
		carrier_main(n, cfg, &pool, sv[1], mask, &nofile);
	}
	close(sv[1]);
	if (w->carrier < 0)
		return nfail(w->e, -errno, "fork: %s", strerror(errno));
	if (pool.userns >= 0) {
		close(n->userns);
		n->userns = pool.userns;
		util_close_fd(&pool.mntns);
	}
	while (w->mntns < 0 && !w->failure && !w->ended) {
		struct pollfd p = { .fd = w->sock, .events = POLLIN };
		struct message m;

		ret = poll(&p, 1, -1) < 0 && errno != EINTR ? -errno : receive(w, &m);
		if (ret == 0)
			on_message(w, &m);
		else if (ret != -EAGAIN)
			return nfail(w->e, ret, "the session could not be started");
	}
	return w->failure ? w->failure : session_pool_set(cfg->session, n->userns, w->mntns);
}

/*
 * When the last session lets go of the pool the kernel unmounts the overlays, and overlayfs syncs
 * the whole file system that the upper layer is on. Nothing runs in the session any more, and the
 * data is in that file system's own cache: nobody has to wait. A child waits, that keeps nothing
 * else of ours. Should another session mount the layer meanwhile, two superblocks have it for a
 * moment, of which one has no user.
 */
void pool_leave(int *mntns)
{
	pid_t pid = *mntns < 0 ? -1 : fork();
	sigset_t all;

	if (pid == 0) {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		setsid();
		prctl(PR_SET_NAME, "uc-pool", 0, 0, 0);
		if (chdir("/") < 0 || dup2(*mntns, 0) < 0)
			_exit(1);
		close_range(1, ~0U, 0);
		_exit(0);
	}
	util_close_fd(mntns);
}

int native_run(struct native *n, const struct native_config *cfg, int *status, char *err,
	       size_t errlen)
{
	struct watch w = {
		.sock = -1, .sigfd = -1, .mntns = -1, .firstfd = -1, .e = { err, errlen }
	};
	sigset_t mask;
	int ret;

	err[0] = '\0';
	nests_init(&w.nests);
	umask(0);
	signals_block(&mask, &w.sigfd);
	ret = start(n, cfg, &w, &mask);
	if (ret < 0) {
		struct message m;

		if (!w.carried)
			wait_for(w.carrier);
		w.carried = true;
		while (w.sock >= 0 && receive(&w, &m) == 0)
			if (m.type == MSG_INIT)
				w.init = m.value;
		util_close_fd(&w.sock); /* whoever waits there ends */
		end_now(&w);
	}
	while (ret == 0 && !w.ended)
		watch_round(n, cfg, &w);
	if (!w.carried)
		wait_for(w.carrier);
	if (!w.ended)
		wait_for(w.init);
	nests_end(&w.nests);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	util_close_fd(&w.firstfd);
	if (ret == 0)
		util_close_fd(&w.sock);
	util_close_fd(&w.sigfd);
	pool_leave(&w.mntns);
	if (ret == 0 && w.failure)
		ret = w.failure;
	if (ret < 0 && !err[0])
		nfail(w.e, ret, "the session could not be started: %s", strerror(-ret));
	*status = w.first_done ? w.status : SIGKILL;
	return ret;
}
