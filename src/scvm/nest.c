// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions in a session. The kernel allows one listener for a tree of processes, so an ucrun in a
 * session cannot have a supervisor of its own: it asks this one, at /run/uc/control of its view.
 *
 *	ucrun (a task like any other)		a thread of ours, per connection
 *	  open: options		->		makes the nested view: cfg->nest_open()
 *	  fork
 *	    enter: directory	->		gives that process a state in the new nest
 *	    exec				which is trapped, and looked up in the new view
 *	  waits, passes signals on
 *	  ends, or is killed	->		the connection is closed: all tasks of the nest end
 *
 * A task is in the nest that its state says, and so are all that it starts. Terminal, process
 * groups, descriptors and exit status need nobody's help: it is the same tree of processes.
 *
 * A message is one datagram of NUL-terminated words; the kernel tells with each who has sent it, so
 * a process can be put into a nest by itself only. The answer is "", or why not.
 */
#include "nest.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "ipc.h"
#include "machine.h"

#define CONTROL_BACKLOG 64
#define CONNECTIONS_MAX 256 /* each has a thread of the supervisor's */
#define KILL_AGAIN_US	2000
#define KILL_ROUNDS_MAX 1000

struct nest nest_outermost;

struct connection {
	struct connection *next;
	int sock;
	struct nest *asker; /* whose task connected; referenced */
	struct nest *nest; /* that it has opened; referenced; NULL: none yet */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t fewer = PTHREAD_COND_INITIALIZER;
static struct connection *connections;
static unsigned nconnections;
static unsigned last_id;
/* Building is rare, and what it uses was made for one thread. */
static pthread_mutex_t building = PTHREAD_MUTEX_INITIALIZER;

/* ---- nests ---- */

struct nest *nest_get(struct nest *n)
{
	if (n && n->id)
		__atomic_add_fetch(&n->refs, 1, __ATOMIC_RELAXED);
	return n;
}

void nest_put(struct nest *n)
{
	if (!n || !n->id || __atomic_sub_fetch(&n->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	view_destroy(n->view);
	nest_put(n->outer);
	free(n);
}

static bool nest_within(const struct nest *n, const struct nest *outer)
{
	while (n && n != outer)
		n = n->outer;
	return n;
}

bool nest_sees(const struct nest *by, pid_t tid)
{
	const struct state *st;
	bool yes;

	if (!state_is_ours(tid) || by->id == 0)
		return state_is_ours(tid);
	st = state_of(tid);
	yes = st && nest_within(st->nest, by);
	state_put(st);
	return yes;
}

/* Until a whole look finds nobody: a fork bomb races with us. */
static void nest_kill(const struct nest *n)
{
	bool found = true;

	for (int round = 0; found && round < KILL_ROUNDS_MAX; round++) {
		DIR *d = opendir("/proc");
		struct dirent *de;

		found = false;
		while (d && (de = readdir(d))) {
			pid_t pid = atoi(de->d_name);

			if (pid <= 1 || !nest_sees(n, pid))
				continue;
			kill(pid, SIGKILL);
			found |= !state_is_zombie(pid);
		}
		if (d)
			closedir(d);
		if (found)
			usleep(KILL_AGAIN_US);
	}
}

static void nest_end(struct nest *n)
{
	nest_kill(n);
	ipc_nest_end(n);
	mq_nest_end(n);
	pthread_mutex_lock(&building);
	machine.cfg->nest_close(n->handle);
	pthread_mutex_unlock(&building);
	state_maybe_collect(true);
	nest_put(n);
}

/* ---- open ---- */

static int nest_make(struct connection *c, const struct state *by, const struct scvm_ask *ask,
		     char *err, size_t errlen)
{
	struct scvm_nest made = { 0 };
	struct nest *n = calloc(1, sizeof(*n));
	int ret;

	if (!n)
		return -ENOMEM;
	pthread_mutex_lock(&building);
	ret = machine.cfg->nest_open(ask, &made, err, errlen);
	pthread_mutex_unlock(&building);
	if (ret == 0) {
		ret = proc_attach(made.view);
		if (ret < 0) {
			view_destroy(made.view);
			machine.cfg->nest_close(made.handle);
		}
	}
	if (ret < 0) {
		free(n);
		return ret;
	}
	n->id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
	n->refs = 1;
	n->ucrun = ask->pid;
	n->outer = nest_get(by->nest);
	n->view = made.view;
	n->handle = made.handle;
	memcpy(n->hostname, *made.hostname ? made.hostname : by->nest->hostname,
	       sizeof(n->hostname));
	c->asker = nest_get(by->nest);
	c->nest = n;
	return 0;
}

static int do_open(struct connection *c, pid_t pid, const struct state *st, const char *words,
		   size_t len, char *err, size_t errlen)
{
	struct request rq = { .tid = pid, .st = st };
	struct scvm_ask ask = { words, len, &rq.walker, pid, st->nest->handle };

	rq.walker = (struct walker){ st->nest->view, &st->cred, st->root, &rq };
	if (c->nest)
		return -EBUSY;
	/* It will be root in a view of everything that its own one has. */
	if (st->cred.euid != 0 || !cred_has_cap(&st->cred, CAP_SYS_ADMIN)) {
		snprintf(err, errlen, "only root in a session may start another one in it");
		return -EPERM;
	}
	return nest_make(c, st, &ask, err, errlen);
}

/* ---- enter ---- */

static int start_state(const struct nest *n, const struct state *now, const char *cwd,
		       struct state *st)
{
	struct request rq = { .st = now };
	struct walker w = { n->view, &st->cred, "/", &rq };
	struct vnode node;
	int ret;

	cred_init_root(&st->cred);
	ret = view_walk(&w, "/", cwd, 0, &node);
	if (ret < 0)
		return ret;
	if (node.n.fd < 0 || !S_ISDIR(node.n.stx.stx_mode))
		ret = node.n.fd < 0 ? -ENOENT : -ENOTDIR;
	else
		st->cwd_fd = fcntl(node.n.fd, F_DUPFD_CLOEXEC, 0);
	view_node_finish(&node);
	return ret < 0 ? ret : st->cwd_fd < 0 ? -EMFILE : 0;
}

static int do_enter(struct connection *c, pid_t pid, const struct state *now, const char *cwd,
		    char *err, size_t errlen)
{
	struct state st = { .cwd_fd = -1, .umask = now->umask, .fresh = true };
	int ret;

	if (!c->nest || now->nest != c->asker)
		return -EPERM;
	st.no_new_privs = now->no_new_privs;
	st.nest = nest_get(c->nest);
	st.root = strdup("/");
	st.exe = strdup("");
	ret = st.root && st.exe ? start_state(c->nest, now, cwd, &st) : -ENOMEM;
	if (ret < 0)
		snprintf(err, errlen, "%s: cannot start there: %s: choose a directory with -C", cwd,
			 strerror(-ret));
	else
		ret = state_set(pid, &st);
	if (ret == 0 && c->nest->first == 0)
		c->nest->first = pid;
	taskstate_finish(&st);
	return ret;
}

/* ---- connections ---- */

/* One message, and who has sent it. Return: its length or -errno */
static ssize_t receive(int sock, char *buf, size_t size, pid_t *pid)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = { buf, size };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *head;
	struct ucred cred;
	ssize_t n;

	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -EPIPE;
	head = CMSG_FIRSTHDR(&m);
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || buf[n - 1] || !head ||
	    head->cmsg_type != SCM_CREDENTIALS)
		return -EPROTO;
	memcpy(&cred, CMSG_DATA(head), sizeof(cred));
	*pid = cred.pid;
	return n;
}

static void answer(struct connection *c, char *words, size_t len, pid_t pid)
{
	const struct state *st = state_of(pid);
	char err[NEST_ANSWER_BYTES] = "";
	size_t at = strlen(words) + 1;
	int ret = -EPROTO;

	if (!st)
		ret = -EPERM; /* of the host: it needs no help of ours */
	else if (strcmp(words, NEST_OPEN) == 0)
		ret = do_open(c, pid, st, words + at, len - at, err, sizeof(err));
	else if (strcmp(words, NEST_ENTER) == 0 && at < len)
		ret = do_enter(c, pid, st, words + at, err, sizeof(err));
	state_put(st);
	if (ret < 0 && !*err)
		snprintf(err, sizeof(err), "the session around it: %s", strerror(-ret));
	send(c->sock, err, strlen(err) + 1, MSG_NOSIGNAL);
}

static void *connection_main(void *arg)
{
	autofree char *buf = malloc(NEST_MESSAGE_BYTES);
	struct connection *c = arg, **at;
	ssize_t n = 0;
	pid_t pid = 0;

	while (buf && n >= 0) {
		n = receive(c->sock, buf, NEST_MESSAGE_BYTES, &pid);
		if (n > 0)
			answer(c, buf, n, pid);
	}
	if (c->nest)
		nest_end(c->nest);
	nest_put(c->asker);
	pthread_mutex_lock(&lock);
	for (at = &connections; *at != c; at = &(*at)->next)
		;
	*at = c->next;
	nconnections--;
	close(c->sock);
	free(c);
	pthread_cond_signal(&fewer);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void connection_start(int sock)
{
	struct connection *c = calloc(1, sizeof(*c));
	pthread_attr_t attr;
	pthread_t thread;

	if (!c) {
		close(sock);
		return;
	}
	c->sock = sock;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&lock);
	if (nconnections < CONNECTIONS_MAX &&
	    pthread_create(&thread, &attr, connection_main, c) == 0) {
		nconnections++;
		c->next = connections;
		connections = c;
	} else {
		close(sock);
		free(c);
	}
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attr);
}

void nest_stop(void)
{
	pthread_mutex_lock(&lock);
	for (struct connection *c = connections; c; c = c->next)
		shutdown(c->sock, SHUT_RDWR); /* somebody on the host may hold the other end */
	while (connections)
		pthread_cond_wait(&fewer, &lock);
	pthread_mutex_unlock(&lock);
}

int nest_listen(const char *tmp)
{
	autofree char *dir = str_printf("%s/" NEST_DIR, tmp);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int on = 1;
	autoclose int at = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (at < 0 || sock < 0)
		return -errno;
	/* The directory's path may be longer than an address. */
	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/" NEST_SOCKET, at);
	/* What is accepted inherits it: a message may be there before we could say so. */
	if (setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    bind(sock, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(sock, CONTROL_BACKLOG) < 0)
		return -errno;
	return steal_fd(&sock);
}

void nest_accept(int listener)
{
	int sock;

	while ((sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		connection_start(sock);
}
