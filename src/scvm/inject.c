// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec by injection.
 *
 * An execve that we allowed as it is would be decided by memory that another thread can change. So
 * the task is stopped by ptrace, an execve with *our* path is run in it, and at EVENT_EXEC
 * /proc/TID/exe must be the file that was planned.
 *
 *	notification pending -> SEIZE, INTERRUPT -> answer it -> the task stops on its way out
 *	-> scratch below the red zone, registers, one single step over the syscall instruction
 *	-> EVENT_EXEC: verify, new state, DETACH     or     SIGTRAP: it failed, restore, DETACH
 *
 * (On a listener with WAIT_KILLABLE_RECV the stop comes after the answer only, in this order.) The
 * injected execve is trapped again, by another worker, which lets it through: inject_expected().
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
static int verifying;	     /* atomic: how many of them are to be verified */

static void pending_add(struct pending *p)
{
	pthread_mutex_lock(&lock);
	p->next = list;
	list = p;
	pthread_mutex_unlock(&lock);
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
	return found;
}

bool inject_expected(pid_t tid)
{
	return pending_take(tid, false) != NULL;
}

static bool exe_is(pid_t tid, dev_t dev, ino_t ino)
{
	char name[64];
	struct stat st;

	snprintf(name, sizeof(name), "/proc/%d/exe", tid);
	return stat(name, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
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
	__atomic_sub_fetch(&verifying, 1, __ATOMIC_ACQ_REL);
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

static int read_argv(struct request *rq, uint64_t addr, uint64_t **out, size_t *n)
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
	*out = v;
	*n = have;
	return 0;
}

/* Path and argument vector as they will stand, ending below @top. */
static int image_build(struct request *rq, const struct exec_job *job, uint64_t top, struct image *im)
{
	size_t nargs = 0, nprefix = 0, strings = strlen(job->path) + 1, at, kept;
	autofree uint64_t *args = NULL;
	uint64_t base, *vec;
	int ret;

	memset(im, 0, sizeof(*im));
	if (job->prefix) {
		ret = read_argv(rq, job->argv, &args, &nargs);
		if (ret < 0)
			return ret;
		for (; job->prefix[nprefix]; nprefix++)
			strings += strlen(job->prefix[nprefix]) + 1;
	}
	kept = nargs > job->skip ? nargs - job->skip : 0;
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
	for (size_t i = 0; i < kept; i++)
		vec[nprefix + i] = args[job->skip + i];
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

static struct verdict exec_in_place(struct request *rq, const struct exec_job *job)
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
		ret = image_build(rq, job, sp - RED_ZONE_BYTES, &im);
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
	__atomic_add_fetch(&verifying, 1, __ATOMIC_ACQ_REL);
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

static int inject_fds(struct request *rq, const struct exec_job *job, char *const *prefix)
{
	for (int i = 0; i < 2; i++) {
		struct seccomp_notif_addfd add = { .id = rq->id, .srcfd = job->fds[i] };
		int fd;

		if (job->fds[i] < 0) {
			strcpy(prefix[1 + i], "-1");
			continue;
		}
		fd = ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
		if (fd < 0)
			return errno == EBADF ? -EMFILE : -errno;
		snprintf(prefix[1 + i], 12, "%d", fd);
	}
	return 0;
}

static int step_exec(struct request *rq, const struct exec_job *job, struct stop *s,
		     struct user_regs_struct *saved)
{
	struct pending here = { .tid = rq->tid };
	struct user_regs_struct regs = *saved;
	struct image im;
	int ret = image_build(rq, job, regs.rsp - RED_ZONE_BYTES, &im);

	if (ret < 0)
		return ret;
	ret = mem_poke(rq->tid, regs.rsp - RED_ZONE_BYTES - im.len, im.bytes, im.len);
	free(im.bytes);
	if (ret < 0)
		return -E2BIG;
	regs.rip -= SYSCALL_INSN_BYTES;
	regs.rax = SYS_execve;
	regs.orig_rax = -1;
	regs.rdi = im.path;
	regs.rsi = im.argv;
	regs.rdx = job->envp;
	if (ptrace(PTRACE_SETREGS, s->tid, 0, &regs) < 0)
		return -ESRCH;
	pending_add(&here);
	if (ptrace(PTRACE_SINGLESTEP, s->tid, 0, 0) < 0)
		ret = -ESRCH;
	else
		ret = stop_wait(s);
	pending_take(rq->tid, false); /* when it never came */
	if (ret < 0)
		return ret;
	if (s->status >> 16 == PTRACE_EVENT_EXEC)
		return 0;
	if (ptrace(PTRACE_GETREGS, s->tid, 0, &regs) < 0)
		return -ESRCH;
	return (long)regs.rax < 0 ? (int)regs.rax : -EIO;
}

static struct verdict exec_by_ptrace(struct request *rq, const struct exec_job *job)
{
	struct user_regs_struct saved;
	struct stop s = { .tid = rq->tid };
	uint64_t mask = 0, all = ~0UL;
	int ret;

	if (ptrace(PTRACE_INTERRUPT, rq->tid, 0, 0) < 0 ||
	    request_answer(rq, verdict_return(0)) < 0 || stop_wait(&s) < 0) {
		ptrace(PTRACE_DETACH, s.tid, 0, 0);
		return verdict_done();
	}
	ret = -ESRCH;
	if (ptrace(PTRACE_GETREGS, s.tid, 0, &saved) == 0 &&
	    ptrace(PTRACE_GETSIGMASK, s.tid, sizeof(mask), &mask) == 0 &&
	    ptrace(PTRACE_SETSIGMASK, s.tid, sizeof(all), &all) == 0)
		ret = step_exec(rq, job, &s, &saved);
	if (ret == 0 && !exe_is(s.tid, job->dev, job->ino)) {
		log_warn("task %d: exec reached another file than planned, ended", s.tid);
		kill(s.tid, SIGKILL);
		ptrace(PTRACE_DETACH, s.tid, 0, 0);
		return verdict_done();
	}
	if (ret == 0) {
		rq->tid = s.tid;
		if (job->commit)
			job->commit(rq, job);
	} else if (ret != -ESRCH) {
		saved.rax = ret;
		saved.orig_rax = -1;
		ptrace(PTRACE_SETREGS, s.tid, 0, &saved);
	}
	ptrace(PTRACE_SETSIGMASK, s.tid, sizeof(mask), &mask);
	ptrace(PTRACE_DETACH, s.tid, 0, 0);
	if (s.stop_signal)
		kill(s.tid, s.stop_signal);
	return verdict_done();
}

struct verdict inject_exec(struct request *rq, const struct exec_job *job)
{
	struct verdict v;
	int ret;

	if (job->fds[0] >= 0) {
		ret = inject_fds(rq, job, job->prefix);
		if (ret < 0)
			return verdict_return(ret);
	}
	if (ptrace(PTRACE_SEIZE, rq->tid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0) {
		if (errno == ESRCH)
			return verdict_return(-ESRCH);
		return exec_in_place(rq, job);
	}
	request_block_begin(rq, false);
	v = exec_by_ptrace(rq, job);
	request_block_end(rq);
	return v;
}
