// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guard outlives the supervisor by a moment. When the supervisor ends, killed or not, it
 *
 *	- kills every task of the session: tasks that never trap would go on for ever
 *	- removes the session's System V objects and message queues: they live until somebody does
 *
 * It has made the latter itself, on the supervisor's request. Had the supervisor made them, one
 *that was killed between the system call and the note of its result would leave an object that
 *nobody could tell from the user's own. Requests are rare, short and never wait; they go one by one
 *over a socket pair. Both sides keep the list, so the supervisor can remove everything, too, should
 *the guard be killed.
 */
#include "guard.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "machine.h"

/* On the host the objects are for tasks of the session, who are all its maker's uid, and nobody
 * else; what the view's mode says is asked before. Segments may be attached with SHM_EXEC. */
#define REAL_MODE    0700
#define REAL_MQ_MODE 0600

struct owned {
	enum guard_kind kind;
	int id;
};

struct order {
	bool remove;
	int id; /* of what to remove */
	struct guard_want want;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct owned *owned;
static size_t nowned, owned_room;
static int sock = -1;
static pid_t guard_pid = -1;

/* ---- objects; the same in both processes ---- */

void guard_mq_name(int id, char name[GUARD_MQ_NAME_BYTES])
{
	snprintf(name, GUARD_MQ_NAME_BYTES, "uc-%08x-%x", (unsigned)(machine.tag >> STATE_ID_BITS),
		 (unsigned)id);
}

static bool owned_reserve(void)
{
	size_t room = owned_room ? owned_room * 2 : 16;
	void *p;

	if (nowned < owned_room)
		return true;
	p = realloc(owned, room * sizeof(*owned));
	if (!p)
		return false;
	owned = p;
	owned_room = room;
	return true;
}

static int object_remove(enum guard_kind kind, int id)
{
	char name[GUARD_MQ_NAME_BYTES];
	int ret = -1;

	switch (kind) {
	case GUARD_SHM:
		ret = shmctl(id, IPC_RMID, NULL);
		break;
	case GUARD_SEM:
		ret = semctl(id, 0, IPC_RMID);
		break;
	case GUARD_MSG:
		ret = msgctl(id, IPC_RMID, NULL);
		break;
	case GUARD_MQ:
	case GUARD_KIND_COUNT:
		guard_mq_name(id, name);
		ret = syscall(SYS_mq_unlink, name);
		break;
	}
	return ret < 0 ? -errno : 0;
}

static void owned_forget(enum guard_kind kind, int id)
{
	for (size_t i = 0; i < nowned; i++)
		if (owned[i].kind == kind && owned[i].id == id) {
			owned[i] = owned[--nowned];
			return;
		}
}

static void owned_remove_all(void)
{
	while (nowned) {
		nowned--;
		object_remove(owned[nowned].kind, owned[nowned].id);
	}
}

/* ---- the guard's side ---- */

static int mq_create(const struct guard_want *w)
{
	static int serial;
	char name[GUARD_MQ_NAME_BYTES];
	struct rlimit rl;
	int fd;

	if (getrlimit(RLIMIT_MSGQUEUE, &rl) == 0) {
		rl.rlim_cur = w->msgqueue_bytes < rl.rlim_max ? w->msgqueue_bytes : rl.rlim_max;
		setrlimit(RLIMIT_MSGQUEUE, &rl);
	}
	guard_mq_name(++serial, name);
	fd = syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, REAL_MQ_MODE,
		     w->have_attr ? &w->attr : NULL);
	if (fd < 0)
		return -errno;
	close(fd);
	return serial;
}

static int object_create(const struct guard_want *w)
{
	int ret = -1;

	switch (w->kind) {
	case GUARD_SHM:
		ret = shmget(IPC_PRIVATE, w->size, w->flags | IPC_CREAT | REAL_MODE);
		break;
	case GUARD_SEM:
		ret = semget(IPC_PRIVATE, w->size, IPC_CREAT | REAL_MODE);
		break;
	case GUARD_MSG:
		ret = msgget(IPC_PRIVATE, IPC_CREAT | REAL_MODE);
		break;
	case GUARD_MQ:
	case GUARD_KIND_COUNT:
		return mq_create(w);
	}
	return ret < 0 ? -errno : ret;
}

static int order_perform(const struct order *o)
{
	int ret;

	if (o->remove) {
		ret = object_remove(o->want.kind, o->id);
		owned_forget(o->want.kind, o->id);
		return ret;
	}
	if (!owned_reserve())
		return -ENOMEM;
	ret = object_create(&o->want);
	if (ret >= 0)
		owned[nowned++] = (struct owned){ o->want.kind, ret };
	return ret;
}

static void guard_main(int pidfd, int fd)
{
	struct pollfd p[2] = { { .fd = pidfd, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
	struct order o;

	for (;;) {
		int ret;

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].revents)
			break;
		if (recv(fd, &o, sizeof(o), 0) != sizeof(o)) {
			p[1].fd = -1; /* the supervisor is ending */
			continue;
		}
		ret = order_perform(&o);
		send(fd, &ret, sizeof(ret), MSG_NOSIGNAL);
	}
	scvm_kill_session(machine.tag);
	owned_remove_all();
	_exit(0);
}

/* Out of the terminal's reach, and with no signal that ends it but SIGKILL. */
int guard_start(void)
{
	autoclose int pidfd = pidfd_open(getpid(), 0);
	int sv[2];
	pid_t pid;
	sigset_t all;

	if (pidfd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return -errno;
	pid = fork();
	if (pid) {
		close(sv[1]);
		guard_pid = pid;
		sock = sv[0];
		return pid < 0 ? -errno : 0;
	}
	close(sv[0]);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "uc-guard", 0, 0, 0);
	for (int fd = 0; fd < 3; fd++)
		close(fd); /* a reader of our output must not wait for the guard */
	if (machine.cfg->guard)
		machine.cfg->guard(machine.cfg->budget_arg);
	guard_main(pidfd, sv[1]);
	_exit(0);
}

/* ---- the supervisor's side ---- */

/* With the lock held. Return: what the guard answered, or -EPIPE when it is gone. */
static int order_give(const struct order *o)
{
	int answer;
	ssize_t n;

	do
		n = send(sock, o, sizeof(*o), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(*o))
		return -EPIPE;
	do
		n = recv(sock, &answer, sizeof(answer), 0);
	while (n < 0 && errno == EINTR);
	return n == sizeof(answer) ? answer : -EPIPE;
}

int guard_create(const struct guard_want *want)
{
	struct order o = { .want = *want };
	int ret = -ENOMEM;

	pthread_mutex_lock(&lock);
	if (owned_reserve()) {
		ret = order_give(&o);
		if (ret >= 0)
			owned[nowned++] = (struct owned){ want->kind, ret };
	}
	pthread_mutex_unlock(&lock);
	return ret == -EPIPE ? -ENOSPC : ret;
}

int guard_remove(enum guard_kind kind, int id)
{
	struct order o = { .remove = true, .id = id, .want = { .kind = kind } };
	int ret;

	pthread_mutex_lock(&lock);
	ret = order_give(&o);
	if (ret == -EPIPE)
		ret = object_remove(kind, id);
	owned_forget(kind, id);
	pthread_mutex_unlock(&lock);
	return ret;
}

void guard_stop(void)
{
	pthread_mutex_lock(&lock);
	owned_remove_all();
	pthread_mutex_unlock(&lock);
	kill(guard_pid, SIGKILL);
	waitpid(guard_pid, NULL, __WALL);
}
