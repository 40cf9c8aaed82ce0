// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc of a session: the host's, but only our tasks are in it, its magic links lead into the view,
 * and the files that tell ids, mounts and paths tell the view's.
 *
 * Everything else is opened as it is. A file that must be rewritten is read whole at open and given
 * to the task as a sealed text: what it tells is true of the moment of opening.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "ipc.h"
#include "machine.h"
#include "proc_link.h"
#include "proc_text.h"

#define PROC_FILE_MAX_BYTES (16 << 20)

int proc_host = -1;

bool node_is_proc(const struct vnode *n)
{
	return n->entry && n->entry->kind == ENTRY_SYNTH;
}

int proc_host_open(const char *rel, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	int fd = syscall(SYS_openat2, proc_host, *rel ? rel : ".", &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* "123/task/124/fd/3" -> pid 124, rest "fd/3". Return false when it is not below a task. */
static bool split_task(const char *rel, pid_t *pid, const char **rest)
{
	char *end;
	long n = strtol(rel, &end, 10);

	if (end == rel || rel[0] < '0' || rel[0] > '9' || (*end && *end != '/') || n > INT32_MAX)
		return false;
	*pid = n;
	*rest = *end ? end + 1 : end;
	if (strncmp(*rest, "task/", 5) == 0 && (*rest)[5] >= '0' && (*rest)[5] <= '9') {
		n = strtol(*rest + 5, &end, 10);
		if (*end && *end != '/')
			return true;
		*pid = n;
		*rest = *end ? end + 1 : end;
	}
	return true;
}

/* @rel: for what is below a task, so that it is that task's: task_dump_owner() of the kernel */
static int node_stat(struct vnode *n, const char *rel)
{
	const struct state *st = NULL;
	const char *rest;
	pid_t pid;
	bool theirs;

	if (statx(n->n.fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &n->n.stx) < 0)
		return -errno;
	if (rel && split_task(rel, &pid, &rest))
		st = state_of(pid);
	theirs = st && (!st->undumpable || n->n.stx.stx_mode == (S_IFDIR | 0555));
	if (n->n.stx.stx_uid == machine.cfg->host_uid)
		n->n.stx.stx_uid = theirs ? st->cred.euid : 0;
	if (n->n.stx.stx_gid == machine.cfg->host_gid)
		n->n.stx.stx_gid = theirs ? st->cred.egid : 0;
	state_put(st);
	return 0;
}

static int node_fill(const char *rel, struct vnode *n)
{
	int ret, fd = proc_host_open(rel, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	n->n.fd = fd;
	ret = node_stat(n, rel);
	if (ret < 0)
		layers_node_finish(&n->n);
	return ret;
}

/* /proc/self and its kin: symlinks whose text depends on who asks. */
static bool self_link(pid_t tid, const char *rel, char *text, size_t *len)
{
	static const struct {
		const char *name, *fmt;
		bool wants_tid;
	} links[] = {
		{ "thread-self", "%d/task/%d", true },
		{ "self", "%d", false },
		{ "mounts", "%d/mounts", false },
		{ "net", "%d/net", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		size_t n = strlen(links[i].name);

		if (strncmp(rel, links[i].name, n) != 0 || (rel[n] && rel[n] != '/'))
			continue;
		snprintf(text, 64, links[i].fmt, task_tgid(tid), tid);
		*len = n;
		return true;
	}
	return false;
}

static int proc_lookup(void *arg, const struct walker *w, const char *rel, bool follow,
		       struct vnode *n, size_t *prefix_len)
{
	const struct request *rq = w->task;
	char text[64], own[PATH_MAX];
	const char *rest;
	size_t len;
	pid_t pid;
	int ret;

	snprintf(own, sizeof(own), "%s", rel); /* rel points into n->path, which we may overwrite */
	if (self_link(rq->tid, own, text, &len)) {
		if (own[len] || follow) {
			snprintf(n->path, PATH_MAX, "/proc/%s", text);
			n->soft = true;
			*prefix_len = len;
			return VIEW_JUMP;
		}
		return node_fill(own, n);
	}
	if (!split_task(own, &pid, &rest))
		return *own ? node_fill(own, n) : node_fill("", n);
	if (rq->st ? !rq_sees(rq, pid) : !state_is_ours(pid))
		return -ENOENT;
	len = proc_link_length(own, rest);
	/* What is in fd and its kin, and where a link leads, is for those who may trace the task.
	 */
	if (w->who &&
	    (len ? own[len] || follow || strncmp(rest, "fd/", 3) == 0
		 : strchr(rest, '/') && proc_is_guarded(rest)) &&
	    task_permits(w->task, pid, PERMIT_PROC) < 0)
		return -EACCES;
	if (len && (own[len] || follow)) {
		own[len] = '\0';
		ret = proc_link_target(w->view, pid, own, rest, n);
		if (ret == 0 && n->n.fd >= 0)
			ret = node_stat(n, NULL);
		if (ret < 0)
			return ret;
		*prefix_len = len;
		return VIEW_JUMP;
	}
	return node_fill(own, n);
}

ssize_t proc_readlink(struct request *rq, struct vnode *n, char *target)
{
	struct vnode to = { .n.fd = -1 };
	const char *rest;
	char text[64];
	size_t len;
	pid_t pid;
	int ret;

	if (self_link(rq->tid, n->rel, text, &len) && !n->rel[len]) {
		const char *t = strncmp(n->rel, "mounts", 6) && strncmp(n->rel, "net", 3) ? text
				: strncmp(n->rel, "net", 3) ? "self/mounts"
							    : "self/net";
		memcpy(target, t, strlen(t));
		return strlen(t);
	}
	if (!split_task(n->rel, &pid, &rest) || !proc_link_length(n->rel, rest)) {
		ret = readlinkat(n->n.fd, "", target, PATH_MAX);
		return ret < 0 ? (errno == ENOENT ? -EINVAL : -errno) : ret;
	}
	if (n->rel[proc_link_length(n->rel, rest)])
		return -ENOENT;
	if (task_permits(rq, pid, PERMIT_PROC) < 0)
		return -EACCES;
	ret = proc_link_target(rq->walker.view, pid, n->rel, rest, &to);
	layers_node_finish(&to.n);
	if (ret < 0 && !*to.path)
		return ret;
	memcpy(target, to.path, strlen(to.path));
	return strlen(to.path);
}

/* ---- files that are rewritten ---- */

static bool map_host(void *arg, const char *host, char *view)
{
	return view_from_host(arg, host, -1, view, NULL) == 0;
}

static bool pid_outside(void *arg, long pid)
{
	return pid > 0 && !rq_sees(arg, pid);
}

struct mount_list {
	struct proc_mount m[64];
	size_t n;
};

static void mount_add(void *arg, const struct entry *e)
{
	struct mount_list *l = arg;
	bool part = e->source[0] == '/'; /* a bind: as the kernel tells one, or df(1) forgets "/" */

	if (l->n == ARRAY_SIZE(l->m))
		return;
	l->m[l->n++] = (struct proc_mount){
		.target = e->target_len ? e->target : "/",
		.source = part ? "uc" : e->source,
		.root = part ? e->source : NULL,
		.fstype = e->fstype,
		.options = e->rdonly ? "ro,relatime" : "rw,relatime",
		.id = e->id,
		.parent = e->target_len ? 1 : 0,
		.major = 0,
		.minor = e->id,
	};
}

static char *mounts_text(struct view *v, enum proc_kind kind)
{
	struct mount_list list = { .n = 0 };

	view_each(v, mount_add, &list);
	/* view_each starts with the longest target; mounts(5) with the root */
	for (size_t i = 0; i < list.n / 2; i++) {
		struct proc_mount t = list.m[i];

		list.m[i] = list.m[list.n - 1 - i];
		list.m[list.n - 1 - i] = t;
	}
	return proc_mounts(kind, list.m, list.n);
}

static char *rewritten(struct request *rq, pid_t pid, enum proc_kind kind, const char *in)
{
	const struct state *st;
	char *out = NULL;

	switch (kind) {
	case PROC_STATUS:
		st = state_of(pid);
		if (st)
			out = proc_status(in, &st->cred, st->umask, pid_outside, rq);
		state_put(st);
		return out;
	case PROC_STAT:
		return proc_stat_line(in, pid_outside, rq);
	case PROC_MAPS:
		return proc_maps(in, map_host, rq->walker.view);
	case PROC_MOUNTS:
	case PROC_MOUNTINFO:
	case PROC_MOUNTSTATS:
		return mounts_text(rq->walker.view, kind);
	case PROC_UIDMAP:
		return strdup("         0          0 4294967295\n");
	default:
		return NULL;
	}
}

static bool is_rewritten(enum proc_kind kind)
{
	return kind == PROC_STATUS || kind == PROC_STAT || kind == PROC_MAPS ||
	       kind == PROC_MOUNTS || kind == PROC_MOUNTINFO || kind == PROC_MOUNTSTATS ||
	       kind == PROC_UIDMAP;
}

static int open_rewritten(struct request *rq, pid_t pid, enum proc_kind kind,
			  const struct vnode *node, int flags)
{
	autofree char *in = NULL, *out = NULL;
	ssize_t n;

	if ((flags & O_ACCMODE) != O_RDONLY)
		return -EPERM;
	n = read_file_at(proc_host, node->rel, PROC_FILE_MAX_BYTES, &in);
	if (n < 0)
		return n;
	out = rewritten(rq, pid, kind, in);
	if (!out)
		return -ENOMEM;
	return shadow_text(node->path, out, strlen(out));
}

/* sysvipc/KIND: the session's objects only. -ENOENT: it is another file */
static int open_sysvipc(struct request *rq, const struct vnode *n, int flags)
{
	static const char *const names[] = { [GUARD_SHM] = "sysvipc/shm",
					     [GUARD_SEM] = "sysvipc/sem",
					     [GUARD_MSG] = "sysvipc/msg" };

	for (int kind = 0; kind < GUARD_SYSV_COUNT; kind++)
		if (strcmp(n->rel, names[kind]) == 0) {
			autofree char *text = NULL;

			if ((flags & O_ACCMODE) != O_RDONLY)
				return -EACCES;
			text = ipc_list(rq->st->nest, kind);
			return text ? shadow_text(n->path, text, strlen(text)) : -ENOMEM;
		}
	return -ENOENT;
}

int proc_open(struct request *rq, struct vnode *n, int flags)
{
	const char *rest;
	pid_t pid;
	int fd;

	if (flags & O_DIRECTORY && !S_ISDIR(n->n.stx.stx_mode))
		return -ENOTDIR;
	if (S_ISLNK(n->n.stx.stx_mode) && !(flags & O_PATH))
		return -ELOOP;
	if (flags & O_PATH)
		return fcntl(n->n.fd, F_DUPFD_CLOEXEC, 0);
	if (S_ISDIR(n->n.stx.stx_mode) && (flags & O_ACCMODE) != O_RDONLY)
		return -EISDIR;
	if (rq->st->nest->hostname[0] && strcmp(n->rel, "sys/kernel/hostname") == 0 &&
	    (flags & O_ACCMODE) == O_RDONLY) {
		char text[sizeof(rq->st->nest->hostname) + 1];

		return shadow_text(n->path, text,
				   snprintf(text, sizeof(text), "%s\n", rq->st->nest->hostname));
	}
	if (S_ISREG(n->n.stx.stx_mode)) {
		static const int want[] = { R_OK, W_OK, R_OK | W_OK, 0 };
		int ret = cred_may(&rq->st->cred, n->n.stx.stx_mode, n->n.stx.stx_uid,
				   n->n.stx.stx_gid, want[flags & O_ACCMODE]);

		if (ret < 0)
			return ret;
	}
	if ((flags & O_ACCMODE) == O_RDONLY && (fd = budget_open_proc(n)) != -ENODATA)
		return fd;
	if (split_task(n->rel, &pid, &rest)) {
		enum proc_kind kind = proc_kind(rest);

		if (kind == PROC_DENY)
			return -EACCES;
		if ((proc_is_guarded(rest) || (flags & O_ACCMODE) != O_RDONLY) &&
		    task_permits(rq, pid, PERMIT_PROC) < 0)
			return -EACCES;
		if (is_rewritten(kind))
			return open_rewritten(rq, pid, kind, n, flags);
	}
	fd = open_sysvipc(rq, n, flags);
	if (fd != -ENOENT)
		return fd;
	/* By name, not through the O_PATH descriptor: proc checks who opens. */
	return proc_host_open(n->rel, flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW));
}

/* The root: the host's listing without the tasks of others. Positions are the host's. */
int proc_list(struct request *rq, const char *rel, int dirfd, uint64_t cookie,
	      bool (*emit)(void *arg, const struct ldirent *d), void *arg)
{
	autoclose int dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char buf[16384];

	if (dir < 0 || lseek(dir, cookie, SEEK_SET) < 0)
		return -errno;
	for (;;) {
		long n = syscall(SYS_getdents64, dir, buf, sizeof(buf));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (char *p = buf; p < buf + n;) {
			struct dirent64 *de = (struct dirent64 *)p;
			struct ldirent d = { de->d_ino, de->d_off, de->d_type, de->d_name };

			p += de->d_reclen;
			if (de->d_name[0] >= '0' && de->d_name[0] <= '9' &&
			    !rq_sees(rq, atoi(de->d_name)))
				continue;
			if (!emit(arg, &d))
				return 0;
		}
	}
}

/* A descriptor on something of /proc; a task that is not ours has none to show. */
static int proc_from_host(void *arg, const char *host, char *rel)
{
	const char *rest, *unused;
	pid_t pid;

	rest = path_under(host, "/proc");
	if (!rest || (split_task(rest, &pid, &unused) && !state_is_ours(pid)))
		return -ENOENT;
	return snprintf(rel, PATH_MAX, "%s", rest) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static const struct synth_ops proc_ops = { .lookup = proc_lookup, .from_host = proc_from_host };

int proc_attach(struct view *v)
{
	if (proc_host < 0)
		proc_host = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc_host < 0)
		return -errno;
	return view_add_synth(v, "/proc", &proc_ops, NULL, "proc");
}
