// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions in a session at native level. Nobody inside can make a namespace, so an ucrun in a
 * session asks for them, at NATIVE_NEST_DOOR of its view.
 *
 *	ucrun (a task like any other)		the supervisor, on the host
 *	  connects, tells what it wants	->	forks a supervisor for that one session
 *						  which makes compartment and session, as ever
 *						  +- carrier, uc-init: see nest_carry.c
 *	  gets namespaces		<-	the inner process 1 has told
 *	  fork: enters them (scvm/enter_native.c), clones: the first program, its own child
 *	  waits, passes signals on
 *	  tells its end			->	uc-init ends with the last task that is left
 *	  ends, or is killed		->	the connection hangs up: uc-init is killed
 *
 * So terminal, process groups, limits, descriptors and exit status are inherited, and the inner
 * tasks are under the filter and the listener of the outer session, whose process 1 sees them too.
 *
 * What is asked for is looked up in the outer view, in its user namespace and its mounts: nothing
 * that is asked for can be the host's. Who asks must be root of the session.
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "asked.h"
#include "internal.h"
#include "native_nest.h"

#define DOOR_BACKLOG   16
#define ASK_WAIT_MS    10000 /* who knocks says what it wants */
#define END_TRIES      500
#define END_PAUSE_US   10000
#define XATTR_OVERRIDE "user.containers.override_stat"

/* ---- process 1: the door ---- */

void nests_door(int sock)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = NATIVE_NEST_DOOR };
	int fds[DOOR_FDS], on = 1;

	fds[DOOR_LISTENER] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	fds[DOOR_MNTNS] = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	fds[DOOR_PIDNS] = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	/* Whoever comes is told what is in the way, and by the kernel to us who it is. */
	if (fds[DOOR_LISTENER] < 0 || fds[DOOR_MNTNS] < 0 || fds[DOOR_PIDNS] < 0 ||
	    setsockopt(fds[DOOR_LISTENER], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    bind(fds[DOOR_LISTENER], (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    chmod(NATIVE_NEST_DOOR, 0666) < 0 || listen(fds[DOOR_LISTENER], DOOR_BACKLOG) < 0)
		log_debug("sessions in the session: not possible: %s", strerror(errno));
	else
		message_send(sock, MSG_DOOR, 0, NULL, fds, DOOR_FDS);
	for (int i = 0; i < DOOR_FDS; i++)
		util_close_fd(&fds[i]);
}

void nests_door_shut(void)
{
	autoclose int fd = open(NATIVE_NEST_DOOR, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);

	if (fd < 0)
		log_debug("%s: %s", NATIVE_NEST_DOOR, strerror(errno));
}

/* ---- one session: its supervisor ---- */

struct inner {
	struct native n;
	struct nest_inner in;
	struct native_config cfg;
	struct compartment *c;
	struct session *s;
	struct asked asked;
	int root; /* of who asks, O_PATH */
	int conn, sock, mntns;
	pid_t init; /* as the host knows it; 0: not told yet */
	bool answered;
	char text[NATIVE_ERR_BYTES];
	struct nerr e;
};

/*
 * One message with what comes along. Return: its length; 0: hung up; -EAGAIN: a lost one
 * @fds: at most @nfds; the rest -1
 */
static ssize_t message_take(int sock, void *buf, size_t size, struct ucred *who, int *fds,
			    unsigned nfds)
{
	char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(MESSAGE_FDS * sizeof(int))];
	struct iovec iov = { buf, size };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);

	for (unsigned i = 0; i < nfds; i++)
		fds[i] = -1;
	who->uid = (uid_t)-1;
	if (len <= 0)
		return len < 0 ? -errno : 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		unsigned n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_type == SCM_CREDENTIALS)
			memcpy(who, CMSG_DATA(c), sizeof(*who));
		for (unsigned i = 0; c->cmsg_type == SCM_RIGHTS && i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (i < nfds && fds[i] < 0)
				fds[i] = fd;
			else
				close(fd);
		}
	}
	return m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EPROTO : len;
}

static int ask_read(struct inner *s, char *buf)
{
	struct pollfd p = { .fd = s->conn, .events = POLLIN };
	struct ucred who;
	ssize_t len = poll(&p, 1, ASK_WAIT_MS) == 1
			      ? message_take(s->conn, buf, NATIVE_NEST_BYTES, &who, &s->root, 1)
			      : -ETIMEDOUT;

	if (len <= 0)
		return len < 0 ? (int)len : -EPIPE;
	if (buf[len - 1] || s->root < 0 || asked_read(&s->asked, buf, len) < 0)
		return nfail(s->e, -EPROTO, "the session around it is of another version of ucrun");
	if (who.uid != s->in.outer->range.uid)
		return nfail(s->e, -EPERM, "only root in a session may start another one in it");
	return 0;
}

static void flags_read(struct inner *s)
{
	const char *at = strchr(s->asked.flags, ' ');

	for (int i = 0; i < TERMINALS; i++) {
		char *end;
		unsigned long number = at ? strtoul(at, &end, 10) : 0;

		s->in.tty[i] = at && end != at ? (unsigned)number : -1U;
		at = at && end != at ? end : NULL;
	}
}

/* In the path level's form, and used at that level: fresh ones are made native by the carrier. */
static int layer_bring(int base, void *arg)
{
	struct inner *s = arg;
	autoclose int upper =
		openat(base, "upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (layer_level(base) == UC_NATIVE || upper < 0)
		return 0;
	if (layer_level(base) == UC_PATH && fgetxattr(upper, XATTR_OVERRIDE, NULL, 0) < 0)
		return 0;
	return convert_layer(s->n.userns, base, UC_NATIVE, s->e);
}

/* Where a path of the outer compartment's directory is in the pool. */
static char *in_pool(const struct inner *s, const char *path)
{
	const char *rel = path_under(path, s->in.outer->c->path);

	return rel ? str_printf(POOL_OWN "/%s", rel) : NULL;
}

static int place_take(struct inner *s, const struct native_config *outer_cfg)
{
	const struct native *outer = s->in.outer;
	const char *base =
		outer->plan->ephemeral ? session_path(outer_cfg->session) : outer->c->path;
	const char *name = *s->asked.name ? s->asked.name : outer->c->name;
	char *argv[] = { (char *)s->asked.command, NULL };
	int ret = compartment_open_in(&s->c, base, name, s->text, sizeof(s->text));

	if (ret == 0)
		ret = session_begin(&s->s, s->c, UC_NATIVE, argv, s->text, sizeof(s->text));
	if (ret < 0)
		return ret;
	s->n.c = s->c;
	s->in.own = in_pool(s, s->c->path);
	s->in.session = in_pool(s, session_path(s->s));
	s->in.root = s->root;
	s->in.root_asked = s->asked.root;
	s->in.binds = s->asked.binds;
	s->in.nbinds = s->asked.nbinds;
	s->cfg.session = s->s;
	s->cfg.hostname = *s->asked.hostname ? s->asked.hostname : NULL;
	flags_read(s);
	return s->in.own && s->in.session ? 0 : nfail(s->e, -ENOMEM, "out of memory");
}

static void answer(struct inner *s, const int *fds)
{
	char control[CMSG_SPACE(NATIVE_NEST_FDS * sizeof(int))] = { 0 };
	const char *text = fds ? "" : s->text[0] ? s->text : "the session cannot be started";
	struct iovec iov = { (void *)text, strlen(text) + 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fds) {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(NATIVE_NEST_FDS * sizeof(int));
		memcpy(CMSG_DATA(c), fds, NATIVE_NEST_FDS * sizeof(int));
	}
	sendmsg(s->conn, &m, MSG_NOSIGNAL);
	s->answered = true;
}

/* Return: false: the carrier or process 1 has hung up, or failed. */
static bool told(struct inner *s)
{
	struct message m;
	struct ucred who = { 0 };
	int fds[MESSAGE_FDS];
	ssize_t len = message_take(s->sock, &m, sizeof(m), &who, fds, MESSAGE_FDS);

	if (len != sizeof(m))
		return false;
	m.text[sizeof(m.text) - 1] = '\0';
	if (m.type == MSG_FAIL)
		nfail(s->e, 0, "%s", m.text);
	if (m.type == MSG_POOL && s->mntns < 0) {
		s->mntns = steal_fd(&fds[0]);
		session_pool_set(s->s, s->n.userns, s->mntns);
	}
	if (m.type == MSG_READY) {
		s->init = who.pid;
		answer(s, fds);
	}
	for (int i = 0; i < MESSAGE_FDS; i++)
		util_close_fd(&fds[i]);
	return m.type != MSG_FAIL;
}

/* With the lock of the inner compartment's sessions held until its pool stands. */
static int start(struct inner *s)
{
	autoclose int lock = session_exclude(s->c, s->text, sizeof(s->text));
	bool ephemeral = strchr(s->asked.flags, 'e');
	int sv[2], on = 1, ret = lock;
	struct pool pool;
	pid_t pid;

	if (ret >= 0)
		ret = layers_each(s->c->dirfd, layer_bring, s);
	if (ret == 0)
		ret = pool_find(&s->n, &pool, s->e);
	if (ret < 0)
		return ret;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return nfail(s->e, -errno, "socketpair: %s", strerror(errno));
	setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	pid = fork();
	if (pid == 0) {
		close(sv[0]);
		close(s->conn);
		close(lock);
		nest_carrier_main(&s->n, &s->cfg, ephemeral, &pool, sv[1]);
	}
	close(sv[1]);
	s->sock = sv[0];
	util_close_fd(&pool.userns);
	util_close_fd(&pool.mntns);
	if (pid < 0)
		return nfail(s->e, -errno, "fork: %s", strerror(errno));
	while (s->mntns < 0)
		if (!told(s))
			return -EIO;
	return 0;
}

static void watch(struct inner *s)
{
	sigset_t stop; /* uc stop OUTER/INNER: blocked since the outer session's start */
	autoclose int sigfd = sigemptyset(&stop) == 0 && sigaddset(&stop, SIGTERM) == 0
				      ? signalfd(-1, &stop, SFD_CLOEXEC)
				      : -1;
	struct pollfd p[3] = { { .fd = s->conn, .events = POLLIN },
			       { .fd = s->sock, .events = POLLIN },
			       { .fd = sigfd, .events = POLLIN } };
	char text[sizeof(NATIVE_NEST_LAST)];
	int last = 1;

	for (;;) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return;
		if (p[2].revents)
			return;
		if (p[1].revents && !told(s))
			return;
		if (!p[0].revents)
			continue;
		if (recv(s->conn, text, sizeof(text), 0) != sizeof(text) ||
		    memcmp(text, NATIVE_NEST_LAST, sizeof(text)) != 0)
			return;
		send(s->sock, &last, sizeof(last), MSG_NOSIGNAL);
	}
}

/* The tasks go first, then the mounts, then the lock. */
static void finish(struct inner *s)
{
	if (s->init > 0)
		kill(s->init, SIGKILL);
	util_close_fd(&s->sock); /* whoever has not told its pid ends by that */
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	pool_leave(&s->mntns);
	session_end(s->s);
	if (!s->answered)
		answer(s, NULL);
	close(s->conn);
	compartment_destroy(s->c);
}

static _Noreturn void inner_main(const struct nests *all, const struct native *outer,
				 const struct native_config *cfg, int pool_mntns, int conn)
{
	autofree char *buf = malloc(NATIVE_NEST_BYTES);
	static struct inner s;
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_NAME, "uc-nest", 0, 0, 0);
	setsid(); /* the terminal's signals are not for us */
	init_leave_stdio();
	s.n = (struct native){ .range = outer->range, .userns = outer->userns, .inner = &s.in };
	s.n.root.base = s.n.root.keep = s.n.state.base = s.n.state.keep = -1;
	s.in = (struct nest_inner){ .outer = outer,
				    .door_mntns = all->door[DOOR_MNTNS],
				    .door_pidns = all->door[DOOR_PIDNS],
				    .pool_mntns = pool_mntns,
				    .root = -1 };
	s.e = (struct nerr){ s.text, sizeof(s.text) };
	s.conn = conn;
	s.sock = s.mntns = s.root = -1;
	ret = buf ? ask_read(&s, buf) : -ENOMEM;
	if (ret == 0)
		ret = place_take(&s, cfg);
	if (ret == 0)
		ret = start(&s);
	if (ret == 0)
		watch(&s);
	finish(&s);
	_exit(0);
}

/* ---- all of them: the outer supervisor ---- */

void nests_init(struct nests *s)
{
	*s = (struct nests){ .n = 0 };
	for (int i = 0; i < DOOR_FDS; i++)
		s->door[i] = -1;
}

void nests_accept(struct nests *s, const struct native *n, const struct native_config *cfg,
		  int pool_mntns, const int *unwanted, unsigned nunwanted)
{
	pid_t self = getpid(), pid;
	int conn;

	while ((conn = accept4(s->door[DOOR_LISTENER], NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		pid = s->n < NESTS_MAX ? fork() : -1;
		if (pid == 0) {
			/* A copy would keep the session from hearing that we are gone. */
			for (unsigned i = 0; i < nunwanted; i++)
				if (unwanted[i] >= 0)
					close(unwanted[i]);
			close(s->door[DOOR_LISTENER]);
			if (getppid() == self)
				inner_main(s, n, cfg, pool_mntns, conn);
			_exit(0);
		}
		if (pid > 0)
			s->pids[s->n++] = pid;
		close(conn); /* refused: it is told by the hang-up */
	}
}

void nests_reap(struct nests *s)
{
	for (unsigned i = 0; i < s->n;)
		if (waitpid(s->pids[i], NULL, WNOHANG) == 0)
			i++;
		else
			s->pids[i] = s->pids[--s->n];
}

void nests_end(struct nests *s)
{
	for (int i = 0; i < DOOR_FDS; i++)
		util_close_fd(&s->door[i]);
	for (int i = 0; i < END_TRIES; i++) {
		nests_reap(s);
		if (s->n == 0)
			return;
		usleep(END_PAUSE_US);
	}
	for (unsigned i = 0; i < s->n; i++) {
		kill(s->pids[i], SIGKILL);
		waitpid(s->pids[i], NULL, 0);
	}
}
