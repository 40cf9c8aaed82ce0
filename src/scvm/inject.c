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
#include <fcntl.h>
#include <linux/filter.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "inject.h"

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
static int injecting; /* atomic: how many of them are calls on their way */
static int verifying; /* atomic: how many of them are to be verified */

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
	return __atomic_load_n(&injecting, __ATOMIC_ACQUIRE) > 0 &&
	       pending_take(tid, false) != NULL;
}

static bool link_is(const char *name, dev_t dev, ino_t ino)
{
	struct stat st;

	return stat(name, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

bool exe_is(pid_t tid, dev_t dev, ino_t ino)
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

int inject_verify_later(pid_t tid, dev_t dev, ino_t ino)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	*p = (struct pending){ .tid = tid, .dev = dev, .ino = ino, .verify = true };
	pending_add(p);
	return 0;
}

/* ---- a held task ---- */

int mem_poke(pid_t tid, uint64_t addr, const void *buf, size_t len)
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

int hold_wait(struct hold *h)
{
	for (;;) {
		/* Only what this thread traces; exec by a thread changes its id to the leader's. */
		pid_t pid = waitpid(-1, &h->status, __WALL | __WNOTHREAD);
		int sig;

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return -ESRCH;
		if (WIFEXITED(h->status) || WIFSIGNALED(h->status)) {
			if (pid == h->tid)
				return -ESRCH;
			continue;
		}
		h->tid = pid;
		sig = WSTOPSIG(h->status);
		if (h->status >> 16 == PTRACE_EVENT_EXEC || sig == SIGTRAP)
			return 0;
		h->signals |= 1UL << (sig - 1);
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0)
			return -ESRCH;
	}
}

void hold_detach(struct hold *h)
{
	ptrace(PTRACE_SETSIGMASK, h->tid, sizeof(h->mask), &h->mask);
	ptrace(PTRACE_DETACH, h->tid, 0, 0);
	for (int sig = 1; sig <= 64; sig++)
		if (h->signals & 1UL << (sig - 1))
			kill(h->tid, sig);
}

bool hold_begin(struct request *rq, struct hold *h)
{
	uint64_t all = ~0UL;

	*h = (struct hold){ .tid = rq->tid };
	if (ptrace(PTRACE_INTERRUPT, rq->tid, 0, 0) < 0 ||
	    request_answer(rq, verdict_return(0)) < 0 || hold_wait(h) < 0 ||
	    ptrace(PTRACE_GETREGS, h->tid, 0, &h->regs) < 0 ||
	    ptrace(PTRACE_GETSIGMASK, h->tid, sizeof(h->mask), &h->mask) < 0) {
		ptrace(PTRACE_DETACH, h->tid, 0, 0);
		return false;
	}
	ptrace(PTRACE_SETSIGMASK, h->tid, sizeof(all), &all);
	return true;
}

void hold_return(struct hold *h, int64_t result)
{
	h->regs.rax = result;
	h->regs.orig_rax = -1;
	ptrace(PTRACE_SETREGS, h->tid, 0, &h->regs);
	hold_detach(h);
}

uint64_t hold_scratch(const struct hold *h)
{
	return h->regs.rsp - RED_ZONE_BYTES;
}

int64_t hold_call(struct request *rq, struct hold *h, long nr, const uint64_t args[5])
{
	struct pending here = { .tid = rq->tid };
	struct user_regs_struct regs = h->regs;
	int ret;

	regs.rip -= SYSCALL_INSN_BYTES;
	regs.rax = nr;
	regs.orig_rax = -1;
	regs.rdi = args[0];
	regs.rsi = args[1];
	regs.rdx = args[2];
	regs.r10 = args[3];
	regs.r8 = args[4];
	if (ptrace(PTRACE_SETREGS, h->tid, 0, &regs) < 0)
		return -ESRCH;
	pending_add(&here);
	ret = ptrace(PTRACE_SINGLESTEP, h->tid, 0, 0) < 0 ? -ESRCH : hold_wait(h);
	pending_take(rq->tid, false); /* when it never came */
	if (ret < 0)
		return ret;
	if (h->status >> 16 == PTRACE_EVENT_EXEC)
		return 0;
	if (ptrace(PTRACE_GETREGS, h->tid, 0, &regs) < 0)
		return -ESRCH;
	return (int64_t)regs.rax;
}

/* ---- two who want to hold one task: a debugger in the session, and we ---- */

#define ATTACH_WAIT_MAX_US 500000
#define HELD_WAIT_MAX_US   2000000
#define HOLD_POLL_US	   100

static pid_t attaching; /* atomic: somebody was just allowed to attach to it; 0: nobody */

static pid_t tracer_of(pid_t tid)
{
	return task_status(tid, "TracerPid");
}

void inject_attach_begin(struct request *rq, pid_t tid)
{
	/* First said, then looked: who seizes the task from now on waits for the debugger. */
	__atomic_store_n(&attaching, tid, __ATOMIC_SEQ_CST);
	request_block_begin(rq, false);
	for (int us = 0; us < HELD_WAIT_MAX_US && tracer_of(tid) == getpid(); us += HOLD_POLL_US)
		usleep(HOLD_POLL_US);
	request_block_end(rq);
}

int task_seize(pid_t tid)
{
	pid_t want = tid;

	/* A call that was let through a moment ago may not have arrived: it goes first. */
	if (__atomic_compare_exchange_n(&attaching, &want, 0, false, __ATOMIC_ACQ_REL,
					__ATOMIC_RELAXED))
		for (int us = 0; us < ATTACH_WAIT_MAX_US && tracer_of(tid) == 0; us += HOLD_POLL_US)
			usleep(HOLD_POLL_US);
	if (ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) == 0)
		return 0;
	return errno == ESRCH ? -ESRCH : -EBUSY;
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
	at = hold_scratch(&h) - len;
	got = mem_poke(rq->tid, at, host, len) < 0 ? -ENOMEM : 0;
	if (got == 0)
		got = hold_call(rq, &h, SYS_openat, (const uint64_t[5]){ AT_FDCWD, at, flags });
	if (got == -ESRCH)
		return;
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", rq->tid, (int)got);
	if (got >= 0 && (fstat(fd, &st) < 0 || !link_is(name, st.st_dev, st.st_ino))) {
		/* A rename in between, or a thread that meddles: the number is given back. */
		hold_call(rq, &h, SYS_close, (const uint64_t[5]){ got });
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
	struct stat st;
	ssize_t n;
	int ret;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, host, sizeof(host) - 1);
	if (n < 0)
		return verdict_return(-errno);
	host[n] = '\0';
	/* what has no name, or no longer, cannot be opened by it */
	if (host[0] != '/' || fstat(fd, &st) < 0 || st.st_nlink == 0)
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

/* ---- strict mode ---- */

/*
 * seccomp(2) has no way from a filter to strict mode, and every task has our filter. The same four
 * calls by a filter of the task's own.
 */
struct verdict inject_strict(struct request *rq)
{
	static const int allowed[] = { SYS_read, SYS_write, SYS_exit, SYS_rt_sigreturn };
	struct {
		struct sock_filter insn[2 * ARRAY_SIZE(allowed) + 2];
		struct sock_fprog prog;
	} image = { 0 };
	unsigned n = 0;
	struct hold h;
	uint64_t at;
	int64_t ret;

	if (task_seize(rq->tid) < 0)
		return verdict_return(-EINVAL); /* as the kernel itself would say */
	if (!hold_begin(rq, &h))
		return verdict_done();
	image.insn[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						       offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		image.insn[n++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		image.insn[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	image.insn[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD);
	at = (hold_scratch(&h) - sizeof(image)) & ~15UL;
	image.prog.len = n;
	image.prog.filter = (struct sock_filter *)(at + offsetof(typeof(image), insn));
	ret = mem_poke(rq->tid, at, &image, sizeof(image));
	if (ret == 0)
		ret = hold_call(rq, &h, SYS_seccomp,
				(const uint64_t[5]){ SECCOMP_SET_MODE_FILTER, 0,
						     at + offsetof(typeof(image), prog) });
	if (ret != -ESRCH)
		hold_return(&h, ret);
	return verdict_done();
}
