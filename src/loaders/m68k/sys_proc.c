// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes: their beginning, replacement and end. Identity and limits: sys_id.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "debug.h"
#include "exec.h"
#include "futex.h"
#include "mem.h"
#include "procfs.h"
#include "state.h"
#include "util.h"

#define VFORK_STACK_BYTES (256U << 10)
#define EXEC_STRINGS_MAX  (1U << 17)
#define SIGINFO_BYTES	  128

long call_exit(struct m68k_thread *t, const uint32_t a[6])
{
	thread_exit(t, (int)a[0] & 0xff);
}

long call_exit_group(struct m68k_thread *t, const uint32_t a[6])
{
	if (!t->vfork_child) {
		futex_process_ends();
		debug_ended((int)a[0], 0);
	}
	syscall(SYS_exit_group, (int)a[0] & 0xff);
	return 0;
}

/* ---- fork, vfork, clone ---- */

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define FORK_FLAGS \
	(CSIGNAL | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_SETTLS)

static long do_fork(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t flags = a[0];
	long pid;

	pid = (flags & CSIGNAL) == SIGCHLD ? fork()
					   : syscall(SYS_clone, flags & CSIGNAL, 0, 0, 0, 0);
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		if (flags & CLONE_PARENT_SETTID && mem_ptr(a[2], 4, MEM_W))
			put32(mem_host(a[2]), (uint32_t)pid);
		return pid;
	}
	thread_after_fork(t);
	state_forget();
	t->robust = 0;
	if (flags & CLONE_CHILD_SETTID && mem_ptr(a[3], 4, MEM_W))
		put32(mem_host(a[3]), t->tid);
	t->clear_tid = flags & CLONE_CHILD_CLEARTID ? a[3] : 0;
	if (flags & CLONE_SETTLS)
		t->tls = a[4];
	if (a[1])
		cpu_set(UC_M68K_REG_A7, a[1]);
	return 0;
}

struct vfork_start {
	struct m68k_thread *t;
	uint32_t sp;
};

static int vfork_main(void *arg)
{
	struct vfork_start *start = arg;
	struct m68k_thread *t = start->t;

	t->vfork_child = true;
	t->tid = gettid();
	if (start->sp)
		cpu_set(UC_M68K_REG_A7, start->sp);
	cpu_set(UC_M68K_REG_D0, 0);
	thread_loop(t);
}

/*
 * The real thing: the child runs in our memory, with our engine, on a host stack of its own, while
 * the kernel keeps this thread waiting. What it tells its parent through variables arrives
 * (posix_spawn does). Its registers, mask and actions are put back when it has gone.
 */
static long do_vfork(struct m68k_thread *t, uint32_t flags, uint32_t sp)
{
	autofree struct m68k_action *actions = malloc(sizeof(signal_actions));
	autofree struct m68k_thread *saved = malloc(sizeof(*saved));
	struct vfork_start start = { t, sp };
	uc_context *regs = cpu_context_create();
	void *stack;
	int pid;

	stack = mmap(NULL, VFORK_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (!actions || !saved || !regs || stack == MAP_FAILED) {
		cpu_context_destroy(regs);
		return -ENOMEM;
	}
	memcpy(actions, signal_actions, sizeof(signal_actions));
	*saved = *t;
	cpu_save(regs);
	debug_suspend(true);
	pid = clone(vfork_main, (char *)stack + VFORK_STACK_BYTES,
		    (int)(CLONE_VM | CLONE_VFORK | (flags & CSIGNAL)), &start);
	if (pid < 0)
		pid = -errno;
	debug_suspend(false);
	cpu_restore(regs);
	cpu_context_destroy(regs);
	*t = *saved;
	memcpy(signal_actions, actions, sizeof(signal_actions));
	munmap(stack, VFORK_STACK_BYTES);
	return pid;
}

long call_fork(struct m68k_thread *t, const uint32_t a[6])
{
	const uint32_t args[6] = { SIGCHLD };

	return do_fork(t, args);
}

long call_vfork(struct m68k_thread *t, const uint32_t a[6])
{
	return do_vfork(t, SIGCHLD, 0);
}

/* clone(flags, stack, parent's tid, child's tid, tls) */
long call_clone(struct m68k_thread *t, const uint32_t a[6])
{
	uint32_t flags = a[0];

	if ((flags & THREAD_FLAGS) == THREAD_FLAGS)
		return thread_spawn(t, flags, a[1], a[2], a[3], a[4]);
	if (flags & CLONE_VM && flags & CLONE_VFORK)
		return do_vfork(t, flags, a[1]);
	if (flags & CLONE_VM || flags & ~(uint32_t)(FORK_FLAGS | CLONE_VFORK))
		return -EINVAL;
	return do_fork(t, a);
}

/* ---- exec ---- */

/* A vector of strings; they stay in guest memory, the array is the caller's. */
static long strings_in(uint32_t addr, char ***out)
{
	uint32_t n = 0, at;
	char **list;

	*out = NULL;
	for (at = addr; addr; at += 4, n++) {
		const uint8_t *p = mem_ptr(at, 4, MEM_R);

		if (!p)
			return -EFAULT;
		if (get32(p) == 0)
			break;
		if (n == EXEC_STRINGS_MAX)
			return -E2BIG;
	}
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		list[i] = (char *)mem_string(get32(mem_host(addr + 4 * i)), EXEC_STRINGS_MAX);
		if (!list[i]) {
			free(list);
			return -EFAULT;
		}
	}
	*out = list;
	return 0;
}

static long do_exec(const char *path, uint32_t argv_addr, uint32_t envp_addr)
{
	autofree char **argv = NULL;
	autofree char **envp = NULL;
	long rc = strings_in(argv_addr, &argv);

	if (rc == 0)
		rc = strings_in(envp_addr, &envp);
	return rc < 0 ? rc : exec_path(path, argv, envp);
}

long call_execve(struct m68k_thread *t, const uint32_t a[6])
{
	char buf[PATH_MAX];
	long rc = 0;
	const char *path = call_path(a[0], buf, &rc);

	if (path && proc_is_exe(path))
		path = proc_exe();
	return path ? do_exec(path, a[1], a[2]) : rc;
}

/* By name alone or by descriptor alone goes through /proc; a name below one likewise. */
long call_execveat(struct m68k_thread *t, const uint32_t a[6])
{
	char buf[PATH_MAX], full[PATH_MAX + 32];
	long rc = 0;
	const char *path = call_path(a[1], buf, &rc);

	if (!path)
		return rc;
	if (a[4] & ~(uint32_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	if (path[0] == '/' || (int)a[0] == AT_FDCWD)
		return do_exec(path, a[2], a[3]);
	if (!path[0] && !(a[4] & AT_EMPTY_PATH))
		return -ENOENT;
	snprintf(full, sizeof(full), path[0] ? "/proc/self/fd/%d/%s" : "/proc/self/fd/%d%s",
		 (int)a[0], path);
	return do_exec(full, a[2], a[3]);
}

/* ---- waiting ---- */

static long do_wait(struct m68k_thread *t, int pid, uint32_t status_addr, int options,
		    uint32_t usage_addr)
{
	struct rusage ru;
	int status = 0;
	long rc;

	if (status_addr && !mem_ptr(status_addr, 4, MEM_W))
		return -EFAULT;
	rc = thread_host_call(t, SYS_wait4, (long)pid, &status, (long)options, &ru);
	if (rc <= 0)
		return rc;
	if (status_addr && mem_ptr(status_addr, 4, MEM_W))
		put32(mem_host(status_addr), status);
	if (usage_addr && conv_put(&conv_rusage, usage_addr, &ru) < 0)
		return -EFAULT;
	return rc;
}

long call_wait4(struct m68k_thread *t, const uint32_t a[6])
{
	return do_wait(t, (int)a[0], a[1], (int)a[2], a[3]);
}

long call_waitpid(struct m68k_thread *t, const uint32_t a[6])
{
	return do_wait(t, (int)a[0], a[1], (int)a[2], 0);
}

long call_waitid(struct m68k_thread *t, const uint32_t a[6])
{
	siginfo_t info = { 0 };
	struct rusage ru;
	uint8_t *out;
	long rc;

	rc = thread_host_call(t, SYS_waitid, (long)(int)a[0], (long)(int)a[1], &info,
			      (long)(int)a[3], &ru);
	if (rc < 0)
		return rc;
	if (a[2]) {
		out = mem_ptr(a[2], SIGINFO_BYTES, MEM_W);
		if (!out)
			return -EFAULT;
		signal_info_to_guest(out, &info);
	}
	return a[4] && info.si_pid ? conv_put(&conv_rusage, a[4], &ru) : rc;
}

/* ---- threads ---- */

long call_getpid(struct m68k_thread *t, const uint32_t a[6])
{
	return getpid();
}

long call_gettid(struct m68k_thread *t, const uint32_t a[6])
{
	return t->tid;
}

long call_get_thread_area(struct m68k_thread *t, const uint32_t a[6])
{
	return t->tls;
}

long call_set_thread_area(struct m68k_thread *t, const uint32_t a[6])
{
	t->tls = a[0];
	return 0;
}

long call_set_tid_address(struct m68k_thread *t, const uint32_t a[6])
{
	t->clear_tid = a[0];
	return t->tid;
}
