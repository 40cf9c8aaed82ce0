// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A session from start to end.
 *
 *	supervisor (this process)	workers answer traps; the main thread reaps, forwards
 *signals, waits
 *	  +- guard			ends what must not outlive us: guard.c
 *	  +- first task			and all that it starts; orphans come to us (subreaper)
 *
 * The session ends when the last task is gone: then the kernel reports a hang-up on the listener.
 */
#include "scvm.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "guard.h"
#include "launch.h"
#include "machine.h"
#include "nest.h"
#include "signals.h"

struct machine machine = { .listener = -1, .stub_fd = -1 };

/* ---- the main loop ---- */

#define LOOK_AGAIN_MS 5

struct session_loop {
	int status;
	bool first_done;
	bool look_again; /* reap() was kept from what may be behind a tracee */
	bool told_to_end; /* by a signal from outside: what the first program leaves behind ends too
			   */
};

/*
 * The first program stopped: so do we, that the shell outside sees a stopped job. On fg the shell
 * continues the whole process group.
 */
static void mirror_stop(void)
{
	kill(getpid(), SIGSTOP);
	if (getpgid(machine.first) != getpgrp())
		kill(machine.first, SIGCONT);
}

/*
 * wait(2) shows a tracee's stops to every thread of its tracer's group when the child is that
 * group's own, with __WNOTHREAD too. So only look (WNOWAIT), and leave CLD_TRAPPED to the worker.
 */
static void reap_first(struct session_loop *s)
{
	siginfo_t si;
	int status;

	while (!s->first_done) {
		si.si_pid = 0;
		if (waitid(P_PID, machine.first, &si,
			   WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WNOTHREAD) < 0 ||
		    si.si_pid == 0 || si.si_code == CLD_TRAPPED)
			return;
		if (waitpid(machine.first, &status, WNOHANG | WUNTRACED | __WNOTHREAD) <= 0)
			return;
		if (WIFSTOPPED(status)) {
			mirror_stop();
			continue;
		}
		s->status = status;
		s->first_done = true;
		if (s->told_to_end)
			scvm_kill_session(machine.tag);
	}
}

/*
 * Orphans come to us when their parents die. Before Linux 6.11 a zombie still holds the filter, and
 * the listener hangs up only when the last one has been waited for.
 */
static void reap(struct session_loop *s)
{
	siginfo_t si;

	reap_first(s);
	s->look_again = false;
	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WNOTHREAD) < 0 ||
		    si.si_pid == 0)
			return;
		if (si.si_code == CLD_TRAPPED) { /* a worker is about to take it */
			s->look_again = true;
			return;
		}
		if (si.si_pid == machine.first && !s->first_done)
			reap_first(s);
		else if (waitpid(si.si_pid, NULL, WNOHANG | __WNOTHREAD) <= 0)
			return;
	}
}

static void on_signal(const struct signalfd_siginfo *si, struct session_loop *s)
{
	switch (signal_use(si)) {
	case SIGNAL_CHILD:
		reap(s);
		break;
	case SIGNAL_TERMINAL:
		break;
	case SIGNAL_PASS_AND_END:
		s->told_to_end = true;
		/* fall through */
	case SIGNAL_PASS:
		if (!s->first_done)
			kill(machine.first, si->ssi_signo);
	}
	if (s->first_done && s->told_to_end)
		scvm_kill_session(machine.tag);
}

static void session_wait(struct session_loop *s, int sigfd, int control)
{
	struct pollfd p[3] = { { .fd = sigfd, .events = POLLIN },
			       { .fd = machine.listener },
			       { .fd = control, .events = POLLIN } };

	for (;;) {
		struct signalfd_siginfo si;

		if (poll(p, 3, s->look_again ? LOOK_AGAIN_MS : -1) < 0 && errno != EINTR)
			break;
		while (read(sigfd, &si, sizeof(si)) == sizeof(si))
			on_signal(&si, s);
		if (p[2].revents & POLLIN)
			nest_accept(control);
		reap(s);
		if (p[1].revents & (POLLHUP | POLLERR) && s->first_done)
			break;
		/* Hung up, but the first task is not reaped yet: its SIGCHLD is on the way. */
		p[1].fd = p[1].revents & POLLHUP ? -1 : machine.listener;
		if (p[1].fd < 0 && s->first_done)
			break;
	}
}

static int first_state(const struct scvm_config *cfg, struct state *st, char *err, size_t errlen)
{
	struct request none = { .tid = getpid() };
	struct walker w = { nest_outermost.view, &st->cred, "/", &none };
	struct vnode n;
	int ret;

	memset(st, 0, sizeof(*st));
	cred_init_root(&st->cred);
	st->nest = &nest_outermost;
	st->umask = cfg->umask;
	st->root = strdup("/");
	st->exe = strdup("");
	st->cwd_fd = -1;
	ret = view_walk(&w, "/", cfg->cwd, 0, &n);
	if (ret == 0 && n.n.fd >= 0 && S_ISDIR(n.n.stx.stx_mode))
		st->cwd_fd = fcntl(n.n.fd, F_DUPFD_CLOEXEC, 0);
	else if (ret == 0)
		ret = n.n.fd < 0 ? -ENOENT : -ENOTDIR;
	if (ret == 0 || n.n.fd >= 0)
		view_node_finish(&n);
	if (ret < 0) {
		snprintf(err, errlen, "%s: cannot start there: %s: choose a directory with -C",
			 cfg->cwd, strerror(-ret));
		taskstate_finish(st);
	}
	return ret;
}

int scvm_run(const struct scvm_config *cfg, int *status, char *err, size_t errlen)
{
	struct session_loop s = { .status = 0 };
	struct launched first = { .listener = -1 };
	struct rlimit nofile, more;
	autoclose int sigfd = -1, control = -1;
	struct state st;
	sigset_t mask;
	int ret, go = 1;

	snprintf(err, errlen, "out of memory or descriptors");
	umask(0); /* every mode that we pass on has the task's umask applied already */
	machine.cfg = cfg;
	nest_outermost.view = cfg->view;
	nest_outermost.ucrun = getpid();
	nest_outermost.handle = cfg->nest_handle;
	machine.supervisor = getpid();
	if (cfg->hostname)
		snprintf(nest_outermost.hostname, sizeof(nest_outermost.hostname), "%s",
			 cfg->hostname);
	ret = proc_attach(cfg->view);
	if (ret < 0) {
		snprintf(err, errlen, "/proc: %s: it must be mounted", strerror(-ret));
		return ret;
	}
	ret = first_state(cfg, &st, err, errlen);
	if (ret < 0)
		return ret;
	getrlimit(RLIMIT_NOFILE, &nofile);
	more = (struct rlimit){ nofile.rlim_max, nofile.rlim_max };
	setrlimit(RLIMIT_NOFILE, &more);
	signals_block(&mask, &sigfd);
	ret = state_init(&st);
	taskstate_finish(&st);
	if (ret == 0)
		ret = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
	if (ret == 0)
		ret = guard_start();
	if (ret < 0)
		return ret;
	control = cfg->nest_open ? nest_listen(cfg->tmp) : -1;
	machine.first_reason = mmap(NULL, FIRST_REASON_BYTES, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (machine.first_reason == MAP_FAILED)
		return -ENOMEM;
	ret = launch(cfg, &mask, &nofile, &first, err, errlen);
	if (ret == 0) {
		machine.listener = first.listener;
		machine.first = nest_outermost.first = first.pid;
		ret = notify_start(first.listener, notify_serve);
		if (ret == 0 && write(first.go, &go, sizeof(go)) != sizeof(go))
			ret = -EPIPE;
		close(first.go);
	}
	if (ret == 0)
		session_wait(&s, sigfd, control);
	nest_stop();
	notify_stop();
	guard_stop();
	sigprocmask(SIG_SETMASK, &mask, NULL);
	*status = s.status;
	return ret;
}
