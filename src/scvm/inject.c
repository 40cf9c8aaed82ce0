// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Injection: one system call of ours, run by the task itself.
 *
 * An execve that we allowed as it is would be decided by memory that another thread can change. So
 * the task is stopped by ptrace, an execve with *our* path is run in it, and at EVENT_EXEC
 * /proc/TID/exe must be the file that was planned. An O_PATH descriptor goes the same way, because
 * ADDFD takes none of those.
 *
 *	notification pending -> SEIZE, INTERRUPT -> answer it -> the task stops on its way out
 *	-> scratch below the red zone, registers, one single step over the syscall instruction
 *	-> EVENT_EXEC: verify, new state, DETACH     or     SIGTRAP: restore, DETACH
 *
 * (On a listener with WAIT_KILLABLE_RECV the stop comes after the answer only, in this order.) The
 * injected call is trapped again, by another worker, which lets it through: inject_expected().
 *
 * A task that is already traced, by a debugger in the session, cannot be seized. Then the
 * path and the arguments are replaced in place, the original call goes on, and the program is
 * verified at its first trap, before anything is done for it: inject_verify().
 */
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "machine.h"

#define RED_ZONE_BYTES 128
#define ARGS_MAX (1 << 20)
#define SYSCALL_INSN_BYTES 2

/* One injection, or (verify) one program still to be looked at. */
struct pending {
	struct pending *next;
	pid_t tid;
	dev_t dev;
	ino_t ino;
	bool verify;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pending *list; /* guarded by lock */
static int injecting;	     /* atomic: how many of them are calls on their way */
static int verifying;	     /* atomic: how many of them are to be verified */

static void pending_add(struct pending *p)
{
	pthread_mutex_lock(&lock);
	p->next = list;
	list = p;
	pthread_mutex_unlock(&lock);
	__atomic_add_fetch(p->verify ? &verifying : &injecting, 1, __ATOMIC_ACQ_REL);
}

static struct pending *pending_take(pid_t tid, bool verify)
{
	struct pending *found = NULL;

	pthread_mutex_lock(&lock);
	for (struct pending **at = &list; *at; at = &(*at)->next)
		if ((*at)->tid == tid && (*at)->verify == verify) {
			found = *at;
			*at = found->next;
			break;
		}
	pthread_mutex_unlock(&lock);
	if (found)
		__atomic_sub_fetch(verify ? &verifying : &injecting, 1, __ATOMIC_ACQ_REL);
	return found;
}

bool inject_expected(pid_t tid)
{
	return __atomic_load_n(&injecting, __ATOMIC_ACQUIRE) > 0 && pending_take(tid, false) != NULL;
}

static bool link_is(const char *name, dev_t dev, ino_t ino)
{
	struct stat st;

	return stat(name, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static bool exe_is(pid_t tid, dev_t dev, ino_t ino)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/exe", tid);
	return link_is(name, dev, ino);
}

bool inject_verify(pid_t tid)
{
	struct pending *p;
	bool ok;

	if (__atomic_load_n(&verifying, __ATOMIC_ACQUIRE) == 0)
		return true;
	p = pending_take(tid, true);
	if (!p)
		return true;
	ok = exe_is(tid, p->dev, p->ino);
	free(p);
	if (!ok) {
		log_warn("task %d: exec of another file than the view's, ended", tid);
		kill(tid, SIGKILL);
	}
	return ok;
}

/* ---- the new arguments, laid out for one address in the task ---- */

struct image {
	char *bytes;
	size_t len;
	uint64_t path, argv; /* addresses in the task */
};

/* The task's own argument vector. It is read while the request is still pending. */
struct task_args {
	uint64_t *v;
	size_t n;
};

static int read_argv(struct request *rq, uint64_t addr, struct task_args *out)
{
	size_t room = 64, have = 0;
	uint64_t *v = malloc(room * sizeof(*v));

	while (v && addr) {
		int ret = mem_read(rq, addr + have * 8, &v[have], 8);

		if (ret < 0) {
			free(v);
			return ret;
		}
		if (!v[have])
			break;
		if (++have == room) {
			void *p = room < ARGS_MAX ? realloc(v, (room *= 2) * sizeof(*v)) : NULL;

			if (!p) {
				free(v);
				return -E2BIG;
			}
			v = p;
		}
	}
	if (!v)
		return -ENOMEM;
	v[have] = 0;
	*out = (struct task_args){ v, have };
	return 0;
}

/* Path and argument vector as they will stand, ending below @top. */
static int image_build(const struct exec_job *job, const struct task_args *args, uint64_t top,
		       struct image *im)
{
	size_t nprefix = 0, strings = strlen(job->path) + 1, at, kept;
	uint64_t base, *vec;

	memset(im, 0, sizeof(*im));
	for (; job->prefix && job->prefix[nprefix]; nprefix++)
		strings += strlen(job->prefix[nprefix]) + 1;
	kept = args->n > job->skip ? args->n - job->skip : 0;
	im->len = job->prefix ? (nprefix + kept + 1) * 8 + strings : strings;
	base = (top - im->len) & ~15UL;
	im->len = top - base;
	im->bytes = calloc(1, im->len);
	if (!im->bytes)
		return -ENOMEM;
	vec = (uint64_t *)im->bytes;
	at = job->prefix ? (nprefix + kept + 1) * 8 : 0;
	im->argv = job->prefix ? base : job->argv;
	im->path = base + at;
	strcpy(im->bytes + at, job->path);
	at += strlen(job->path) + 1;
	for (size_t i = 0; i < nprefix; i++) {
		vec[i] = base + at;
		strcpy(im->bytes + at, job->prefix[i]);
		at += strlen(job->prefix[i]) + 1;
	}
	for (size_t i = 0; job->prefix && i < kept; i++)
		vec[nprefix + i] = args->v[job->skip + i];
	return 0;
}

/* ---- in place, for a task that a debugger holds ---- */

static int mem_poke(pid_t tid, uint64_t addr, const void *buf, size_t len)
{
	char name[64];
	autoclose int fd = -1;

	/* /proc/TID/mem writes to read-only private pages too, as a debugger does. */
	snprintf(name, sizeof(name), "/proc/%d/mem", tid);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return pwrite(fd, buf, len, addr) == (ssize_t)len ? 0 : -EFAULT;
}

static uint64_t task_sp(pid_t tid)
{
	char name[64], *text = NULL;
	unsigned long v[9] = { 0 };
	long nr;

	snprintf(name, sizeof(name), "/proc/%d/syscall", tid);
	if (read_file_at(AT_FDCWD, name, 512, &text) < 0)
		return 0;
	if (sscanf(text, "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &nr, &v[0], &v[1], &v[2], &v[3],
		   &v[4], &v[5], &v[6], &v[7]) < 9)
		v[6] = 0;
	free(text);
	return v[6];
}

static struct verdict exec_in_place(struct request *rq, const struct exec_job *job,
				    const struct task_args *args)
{
	unsigned path_arg = rq->n->data.nr == SYS_execve ? 0 : 1;
	char native[PATH_MAX];
	struct pending *p;
	struct image im;
	struct stat st;
	bool same;
	int ret;

	if (path_arg == 1 && (int)rq->args[4] & AT_EMPTY_PATH)
		return verdict_return(-EPERM); /* told in limits.md */
	ret = mem_read_path(rq, rq->args[path_arg], native);
	if (ret < 0)
		return verdict_return(ret);
	same = !job->prefix && native[0] == '/' && stat(native, &st) == 0 && st.st_dev == job->dev &&
	       st.st_ino == job->ino;
	if (!same) {
		uint64_t sp = task_sp(rq->tid);

		if (!sp)
			return verdict_return(-EPERM);
		ret = image_build(job, args, sp - RED_ZONE_BYTES, &im);
		if (ret < 0)
			return verdict_return(ret);
		ret = mem_poke(rq->tid, sp - RED_ZONE_BYTES - im.len, im.bytes, im.len);
		if (ret == 0)
			ret = mem_poke(rq->tid, rq->args[path_arg], job->path,
				       strlen(job->path) + 1);
		if (ret == 0 && job->prefix) {
			size_t n = 0;
			uint64_t *vec = (uint64_t *)im.bytes;

			while (vec[n])
				n++;
			ret = mem_poke(rq->tid, job->argv, vec, (n + 1) * 8);
		}
		free(im.bytes);
		if (ret < 0)
			return verdict_return(ret);
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return verdict_return(-ENOMEM);
	*p = (struct pending){ .tid = rq->tid, .dev = job->dev, .ino = job->ino, .verify = true };
	pending_add(p);
	if (job->commit)
		job->commit(rq, job);
	return verdict_continue();
}

/* ---- by ptrace ---- */

struct stop {
	pid_t tid;
	int status;
	int stop_signal; /* a SIGSTOP that came meanwhile, to be sent again */
};

/* Wait for the next stop that matters. Return: 0, or -ESRCH when the task has died. */
static int stop_wait(struct stop *s)
{
	for (;;) {
		/* Only what this thread traces; exec by a thread changes its id to the leader's. */
		pid_t pid = waitpid(-1, &s->status, __WALL | __WNOTHREAD);
		int event;

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return -ESRCH;
		if (WIFEXITED(s->status) || WIFSIGNALED(s->status)) {
			if (pid == s->tid)
				return -ESRCH;
			continue;
		}
		event = s->status >> 16;
		s->tid = pid;
		if (event == PTRACE_EVENT_EXEC || WSTOPSIG(s->status) == SIGTRAP)
			return 0;
		/* A stop signal cannot be blocked: deliver it afterwards. */
		s->stop_signal = WSTOPSIG(s->status);
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0)
			return -ESRCH;
	}
}

/* Return: the number in the task, or -errno */
static int inject_fd(struct request *rq, int fd, int flags)
{
	struct seccomp_notif_addfd add = { .id = rq->id, .srcfd = fd, .newfd_flags = flags };
	int ret = ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

	return ret >= 0 ? ret : errno == EBADF ? -EMFILE : -errno;
}

static int inject_fds(struct request *rq, struct exec_job *job, char path[64])
{
	int fd;

	if (job->image_fd >= 0) {
		fd = inject_fd(rq, job->image_fd, O_CLOEXEC);
		if (fd < 0)
			return fd;
		snprintf(path, 64, "/proc/self/fd/%d", fd);
		job->path = path;
	}
	for (int i = 0; i < 2 && job->fds[0] >= 0; i++) {
		fd = job->fds[i] < 0 ? -1 : inject_fd(rq, job->fds[i], 0);
		if (job->fds[i] >= 0 && fd < 0)
			return fd;
		snprintf(job->prefix[1 + i], 12, "%d", fd);
	}
	return 0;
}

/* What one injection holds of a stopped task. */
struct hold {
	struct stop stop;
	struct user_regs_struct regs; /* as it trapped, with the answer's result in rax */
	uint64_t mask;		      /* its blocked signals */
};

static void hold_detach(struct hold *h)
{
	ptrace(PTRACE_SETSIGMASK, h->stop.tid, sizeof(h->mask), &h->mask);
	ptrace(PTRACE_DETACH, h->stop.tid, 0, 0);
	if (h->stop.stop_signal)
		kill(h->stop.tid, h->stop.stop_signal);
}

/*
 * From seized to stopped with every signal blocked. The request is answered by this; false: the task
 * has died, nothing is owed.
 */
static bool hold_begin(struct request *rq, struct hold *h)
{
	uint64_t all = ~0UL;

	h->stop = (struct stop){ .tid = rq->tid };
	if (ptrace(PTRACE_INTERRUPT, rq->tid, 0, 0) < 0 ||
	    request_answer(rq, verdict_return(0)) < 0 || stop_wait(&h->stop) < 0 ||
	    ptrace(PTRACE_GETREGS, h->stop.tid, 0, &h->regs) < 0 ||
	    ptrace(PTRACE_GETSIGMASK, h->stop.tid, sizeof(h->mask), &h->mask) < 0) {
		ptrace(PTRACE_DETACH, h->stop.tid, 0, 0);
		return false;
	}
	ptrace(PTRACE_SETSIGMASK, h->stop.tid, sizeof(all), &all);
	return true;
}

/* Let the original call return @result. */
static void hold_return(struct hold *h, int64_t result)
{
	h->regs.rax = result;
	h->regs.orig_rax = -1;
	ptrace(PTRACE_SETREGS, h->stop.tid, 0, &h->regs);
	hold_detach(h);
}

static uint64_t scratch_top(const struct hold *h)
{
	return h->regs.rsp - RED_ZONE_BYTES;
}

/* Run call @nr once. Return: its result, or -ESRCH when the task died. At an exec: 0, stopped there. */
static int64_t hold_call(struct request *rq, struct hold *h, long nr, uint64_t a, uint64_t b, uint64_t c)
{
	struct pending here = { .tid = rq->tid };
	struct user_regs_struct regs = h->regs;
	int ret;

	regs.rip -= SYSCALL_INSN_BYTES;
	regs.rax = nr;
	regs.orig_rax = -1;
	regs.rdi = a;
	regs.rsi = b;
	regs.rdx = c;
	if (ptrace(PTRACE_SETREGS, h->stop.tid, 0, &regs) < 0)
		return -ESRCH;
	pending_add(&here);
	ret = ptrace(PTRACE_SINGLESTEP, h->stop.tid, 0, 0) < 0 ? -ESRCH : stop_wait(&h->stop);
	pending_take(rq->tid, false); /* when it never came */
	if (ret < 0)
		return ret;
	if (h->stop.status >> 16 == PTRACE_EVENT_EXEC)
		return 0;
	if (ptrace(PTRACE_GETREGS, h->stop.tid, 0, &regs) < 0)
		return -ESRCH;
	return (int64_t)regs.rax;
}

static int hold_exec(struct request *rq, const struct exec_job *job, const struct task_args *args,
		     struct hold *h)
{
	struct image im;
	int ret = image_build(job, args, scratch_top(h), &im);

	if (ret < 0)
		return ret;
	ret = mem_poke(rq->tid, scratch_top(h) - im.len, im.bytes, im.len);
	free(im.bytes);
	if (ret < 0)
		return -E2BIG;
	ret = hold_call(rq, h, SYS_execve, im.path, im.argv, job->envp);
	return ret > 0 ? -EIO : ret;
}

static void exec_by_ptrace(struct request *rq, const struct exec_job *job, const struct task_args *args)
{
	struct hold h;
	int ret;

	if (!hold_begin(rq, &h))
		return;
	ret = hold_exec(rq, job, args, &h);
	if (ret == -ESRCH)
		return;
	if (ret < 0) {
		hold_return(&h, ret);
		return;
	}
	if (!exe_is(h.stop.tid, job->dev, job->ino)) {
		log_warn("task %d: exec reached another file than planned, ended", h.stop.tid);
		kill(h.stop.tid, SIGKILL);
		ptrace(PTRACE_DETACH, h.stop.tid, 0, 0);
		return;
	}
	rq->tid = h.stop.tid;
	if (job->commit)
		job->commit(rq, job);
	hold_detach(&h);
}

/* Return: 0; -EBUSY: a debugger in the session holds it; -ESRCH */
static int task_seize(pid_t tid)
{
	if (ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) == 0)
		return 0;
	return errno == ESRCH ? -ESRCH : -EBUSY;
}

struct verdict inject_exec(struct request *rq, struct exec_job *job)
{
	struct task_args args = { 0 };
	struct verdict v = verdict_done();
	char path[64];
	int ret = inject_fds(rq, job, path);

	if (ret == 0 && job->prefix)
		ret = read_argv(rq, job->argv, &args);
	if (ret < 0)
		return verdict_return(ret);
	ret = task_seize(rq->tid);
	if (ret == -ESRCH) {
		v = verdict_return(ret);
	} else if (ret < 0) {
		v = exec_in_place(rq, job, &args);
	} else {
		request_block_begin(rq, false);
		exec_by_ptrace(rq, job, &args);
		request_block_end(rq);
	}
	free(args.v);
	return v;
}

/* ---- O_PATH descriptors ---- */

/*
 * The task opens the object by its host path, and what it got is compared with what was meant: the
 * path stands in memory that another thread can change.
 */
static void opath_by_ptrace(struct request *rq, int fd, const char *host, bool cloexec)
{
	uint64_t flags = O_PATH | O_NOFOLLOW | (cloexec ? O_CLOEXEC : 0), at;
	size_t len = strlen(host) + 1;
	char name[64];
	struct hold h;
	struct stat st;
	int64_t got;

	if (!hold_begin(rq, &h))
		return;
	at = scratch_top(&h) - len;
	got = mem_poke(rq->tid, at, host, len) < 0 ? -ENOMEM : 0;
	if (got == 0)
		got = hold_call(rq, &h, SYS_openat, AT_FDCWD, at, flags);
	if (got == -ESRCH)
		return;
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", rq->tid, (int)got);
	if (got >= 0 && (fstat(fd, &st) < 0 || !link_is(name, st.st_dev, st.st_ino))) {
		/* A rename in between, or a thread that meddles: the number is given back. */
		hold_call(rq, &h, SYS_close, got, 0, 0);
		got = -ENOENT;
	}
	hold_return(&h, got);
}

/* A debugger holds the task: the nearest thing that ADDFD takes. Told in docs/limits.md. */
static struct verdict opath_substitute(int fd, bool cloexec)
{
	char name[64];
	int real;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	real = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return real < 0 ? verdict_return(-errno) : verdict_fd(real, cloexec);
}

struct verdict inject_opath(struct request *rq, int fd, bool cloexec)
{
	char name[64], host[PATH_MAX];
	ssize_t n;
	int ret;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, host, sizeof(host) - 1);
	if (n < 0)
		return verdict_return(-errno);
	host[n] = '\0';
	if (host[0] != '/')
		return opath_substitute(fd, cloexec);
	ret = task_seize(rq->tid);
	if (ret == -ESRCH)
		return verdict_return(ret);
	if (ret < 0)
		return opath_substitute(fd, cloexec);
	request_block_begin(rq, false);
	opath_by_ptrace(rq, fd, host, cloexec);
	request_block_end(rq);
	return verdict_done();
}
