// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Process 1 of a native session. It puts the view together, starts the first program, reaps, and
 * ends when nobody is left; with it the kernel ends whatever remains.
 *
 * It is never executed anew and not dumpable, so nobody inside can trace it or look into it: its
 * memory belongs to the host's user namespace. It needs nothing after the first program has begun.
 *
 * When the supervisor dies, the socket hangs up: all tasks are killed, and only when the last one
 * is reaped do we go, and with us the session's lock. The kernel alone would do it the other way
 * round: a process 1 that is killed closes its files first and takes the others along later, and
 * meanwhile another session would mount the upper layer anew.
 */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "exec_native.h"
#include "internal.h"
#include "launch.h"

#define STATUS_FAILED 125
#define LOOK_AGAIN_MS 5

int message_send(int sock, int type, int value, const char *text, const int *fds, unsigned nfds)
{
	char control[CMSG_SPACE(MESSAGE_FDS * sizeof(int))] = { 0 };
	struct message m = { .type = type, .value = value };
	struct iovec iov = { &m, sizeof(m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (text)
		snprintf(m.text, sizeof(m.text), "%s", text);
	if (nfds) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/*
 * A directory that came open from outside is a way out of the view: "..", and everything below it.
 * Files, pipes and sockets are what the caller wanted to hand over.
 */
static void close_if_directory(int fd)
{
	int flags = fcntl(fd, F_GETFD), null;
	struct stat st;

	if (flags < 0 || flags & FD_CLOEXEC || fstat(fd, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode) && !(fcntl(fd, F_GETFL) & O_PATH))
		return;
	null = fd > 2 ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		close(fd);
	else
		dup2(null, fd);
	util_close_fd(&null);
}

int native_close_directories(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *ent;

	if (!d)
		return -errno;
	while ((ent = readdir(d)))
		if (ent->d_name[0] != '.' && atoi(ent->d_name) != dirfd(d))
			close_if_directory(atoi(ent->d_name));
	closedir(d);
	return 0;
}

/* ---- the listener: from the first program to process 1 ---- */

static int listener_give(int up, int listener)
{
	int ret = message_send(up, MSG_LISTENER, 0, NULL, &listener, 1);

	close(listener);
	close(up);
	/* No program runs yet, and process 1 is to read what we execute: it is of our ids. */
	if (ret == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		ret = -errno;
	return ret;
}

/* Return: -1: the first program has none, or is gone */
static int listener_take(int down)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct message m;
	struct iovec iov = { &m, sizeof(m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(down, &msg, MSG_CMSG_CLOEXEC) == sizeof(m) && (c = CMSG_FIRSTHDR(&msg)) &&
	    c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* eel as the view shows it: on a read-only mount, where nobody inside can change it. */
static void eel_show(const struct native_config *cfg, struct scvm_eel *shown)
{
	int fd = cfg->eel_shown ? open(cfg->eel_shown, O_RDONLY | O_CLOEXEC) : -1;

	*shown = *cfg->eel;
	if (fd >= 0)
		shown->fd = fd;
}

static _Noreturn void first_program(const struct native_config *cfg, const struct scvm_eel *eel,
				    int sock, int up, const sigset_t *mask,
				    const struct rlimit *nofile)
{
	char text[NATIVE_ERR_BYTES];
	int ret, go = 0, listener = -1;

	if (cfg->enter && cfg->enter(cfg->budget_arg) < 0) {
		message_send(sock, MSG_FAIL, -EPERM, "the session cannot enter its budget", NULL,
			     0);
		_exit(STATUS_FAILED);
	}
	if (chdir(cfg->cwd) < 0) {
		if (cfg->cwd_asked) {
			snprintf(text, sizeof(text),
				 "%s: cannot start there: %s: choose a directory with -C", cfg->cwd,
				 strerror(errno));
			message_send(sock, MSG_FAIL, -errno, text, NULL, 0);
			_exit(STATUS_FAILED);
		}
		log_warn("%s: the compartment's user cannot be here: starting in /", cfg->cwd);
	}
	ret = native_close_directories();
	setrlimit(RLIMIT_NOFILE, nofile);
	umask(cfg->umask);
	if (ret == 0)
		ret = confine_task(cfg->allow, cfg->look != NULL, &listener);
	/* Not before process 1 has it: nobody would answer our exec. */
	if (ret == 0 && listener >= 0)
		ret = listener_give(up, listener);
	if (ret < 0) {
		snprintf(text, sizeof(text), "the first program cannot be confined: %s",
			 strerror(-ret));
		message_send(sock, MSG_FAIL, ret, text, NULL, 0);
		_exit(STATUS_FAILED);
	}
	/* The receiver sees our pid as the host knows it. */
	message_send(sock, MSG_FIRST, 0, NULL, NULL, 0);
	if (read(sock, &go, sizeof(go)) != sizeof(go))
		_exit(STATUS_FAILED);
	close(sock);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (eel->first) {
		ret = exec_native_first(eel, cfg->argv, cfg->envp);
		log_err("eel: cannot be executed: %s", strerror(-ret));
		_exit(STATUS_FAILED);
	}
	launch_exec(cfg->argv, cfg->envp, listener < 0 || eel->fd < 0 ? NULL : eel, "");
}

/*
 * A child that a thread of ours holds (see exec_native.c) shows its stops to us too: so only look
 * (WNOWAIT), and leave those to the thread. Return: false when no child is left
 */
bool init_reap(int sock, pid_t first, int *again_ms)
{
	const int all = WEXITED | WSTOPPED | WNOHANG | __WNOTHREAD | __WALL;
	int status;

	*again_ms = -1;
	for (;;) {
		siginfo_t si = { .si_pid = 0 };

		if (waitid(P_ALL, 0, &si, all | WNOWAIT) < 0)
			return errno != ECHILD;
		if (si.si_pid == 0)
			return true;
		if (si.si_code == CLD_TRAPPED) {
			*again_ms = LOOK_AGAIN_MS;
			return true;
		}
		if (waitpid(si.si_pid, &status, WNOHANG | WUNTRACED | __WNOTHREAD | __WALL) <= 0)
			continue;
		if (si.si_pid == first)
			message_send(sock, WIFSTOPPED(status) ? MSG_STOPPED : MSG_EXIT,
				     WIFSTOPPED(status) ? 0 : status, NULL, NULL, 0);
	}
}

void init_end_all(void)
{
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	/* The kernel closes the lock before it lets go of the mounts: so they go now. */
	if (chdir("/") == 0 && chroot("/proc") == 0)
		umount2(".", MNT_DETACH);
	if (chdir("/") < 0)
		log_debug("the mounts stay until the end");
	_exit(STATUS_FAILED);
}

/* A reader of the program's output must not wait for us, nor may a file of ours become 2. */
void init_leave_stdio(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	if (null > 2)
		close(null);
}

static _Noreturn void serve(const struct native_config *cfg, int sock, int sigfd, pid_t first)
{
	struct pollfd p[2] = { { .fd = sigfd, .events = POLLIN }, { .fd = sock } };
	struct signalfd_siginfo si;
	int again_ms, refresh_ms;

	/* Should somebody have stopped us, we go on when the supervisor dies. */
	prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
	while (init_reap(sock, first, &again_ms)) {
		refresh_ms = figures_refresh(cfg);
		if (again_ms < 0 || (refresh_ms >= 0 && refresh_ms < again_ms))
			again_ms = refresh_ms;
		if (poll(p, 2, again_ms) < 0 && errno != EINTR)
			break;
		if (p[1].revents & (POLLHUP | POLLERR))
			init_end_all(); /* the supervisor is gone */
		while (read(sigfd, &si, sizeof(si)) == sizeof(si))
			;
	}
	_exit(0);
}

int init_begin(int sock, struct nerr e)
{
	struct pollfd p = { .fd = sock };
	sigset_t all;
	int sigfd;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NAME, "uc-init", 0, 0, 0);
	if (poll(&p, 1, 0) == 1 && p.revents & POLLHUP)
		_exit(STATUS_FAILED); /* it died before we asked to be told */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigfd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return sigfd < 0 ? nfail(e, -errno, "signalfd: %s", strerror(errno)) : sigfd;
}

void init_main(struct native *n, const struct native_config *cfg, struct luggage *bags, int sock,
	       const sigset_t *mask, const struct rlimit *nofile)
{
	char text[NATIVE_ERR_BYTES] = "";
	struct nerr e = { text, sizeof(text) };
	int sigfd = init_begin(sock, e), ret, listener, way[2] = { -1, -1 }; /* of the listener */
	static struct scvm_eel eel;
	static struct scvm_config serving;
	pid_t first = -1;

	ret = sigfd < 0 ? sigfd : view_build(n, cfg, bags, e);
	if (ret == 0)
		nests_door(sock);
	if (ret == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, way) < 0)
		ret = nfail(e, -errno, "socketpair: %s", strerror(errno));
	eel_show(cfg, &eel);
	serving.eel = &eel;
	serving.environment = cfg->environment;
	serving.look = cfg->look;
	serving.budget_arg = cfg->budget_arg;
	if (ret == 0) {
		first = fork();
		if (first == 0) {
			close(way[0]);
			first_program(cfg, &eel, sock, way[1], mask, nofile);
		}
		close(way[1]);
		ret = first < 0 ? nfail(e, -errno, "fork: %s", strerror(errno)) : 0;
	}
	if (ret < 0) {
		message_send(sock, MSG_FAIL, ret, text, NULL, 0);
		_exit(STATUS_FAILED);
	}
	init_leave_stdio();
	listener = listener_take(way[0]);
	close(way[0]);
	ret = listener < 0 ? 0 : exec_native_serve(listener, &serving, confine_kept());
	if (ret < 0)
		log_debug("exec: cannot be served: %s", strerror(-ret));
	serve(cfg, sock, sigfd, first);
}
