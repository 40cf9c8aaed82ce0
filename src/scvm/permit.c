// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one task may do to another, by the ids of the view: to the kernel all of them are one user.
 *
 * Each function is one of the kernel's own checks, and the calls that ask it are those that ask
 * there. The task is looked at once, before the kernel performs the call: ids that change in
 * between, or a pid that is another's by then, are a race outside too.
 */
#include <linux/capability.h>

#include "machine.h"

pid_t task_status(pid_t tid, const char *key)
{
	char name[64], line[32], *text = NULL;
	const char *p;
	pid_t pid = -1;

	snprintf(name, sizeof(name), "/proc/%d/status", tid);
	snprintf(line, sizeof(line), "\n%s:", key);
	if (read_file_at(AT_FDCWD, name, 8192, &text) >= 0 && (p = strstr(text, line)))
		pid = atoi(p + strlen(line));
	free(text);
	return pid;
}

pid_t task_tgid(pid_t tid)
{
	return task_status(tid, "Tgid");
}

static bool same_process(pid_t a, pid_t b)
{
	return a == b || task_tgid(a) == task_tgid(b);
}

static bool all_ids_are(const struct cred *c, uid_t uid, gid_t gid)
{
	return c->ruid == uid && c->euid == uid && c->suid == uid && c->rgid == gid &&
	       c->egid == gid && c->sgid == gid;
}

/* The checks themselves: @c may to @to. */
static bool cred_permits(const struct cred *c, const struct state *to, enum permit what)
{
	const struct cred *t = &to->cred;
	uint64_t caps;

	switch (what) {
	case PERMIT_SIGNAL: /* kill_ok_by_cred() */
		return c->euid == t->suid || c->euid == t->ruid || c->ruid == t->suid ||
		       c->ruid == t->ruid || cred_has_cap(c, CAP_KILL);
	case PERMIT_TRACE: /* __ptrace_may_access(), cap_ptrace_access_check() */
	case PERMIT_PROC:
		if (cred_has_cap(c, CAP_SYS_PTRACE))
			return true;
		caps = what == PERMIT_PROC ? c->cap_effective : c->cap_permitted;
		return !to->undumpable && !(t->cap_permitted & ~caps) &&
		       all_ids_are(t, what == PERMIT_PROC ? c->fsuid : c->ruid,
				   what == PERMIT_PROC ? c->fsgid : c->rgid);
	case PERMIT_SCHED: /* check_same_owner() */
		return c->euid == t->euid || c->euid == t->ruid || cred_has_cap(c, CAP_SYS_NICE);
	case PERMIT_IOPRIO: /* set_task_ioprio() */
		return c->euid == t->ruid || c->ruid == t->ruid || cred_has_cap(c, CAP_SYS_NICE);
	case PERMIT_LIMITS: /* check_prlimit_permission() */
		return all_ids_are(t, c->ruid, c->rgid) || cred_has_cap(c, CAP_SYS_RESOURCE);
	}
	return false;
}

int task_permits(struct request *rq, pid_t pid, enum permit what)
{
	const struct state *to;
	bool ok;

	if (!rq_sees(rq, pid))
		return -ESRCH;
	to = state_of(pid);
	if (!to)
		return -ESRCH;
	ok = cred_permits(&rq->st->cred, to, what);
	state_put(to);
	/* the rare case last: it costs two looks at /proc */
	return ok || same_process(rq->tid, pid) ? 0 : -EPERM;
}

/* No signal, only "does it live?", may be asked of the first program's parent: us. */
int task_permits_signal(struct request *rq, pid_t pid, int sig)
{
	int ret = sig == 0 && pid == rq->st->nest->ucrun ? 0 : task_permits(rq, pid, PERMIT_SIGNAL);

	return ret == -EPERM && sig == SIGCONT && getsid(pid) == getsid(rq->tid) ? 0 : ret;
}

/* TRACEME: the parent gets what it could not take. cap_ptrace_traceme() */
int task_permits_traceme(struct request *rq, pid_t parent)
{
	const struct state *by = rq_sees(rq, parent) ? state_of(parent) : NULL;
	bool ok = by && (cred_has_cap(&by->cred, CAP_SYS_PTRACE) ||
			 !(rq->st->cred.cap_permitted & ~by->cred.cap_permitted));

	state_put(by);
	return ok ? 0 : -EPERM;
}

/* ---- by pidfd ---- */

int pidfd_task(struct request *rq, int pidfd, pid_t *pid)
{
	char name[64], link[64] = "", *text = NULL;
	const char *p;
	int ret;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", pidfd);
	ret = read_file_at(AT_FDCWD, name, 65536, &text);
	if (ret < 0)
		return ret;
	p = strstr(text, "\nPid:");
	*pid = p ? atoi(p + 5) : 0;
	free(text);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", pidfd);
	/* before there were pidfds, a directory of /proc stood for its task */
	if (!p &&
	    (readlink(name, link, sizeof(link) - 1) < 0 || sscanf(link, "/proc/%d", pid) != 1))
		return -EBADF;
	return *pid <= 0 || !rq_sees(rq, *pid) ? -ESRCH : 0;
}

/* ---- files of /proc/PID ---- */

bool proc_is_guarded(const char *rest)
{
	static const char *const files[] = {
		"auxv",	       "clear_refs",	"environ",   "io",	     "map_files",
		"maps",	       "mem",		"numa_maps", "pagemap",	     "patch_state",
		"personality", "seccomp_cache", "smaps",     "smaps_rollup", "stack",
		"syscall",     "timers",	"fd",	     "fdinfo",	     "ns"
	};
	size_t n = strcspn(rest, "/");

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strncmp(rest, files[i], n) == 0 && !files[i][n])
			return true;
	return false;
}
