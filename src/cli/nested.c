// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ucrun in a session: asks the supervisor around it for a view (src/scvm/nest.c), starts the
 * program in that, and waits. It stays a task of the outer session, so a stop, a signal or kill -9
 * reaches it as any program; with its connection the nested session ends.
 */
#include "nested.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "launch.h"
#include "nest.h"
#include "signals.h"
#include "util.h"

#define STATUS_FAILED 125

int nested_connect(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = NEST_TARGET "/" NEST_SOCKET };
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (sock < 0 || connect(sock, (struct sockaddr *)&a, sizeof(a)) < 0)
		return -1;
	return steal_fd(&sock);
}

/* ---- asking ---- */

struct message {
	char *buf;
	size_t len;
	bool full;
};

static void add(struct message *m, const char *text)
{
	size_t n = strlen(text) + 1;

	m->full |= n > NEST_MESSAGE_BYTES - m->len;
	if (m->full)
		return;
	memcpy(m->buf + m->len, text, n);
	m->len += n;
}

static void UCRUN_PRINTF(2, 3) add_format(struct message *m, const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	m->full |= !text;
	if (text)
		add(m, text);
}

/* A name of ours: from the root of our view. */
static void add_path(struct message *m, const char *path)
{
	char cwd[PATH_MAX];

	if (path[0] == '/' || !path[0])
		add(m, path);
	else if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		add_format(m, "/%s", path);
	else
		add_format(m, "%s/%s", cwd, path);
}

/* write(2): what is sent so is sent by ourselves, and the supervisor is told by whom. */
static int ask(int sock, const struct message *m, char *err, size_t errlen)
{
	char answer[NEST_ANSWER_BYTES];
	ssize_t n;

	if (m->full) {
		snprintf(err, errlen, "the request is too long for the session around it");
		return -E2BIG;
	}
	n = write(sock, m->buf, m->len) < 0 ? -1 : read(sock, answer, sizeof(answer));
	if (n <= 0 || answer[n - 1]) {
		snprintf(err, errlen, "the session around it does not answer: %s",
			 n < 0 ? strerror(errno) : "it takes no more nested ones now");
		return -EPIPE;
	}
	if (!*answer)
		return 0;
	snprintf(err, errlen, "%s", answer);
	return -EPERM;
}

static void add_words(struct message *m, const struct options *o, const char *hostname,
		      const char *flags)
{
	add(m, o->user ? o->user : "");
	add_path(m, o->root ? o->root : "");
	add(m, hostname ? hostname : "");
	add(m, flags);
	add(m, o->argv[0]);
	for (unsigned i = 0; i < o->nbinds; i++) {
		const struct bind_spec *b = &o->binds[i];

		add_path(m, b->src);
		add_path(m, b->dst);
		add_format(m, "%d", b->mode);
		add_format(m, "%u", b->nexcept);
		for (unsigned j = 0; j < b->nexcept; j++)
			add(m, b->except[j]);
	}
}

ssize_t nested_words(const struct options *o, const char *hostname, const char *flags, char *buf)
{
	struct message m = { buf };

	add_words(&m, o, hostname, flags);
	return m.full ? -E2BIG : (ssize_t)m.len;
}

static int ask_open(int sock, const struct options *o, char *err, size_t errlen)
{
	autofree char *buf = malloc(NEST_MESSAGE_BYTES);
	struct message m = { buf };

	if (!buf)
		return -ENOMEM;
	add(&m, NEST_OPEN);
	add_words(&m, o, o->hostname, o->ephemeral ? "e" : "");
	return ask(sock, &m, err, errlen);
}

static int ask_enter(int sock, const struct options *o, char *err, size_t errlen)
{
	autofree char *buf = malloc(NEST_MESSAGE_BYTES);
	struct message m = { buf };
	char cwd[PATH_MAX];

	if (!buf)
		return -ENOMEM;
	add(&m, NEST_ENTER);
	if (o->cwd && o->cwd[0] == '/')
		add(&m, o->cwd);
	else if (o->root)
		add_format(&m, "/%s", o->cwd ? o->cwd : "");
	else
		add_format(&m, "%s/%s", getcwd(cwd, sizeof(cwd)) && cwd[0] == '/' ? cwd : "",
			   o->cwd ? o->cwd : "");
	return ask(sock, &m, err, errlen);
}

/* ---- the program ---- */

static void limit(int resource, int64_t value)
{
	struct rlimit rl;

	if (value == BUDGET_UNSET || value == BUDGET_NOLIMIT || getrlimit(resource, &rl) < 0)
		return;
	rl.rlim_max = (rlim_t)value < rl.rlim_max ? (rlim_t)value : rl.rlim_max;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(resource, &rl);
}

void nested_limit(const struct options *o)
{
	limit(RLIMIT_NOFILE, o->budget.value[BUDGET_NOFILE]);
	limit(RLIMIT_DATA, o->budget.value[BUDGET_MEMORY]);
}

static _Noreturn void first_task(int sock, const struct options *o, char *const *envp,
				 const sigset_t *mask)
{
	static const struct scvm_eel eel = { .fd = -1 }; /* the session around it has one */
	char err[NEST_ANSWER_BYTES] = "out of memory";

	nested_limit(o);
	if (ask_enter(sock, o, err, sizeof(err)) < 0) {
		log_err("%s", err);
		_exit(STATUS_FAILED);
	}
	close(sock);
	sigprocmask(SIG_SETMASK, mask, NULL);
	launch_exec(o->argv, envp, &eel, "");
}

/* ---- waiting ---- */

/* As the supervisor does: a shell around us is to see a stopped job. */
static void mirror_stop(pid_t first)
{
	kill(getpid(), SIGSTOP);
	if (getpgid(first) != getpgrp())
		kill(first, SIGCONT);
}

/* Return: false when no process of the session is left */
static bool reap(struct nested_wait *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (WIFSTOPPED(status)) {
			if (pid == w->first)
				mirror_stop(pid);
		} else if (pid == w->first) {
			w->status = status;
			w->first_done = true;
		}
	}
	return pid == 0;
}

void nested_signals(struct nested_wait *w, int sigfd)
{
	struct signalfd_siginfo si;

	while (read(sigfd, &si, sizeof(si)) == sizeof(si))
		switch (signal_use(&si)) {
		case SIGNAL_PASS_AND_END:
			w->told_to_end = true;
			/* fall through */
		case SIGNAL_PASS:
			if (!w->first_done)
				kill(w->first, si.ssi_signo);
			break;
		default:
			break;
		}
}

void nested_wait(struct nested_wait *w, int sigfd)
{
	struct pollfd p = { .fd = sigfd, .events = POLLIN };

	while (reap(w)) {
		if (w->first_done && w->told_to_end && w->sock >= 0) {
			close(w->sock); /* so the rest is killed */
			w->sock = -1;
		}
		poll(&p, 1, -1);
		nested_signals(w, sigfd);
	}
}

int nested_check(const struct options *o, enum trap_level other, char *err, size_t errlen)
{
	const unsigned held = 1U << BUDGET_NOFILE | 1U << BUDGET_MEMORY;
	unsigned asked = budget_given(&o->budget);

	if (o->ee || o->explain || o->policy || o->trace || o->allow || o->trap == other) {
		snprintf(err, errlen,
			 "in a session: --allow, --ee, --explain, --policy, --trace and "
			 "--trap %s are not possible: give them to the outer ucrun",
			 other == TRAP_LEVEL_NATIVE ? "native" : "path");
		return -EOPNOTSUPP;
	}
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (o->budget.value[i] == BUDGET_NOLIMIT)
			asked &= ~(1U << i);
	if (o->require_budget) {
		snprintf(err, errlen,
			 "budget: cannot be enforced in a session, but for the one "
			 "that the session has");
		return -EOPNOTSUPP;
	}
	if (asked & ~held)
		log_warn("budget: in a session only --memory (for each process alone) and --nofile "
			 "can be enforced; what the session itself has holds for all");
	return 0;
}

int nested_run(int sock, const struct options *o, char *const *envp, int *status, char *err,
	       size_t errlen)
{
	struct nested_wait w = { .sock = sock };
	autoclose int sigfd = -1;
	sigset_t mask;
	int ret = nested_check(o, TRAP_LEVEL_NATIVE, err, errlen);

	if (ret == 0)
		ret = ask_open(sock, o, err, errlen);
	if (ret < 0)
		return ret;
	/* What its tasks leave behind comes to us, so we know when the last one is gone. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	signals_block(&mask, &sigfd);
	w.first = fork();
	if (w.first == 0)
		first_task(sock, o, envp, &mask);
	if (w.first < 0) {
		snprintf(err, errlen, "fork: %s", strerror(errno));
		return -EAGAIN;
	}
	nested_wait(&w, sigfd);
	*status = w.status;
	return 0;
}
