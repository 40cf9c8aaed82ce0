// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ucrun in a session at native level: asks the supervisor around it for a session's namespaces
 * (src/native/nest.c), starts the program in those, and waits.
 *
 *	ucrun
 *	+- a child	enters, for which process 1 of the session helps it, and is gone
 *	+- the program	its sibling (CLONE_PARENT), as it has to be a child of ours
 */
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "enter_native.h"
#include "launch.h"
#include "native.h"
#include "native_nest.h"
#include "nest.h"
#include "nested.h"
#include "signals.h"
#include "util.h"

#define STATUS_FAILED 125
#define TERMINALS     3

int nested_native_connect(char *err, size_t errlen)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = NATIVE_NEST_DOOR };
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct stat st;

	if (sock < 0)
		return -1;
	if (connect(sock, (struct sockaddr *)&a, sizeof(a)) == 0)
		return steal_fd(&sock);
	if (errno != ECONNREFUSED || lstat(NATIVE_NEST_DOOR, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	snprintf(err, errlen,
		 "sessions are nested too deep: at native level there is one in another, since the "
		 "kernel stacks two overlays: start the outermost ucrun with --trap path");
	return -ELOOP;
}

/* ---- asking ---- */

/* The terminals, by the names that they have here. */
static void flags_make(const struct options *o, char *buf, size_t size)
{
	int len = snprintf(buf, size, "%s", o->ephemeral ? "e" : "");

	for (int i = 0; i < TERMINALS; i++) {
		const char *name = isatty(i) ? ttyname(i) : NULL;
		unsigned number;

		if (name && sscanf(name, "/dev/pts/%u", &number) == 1)
			len += snprintf(buf + len, size - len, " %u", number);
	}
}

static int words_send(int sock, const void *words, size_t len)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { (void *)words, len };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return -errno;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &root, sizeof(int));
	return sendmsg(sock, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Return: 0 with the namespaces; -EPERM and the answer in @err; -errno */
static int answer_take(int sock, int fds[NATIVE_NEST_FDS], char *err, size_t errlen)
{
	char text[NEST_ANSWER_BYTES], control[CMSG_SPACE(NATIVE_NEST_FDS * sizeof(int))];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (n <= 0 || text[n - 1])
		return n < 0 ? -errno : -EPIPE;
	if (*text) {
		snprintf(err, errlen, "%s", text);
		return -EPERM;
	}
	if (!c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(NATIVE_NEST_FDS * sizeof(int)))
		return -EPROTO;
	memcpy(fds, CMSG_DATA(c), NATIVE_NEST_FDS * sizeof(int));
	return 0;
}

static int ask(int sock, const struct options *o, int fds[NATIVE_NEST_FDS], char *err,
	       size_t errlen)
{
	autofree char *buf = malloc(NEST_MESSAGE_BYTES);
	char hostname[HOST_NAME_MAX + 1] = "", flags[64];
	ssize_t len;
	int ret;

	if (!buf)
		return -ENOMEM;
	/* It is the outer session's, unless another one is asked for. */
	gethostname(hostname, sizeof(hostname) - 1);
	flags_make(o, flags, sizeof(flags));
	len = nested_words(o, o->hostname ? o->hostname : hostname, flags, buf);
	err[0] = '\0';
	ret = len < 0 ? (int)len : words_send(sock, buf, len);
	if (ret == 0)
		ret = answer_take(sock, fds, err, errlen);
	if (ret == -E2BIG)
		snprintf(err, errlen, "the request is too long for the session around it");
	else if (ret < 0 && !err[0])
		snprintf(err, errlen, "the session around it does not answer: %s",
			 ret == -EPIPE ? "it takes no more nested ones now" : strerror(-ret));
	return ret;
}

/* ---- the program ---- */

/* Where it starts, in the inner view. */
static int directory_enter(const struct options *o, const char *cwd)
{
	const char *base = o->root ? "" : cwd;
	autofree char *path = o->cwd && o->cwd[0] == '/'
				      ? strdup(o->cwd)
				      : str_printf("%s/%s", base, o->cwd ? o->cwd : "");

	if (path && chdir(path) == 0)
		return 0;
	log_err("%s: cannot start there: %s: choose a directory with -C", path ? path : "/",
		strerror(errno));
	return -errno;
}

static _Noreturn void first_task(const struct options *o, const char *cwd, char *const *envp,
				 const sigset_t *mask)
{
	static const struct scvm_eel eel = { .fd = -1 }; /* the session around it has one */

	nested_limit(o);
	if (directory_enter(o, cwd) < 0)
		_exit(STATUS_FAILED);
	native_close_directories();
	sigprocmask(SIG_SETMASK, mask, NULL);
	launch_exec(o->argv, envp, &eel, "");
}

/* Where the session around us was given namespaces, setns(2) is the kernel's own. */
static int enter_plainly(const int *fds)
{
	static const int types[NATIVE_NEST_FDS] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWUTS,
						    CLONE_NEWIPC, CLONE_NEWPID };

	for (int i = 0; i < NATIVE_NEST_FDS; i++)
		if (setns(fds[i], types[i]) < 0)
			return -errno;
	return native_confine_self();
}

static int enter_namespaces(const int *fds)
{
	if (syscall(SYS_setns, fds[NATIVE_NEST_USER], ENTER_FLAGS, fds[NATIVE_NEST_MNT],
		    fds[NATIVE_NEST_UTS], fds[NATIVE_NEST_IPC], fds[NATIVE_NEST_PID]) == 0)
		return 0;
	return errno == EINVAL ? enter_plainly(fds) : -errno;
}

/* The child: tells the pid of the program, or -errno. */
static _Noreturn void enter(const struct options *o, char *const *envp, const int *fds, int tell,
			    const sigset_t *mask)
{
	char cwd[PATH_MAX];
	pid_t pid;

	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		strcpy(cwd, "/");
	pid = enter_namespaces(fds);
	if (pid == 0) {
		pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		pid = pid < 0 ? -errno : pid;
	}
	if (pid == 0) {
		close(tell);
		first_task(o, cwd, envp, mask);
	}
	if (write(tell, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	_exit(0);
}

static pid_t program_start(const struct options *o, char *const *envp, const int *fds,
			   const sigset_t *mask)
{
	pid_t child, pid = -EPERM;
	int way[2];

	if (pipe2(way, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child == 0)
		enter(o, envp, fds, way[1], mask);
	close(way[1]);
	if (child < 0 || read(way[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = child < 0 ? -EAGAIN : -EPERM;
	close(way[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return pid;
}

/* What the program has left behind: process 1 of the session knows. */
static void wait_for_rest(struct nested_wait *w, int sigfd)
{
	struct pollfd p[2] = { { .fd = sigfd, .events = POLLIN },
			       { .fd = w->sock, .events = POLLIN } };

	if (w->sock < 0 || w->told_to_end ||
	    send(w->sock, NATIVE_NEST_LAST, sizeof(NATIVE_NEST_LAST), MSG_NOSIGNAL) < 0)
		return;
	while (!w->told_to_end) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents)
			return;
		nested_signals(w, sigfd);
	}
}

int nested_native_run(int sock, const struct options *o, char *const *envp, int *status, char *err,
		      size_t errlen)
{
	struct nested_wait w = { .sock = sock };
	autoclose int sigfd = -1;
	int fds[NATIVE_NEST_FDS];
	sigset_t mask;
	int ret = nested_check(o, TRAP_LEVEL_PATH, err, errlen);

	if (ret == 0)
		ret = ask(sock, o, fds, err, errlen);
	if (ret < 0)
		return ret;
	signals_block(&mask, &sigfd);
	w.first = program_start(o, envp, fds, &mask);
	if (w.first < 0) {
		snprintf(err, errlen, "the session cannot be entered: %s", strerror(-w.first));
		return w.first;
	}
	nested_wait(&w, sigfd);
	wait_for_rest(&w, sigfd);
	*status = w.status;
	return 0;
}
