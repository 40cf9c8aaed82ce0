// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls that reach other tasks: signals, ptrace, memory, limits, scheduling.
 *
 * All of them are decided by ids in registers, so "continue" is safe once the id is known to be one
 * of the session's tasks, and permit.c to have nothing against it. To everybody else the answer is
 * what a pid namespace would give: ESRCH.
 */
#include <asm/sockios.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "machine.h"
#include "sys.h"

#define ARG(i)		  (rq->args[i])
#define CONTINUE_PAUSE_US 200
#define PID_ARG(i)	  ((pid_t)rq->args[i])

/* For what only looks: the first program's parent is there, too. */
static struct verdict if_seen(struct request *rq, pid_t pid)
{
	return rq_sees(rq, pid) || pid == rq->st->nest->ucrun ? verdict_continue()
							      : verdict_return(-ESRCH);
}

static struct verdict continue_if(int ret)
{
	return ret < 0 ? verdict_return(ret) : verdict_continue();
}

static struct verdict if_permitted(struct request *rq, pid_t pid, enum permit what)
{
	return continue_if(task_permits(rq, pid, what));
}

static struct verdict if_signal(struct request *rq, pid_t pid, int sig)
{
	/* "Does my parent live?" The kernel would not say: Landlock keeps signals inside. */
	if (sig == 0 && pid == rq->st->nest->ucrun)
		return verdict_return(0);
	return continue_if(task_permits_signal(rq, pid, sig));
}

/* ---- signals ---- */

/*
 * Signal many: every task of the session in @pgrp (0: every one but the caller and the first). The
 * kernel's own group could reach outside: the group that ucrun was started in has other members.
 */
static int kill_many(struct request *rq, pid_t pgrp, int sig)
{
	DIR *d = opendir("/proc");
	struct dirent *de;
	int found = 0, denied = 0;
	bool self = false;

	if (!d)
		return -errno;
	while ((de = readdir(d))) {
		pid_t pid = atoi(de->d_name);

		if (pid <= 0 || !rq_sees(rq, pid))
			continue;
		if (pgrp ? getpgid(pid) != pgrp : pid == rq->st->nest->first || pid == rq->tid)
			continue;
		if (task_permits_signal(rq, pid, sig) < 0) {
			denied++;
			continue;
		}
		found++;
		if (pid == rq->tid)
			self = true;
		else
			kill(pid, sig);
	}
	closedir(d);
	if (self)
		kill(rq->tid, sig);
	else if (sig == SIGCONT)
		/*
		 * Outside, who is woken runs at once on another CPU; here it would queue behind
		 * the caller. Shells expect to be told soon (bash: kill %1; wait %1).
		 */
		usleep(CONTINUE_PAUSE_US);
	return found ? 0 : denied ? -EPERM : -ESRCH;
}

struct verdict sys_kill(struct request *rq)
{
	pid_t pid = PID_ARG(0);
	int sig = ARG(1);

	if (pid > 0)
		return if_signal(rq, pid, sig);
	if (sig < 0 || sig > SIGRTMAX)
		return verdict_return(-EINVAL);
	if (pid == -1)
		return verdict_return(kill_many(rq, 0, sig));
	return verdict_return(kill_many(rq, pid ? -pid : getpgid(rq->tid), sig));
}

struct verdict sys_tkill(struct request *rq)
{
	return PID_ARG(0) <= 0 ? verdict_return(-EINVAL) : if_signal(rq, PID_ARG(0), ARG(1));
}

struct verdict sys_tgkill(struct request *rq)
{
	return PID_ARG(0) <= 0 || PID_ARG(1) <= 0 ? verdict_return(-EINVAL)
						  : if_signal(rq, PID_ARG(1), ARG(2));
}

struct verdict sys_rt_sigqueueinfo(struct request *rq)
{
	return if_signal(rq, PID_ARG(0), ARG(1));
}

struct verdict sys_rt_tgsigqueueinfo(struct request *rq)
{
	return if_signal(rq, PID_ARG(1), ARG(2));
}

/*
 * The kernel does it, because it tells who sent the signal. A thread that puts another pidfd under
 * that number meanwhile can reach a task of another user of the view: told in limits.md.
 */
struct verdict sys_pidfd_send_signal(struct request *rq)
{
	autoclose int pidfd = -1;
	pid_t pid;
	int ret;

	if (PID_ARG(0) < 0)
		return verdict_continue(); /* PIDFD_SELF, Linux 6.15; or none */
	pidfd = fd_take(rq, PID_ARG(0));
	ret = pidfd < 0 ? pidfd : pidfd_task(rq, pidfd, &pid);
	return ret < 0 ? verdict_return(ret) : if_signal(rq, pid, ARG(1));
}

struct verdict sys_pidfd_open(struct request *rq)
{
	pid_t pid = PID_ARG(0);

	if (pid > 0 && !rq_sees(rq, pid))
		return verdict_return(-ESRCH);
	return verdict_continue();
}

/* ---- who gets a descriptor's signals ---- */

/* Return: 1 when all of @pgrp are the session's, 0 when others are in it, -ESRCH none is ours */
static int group_is_ours(struct request *rq, pid_t pgrp)
{
	DIR *d = opendir("/proc");
	bool ours = false, others = false;
	struct dirent *de;

	if (!d)
		return -errno;
	while ((de = readdir(d))) {
		pid_t pid = atoi(de->d_name);

		if (pid <= 0 || getpgid(pid) != pgrp)
			continue;
		if (rq_sees(rq, pid))
			ours = true;
		else
			others = true;
	}
	closedir(d);
	return !ours ? -ESRCH : !others;
}

/*
 * Who may be @ex: a task of ours that the caller may signal, or a whole group of ours. The group
 * that ucrun was started in has other members, which must not get signals: then it is the caller
 * alone.
 */
static int owner_permitted(struct request *rq, struct f_owner_ex *ex)
{
	int ret;

	if (!ex->pid)
		return 0;
	if (ex->type != F_OWNER_PGRP)
		return task_permits(rq, ex->pid, PERMIT_SIGNAL);
	ret = group_is_ours(rq, ex->pid);
	if (ret == 0)
		*ex = (struct f_owner_ex){ F_OWNER_PID, task_status(rq->tid, "Tgid") };
	return ret < 0 ? ret : 0;
}

static struct verdict set_owner_ex(struct request *rq, struct f_owner_ex *ex)
{
	int ret = owner_permitted(rq, ex);
	autoclose int fd = -1;

	if (ret < 0)
		return verdict_return(ret);
	fd = fd_take(rq, PID_ARG(0));
	if (fd < 0)
		return verdict_return(fd);
	/* The owner is the open file's, so a duplicate will do. */
	return verdict_return(fcntl(fd, F_SETOWN_EX, ex) < 0 ? -errno : 0);
}

/* @owner as fcntl(2) F_SETOWN has it: negative is a process group, 0 nobody. */
static struct verdict set_owner(struct request *rq, int owner)
{
	struct f_owner_ex ex = { owner < 0 ? F_OWNER_PGRP : F_OWNER_PID,
				 owner < 0 ? -owner : owner };

	return owner == INT32_MIN ? verdict_return(-ESRCH) : set_owner_ex(rq, &ex);
}

struct verdict sys_fcntl(struct request *rq)
{
	struct f_owner_ex ex;
	int ret;

	if ((int)ARG(1) == F_SETOWN)
		return set_owner(rq, ARG(2));
	ret = mem_read(rq, ARG(2), &ex, sizeof(ex));
	if (ret < 0)
		return verdict_return(ret);
	return set_owner_ex(rq, &ex);
}

struct verdict sys_ioctl(struct request *rq)
{
	int owner, ret;

	/* Flags and attributes of an inode: what changes them is not a copy. */
	if (ARG(1) != FIOSETOWN && ARG(1) != SIOCSPGRP)
		return verdict_return(-ENOTTY);
	ret = mem_read(rq, ARG(2), &owner, sizeof(owner));
	return ret < 0 ? verdict_return(ret) : set_owner(rq, owner);
}

/* ---- looking into others ---- */

struct verdict sys_ptrace(struct request *rq)
{
	if (ARG(0) != PTRACE_TRACEME) {
		int ret = task_permits(rq, PID_ARG(1), PERMIT_TRACE);

		if (ret < 0)
			return verdict_return(ret);
		if (ARG(0) == PTRACE_ATTACH || ARG(0) == PTRACE_SEIZE)
			inject_attach_begin(rq, PID_ARG(1));
		return verdict_continue();
	}
	/* Traced by its parent, which must not be the supervisor. */
	return continue_if(task_permits_traceme(rq, task_status(rq->tid, "PPid")));
}

struct verdict sys_process_vm_readv(struct request *rq)
{
	return if_permitted(rq, PID_ARG(0), PERMIT_TRACE);
}

struct verdict sys_process_vm_writev(struct request *rq)
{
	return if_permitted(rq, PID_ARG(0), PERMIT_TRACE);
}

struct verdict sys_kcmp(struct request *rq)
{
	int ret = task_permits(rq, PID_ARG(0), PERMIT_TRACE);
	int other = task_permits(rq, PID_ARG(1), PERMIT_TRACE);

	if (ret == -ESRCH || other == -ESRCH)
		return verdict_return(-ESRCH);
	return continue_if(ret < 0 ? ret : other);
}

/* The other task's descriptor is taken by us, so nothing can change under the check. */
struct verdict sys_pidfd_getfd(struct request *rq)
{
	autoclose int pidfd = -1, fd = -1;
	struct verdict v;
	pid_t pid;
	int ret;

	if (ARG(2))
		return verdict_return(-EINVAL);
	pidfd = fd_take(rq, PID_ARG(0));
	ret = pidfd < 0 ? pidfd : pidfd_task(rq, pidfd, &pid);
	if (ret == 0)
		ret = task_permits(rq, pid, PERMIT_TRACE);
	if (ret < 0)
		return verdict_return(ret);
	fd = pidfd_getfd(pidfd, ARG(1), 0);
	if (fd < 0)
		return verdict_return(-errno);
	if (fcntl(fd, F_GETFL) & O_PATH)
		return inject_opath(rq, fd, true);
	v = verdict_fd(steal_fd(&fd), true);
	return v;
}

/* By pidfd: a pidfd of another session's task cannot be had in here. */
struct verdict sys_process_madvise(struct request *rq)
{
	return verdict_continue();
}

struct verdict sys_process_mrelease(struct request *rq)
{
	return verdict_continue();
}

/* The three below: a negative pid is nobody's, and the kernel's errors for it differ. */

/* sched_get*: the first argument is a pid, not 0. */
struct verdict sys_pid_first(struct request *rq)
{
	return PID_ARG(0) < 0 ? verdict_continue() : if_seen(rq, PID_ARG(0));
}

/* sched_set*: not for everybody's tasks. */
struct verdict sys_sched_set(struct request *rq)
{
	return PID_ARG(0) < 0 ? verdict_continue() : if_permitted(rq, PID_ARG(0), PERMIT_SCHED);
}

/* move_pages, get_robust_list, ...: a look into its memory */
struct verdict sys_pid_traced(struct request *rq)
{
	return PID_ARG(0) < 0 ? verdict_continue() : if_permitted(rq, PID_ARG(0), PERMIT_TRACE);
}

/* getpriority, ioprio_get and friends: (which, who). Groups and users go beyond the session. */
struct verdict sys_which_who(struct request *rq)
{
	bool io = rq->n->data.nr == SYS_ioprio_get || rq->n->data.nr == SYS_ioprio_set;
	int which = ARG(0), process = io ? IOPRIO_WHO_PROCESS : PRIO_PROCESS;
	bool reads = rq->n->data.nr == SYS_ioprio_get || rq->n->data.nr == SYS_getpriority;

	if (which != process)
		return reads ? verdict_continue() : verdict_return(-EPERM);
	if (PID_ARG(1) == 0)
		return verdict_continue();
	return reads ? if_seen(rq, PID_ARG(1))
		     : if_permitted(rq, PID_ARG(1), io ? PERMIT_IOPRIO : PERMIT_SCHED);
}

/* ---- limits: RLIMIT_LOCKS carries our state and is told as unlimited ---- */

static struct verdict locks_get(struct request *rq, uint64_t buf)
{
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };

	return verdict_return(buf ? mem_write(rq, buf, &rl, sizeof(rl)) : 0);
}

struct verdict sys_getrlimit(struct request *rq)
{
	return locks_get(rq, ARG(1));
}

struct verdict sys_setrlimit(struct request *rq)
{
	return verdict_return(0);
}

struct verdict sys_prlimit64(struct request *rq)
{
	pid_t pid = PID_ARG(0);

	int ret = pid && pid != rq->tid ? task_permits(rq, pid, PERMIT_LIMITS) : 0;

	if (ret < 0)
		return verdict_return(ret);
	if ((unsigned)ARG(1) == RLIMIT_LOCKS)
		return locks_get(rq, ARG(3));
	return verdict_continue();
}

/* ---- new tasks ---- */

/*
 * clone3's flags are in memory, and so the check below could be raced by another thread. What the
 * race can win is a user namespace, and nothing by it: the filter and the tag are inherited, every
 * call on names is still trapped, and mount, setns and the rest are refused by the filter.
 */
struct verdict sys_clone3(struct request *rq)
{
	const uint64_t new_any = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
				 CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP | CLONE_NEWTIME |
				 CLONE_INTO_CGROUP;
	uint64_t flags;
	int ret;

	if (ARG(1) < 64)
		return verdict_return(-EINVAL);
	ret = mem_read(rq, ARG(0), &flags, sizeof(flags));
	if (ret < 0)
		return verdict_return(ret);
	if (flags & new_any)
		return verdict_return(-EPERM);
	if ((flags & (CLONE_FS | CLONE_THREAD)) == CLONE_FS)
		state_fs_shared();
	return verdict_continue();
}

/* Only with CLONE_FS and without CLONE_THREAD. */
struct verdict sys_clone(struct request *rq)
{
	state_fs_shared();
	return verdict_continue();
}

/* Only with CLONE_FS. */
struct verdict sys_unshare(struct request *rq)
{
	int ret = state_fs_unshare(rq->tid);

	return ret < 0 ? verdict_return(ret) : verdict_continue();
}
