// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec at native level: what the kernel would refuse with ENOEXEC, eel is asked to run.
 *
 * Every execve and execveat of the session waits for a look at the file's first bytes. A program of
 * this machine, a script of one, and whatever is none of our business goes on as it is: "continue".
 * No right is decided by that. A thread that changes the path meanwhile only makes the kernel do
 * what it would have done without us, with the task's own rights.
 *
 * For the rest the task is held (inject.c), asks the kernel by faccessat2(2) whether it may execute
 * the file, and executes eel by a descriptor, with the name that it gave. Permissions are the
 * kernel's business here too: we are process 1, with more rights than the task.
 *
 * The look starts from the task's own root and working directory. Where its root is another one
 * than ours (chroot(2), another mount namespace), this thread changes its own for one open.
 *
 * A task whose memory or directories we may not see, and one that a debugger holds, gets the
 * kernel's answer. So does a 32-bit program: its exec is not trapped.
 */
#include "exec_native.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "connect_native.h"
#include "eel_words.h"
#include "enter_native.h"
#include "filter.h"
#include "loader.h"
#include "machine.h"
#include "names.h"
#include "sys.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define ELF_DATA_AT    5
#define ELF_MACHINE_AT 18
#define MACHINE_386    3
#define MACHINE_X86_64 62

static int own_root = -1; /* O_PATH */
static struct statx own_root_is;

/* ---- files as the task sees them ---- */

struct look {
	struct request *rq;
	int dirfd;
	uint64_t argv, envp;
	unsigned flags;
	char path[PATH_MAX];
	bool by_fd; /* AT_EMPTY_PATH: path is "" */
};

static bool same_root(pid_t tid, const char *root)
{
	struct statx stx;

	return statx(AT_FDCWD, root, 0, STATX_INO | STATX_MNT_ID, &stx) == 0 &&
	       stx.stx_ino == own_root_is.stx_ino &&
	       stx.stx_dev_major == own_root_is.stx_dev_major &&
	       stx.stx_dev_minor == own_root_is.stx_dev_minor &&
	       stx.stx_mnt_id == own_root_is.stx_mnt_id;
}

static int open_in_root(const char *root, int base, const char *path, int flags)
{
	static __thread bool alone; /* root and working directory are this thread's own */
	int fd;

	if (!alone && unshare(CLONE_FS) < 0)
		return -errno;
	alone = true;
	fd = chroot(root) < 0 ? -errno : openat(base, path, flags);
	if (fd < 0)
		fd = -errno;
	if (fchdir(own_root) < 0 || chroot(".") < 0)
		log_debug("a thread could not come back from a task's root");
	return fd;
}

/* An O_PATH descriptor on what @path is to the task. -errno: let the kernel tell */
static int open_for(const struct look *l, const char *path, int nofollow)
{
	const int flags = O_PATH | O_CLOEXEC | nofollow;
	char root[64], at[64], own[PATH_MAX + 32];
	autoclose int base = -1;
	int fd;

	/* What the kernel says of the caller would be of us. */
	if (strncmp(path, "/proc/self/", 11) == 0)
		snprintf(own, sizeof(own), "/proc/%d/%s", l->rq->tid, path + 11);
	else if (strncmp(path, "/dev/fd/", 8) == 0)
		snprintf(own, sizeof(own), "/proc/%d/fd/%s", l->rq->tid, path + 8);
	else
		snprintf(own, sizeof(own), "%s", path);
	if (path[0] != '/') {
		if (l->dirfd == AT_FDCWD)
			snprintf(at, sizeof(at), "/proc/%d/cwd", l->rq->tid);
		else
			snprintf(at, sizeof(at), "/proc/%d/fd/%d", l->rq->tid, l->dirfd);
		base = open(at, O_PATH | O_CLOEXEC);
		if (base < 0 || !path[0])
			return base < 0 ? -errno : steal_fd(&base);
	}
	snprintf(root, sizeof(root), "/proc/%d/root", l->rq->tid);
	if (!same_root(l->rq->tid, root))
		return open_in_root(root, base, own, flags);
	fd = openat(base, own, flags);
	return fd < 0 ? -errno : fd;
}

static int file_open(const struct look *l, const char *path, int nofollow, struct stat *st)
{
	autoclose int at = open_for(l, path, nofollow);
	char name[64];
	int fd;

	if (at < 0)
		return at;
	if (fstat(at, st) < 0 || !S_ISREG(st->st_mode))
		return -EACCES;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", at);
	fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_exec(void *arg, const char *path, struct loader_file *out)
{
	struct look l = *(const struct look *)arg;
	struct stat st;
	int fd;

	l.dirfd = AT_FDCWD;
	fd = file_open(&l, path, 0, &st);
	if (fd < 0)
		return fd;
	*out = (struct loader_file){ .fd = fd, .dev = st.st_dev, .ino = st.st_ino };
	snprintf(out->view, sizeof(out->view), "%s", path);
	if (!(st.st_mode & 0111)) {
		loader_file_close(out);
		return -EACCES;
	}
	return 0;
}

static bool same_as_host(void *arg, const char *path, dev_t dev, ino_t ino)
{
	return true; /* the kernel looks for ELF interpreters where the task does */
}

/* ---- whose is it? ---- */

static bool is_native(const unsigned char *head, size_t n)
{
	unsigned which;

	if (n < ELF_MACHINE_AT + 2 || memcmp(head, "\177ELF", 4) != 0 || head[ELF_DATA_AT] != 1)
		return false;
	which = head[ELF_MACHINE_AT] | head[ELF_MACHINE_AT + 1] << 8;
	return which == MACHINE_X86_64 || which == MACHINE_386;
}

/* Until its first exec the first program is a copy of ours. */
static bool is_first(pid_t tid)
{
	static struct stat own; /* of our own program */
	static int known; /* atomic; all threads would find the same */
	char name[64];
	struct stat st;

	if (__atomic_load_n(&machine.first_runs, __ATOMIC_ACQUIRE))
		return false;
	if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
		if (stat("/proc/self/exe", &own) < 0)
			return false;
		__atomic_store_n(&known, 1, __ATOMIC_RELEASE);
	}
	snprintf(name, sizeof(name), "/proc/%d/exe", tid);
	if (stat(name, &st) == 0 && st.st_dev == own.st_dev && st.st_ino == own.st_ino)
		return true;
	__atomic_store_n(&machine.first_runs, true, __ATOMIC_RELEASE);
	return false;
}

/* The name of the file as an interpreter is told it, see execve(2) and execveat(2). */
static void view_name(const struct look *l, char *out, size_t size)
{
	if (l->by_fd)
		snprintf(out, size, "/dev/fd/%d", l->dirfd);
	else if (l->dirfd == AT_FDCWD || l->path[0] == '/')
		snprintf(out, size, "%s", l->path);
	else
		snprintf(out, size, "/dev/fd/%d/%s", l->dirfd, l->path);
}

/*
 * Return: true: eel has to run it, @plan says with what words. false: the kernel's business
 * @document: the first program, which may have no x bit
 */
static bool look_at(struct look *l, bool document, struct exec_plan *plan)
{
	struct loader_ops ops = { .open_exec = open_exec,
				  .same_as_host = same_as_host,
				  .foreign = true,
				  .text = document && eel_has_extension(l->path) };
	unsigned char head[LOADER_HEAD_BYTES] = { 0 };
	struct loader_file file = { .fd = -1 };
	struct stat st;
	ssize_t n;

	file.fd = file_open(l, l->path, l->flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0, &st);
	if (file.fd < 0)
		return false;
	n = pread(file.fd, head, sizeof(head), 0);
	if (n <= 0 || (!document && is_native(head, n))) {
		loader_file_close(&file);
		return false;
	}
	file.dev = st.st_dev;
	file.ino = st.st_ino;
	view_name(l, file.view, sizeof(file.view));
	if (document && eel_name_suspect(l->path)) {
		*plan = (struct exec_plan){ .file = file, .interp.fd = -1 };
		return loader_foreign.plan(&ops, l, plan, head, 0) == 0;
	}
	if (is_native(head, n)) {
		loader_file_close(&file);
		return false;
	}
	return loader_plan(&ops, l, &file, plan) == 0 && plan->kind == PLAN_FOREIGN;
}

/* ---- serving ---- */

static void words_free(char **v)
{
	for (size_t i = 0; v && v[i]; i++)
		free(v[i]);
	free(v);
}

static struct verdict run_eel(struct look *l, const struct exec_plan *plan, bool first,
			      bool document)
{
	const struct scvm_eel *eel = machine.cfg->eel;
	char **v = calloc(eel_words_max(eel) + plan->nprefix + 1, sizeof(*v));
	struct exec_job job = { .argv = l->argv,
				.envp = l->envp,
				.fds = { -1, -1 },
				.image_fd = eel->fd,
				.skip = 1,
				.access = X_OK,
				.or_access = document ? R_OK : -1 };
	struct verdict verdict;
	struct stat st;
	size_t n;

	if (!v || fstat(eel->fd, &st) < 0) {
		free(v);
		return verdict_continue();
	}
	n = eel_words(eel, first, v);
	for (size_t i = 0; i < plan->nprefix; i++)
		v[n++] = strdup(plan->prefix[i]);
	job.prefix = v;
	job.dev = st.st_dev;
	job.ino = st.st_ino;
	verdict = inject_exec(l->rq, &job);
	words_free(v);
	return verdict;
}

static struct verdict exec_answer(struct request *rq, bool at)
{
	struct look l = { .rq = rq,
			  .dirfd = at ? (int)rq->args[0] : AT_FDCWD,
			  .argv = rq->args[at ? 2 : 1],
			  .envp = rq->args[at ? 3 : 2],
			  .flags = at ? rq->args[4] : 0 };
	struct exec_plan plan = { .file.fd = -1, .interp.fd = -1 };
	bool first, document;
	struct verdict v = verdict_continue();

	if (l.flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ||
	    mem_read_path(rq, rq->args[at ? 1 : 0], l.path) < 0)
		return v;
	if (environment_asks(l.path))
		return environment_ask(rq, l.argv);
	l.by_fd = !l.path[0];
	if (l.by_fd && !(l.flags & AT_EMPTY_PATH))
		return v;
	first = is_first(rq->tid);
	/* As in sys_exec.c: execveat(2) tells that the user has given a path. */
	document = first && at && !l.by_fd;
	/* The words name what was seen: the task may be another one by now, and it is its name. */
	if (look_at(&l, document, &plan) && request_valid(rq))
		v = run_eel(&l, &plan, first, document);
	exec_plan_finish(&plan);
	return v;
}

static bool eel_there(void)
{
	return machine.cfg->eel->fd >= 0;
}

/* What cannot be told so is the kernel's to tell, and so is an error. */
static struct verdict budget_answer(struct request *rq, long nr)
{
	struct verdict v = nr == SYS_sysinfo ? sys_sysinfo(rq) : sys_sched_getaffinity(rq);

	return v.kind == VERDICT_RETURN && v.value < 0 ? verdict_continue() : v;
}

static void exec_serve(struct seccomp_notif *n)
{
	struct request rq = {
		.n = n, .id = n->id, .tid = n->pid, .args = (uint64_t *)n->data.args
	};
	struct verdict v = verdict_continue();

	if (n->data.nr == SYS_setns) /* a 32-bit one is not trapped */
		v = n->data.arch == AUDIT_ARCH_X86_64 ? enter_native(&rq) : verdict_return(-EPERM);
	else if (n->data.arch == AUDIT_ARCH_X86_64 && !inject_expected(rq.tid) && eel_there() &&
		 (n->data.nr == SYS_execve || n->data.nr == SYS_execveat))
		v = exec_answer(&rq, n->data.nr == SYS_execveat);
	else if (n->data.arch == AUDIT_ARCH_X86_64 && machine.cfg->look &&
		 (n->data.nr == SYS_sysinfo || n->data.nr == SYS_sched_getaffinity))
		v = budget_answer(&rq, n->data.nr);
	else if (n->data.arch == AUDIT_ARCH_X86_64 && n->data.nr == SYS_connect)
		v = connect_native(&rq);
	request_answer(&rq, v);
}

int exec_native_first(const struct scvm_eel *eel, char *const *argv, char *const *envp)
{
	size_t n = 0, nargs = 0;
	char **v;

	while (argv[nargs])
		nargs++;
	v = calloc(eel_words_max(eel) + nargs + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	n = eel_words(eel, true, v);
	memcpy(v + n, argv, nargs * sizeof(*v));
	syscall(SYS_execveat, eel->fd, "", v, envp, AT_EMPTY_PATH);
	return -errno;
}

int exec_native_serve(int listener, const struct scvm_config *cfg, uint64_t caps)
{

	enter_native_keep(caps);
	own_root = open("/", O_PATH | O_CLOEXEC);
	if (own_root < 0 ||
	    statx(own_root, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &own_root_is) < 0)
		return -errno;
	machine.cfg = cfg;
	machine.listener = listener;
	machine.supervisor = getpid();
	return notify_start(listener, exec_serve);
}

int exec_native_listen(unsigned allow, bool budget)
{
	const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	struct sock_fprog prog;
	int ret = filter_compile(&prog, budget ? FILTER_NATIVE_BUDGET : FILTER_NATIVE, allow), fd;

	if (ret < 0)
		return ret;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	ret = fd < 0 ? -errno : fd;
	free(prog.filter);
	if (ret != -EBUSY)
		return ret;
	ret = filter_compile(&prog, FILTER_NATIVE_DEAF, allow);
	if (ret < 0)
		return ret;
	ret = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0 ? -errno : -EBUSY;
	free(prog.filter);
	return ret;
}
