// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * execve and execveat: find the file in the view, let the loaders plan it, inject the plan.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "eel_words.h"
#include "loader.h"
#include "machine.h"
#include "names.h"
#include "proc_text.h"
#include "sys.h"

#define ARG(i)	      (rq->args[i])
#define FD_ARG(i)     ((int)rq->args[i])
#define FD_TEXT_BYTES 12
#define EEL_NAME      "/usr/libexec/uc/eel" /* what /proc/PID/exe tells of it */

/* What the file of an exec is to credentials: set-id bits and owner as the view tells them. */
struct exec_ctx {
	struct request *rq;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	char unreadable[128]; /* the program or an interpreter that we must read and may not */
	bool document; /* it has no x bit, and is run all the same if it is no program */
};

/*
 * A node of the view becomes a loader_file: readable, with its host name. @mode: X_OK, or R_OK for
 * a document.
 */
static int file_from_node(struct exec_ctx *x, struct vnode *n, int mode, struct loader_file *out)
{
	const struct cred *who = &x->rq->st->cred;
	struct statx stx;
	struct stat st;
	char name[64];
	ssize_t len;
	int ret, fd;

	if (n->n.fd < 0)
		return -ENOENT;
	ret = stat_node(x->rq, n, &stx);
	if (ret < 0)
		return ret;
	if (S_ISLNK(stx.stx_mode))
		return -ELOOP;
	if (!S_ISREG(stx.stx_mode))
		return -EACCES;
	if (n->entry && n->entry->kind != ENTRY_LAYERS)
		return -EACCES;
	ret = n->entry ? layers_access_found(n->entry->layers, who, &n->n, mode) : 0;
	if (ret == 0 && mode == X_OK && !(stx.stx_mode & 0111))
		ret = -EACCES; /* root too needs one x bit */
	if (ret < 0)
		return ret == -EROFS ? -EACCES : ret;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", n->n.fd);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		ret = -errno;
		if (ret == -EACCES)
			snprintf(x->unreadable, sizeof(x->unreadable), "%s", n->path);
		return ret;
	}
	if (fstat(fd, &st) < 0) {
		close(fd);
		return -EIO;
	}
	len = readlink(name, out->host, sizeof(out->host) - 1);
	out->host[len < 0 ? 0 : len] = '\0';
	snprintf(out->view, sizeof(out->view), "%s", n->path);
	out->fd = fd;
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	x->mode = stx.stx_mode;
	x->uid = stx.stx_uid;
	x->gid = stx.stx_gid;
	return 0;
}

static int open_exec(void *arg, const char *path, struct loader_file *out)
{
	/* An interpreter's own set-id bits do not count: @x keeps those of what was asked for. */
	struct exec_ctx *x = arg, other = { .rq = x->rq };
	struct vnode n;
	/* "#!" alone: the kernel finds the working directory by an empty name, and that is no file
	 */
	int ret = rq_walk(x->rq, AT_FDCWD, *path ? path : ".", 0, &n);

	if (ret < 0)
		return ret;
	ret = file_from_node(&other, &n, X_OK, out);
	memcpy(x->unreadable, other.unreadable, sizeof(x->unreadable));
	view_node_finish(&n);
	return ret;
}

static bool same_as_host(void *arg, const char *path, dev_t dev, ino_t ino)
{
	struct stat st;

	return path[0] == '/' && stat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

/* The new image is in place and has not run yet. */
static void exec_commit(struct request *rq, const struct exec_job *job)
{
	machine.first_runs = true;
	state_set(rq->tid, job->after);
}

/* The stub is in a memfd of ours; the task gets a descriptor of it, and executes that. */
static int stub_open(dev_t *dev, ino_t *ino)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct stat st;
	int ret = 0;

	pthread_mutex_lock(&lock);
	if (machine.stub_fd < 0) {
		size_t size;
		const void *image = loader_stub(&size);
		autoclose int fd = memfd_create("ucrun-stub", MFD_CLOEXEC);
		char name[64];

		if (fd < 0 || write_all(fd, image, size) < 0 || fchmod(fd, 0755) < 0) {
			ret = -ENOMEM;
		} else {
			/* read-only, or the kernel says ETXTBSY */
			snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
			machine.stub_fd = open(name, O_RDONLY | O_CLOEXEC);
			ret = machine.stub_fd < 0 ? -errno : 0;
		}
	}
	pthread_mutex_unlock(&lock);
	if (ret < 0)
		return ret;
	fstat(machine.stub_fd, &st);
	*dev = st.st_dev;
	*ino = st.st_ino;
	return machine.stub_fd;
}

/* ---- eel ---- */

static bool eel_there(void)
{
	return machine.cfg->eel && machine.cfg->eel->fd >= 0;
}

/*
 * The first program is what the user has named: it may be a document without an x bit, text, and
 * its name may be one that lies. execveat(2) tells that a path was given; what is found along PATH
 * must be executable.
 */
static bool names_document(const struct request *rq)
{
	return eel_there() && (!machine.first_runs || rq->st->fresh) &&
	       rq->n->data.nr == SYS_execveat;
}

/* Argument vector in front of the task's own, for a script, the stub, eel, or several of them. */
static char **prefix_build(const struct exec_plan *plan, bool stub, unsigned *skip)
{
	size_t n = 0;
	const struct scvm_eel *eel = machine.cfg->eel;
	char **v = calloc(plan->nprefix + 6 + eel_words_max(eel), sizeof(*v));

	if (!v)
		return NULL;
	if (plan->kind == PLAN_FOREIGN)
		n = eel_words(eel, !machine.first_runs, v);
	if (stub) {
		v[n++] = strdup("ucrun-stub");
		v[n++] = calloc(1, FD_TEXT_BYTES);
		v[n++] = calloc(1, FD_TEXT_BYTES);
		v[n++] = strdup(plan->execfn);
	}
	for (size_t i = 0; i < plan->nprefix; i++)
		v[n++] = strdup(plan->prefix[i]);
	*skip = plan->nprefix ? 1 : 0;
	return v;
}

static void prefix_free(char **v)
{
	for (size_t i = 0; v && v[i]; i++)
		free(v[i]);
	free(v);
}

static struct verdict exec_run(struct exec_ctx *x, struct exec_plan *plan, uint64_t argv,
			       uint64_t envp)
{
	struct request *rq = x->rq;
	bool stub = plan->kind == PLAN_ELF_STUB, eel = plan->kind == PLAN_FOREIGN;
	struct exec_job job = { .argv = argv,
				.envp = envp,
				.fds = { -1, -1 },
				.image_fd = -1,
				.access = -1,
				.or_access = -1,
				.commit = exec_commit };
	char **prefix = NULL;
	struct verdict v;
	struct state after;
	int ret;

	ret = taskstate_copy(&after, rq->st);
	if (ret < 0)
		return verdict_return(ret);
	/* A script's set-id bits mean nothing (execve(2)), and nobody's do under no_new_privs. */
	cred_exec(&after.cred, plan->nprefix || after.no_new_privs ? 0755 : x->mode, x->uid,
		  x->gid);
	after.undumpable = after.cred.euid != after.cred.ruid || after.cred.egid != after.cred.rgid;
	after.fresh = false;
	free(after.exe);
	after.exe = strdup(stub ? plan->file.view : eel ? EEL_NAME : "");
	job.path = plan->file.host;
	job.name = stub || eel ? NULL : plan->execfn;
	job.dev = plan->file.dev;
	job.ino = plan->file.ino;
	if (stub) {
		ret = job.image_fd = stub_open(&job.dev, &job.ino);
		job.fds[0] = plan->file.fd;
		job.fds[1] = plan->interp.fd;
	}
	job.nameless = !stub && !eel && path_is_deleted(plan->file.host);
	if (job.nameless)
		job.image_fd = plan->file.fd; /* a memfd, or removed since it was opened */
	if (eel) {
		struct stat st;

		job.image_fd = machine.cfg->eel->fd;
		ret = fstat(job.image_fd, &st) < 0 ? -EIO : 0;
		job.dev = st.st_dev;
		job.ino = st.st_ino;
	}
	if (ret >= 0 && (stub || plan->nprefix)) {
		prefix = prefix_build(plan, stub, &job.skip);
		job.prefix = prefix;
		ret = prefix ? 0 : -ENOMEM;
	}
	job.after = &after;
	v = ret < 0 || !after.exe ? verdict_return(ret < 0 ? ret : -ENOMEM) : inject_exec(rq, &job);
	prefix_free(prefix);
	taskstate_finish(&after);
	return v;
}

/* The first program's failure is told by itself, once: launch.c */
static struct verdict exec_refused(struct request *rq, const char *path, const struct exec_ctx *x,
				   const char *reason, int ret)
{
	char text[FIRST_REASON_BYTES];

	if (!*reason && x->unreadable[0]) {
		snprintf(text, sizeof(text),
			 "the compartment's user may not read %s, and ucrun reads what it runs: "
			 "allow it on the host",
			 x->unreadable);
		reason = text;
	}
	if (*reason && !machine.first_runs)
		snprintf(machine.first_reason, FIRST_REASON_BYTES, "%s", reason);
	else if (*reason)
		log_debug("task %d: %s: %s", rq->tid, path, reason);
	return verdict_return(ret);
}

/* eel itself looks for the file, and tells what it finds: --explain, --ee. */
static struct verdict exec_first(struct request *rq, const char *path, uint64_t argv, uint64_t envp)
{
	struct exec_ctx x = { .rq = rq, .mode = 0755 };
	struct exec_plan plan = { .kind = PLAN_FOREIGN, .file.fd = -1, .interp.fd = -1 };
	struct verdict v = verdict_return(-ENOMEM);

	plan.prefix = calloc(2, sizeof(*plan.prefix));
	if (plan.prefix && (plan.prefix[0] = strdup(path))) {
		plan.nprefix = 1;
		v = exec_run(&x, &plan, argv, envp);
	}
	exec_plan_finish(&plan);
	return v;
}

/* Find the file of an exec in the view. Return: 0 and @file is the caller's; -errno */
static int exec_find(struct exec_ctx *x, int dirfd, char path[PATH_MAX], int flags, bool by_fd,
		     struct loader_file *file)
{
	struct request *rq = x->rq;
	struct vnode n;
	int ret;

	ret = by_fd && strncmp(path, "/proc/", 6) != 0
		      ? rq_walk_known(rq, path, &n)
		      : rq_walk(rq, dirfd, path, flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0,
				&n);
	if (ret < 0)
		return ret;
	ret = file_from_node(x, &n, X_OK, file);
	if (ret == -EACCES && names_document(rq)) {
		ret = file_from_node(x, &n, R_OK, file);
		x->document = ret == 0;
	}
	view_node_finish(&n);
	if (ret < 0)
		return ret;
	/* A script is told the name that the program gave, not the canonical one (execve(2)). */
	if (by_fd)
		snprintf(file->view, sizeof(file->view), "/dev/fd/%d", dirfd);
	else if (dirfd == AT_FDCWD || path[0] == '/')
		snprintf(file->view, sizeof(file->view), "%s", path);
	else
		snprintf(file->view, sizeof(file->view), "/dev/fd/%d/%s", dirfd, path);
	return 0;
}

static int exec_plan(struct exec_ctx *x, int dirfd, const char *path, struct loader_file *file,
		     struct exec_plan *plan)
{
	struct request *rq = x->rq;
	struct loader_ops ops = { .open_exec = open_exec,
				  .same_as_host = same_as_host,
				  .foreign = eel_there(),
				  .text = names_document(rq) && eel_has_extension(path) };
	int ret;

	if (names_document(rq) && eel_name_suspect(path)) {
		unsigned char head[1] = { 0 };

		*plan = (struct exec_plan){ .file = *file, .interp.fd = -1 };
		return loader_foreign.plan(&ops, x, plan, head, 0);
	}
	ret = loader_plan(&ops, x, file, plan);
	if (ret == 0 && x->document && plan->kind != PLAN_FOREIGN)
		return -EACCES; /* a program needs its x bit */
	if (ret == -ENOEXEC && x->document)
		return -EACCES;
	/* An interpreter could not open that name: the descriptor will be closed by then. */
	if (ret == 0 && plan->nprefix && strncmp(plan->execfn, "/dev/fd/", 8) == 0 &&
	    dirfd != AT_FDCWD && fd_flags(rq, dirfd) & O_CLOEXEC)
		return -ENOENT;
	return ret;
}

static struct verdict exec_answer(struct request *rq, int dirfd, uint64_t addr, uint64_t argv,
				  uint64_t envp, int flags)
{
	struct exec_ctx x = { .rq = rq };
	struct exec_plan plan = { 0 };
	struct loader_file file;
	char path[PATH_MAX];
	struct verdict v;
	bool by_fd;
	int ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return verdict_return(-EINVAL);
	ret = rq_path(rq, addr, path);
	if (ret < 0)
		return verdict_return(ret);
	if (environment_asks(path))
		return environment_ask(rq, argv);
	if (!machine.first_runs && eel_there() && machine.cfg->eel->first)
		return exec_first(rq, path, argv, envp);
	by_fd = !path[0] && flags & AT_EMPTY_PATH;
	if (by_fd) {
		ret = fd_path(rq, dirfd, path);
		if (ret == -EBADF || ret == -ESRCH)
			return verdict_return(ret);
		if (ret < 0)
			snprintf(path, sizeof(path), "/proc/%d/fd/%d", rq->tid, dirfd);
	}
	ret = exec_find(&x, dirfd, path, flags, by_fd, &file);
	if (ret < 0)
		return exec_refused(rq, path, &x, "", ret);
	ret = exec_plan(&x, dirfd, path, &file, &plan);
	v = ret < 0 ? exec_refused(rq, path, &x, plan.reason, ret)
		    : exec_run(&x, &plan, argv, envp);
	exec_plan_finish(&plan);
	return v;
}

struct verdict sys_execve(struct request *rq)
{
	if (inject_expected(rq->tid))
		return verdict_continue();
	return exec_answer(rq, AT_FDCWD, ARG(0), ARG(1), ARG(2), 0);
}

struct verdict sys_execveat(struct request *rq)
{
	if (inject_expected(rq->tid))
		return verdict_continue();
	return exec_answer(rq, FD_ARG(0), ARG(1), ARG(2), ARG(3), ARG(4));
}
