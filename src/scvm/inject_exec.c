// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec by injection: see inject.c for how, sys_exec.c for what.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "inject.h"

#define ARGS_MAX      (1 << 20)
#define TASK_COMM_LEN 16

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

/*
 * The kernel keeps the path on the new stack. The name that the program is to find there goes over
 * it, so the path is made as long: more slashes in front mean nothing.
 */
static size_t path_slashes(const struct exec_job *job)
{
	size_t path = strlen(job->path), name = job->name ? strlen(job->name) : 0;

	return name > path && name < PATH_MAX && job->path[0] == '/' ? name - path : 0;
}

/* Path and argument vector as they will stand, ending below @top. */
static int image_build(const struct exec_job *job, const struct task_args *args, uint64_t top,
		       struct image *im)
{
	size_t slashes = path_slashes(job), nprefix = 0, at, kept;
	size_t path_bytes = slashes + strlen(job->path) + 1, strings = path_bytes;
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
	memset(im->bytes + at, '/', slashes);
	strcpy(im->bytes + at + slashes, job->path);
	at += path_bytes;
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
	struct image im;
	struct stat st;
	bool same;
	int ret;

	if (path_arg == 1 && (int)rq->args[4] & AT_EMPTY_PATH)
		return verdict_return(-EPERM); /* told in limits.md */
	ret = mem_read_path(rq, rq->args[path_arg], native);
	if (ret < 0)
		return verdict_return(ret);
	same = !job->prefix && native[0] == '/' && stat(native, &st) == 0 &&
	       st.st_dev == job->dev && st.st_ino == job->ino;
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
	ret = inject_verify_later(rq->tid, job->dev, job->ino);
	if (ret < 0)
		return verdict_return(ret);
	if (job->commit)
		job->commit(rq, job);
	return verdict_continue();
}

/* ---- its name ---- */

/* A syscall instruction that every process has: the vdso is one for all of them. 0: none */
static uint64_t vdso_syscall(void)
{
	static uint64_t offset; /* atomic; all threads would find the same */
	uint64_t found = __atomic_load_n(&offset, __ATOMIC_ACQUIRE);
	const unsigned char *vdso = (const void *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *head = (const void *)vdso;
	const Elf64_Phdr *ph;

	if (found || !vdso)
		return found;
	ph = (const void *)(vdso + head->e_phoff);
	for (unsigned i = 0; i < head->e_phnum; i++) {
		const unsigned char *insn;

		if (ph[i].p_type != PT_LOAD || !(ph[i].p_flags & PF_X))
			continue;
		insn = memmem(vdso + ph[i].p_offset, ph[i].p_filesz, "\x0f\x05", 2);
		if (insn)
			found = insn - vdso;
	}
	__atomic_store_n(&offset, found, __ATOMIC_RELEASE);
	return found;
}

static bool auxv_read(pid_t tid, uint64_t *execfn, uint64_t *vdso)
{
	Elf64_auxv_t v[64];
	char name[64];
	autoclose int fd = -1;
	ssize_t n;

	*execfn = *vdso = 0;
	snprintf(name, sizeof(name), "/proc/%d/auxv", tid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, v, sizeof(v));
	for (ssize_t i = 0; i < n / (ssize_t)sizeof(*v) && v[i].a_type != AT_NULL; i++) {
		if (v[i].a_type == AT_EXECFN)
			*execfn = v[i].a_un.a_val;
		if (v[i].a_type == AT_SYSINFO_EHDR)
			*vdso = v[i].a_un.a_val;
	}
	return *execfn != 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Filters of the task's own, which might take our call for its crime. Told since Linux 5.9. */
static bool has_own_filters(pid_t tid)
{
	static pid_t ours = -2; /* atomic; all threads would find the same */

	if (__atomic_load_n(&ours, __ATOMIC_RELAXED) == -2)
		__atomic_store_n(&ours, task_status(getpid(), "Seccomp_filters"), __ATOMIC_RELAXED);
	return task_status(tid, "Seccomp_filters") != ours + 1;
}

/* The new image, at EVENT_EXEC, names itself: nobody can from outside. Registers as they were. */
static void name_thread(struct hold *h, uint64_t insn, uint64_t text)
{
	struct user_regs_struct regs, own;

	/* The first step ends where the program begins: execve has returned then. */
	if (ptrace(PTRACE_SINGLESTEP, h->tid, 0, 0) < 0 || hold_wait(h) < 0 ||
	    ptrace(PTRACE_GETREGS, h->tid, 0, &regs) < 0)
		return;
	own = regs;
	own.rip = insn;
	own.rax = SYS_prctl;
	own.orig_rax = -1;
	own.rdi = PR_SET_NAME;
	own.rsi = text;
	if (ptrace(PTRACE_SETREGS, h->tid, 0, &own) < 0 ||
	    ptrace(PTRACE_SINGLESTEP, h->tid, 0, 0) < 0 || hold_wait(h) < 0)
		return;
	ptrace(PTRACE_SETREGS, h->tid, 0, &regs);
}

/*
 * What was executed has a host path, which is none of the program's business; it may even be
 * another name of the file. Scripts go by theirs (execve(2), proc_pid_comm(5)).
 */
static void exec_named(struct request *rq, const struct exec_job *job, struct hold *h)
{
	const char *name = job->name, *last;
	uint64_t execfn, vdso, offset;
	size_t room = job->nameless ? snprintf(NULL, 0, "/dev/fd/%d", job->fd_there)
				    : strlen(job->path) + path_slashes(job);

	if (!name || strcmp(name, job->path) == 0 || strlen(name) > room ||
	    !auxv_read(h->tid, &execfn, &vdso) || mem_write(rq, execfn, name, strlen(name) + 1) < 0)
		return;
	last = last_part(name);
	/* executed by a descriptor alone it is called as the file is (Linux 6.14) */
	if (strncmp(name, "/dev/fd/", 8) == 0 && !strchr(name + 8, '/'))
		return;
	offset = vdso_syscall();
	if (strncmp(last, last_part(job->path), TASK_COMM_LEN - 1) != 0 && vdso && offset &&
	    !has_own_filters(h->tid))
		name_thread(h, vdso + offset, execfn + (last - name));
}

/* ---- by ptrace ---- */

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
		job->path = job->access >= 0 || job->nameless ? "" : path;
		job->fd_there = fd;
	}
	for (int i = 0; i < 2 && job->fds[0] >= 0; i++) {
		fd = job->fds[i] < 0 ? -1 : inject_fd(rq, job->fds[i], 0);
		if (job->fds[i] >= 0 && fd < 0)
			return fd;
		snprintf(job->prefix[1 + i], 12, "%d", fd);
	}
	return 0;
}

/* May the task itself, with all that it is, do with the file of its call what we are about to? */
static int hold_access(struct request *rq, const struct exec_job *job, struct hold *h)
{
	bool at = rq->n->data.nr == SYS_execveat;
	int dirfd = at ? (int)rq->args[0] : AT_FDCWD;
	uint64_t path = rq->args[at ? 1 : 0], flags = AT_EACCESS | (at ? rq->args[4] : 0);
	int64_t ret = 0;

	if (job->access >= 0)
		ret = hold_call(rq, h, SYS_faccessat2,
				(const uint64_t[5]){ dirfd, path, job->access, flags });
	if (ret == -EACCES && job->or_access >= 0)
		ret = hold_call(rq, h, SYS_faccessat2,
				(const uint64_t[5]){ dirfd, path, job->or_access, flags });
	return ret;
}

static int hold_exec(struct request *rq, const struct exec_job *job, const struct task_args *args,
		     struct hold *h)
{
	struct image im;
	int ret = hold_access(rq, job, h);

	if (ret == 0)
		ret = image_build(job, args, hold_scratch(h), &im);
	if (ret < 0)
		return ret;
	ret = mem_poke(rq->tid, hold_scratch(h) - im.len, im.bytes, im.len);
	free(im.bytes);
	if (ret < 0)
		return -E2BIG;
	if (!*job->path)
		ret = hold_call(rq, h, SYS_execveat,
				(const uint64_t[5]){ job->fd_there, im.path, im.argv, job->envp,
						     AT_EMPTY_PATH });
	else
		ret = hold_call(rq, h, SYS_execve,
				(const uint64_t[5]){ im.path, im.argv, job->envp });
	return ret > 0 ? -EIO : ret;
}

static void exec_by_ptrace(struct request *rq, const struct exec_job *job,
			   const struct task_args *args)
{
	struct hold h;
	int ret;

	if (!hold_begin(rq, &h))
		return;
	ret = hold_exec(rq, job, args, &h);
	if (ret == -ESRCH)
		return;
	if (ret < 0) {
		if (job->image_fd >= 0)
			hold_call(rq, &h, SYS_close, (const uint64_t[5]){ job->fd_there });
		hold_return(&h, ret);
		return;
	}
	if (!exe_is(h.tid, job->dev, job->ino)) {
		log_warn("task %d: exec reached another file than planned, ended", h.tid);
		kill(h.tid, SIGKILL);
		/* not by a detach: dead before it, the task would stay ours, and a zombie */
		while (waitpid(h.tid, NULL, __WALL) < 0 && errno == EINTR)
			;
		return;
	}
	rq->tid = h.tid;
	if (job->commit)
		job->commit(rq, job);
	exec_named(rq, job, &h);
	hold_detach(&h);
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
		v = job->access >= 0 ? verdict_continue() : exec_in_place(rq, job, &args);
	} else {
		request_block_begin(rq, false);
		exec_by_ptrace(rq, job, &args);
		request_block_end(rq);
	}
	free(args.v);
	return v;
}
