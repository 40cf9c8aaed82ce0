// SPDX-License-Identifier: GPL-2.0-or-later
/* The keeper: see cgroup.h. */
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "cgroup_internal.h"

enum { PIDFD, SOCK, MARK }; /* the descriptors that a keeper has */

#define PAUSE_FIRST_US 500
#define PAUSE_LAST_US  100000
#define GIVE_UP_MS     60000 /* a task that the kernel cannot end: the next ucrun sweeps */

/*
 * Root's uid owns what is to be removed. One capability stays: the root of a v1 hierarchy has mode
 * 0555, and to make or remove something in it takes CAP_DAC_OVERRIDE.
 */
static void drop_rights(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2] = { 0 };

	if (geteuid() == 0)
		caps[0].effective = caps[0].permitted = 1U << CAP_DAC_OVERRIDE;
	syscall(SYS_capset, &head, caps);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static bool session_left(const struct cgroup_record *r, const char *session)
{
	for (unsigned i = 0; i < r->places.n; i++) {
		autofree char *own = str_printf("%s/%s", r->places.p[i].path, session);
		autofree char *tasks =
			str_printf("%s/" CGROUP_RUN "/%s", r->places.p[i].path, session);

		if (own && tasks && (access(own, F_OK) == 0 || access(tasks, F_OK) == 0))
			return true;
	}
	return false;
}

static void disable(const char *dir)
{
	for (int i = 0; i < CGROUP_CONTROLLER_COUNT; i++) {
		char word[16];

		if (!cgroup_v2_names[i])
			continue;
		snprintf(word, sizeof(word), "-%s", cgroup_v2_names[i]);
		cgroup_write(dir, "cgroup.subtree_control", word);
	}
}

/*
 * With the lock, v2: when nobody but us is left in the compartment's cgroup, undo what
 * enable_above() did to the one above it, and go there: ours cannot be removed with us in it.
 */
static void leave(const struct cgroup_record *r)
{
	for (unsigned i = 0; i < r->places.n; i++) {
		autofree char *run = str_printf("%s/" CGROUP_RUN, r->places.p[i].path);
		autofree char *above = strdup(r->places.p[i].path);
		char *slash = above ? strrchr(above, '/') : NULL;

		if (r->places.p[i].version != 2 || !slash || !run || access(run, F_OK) == 0)
			continue;
		*slash = '\0';
		disable(r->places.p[i].path);
		disable(above);
		cgroup_write(above, "cgroup.procs", "0");
	}
}

static void clean_up(const char *records, const char *id, const struct cgroup_record *r,
		     const char *session, bool inside)
{
	unsigned pause_us = PAUSE_FIRST_US, waited_us = 0;

	for (;;) {
		autoclose int lock = cgroup_records_lock(records, false);

		if (lock >= 0 && cgroup_record_sweep(records, id))
			return;
		if (lock >= 0 && !session_left(r, session)) {
			if (inside) {
				leave(r);
				cgroup_record_sweep(records, id);
			}
			return;
		}
		if (lock < 0 && lock != -EBUSY)
			return;
		if (waited_us / 1000 > GIVE_UP_MS)
			return;
		util_close_fd(&lock);
		lock = -1;
		usleep(pause_us);
		waited_us += pause_us;
		pause_us = pause_us * 2 > PAUSE_LAST_US ? PAUSE_LAST_US : pause_us * 2;
	}
}

/* ---- what it is asked for ---- */

int keeper_ask(int keeper, const struct keeper_ask *ask, int pidfd, struct keeper_answer *answer)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { (void *)ask, sizeof(*ask) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int ret = 0;
	ssize_t n;

	if (pidfd >= 0) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pidfd, sizeof(int));
	}
	pthread_mutex_lock(&lock);
	if (sendmsg(keeper, &msg, MSG_NOSIGNAL) < 0)
		ret = -errno;
	while (ret == 0 && (n = recv(keeper, answer, sizeof(*answer), 0)) != sizeof(*answer))
		if (n >= 0 || errno != EINTR)
			ret = -EPIPE;
	pthread_mutex_unlock(&lock);
	return ret;
}

static int serve(const struct cgroup_record *r, const char *session)
{
	struct keeper_answer answer = { .result = -EINVAL };
	struct keeper_ask ask;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &ask, sizeof(ask) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	autoclose int pidfd = -1;
	struct cmsghdr *c;
	ssize_t n = recvmsg(SOCK, &msg, MSG_CMSG_CLOEXEC);

	if (n <= 0)
		return n == 0 ? -EPIPE : -errno;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&pidfd, CMSG_DATA(c), sizeof(pidfd));
	if (n == sizeof(ask) && ask.what == KEEPER_ENVIRONMENT && pidfd >= 0)
		answer.result = cgroup_environment_enter(&r->places, session, pidfd, ask.nest,
							 ask.name, &ask.budget);
	if (n == sizeof(ask) && ask.what == KEEPER_USAGE) {
		cgroup_places_usage(&r->places, &answer.usage);
		answer.result = 0;
	}
	return send(SOCK, &answer, sizeof(answer), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static _Noreturn void keep(const char *records, const char *id, const struct cgroup_record *r,
			   const char *session)
{
	struct pollfd p[] = { [PIDFD] = { .fd = PIDFD, .events = POLLIN },
			      [SOCK] = { .fd = SOCK, .events = POLLIN } };
	struct cgroup_duty duty;
	bool inside = false;

	for (unsigned i = 0; i < r->places.n; i++) {
		autofree char *keep = str_printf("%s/" CGROUP_KEEP, r->places.p[i].path);

		inside |= keep && access(keep, F_OK) == 0;
	}
	cgroup_duty_init(&duty, records, id, &r->places);
	for (;;) {
		int n = poll(p, ARRAY_SIZE(p), cgroup_duty_step(&duty));

		if (n > 0 && p[PIDFD].revents)
			break;
		if (n > 0 && p[SOCK].revents && serve(r, session) < 0)
			p[SOCK].fd = -1;
	}
	cgroup_duty_finish(&duty);
	clean_up(records, id, r, session, inside);
	_exit(0);
}

int keeper_start(const char *records, const char *id, const struct cgroup_record *r,
		 const char *session, int *sock)
{
	autoclose int pidfd = pidfd_open(getpid(), 0);
	autoclose int ours = -1, theirs = -1, mark = cgroup_keeper_mark(records, id);
	sigset_t all;
	int sv[2];
	pid_t pid;

	if (mark < 0)
		return mark;
	if (pidfd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return -errno;
	ours = sv[0];
	theirs = sv[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		*sock = steal_fd(&ours);
		return pid;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "uc-keeper", 0, 0, 0);
	if (chdir("/") == 0)
		drop_rights();
	/* A reader of our output must not wait for the keeper, nor a lock or mount be kept. */
	if (dup2(pidfd, PIDFD) < 0 || dup2(theirs, SOCK) < 0 || dup2(mark, MARK) < 0)
		_exit(1);
	close_range(MARK + 1, ~0U, 0);
	keep(records, id, r, session);
}
