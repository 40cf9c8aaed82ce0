// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Workers: threads that take traps from the session's one listener and answer them.
 *
 * A few workers wait in NOTIF_RECV. Before a handler may wait for long it calls
 * request_block_begin(), which makes sure that somebody else is there to receive. Workers above the
 * usual number end when they find enough others waiting.
 *
 * A waiting handler must be woken when its task is signalled or dies: with WAIT_KILLABLE_RECV the
 * task itself does not leave the call for a signal (and so no call with side effects happens
 * twice), so a monitor thread looks at the task's pending signals and interrupts our system call. A
 * death it learns at once, from a pidfd: nobody must meet a dead reader at a FIFO.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>

#include "machine.h"

#define WORKERS_USUAL	   1
#define WORKERS_MAX	   512
#define MONITOR_TICK_MS	   20
#define WORKER_STACK_BYTES (512 << 10)
#define FLUSH_ROUNDS_MAX   10000
#define SIGNAL_WAKE	   SIGRTMIN /* not one that a user may send and we must pass on */

struct blocked {
	struct blocked *next;
	pthread_t thread;
	struct request *rq;
	int pidfd;
};

#define WATCHED_MAX 128 /* deaths of more are noticed by the next tick */

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static int monitor_event = -1; /* eventfd: the list has grown */
static struct blocked *blocked_list; /* pool_lock */
static bool monitor_runs; /* pool_lock */
static int waiting; /* atomic: workers in NOTIF_RECV */
static int workers; /* atomic */
static struct seccomp_notif_sizes sizes;

bool request_valid(const struct request *rq)
{
	return ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &rq->id) == 0;
}

/* Does a signal wait for the task that it would act on? */
static bool task_signalled(pid_t tid)
{
	char name[64], *text = NULL;
	unsigned long pending = 0, shared = 0, blocked = 0, ignored = 0;
	const char *p;

	snprintf(name, sizeof(name), "/proc/%d/status", tid);
	if (read_file_at(AT_FDCWD, name, 8192, &text) < 0)
		return true;
	if ((p = strstr(text, "\nSigPnd:")))
		pending = strtoul(p + 8, NULL, 16);
	if ((p = strstr(text, "\nShdPnd:")))
		shared = strtoul(p + 8, NULL, 16);
	if ((p = strstr(text, "\nSigBlk:")))
		blocked = strtoul(p + 8, NULL, 16);
	if ((p = strstr(text, "\nSigIgn:")))
		ignored = strtoul(p + 8, NULL, 16);
	free(text);
	return ((pending | shared) & ~blocked & ~ignored) != 0;
}

static void *monitor_main(void *arg)
{
	struct pollfd p[WATCHED_MAX + 1];
	eventfd_t count;
	unsigned n;

	for (;;) {
		p[0] = (struct pollfd){ .fd = monitor_event, .events = POLLIN };
		n = 1;
		pthread_mutex_lock(&pool_lock);
		for (struct blocked *b = blocked_list; b; b = b->next) {
			if (!request_valid(b->rq) || task_signalled(b->rq->tid))
				pthread_kill(b->thread, SIGNAL_WAKE);
			if (n <= WATCHED_MAX)
				p[n++] = (struct pollfd){ .fd = b->pidfd, .events = POLLIN };
		}
		pthread_mutex_unlock(&pool_lock);
		/* A descriptor that was closed meanwhile, or means another task: a look too many.
		 */
		poll(p, n, n > 1 ? MONITOR_TICK_MS : -1);
		eventfd_read(monitor_event, &count);
	}
	return arg;
}

static void *worker_main(void *arg);

static int thread_start(void *(*fn)(void *))
{
	pthread_attr_t attr;
	pthread_t t;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, WORKER_STACK_BYTES);
	ret = pthread_create(&t, &attr, fn, NULL);
	pthread_attr_destroy(&attr);
	return -ret;
}

static int worker_start(void)
{
	int ret;

	if (__atomic_add_fetch(&workers, 1, __ATOMIC_RELAXED) > WORKERS_MAX) {
		__atomic_sub_fetch(&workers, 1, __ATOMIC_RELAXED);
		return -EAGAIN;
	}
	ret = thread_start(worker_main);
	if (ret < 0)
		__atomic_sub_fetch(&workers, 1, __ATOMIC_RELAXED);
	return ret;
}

static __thread struct blocked this_block;

void request_block_begin(struct request *rq, bool interruptible)
{
	if (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) == 0)
		worker_start();
	this_block.rq = NULL;
	if (!interruptible)
		return;
	this_block.rq = rq;
	this_block.thread = pthread_self();
	this_block.pidfd = pidfd_open(rq->tid, PIDFD_THREAD);
	if (this_block.pidfd < 0)
		this_block.pidfd = pidfd_open(rq->tid, 0);
	pthread_mutex_lock(&pool_lock);
	this_block.next = blocked_list;
	blocked_list = &this_block;
	if (!monitor_runs)
		monitor_runs = thread_start(monitor_main) == 0;
	pthread_mutex_unlock(&pool_lock);
	eventfd_write(monitor_event, 1);
}

void request_block_end(struct request *rq)
{
	if (!this_block.rq)
		return;
	pthread_mutex_lock(&pool_lock);
	for (struct blocked **at = &blocked_list; *at; at = &(*at)->next)
		if (*at == &this_block) {
			*at = this_block.next;
			break;
		}
	pthread_mutex_unlock(&pool_lock);
	if (this_block.pidfd >= 0)
		close(this_block.pidfd);
	this_block.rq = NULL;
}

void request_flush_dead(void)
{
	bool found = true;

	for (int round = 0; found && round < FLUSH_ROUNDS_MAX; round++) {
		found = false;
		pthread_mutex_lock(&pool_lock);
		for (struct blocked *b = blocked_list; b; b = b->next)
			if (!request_valid(b->rq)) {
				pthread_kill(b->thread, SIGNAL_WAKE);
				found = true;
			}
		pthread_mutex_unlock(&pool_lock);
		if (found)
			usleep(100);
	}
}

/*
 * Put a descriptor into the task. In one step with the answer where it does no harm that we still
 * hold ours for a moment; a FIFO's other end, a lock or a program that was being written would look
 * busy, so there ours is closed before the task runs on.
 */
static int answer_fd(struct request *rq, struct verdict v)
{
	struct seccomp_notif_addfd add = {
		.id = rq->id,
		.flags = v.shareable ? SECCOMP_ADDFD_FLAG_SEND : 0,
		.srcfd = v.value,
		.newfd_flags = v.cloexec ? O_CLOEXEC : 0,
	};
	int ret;

	do
		ret = ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	ret = ret < 0 ? -errno : ret;
	close(v.value);
	if (ret == -EBADF) /* the task's RLIMIT_NOFILE is below any free number */
		ret = -EMFILE;
	if (ret >= 0 && !v.shareable)
		return request_answer(rq, verdict_return(ret));
	return ret;
}

int request_answer(struct request *rq, struct verdict v)
{
	struct seccomp_notif_resp resp = { .id = rq->id };
	int ret;

	if (v.kind == VERDICT_DROP || v.kind == VERDICT_DONE)
		return 0;
	if (v.kind == VERDICT_FD) {
		ret = answer_fd(rq, v);
		if (ret >= 0 || ret == -ENOENT)
			return ret;
		v = verdict_return(ret);
	}
	if (v.kind == VERDICT_CONTINUE)
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (v.value < 0)
		resp.error = v.value;
	else
		resp.val = v.value;
	if (ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0)
		return -errno;
	return 0;
}

/* 32-bit and x32 calls do not mean what their numbers say: the program ends, and is told why. */
static void refuse_architecture(struct request *rq)
{
	log_err("task %d: a 32-bit or x32 system call: not possible at path level; build the "
		"program for x86-64, or run it outside ucrun",
		rq->tid);
	kill(rq->tid, SIGKILL);
}

static void serve(struct seccomp_notif *n)
{
	struct request rq = {
		.n = n, .id = n->id, .tid = n->pid, .args = (uint64_t *)n->data.args
	};
	struct verdict v = verdict_return(-ENOSYS);

	if (n->data.arch != AUDIT_ARCH_X86_64 || n->data.nr >= CALL_NUMBER_MAX) {
		refuse_architecture(&rq);
		return;
	}
	rq.call = &call_table[n->data.nr];
	rq.st = state_of(rq.tid);
	if (!rq.st) {
		/* Dead already, or a task that lost its tag: nobody may be served without one. */
		if (request_valid(&rq)) {
			kill(rq.tid, SIGKILL);
			log_err("task %d: lost its session's tag, ended", rq.tid);
		}
		return;
	}
	if (!inject_verify(rq.tid)) {
		state_put(rq.st);
		return;
	}
	rq.walker = (struct walker){ machine.view, &rq.st->cred, rq.st->root, &rq };
	if (rq.call->handler)
		v = rq.call->handler(&rq);
	if (machine.cfg->trace)
		trace_call(&rq, v);
	request_answer(&rq, v);
	state_put(rq.st);
	state_maybe_collect();
}

static void *worker_main(void *arg)
{
	size_t n = sizes.seccomp_notif > sizeof(struct seccomp_notif)
			   ? sizes.seccomp_notif
			   : sizeof(struct seccomp_notif);
	autofree struct seccomp_notif *req = malloc(n);

	while (req) {
		memset(req, 0, n);
		if (__atomic_add_fetch(&waiting, 1, __ATOMIC_ACQ_REL) > WORKERS_USUAL) {
			__atomic_sub_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
			break;
		}
		if (ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_RECV, req) < 0) {
			__atomic_sub_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
			/* ENOENT: the task died first, or (6.11) none is left: the main thread
			 * knows */
			if (errno == ENOENT) {
				struct pollfd p = { .fd = machine.listener };

				if (poll(&p, 1, 0) == 1 && p.revents & POLLHUP)
					break;
			} else if (errno != EINTR) {
				break;
			}
			continue;
		}
		__atomic_sub_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
		serve(req);
	}
	__atomic_sub_fetch(&workers, 1, __ATOMIC_RELAXED);
	return arg;
}

static void wake_up_only(int sig)
{
}

void notify_flags(int listener)
{
	/* By value, not by pointer. Linux >= 6.6; without it a trap costs a wake-up more. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

int notify_start(int listener)
{
	struct sigaction sa = { .sa_handler = wake_up_only };

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	sigaction(SIGNAL_WAKE, &sa, NULL);
	notify_flags(listener);
	monitor_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (monitor_event < 0)
		return -errno;
	for (int i = 0; i < WORKERS_USUAL; i++) {
		int ret = worker_start();

		if (ret < 0)
			return ret;
	}
	return 0;
}
