// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Workers: threads that take traps from the session's one listener and answer them.
 *
 * As a rule one worker waits in NOTIF_RECV: with two, each trap would wake the other one, on
 *another processor, and a round trip would cost twice as much. There are more when they are needed:
 *
 *	- a handler that may wait for long says so before, by request_block_begin()
 *	- one that is stuck all the same (a slow disk, a big copy) is found by the monitor
 *	- many tasks trap at once: a look at the queue now and then tells
 *
 * and those above the wanted number end when they find enough others waiting.
 *
 * A waiting handler must be woken when its task is signalled or dies: with WAIT_KILLABLE_RECV the
 * task itself does not leave the call for a signal (and so no call with side effects happens
 * twice), so the monitor looks at the task's pending signals and interrupts our system call. A
 * death it learns at once, from a pidfd: nobody must meet a dead reader at a FIFO.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>

#include "machine.h"

#define WORKERS_MAX	   8192 /* so many calls may wait at once */
#define WORKERS_PARALLEL   8 /* and no more than processors: how many may wait for traps */
#define QUEUE_LOOK_EVERY   32 /* traps of one worker: a look costs a system call */
#define QUEUE_QUIET_LOOKS  16 /* empty ones in a row, then one worker less */
#define MONITOR_TICK_MS	   20
#define MONITOR_DEAD_MS	   1 /* between two wake-ups of a handler whose task is dead */
#define MONITOR_IDLE_TICKS 50 /* without a trap, then the monitor sleeps too */
#define WORKER_STACK_BYTES (512 << 10)
#define FLUSH_ROUNDS_MAX   10000
#define STOP_LOOK_US	   200
#define STOP_ROUNDS_MAX	   50000 /* 10 s: a disk may take so long over the last call */
#define SIGNAL_WAKE	   SIGRTMIN /* not one that a user may send and we must pass on */

struct blocked {
	struct blocked *next;
	pthread_t thread;
	struct request *rq;
	int pidfd;
	bool dead; /* its task is, and the handler has been told */
};

#define WATCHED_MAX 128 /* deaths of more are noticed by the next tick */

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static int monitor_event = -1; /* eventfd: the list has grown */
static struct blocked *blocked_list; /* pool_lock */
static int waiting; /* atomic: workers in NOTIF_RECV */
static int workers; /* atomic */
static int wanted = 1; /* atomic: how many should be in NOTIF_RECV */
static int parallel_max = 1; /* set before the first worker starts */
static unsigned served; /* atomic: traps taken so far */
static bool monitor_sleeps; /* atomic */
static struct seccomp_notif_sizes sizes;
static void (*serve)(struct seccomp_notif *n); /* set before the first worker starts */

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

static bool queue_waits(void)
{
	struct pollfd p = { .fd = machine.listener, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

static int worker_start(void);

/* A tick without progress while somebody waits: whoever serves is stuck. */
static void monitor_progress(unsigned *seen, unsigned *quiet)
{
	unsigned now = __atomic_load_n(&served, __ATOMIC_ACQUIRE);

	if (now != *seen) {
		*quiet = 0;
	} else if (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) == 0 && queue_waits()) {
		worker_start();
	} else if (*quiet < MONITOR_IDLE_TICKS && ++*quiet == MONITOR_IDLE_TICKS) {
		__atomic_store_n(&monitor_sleeps, true, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&served, __ATOMIC_SEQ_CST) != now)
			*quiet = 0;
	}
	*seen = now;
}

/* Serving starts again: the monitor is to look on. */
static void monitor_wake(void)
{
	if (__atomic_load_n(&monitor_sleeps, __ATOMIC_SEQ_CST) &&
	    __atomic_exchange_n(&monitor_sleeps, false, __ATOMIC_SEQ_CST))
		eventfd_write(monitor_event, 1);
}

/*
 * Wake the handlers whose task has a signal or is gone, those again and again: a signal that comes
 * before the system call does not interrupt it. @some_dead: do such remain?
 * Return: how many living tasks are waited for, their pidfds in @p
 */
static unsigned monitor_blocked(struct pollfd p[WATCHED_MAX], bool tick, bool *some_dead)
{
	unsigned n = 0;

	*some_dead = false;
	pthread_mutex_lock(&pool_lock);
	for (struct blocked *b = blocked_list; b; b = b->next) {
		if (tick && !b->dead && !request_valid(b->rq))
			b->dead = true;
		if (b->dead || (tick && task_signalled(b->rq->tid)))
			pthread_kill(b->thread, SIGNAL_WAKE);
		*some_dead |= b->dead;
		if (!b->dead && n < WATCHED_MAX)
			p[n++] = (struct pollfd){ .fd = b->pidfd, .events = POLLIN };
	}
	pthread_mutex_unlock(&pool_lock);
	return n;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *monitor_main(void *arg)
{
	struct pollfd p[WATCHED_MAX + 1] = { { .fd = monitor_event, .events = POLLIN } };
	unsigned n, seen = 0, quiet = 0;
	long last = 0, left;
	eventfd_t count;
	bool tick = true, some_dead;
	int got;

	for (;;) {
		if (tick) {
			monitor_progress(&seen, &quiet);
			last = now_ms();
		}
		n = monitor_blocked(p + 1, tick, &some_dead);
		left = last + MONITOR_TICK_MS - now_ms();
		if (some_dead)
			left = MONITOR_DEAD_MS;
		else if (n == 0 && quiet >= MONITOR_IDLE_TICKS)
			left = -1;
		else if (left < 0)
			left = 0;
		/* A descriptor that was closed meanwhile, or means another task: a look too many.
		 */
		got = poll(p, n + 1, left);
		if (eventfd_read(monitor_event, &count) == 0) {
			quiet = 0;
			got--;
		}
		/* A death is looked at without waiting. */
		tick = got > 0 || now_ms() - last >= MONITOR_TICK_MS;
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

int request_block_begin(struct request *rq, bool interruptible)
{
	this_block.rq = NULL;
	if (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) == 0 && worker_start() < 0)
		return -ENOMEM; /* the last one must not wait */
	serving_waits();
	if (!interruptible)
		return 0;
	this_block.rq = rq;
	this_block.thread = pthread_self();
	this_block.dead = false;
	this_block.pidfd = pidfd_open(rq->tid, PIDFD_THREAD);
	if (this_block.pidfd < 0)
		this_block.pidfd = pidfd_open(rq->tid, 0);
	pthread_mutex_lock(&pool_lock);
	this_block.next = blocked_list;
	blocked_list = &this_block;
	pthread_mutex_unlock(&pool_lock);
	eventfd_write(monitor_event, 1);
	return 0;
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
 * The last task is gone: handlers whose task died in the middle still have to come out, since they
 * use what the caller is about to free. A worker in NOTIF_RECV uses nothing, and may stay there.
 */
void notify_stop(void)
{
	for (int round = 0; round < STOP_ROUNDS_MAX; round++) {
		if (__atomic_load_n(&workers, __ATOMIC_SEQ_CST) <=
		    __atomic_load_n(&waiting, __ATOMIC_SEQ_CST))
			return;
		pthread_mutex_lock(&pool_lock);
		for (struct blocked *b = blocked_list; b; b = b->next)
			pthread_kill(b->thread, SIGNAL_WAKE);
		pthread_mutex_unlock(&pool_lock);
		usleep(STOP_LOOK_US);
	}
	log_debug("a worker did not come back from its last call");
}

/*
 * ADDFD wakes the task without the hint of SYNC_WAKE_UP, so the scheduler would start it on
 * another, idle processor: ten times as slow as the call itself. For that moment it may run on ours
 * alone. Return: does @old have to be put back?
 */
static bool bring_here(pid_t tid, cpu_set_t *old)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	if (parallel_max == 1 || cpu < 0 || sched_getaffinity(tid, sizeof(*old), old) < 0 ||
	    !CPU_ISSET(cpu, old) || CPU_COUNT(old) == 1)
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(tid, sizeof(one), &one) == 0;
}

/*
 * Put a descriptor into the task, and answer afterwards: while it waits for the answer it can
 * neither see nor pass on the affinity that it has for this moment, and ours is closed before it
 * runs on (a FIFO's other end, a lock or a program being written would look busy).
 */
static int answer_fd(struct request *rq, struct verdict v)
{
	struct seccomp_notif_addfd add = {
		.id = rq->id,
		.srcfd = v.value,
		.newfd_flags = v.cloexec ? O_CLOEXEC : 0,
	};
	cpu_set_t old;
	bool moved = bring_here(rq->tid, &old);
	int ret;

	do
		ret = ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	ret = ret < 0 ? -errno : ret;
	if (moved)
		sched_setaffinity(rq->tid, sizeof(old), &old);
	close(v.value);
	if (ret == -EBADF) /* the task's RLIMIT_NOFILE is below any free number */
		ret = -EMFILE;
	return ret;
}

int request_answer(struct request *rq, struct verdict v)
{
	struct seccomp_notif_resp resp = { .id = rq->id };
	int ret;

	serving_end();
	if (v.kind == VERDICT_DONE)
		return 0;
	if (v.kind == VERDICT_FD) {
		ret = answer_fd(rq, v);
		if (ret == -ENOENT)
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

/* As a rule no other worker is at work. */
static bool is_alone(void)
{
	return __atomic_load_n(&workers, __ATOMIC_RELAXED) -
		       __atomic_load_n(&waiting, __ATOMIC_RELAXED) <=
	       1;
}

void notify_serve(struct seccomp_notif *n)
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
	rq.walker = (struct walker){ rq.st->nest->view, &rq.st->cred, rq.st->root, &rq };
	if (rq.call->class == CL_PATH && !is_alone())
		serving_settle();
	if (rq.call->handler)
		v = rq.call->handler(&rq);
	if (machine.cfg->trace)
		trace_call(&rq, v);
	request_answer(&rq, v);
	state_put(rq.st);
	state_maybe_collect(false);
}

struct queue_watch {
	unsigned traps, quiet;
};

/* Does another trap wait already when this one was taken? Then two workers have work. */
static void queue_look(struct queue_watch *q)
{
	int now = __atomic_load_n(&wanted, __ATOMIC_RELAXED);

	if (parallel_max == 1 || ++q->traps % QUEUE_LOOK_EVERY)
		return;
	if (queue_waits()) {
		q->quiet = 0;
		if (now < parallel_max &&
		    __atomic_compare_exchange_n(&wanted, &now, now + 1, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED) &&
		    __atomic_load_n(&waiting, __ATOMIC_RELAXED) == 0)
			worker_start();
	} else if (now > 1 && ++q->quiet >= QUEUE_QUIET_LOOKS) {
		q->quiet = 0;
		__atomic_compare_exchange_n(&wanted, &now, now - 1, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	}
}

static void *worker_main(void *arg)
{
	size_t n = sizes.seccomp_notif > sizeof(struct seccomp_notif)
			   ? sizes.seccomp_notif
			   : sizeof(struct seccomp_notif);
	autofree struct seccomp_notif *req = malloc(n);
	struct queue_watch watch = { 0 };
	unsigned turn;

	serving_add();
	while (req) {
		memset(req, 0, n);
		if (__atomic_add_fetch(&waiting, 1, __ATOMIC_ACQ_REL) >
		    __atomic_load_n(&wanted, __ATOMIC_RELAXED)) {
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
		turn = __atomic_add_fetch(&served, 1, __ATOMIC_SEQ_CST);
		if (machine.cfg && machine.cfg->traps)
			__atomic_add_fetch(machine.cfg->traps, 1, __ATOMIC_RELAXED);
		monitor_wake();
		queue_look(&watch);
		serving_begin(req->id, turn);
		serve(req);
		serving_end();
	}
	serving_remove();
	__atomic_sub_fetch(&workers, 1, __ATOMIC_SEQ_CST);
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

int notify_start(int listener, void (*fn)(struct seccomp_notif *n))
{
	struct sigaction sa = { .sa_handler = wake_up_only };
	cpu_set_t cpus;
	int ret;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	serve = fn;
	sigaction(SIGNAL_WAKE, &sa, NULL);
	notify_flags(listener);
	monitor_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (monitor_event < 0)
		return -errno;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		parallel_max = CPU_COUNT(&cpus);
	if (parallel_max > WORKERS_PARALLEL)
		parallel_max = WORKERS_PARALLEL;
	ret = thread_start(monitor_main);
	return ret < 0 ? ret : worker_start();
}
