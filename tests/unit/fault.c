// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

/* Calls that take space, and those that only a kill can come after. */
static const long needs_space[] = {
	SYS_renameat, SYS_renameat2, SYS_linkat, SYS_mkdirat,  SYS_mknodat,	    SYS_symlinkat,
	SYS_setxattr, SYS_fsetxattr, SYS_write,	 SYS_pwrite64, SYS_copy_file_range,
};
static const long only_killed[] = {
	SYS_unlinkat, SYS_removexattr, SYS_fremovexattr, SYS_ftruncate, SYS_utimensat,
	SYS_fchmod,   SYS_fchmodat,    SYS_bind,	 SYS_flock,
#ifdef __x86_64__
	SYS_chmod,
#endif
};

static bool is_one(long nr, const long *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == nr)
			return true;
	return false;
}

static bool counts(const struct __ptrace_syscall_info *i, enum fault_kind kind)
{
	long nr = i->entry.nr;

	if (is_one(nr, needs_space, ARRAY_SIZE(needs_space)))
		return true;
	if (nr == SYS_openat)
		return i->entry.args[2] & (O_CREAT | O_TRUNC);
	return kind == FAULT_KILL && is_one(nr, only_killed, ARRAY_SIZE(only_killed));
}

static void set_result(pid_t pid, bool entry)
{
#ifdef __x86_64__
	struct user_regs_struct regs;

	ck_assert_int_eq(ptrace(PTRACE_GETREGS, pid, NULL, &regs), 0);
	if (entry)
		regs.orig_rax = -1;
	else
		regs.rax = -ENOSPC;
	ck_assert_int_eq(ptrace(PTRACE_SETREGS, pid, NULL, &regs), 0);
#endif
}

/* Let the child go on to its next stop. Return: false when it has ended. */
static bool next_stop(pid_t pid, int *status)
{
	int raw;

	ck_assert_int_eq(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
	ck_assert_int_eq(waitpid(pid, &raw, 0), pid);
	*status = WIFEXITED(raw)     ? WEXITSTATUS(raw)
		  : WIFSIGNALED(raw) ? 128 + WTERMSIG(raw)
				     : 0x1000 | WSTOPSIG(raw);
	return WIFSTOPPED(raw);
}

static void end(pid_t pid, int *status)
{
	int raw;

	ck_assert_int_eq(waitpid(pid, &raw, 0), pid);
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/* From the first marker to the second. Return: did the fault happen? The child is gone or at the
 * second marker. */
static bool watch(pid_t pid, enum fault_kind kind, unsigned nth, int *status, bool *ended)
{
	struct __ptrace_syscall_info info;
	bool due = false, done = false;
	unsigned n = 0;

	*ended = false;
	for (;;) {
		if (!next_stop(pid, status)) {
			*ended = true;
			return done;
		}
		if (*status == (0x1000 | SIGSTOP))
			return done;
		if (*status != (0x1000 | SIGTRAP | 0x80))
			continue; /* another signal: not for this child */
		ck_assert_int_gt(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info), 0);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && !done && counts(&info, kind)) {
			due = ++n == nth;
			if (due && kind == FAULT_NOSPC)
				set_result(pid, true);
		} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && due) {
			due = false;
			done = true;
			if (kind == FAULT_NOSPC) {
				set_result(pid, false);
				continue;
			}
			kill(pid, SIGKILL);
			end(pid, status);
			*ended = true;
			return true;
		}
	}
}

bool fault_run(void (*prepare)(void), int (*change)(void), int (*report)(int ret),
	       enum fault_kind kind, unsigned nth, int *status)
{
	bool happened, ended;
	pid_t pid = fork();
	int raw;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int ret;

		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		prepare();
		raise(SIGSTOP);
		ret = change();
		raise(SIGSTOP);
		_exit(report(ret));
	}
	ck_assert_int_eq(waitpid(pid, &raw, 0), pid);
	ck_assert_msg(WIFSTOPPED(raw) && WSTOPSIG(raw) == SIGSTOP, "the child has not prepared");
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	happened = watch(pid, kind, nth, status, &ended);
	if (!ended) {
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		end(pid, status);
	}
	return happened;
}
