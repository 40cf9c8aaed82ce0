/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_MACHINE_H
#define UCRUN_MACHINE_H

/* What the files of src/scvm share. Nothing outside this folder includes it. */

#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "scvm.h"
#include "table.h"
#include "util.h"
#include "view.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6; the flags are passed by value */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   _IOW('!', 4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

#ifndef PIDFD_THREAD /* Linux 6.9 */
#define PIDFD_THREAD O_EXCL
#endif

/*
 * Task state: what the kernel has no place for. A state is an interned, immutable value; many tasks
 * share one. Which state a process has is *carried by the kernel*: its id is the soft limit of
 * RLIMIT_LOCKS, a resource that Linux has kept but not used since 2.4.25 (getrlimit(2)). So fork,
 * vfork, clone with any flags, threads and exec inherit it exactly, without a trap and without a
 * table of tasks that could be out of date. The upper bits are the session's tag: they tell our own
 * tasks from all others. Tasks cannot touch the limit: prlimit(2) on it is answered by us.
 */
struct nest;

struct state {
	struct cred cred;
	struct nest *nest; /* referenced: nest_get() */
	bool fresh; /* has entered a nested session and executed nothing there yet */
	mode_t umask;
	bool no_new_privs; /* asked for by the program: the real bit is always set */
	bool undumpable; /* PR_SET_DUMPABLE 0 was asked for: told back, not done (we must read it)
			  */
	int cwd_fd; /* O_PATH on the real directory: it follows renames and deletion. The task's
		     * kernel cwd is not used: no trapped call needs it, and so chdir(2) needs no
		     * injection and works under a debugger */
	char *root; /* chroot(2) in the view, "/" mostly */
	char *exe; /* view path of the program when /proc/PID/exe is our stub; else "" */
};

#define STATE_ID_BITS 16
#define STATE_IDS_MAX (1UL << STATE_ID_BITS)

#define FIRST_REASON_BYTES 256

struct machine {
	const struct scvm_config *cfg;
	unsigned long tag; /* session's tag, shifted: the upper bits of every task's RLIMIT_LOCKS */
	int listener;
	pid_t first; /* the first program's pid */
	pid_t supervisor;
	int stub_fd; /* memfd with the ELF stub, -1 until needed */
	bool first_runs; /* the first exec has succeeded */
	char *first_reason; /* shared with the first task: why its exec failed, for a person */
	int inherited_tty; /* the session's terminal or -1 */
};

extern struct machine machine;

/*
 * A session, or one within it: to the kernel all of them are one, to programs they are not. Which
 * one a task is in is a part of its state, so its children are too. See nest.c and docs/nested.md.
 */
struct nest {
	unsigned id; /* 0: the session itself */
	struct nest *outer; /* referenced; NULL: the session itself */
	int refs; /* atomic; of the session itself, which stays, not counted */
	struct view *view;
	char hostname[65]; /* "": the host's */
	pid_t first; /* the first program's */
	pid_t ucrun; /* who waits for that */
	void *handle; /* of whoever built it: struct scvm_nest */
};

extern struct nest nest_outermost;

struct nest *nest_get(struct nest *n);
void nest_put(struct nest *n);
/** nest_sees() - is the task @tid of the session @by, or of one within that? */
bool nest_sees(const struct nest *by, pid_t tid);
/** nest_stop() - wait until no nested session is left; all tasks are dead */
void nest_stop(void);

/* ---- request: one trap ---- */

struct request {
	struct seccomp_notif *n;
	uint64_t id;
	pid_t tid;
	const uint64_t *args;
	const struct state *st; /* of the calling process; valid while the session lives */
	const struct call *call;
	struct walker walker;
	bool have_base;
	const char *real; /* for the trace: the real object, when it differs */
	char traced_path[256]; /* for the trace: the first path argument */
};

enum verdict_kind { VERDICT_RETURN, VERDICT_CONTINUE, VERDICT_FD, VERDICT_DONE };

/*
 * RETURN	the call's result: value >= 0 or -errno
 * CONTINUE	the kernel performs it. Only for calls that are decided by register values alone.
 * FD		give the task this descriptor (value; closed afterwards) and return its number
 * DONE		the handler has answered already (exec, injected)
 */
struct verdict {
	enum verdict_kind kind;
	int64_t value;
	bool cloexec;
};

static inline struct verdict verdict_return(int64_t value)
{
	return (struct verdict){ .kind = VERDICT_RETURN, .value = value };
}

static inline struct verdict verdict_continue(void)
{
	return (struct verdict){ .kind = VERDICT_CONTINUE };
}

static inline struct verdict verdict_fd(int fd, bool cloexec)
{
	return (struct verdict){ .kind = VERDICT_FD, .value = fd, .cloexec = cloexec };
}

static inline struct verdict verdict_done(void)
{
	return (struct verdict){ .kind = VERDICT_DONE };
}

/* ---- notify.c: workers ---- */

/** rq_sees() - is that a task of the caller's session, or of one within it? */
static inline bool rq_sees(const struct request *rq, pid_t tid)
{
	return nest_sees(rq->st->nest, tid);
}

/** request_valid() - does the task still wait for this answer? After every look at /proc/TID. */
bool request_valid(const struct request *rq);
/**
 * request_block_begin() - this worker may now wait for long; another one takes over
 * @interruptible: watch the task: a signal for it makes our system call fail with EINTR
 * Return: 0; -ENOMEM: nobody can take over, so do not wait without bound
 */
int request_block_begin(struct request *rq, bool interruptible);
void request_block_end(struct request *rq);
/** request_flush_dead() - return when no handler waits any more on behalf of a task that has died
 */
void request_flush_dead(void);
/** request_answer() - send a verdict; returns 0, or -ENOENT when the task is gone (normal) */
int request_answer(struct request *rq, struct verdict v);
/** notify_start() - @fn serves a trap and answers it: notify_serve(), or that of exec_native.c */
int notify_start(int listener, void (*fn)(struct seccomp_notif *n));
void notify_serve(struct seccomp_notif *n);
void notify_stop(void); /* until no handler uses the session any more */
void notify_flags(int listener);

/* ---- serving.c: what each worker is at ---- */

void serving_add(void); /* this worker begins, and ends */
void serving_remove(void);
/** serving_begin() - it serves the call @id, the @turn-th; serving_end(): before it answers */
void serving_begin(uint64_t id, unsigned turn);
void serving_waits(void); /* its call may take long */
void serving_end(void);
/** serving_settle() - until no elder call of a task that was killed is worked at, 0.1 s at most */
void serving_settle(void);

/* ---- state.c ---- */

int state_init(const struct state *first);
/** state_of() - the state of a process of this session by any of its tids; state_put(). NULL: not
 * ours */
const struct state *state_of(pid_t tid);
void state_put(const struct state *st);
/** state_maybe_collect() - free states that no task has any more, now and then; @now: at once */
void state_maybe_collect(bool now);
/** taskstate_copy() - a private copy to change and hand to state_set(); finish with
 * taskstate_finish() */
int taskstate_copy(struct state *to, const struct state *from);
void taskstate_finish(struct state *st);
/** state_set() - give the process of @tid another state. Return 0 or -errno. */
int state_set(pid_t tid, const struct state *st);
/**
 * Working directory, root and umask go by struct fs_struct in the kernel, which clone(2) and
 * unshare(2) with CLONE_FS make cross processes or part threads. Both are rare.
 *
 * state_fs_shared() - some processes may share theirs from now on
 * state_fs_unshare() - the thread @tid has its own from now on
 * state_fs_set() - as state_set(), for a change of these three: to all who share them
 */
void state_fs_shared(void);
int state_fs_unshare(pid_t tid);
int state_fs_set(pid_t tid, const struct state *st);
/** state_is_cwd() - is this directory some process's working directory? (Perhaps no longer.) */
bool state_is_cwd(const struct stat *sb);
/** state_is_ours() - is this pid or tid a task of the session, or of one within it? */
bool state_is_ours(pid_t tid);
/** state_is_zombie() - is it dead, but for its parent? */
bool state_is_zombie(pid_t pid);
/** state_rlimit() - the RLIMIT_LOCKS value for the first task */
unsigned long state_first_rlimit(void);

/* ---- permit.c: what a task may do to another ---- */

enum permit {
	PERMIT_SIGNAL,
	PERMIT_TRACE, /* ptrace(2)'s access mode, by real ids */
	PERMIT_PROC, /* the same by the ids of file access */
	PERMIT_SCHED,
	PERMIT_IOPRIO,
	PERMIT_LIMITS,
};

/** task_status() - a pid that /proc/TID/status tells under @key; -1: the task is gone */
pid_t task_status(pid_t tid, const char *key);
/** task_tgid() - the process that a thread belongs to; -1: it is gone */
pid_t task_tgid(pid_t tid);
/** task_permits() - may the caller? 0, -EPERM, -ESRCH: no task of the session */
int task_permits(struct request *rq, pid_t pid, enum permit what);
/** task_permits_signal() - the same for @sig; kill(2) tells about SIGCONT */
int task_permits_signal(struct request *rq, pid_t pid, int sig);
/** task_permits_traceme() - may the caller have itself traced by @parent? 0 or -EPERM */
int task_permits_traceme(struct request *rq, pid_t parent);
/** pidfd_task() - whose pidfd (our own descriptor) is that? 0, -EBADF none, -ESRCH nobody's whom
 * the caller sees */
int pidfd_task(struct request *rq, int pidfd, pid_t *pid);
/** proc_is_guarded() - is that file of /proc/PID, "mem" or "fd/3", for those who may trace it? */
bool proc_is_guarded(const char *rest);

/* ---- memory.c: a task's memory; every function copies once ---- */

int mem_read(struct request *rq, uint64_t addr, void *buf, size_t len);
int mem_write(struct request *rq, uint64_t addr, const void *buf, size_t len);
/**
 * mem_read_path() - copy a path out of a waiting task, once
 * @buf: PATH_MAX bytes
 * Return: length without the NUL; -EFAULT; -ENAMETOOLONG; -ESRCH the task is gone
 */
ssize_t mem_read_path(struct request *rq, uint64_t addr, char *buf);
/** mem_read_str() - the same for other strings: @max bytes including NUL, -ERANGE when longer */
ssize_t mem_read_str(struct request *rq, uint64_t addr, char *buf, size_t max);

/* ---- fds.c: descriptors of a task ---- */

/** fd_path() - the view path of a task's descriptor (or AT_FDCWD: its cwd). */
int fd_path(struct request *rq, int fd, char *path);
/** fd_own_path() - the view path of one of the supervisor's own descriptors. -ENOENT: it has none
 */
int fd_own_path(struct request *rq, int fd, char *path);
/** fd_flags() - open(2) flags of a task's descriptor, O_PATH and O_CLOEXEC among them, or -errno */
int fd_flags(struct request *rq, int fd);
/** fd_host_link() - what /proc/TID/fd/N (or cwd) links to on the host; PATH_MAX bytes */
int fd_host_link(pid_t tid, int fd, char *host);
/** fd_is_base() - does a directory descriptor lead where no upper layer and no other entry has a
 * say? */
bool fd_is_base(struct request *rq, int fd);
/** fd_take() - a duplicate of a task's descriptor, the caller's. */
int fd_take(struct request *rq, int fd);
/** fd_open_path() - an O_PATH descriptor on the object behind a task's descriptor */
int fd_open_path(struct request *rq, int fd);

/* ---- walk.c: paths of a request ---- */

/** rq_walk() - resolve a path argument that starts at @dirfd. Return 0 or -errno. */
int rq_walk(struct request *rq, int dirfd, const char *path, unsigned flags, struct vnode *n);
/**
 * rq_walk_known() - the node of a canonical view path that a descriptor of the task led to: its
 * root and its permissions have nothing to say
 */
int rq_walk_known(struct request *rq, const char *path, struct vnode *n);
/** walk_removed() - the directory @n was removed just now: note where it was for who is in it */
void walk_removed(struct request *rq, const struct vnode *n);
/** walk_removed_path() - how such a directory was called; PATH_MAX bytes. -ENOENT: not noted */
int walk_removed_path(int dir, char *path);
/** rq_path() - copy a path argument; 0 or -errno. AT_EMPTY_PATH is the caller's business. */
int rq_path(struct request *rq, uint64_t addr, char *path);
/** rq_walk_arg() - rq_path() and rq_walk() in one */
int rq_walk_arg(struct request *rq, int dirfd, uint64_t addr, unsigned flags, struct vnode *n);

/* ---- inject.c ---- */

/**
 * inject_exec() - replace the task's image, by ptrace
 * @real_path: host path to execute, @argv_prefix: strings put in front of the task's own argv[1..]
 * Answers the request itself.
 */
struct exec_job {
	const char *path; /* host path */
	const char *name; /* AT_EXECFN, and comm but for "/dev/fd/N"; NULL: the image's business */
	int image_fd; /* >= 0: put into the task, CLOEXEC, and executed instead of path */
	bool nameless; /* image_fd is the file itself, which has no name: called as its fd is */
	char *const *prefix; /* new leading arguments, NULL-terminated; NULL: argv as it is */
	unsigned skip; /* how many of the task's arguments the prefix replaces */
	uint64_t argv, envp; /* in the task */
	dev_t dev;
	ino_t ino; /* what /proc/TID/exe must be afterwards */
	/*
	 * Native level, -1 else: the kernel is asked first, by faccessat2(2) in the task, whether
	 * this access (X_OK or R_OK) to the file of its own call is allowed. image_fd is executed
	 * by its number alone: the task's root may have no /proc.
	 */
	int fd_there; /* inject_exec()'s: image_fd's number in the task */
	int access, or_access; /* or_access: good enough when the first is EACCES; -1: nothing is */
	int fds[2]; /* for the stub: put into the task first, their numbers go to
		     * prefix[1] and [2] (12 bytes each); -1: none */
	/* called when the new image is there and before it runs: credentials, exe */
	void (*commit)(struct request *rq, const struct exec_job *job);
	const struct state *after;
};
struct verdict inject_exec(struct request *rq, struct exec_job *job);
/**
 * inject_opath() - open for the task an O_PATH descriptor on what @fd (borrowed) is. ADDFD refuses
 * those. Answers the request itself, or returns the verdict to answer with.
 */
struct verdict inject_opath(struct request *rq, int fd, bool cloexec);
/** inject_strict() - give the task what is left of SECCOMP_MODE_STRICT under our filter */
struct verdict inject_strict(struct request *rq);
/**
 * inject_attach_begin() - a debugger in the session may attach to @tid now
 * Waits while we hold the task ourselves: it would get EPERM for something that nobody can see.
 */
void inject_attach_begin(struct request *rq, pid_t tid);
/** inject_expected() - is this call (execve, execveat, openat) one that we put there ourselves? */
bool inject_expected(pid_t tid);
/** inject_verify() - false: the task runs a file that the view did not give it; it was killed */
bool inject_verify(pid_t tid);

/* ---- shadow.c ---- */

/** shadow_text() - a descriptor from which the task reads @text, of the file @path of the view.
 * Return fd or -errno. */
int shadow_text(const char *path, const char *text, size_t len);
/**
 * shadow_text_path() - @host is a link to such a text: @path becomes that file's. A task can give a
 * memfd of its own that name: good for telling about it, not for deciding what it may do
 */
bool shadow_text_path(const char *host, char *path);
/** shadow_socket_add() - the socket bound at @host (as bind(2) was told) is @path in the view */
void shadow_socket_add(const char *host, const char *path);
int shadow_socket_name(const char *host, char *path);

/* ---- sys_mq.c: descriptors of message queues ---- */

/** mq_stat() - if that is a queue of the session: its owner and mode in the view */
bool mq_stat(struct statx *stx);
/** mq_change() - fchmod, or with @mode -1 fchown. 0, -EPERM, or -ENOENT: not a queue with a name */
int mq_change(struct request *rq, int fd, mode_t mode, uid_t uid, gid_t gid);

/* ---- proc.c ---- */

int proc_attach(struct view *v);
/** proc_open() - open a node of the proc entry. Return fd or -errno. */
int proc_open(struct request *rq, struct vnode *n, int flags);
/** proc_readlink() - what readlink(2) tells of a link of proc; PATH_MAX bytes, no NUL. Length or
 * -errno */
ssize_t proc_readlink(struct request *rq, struct vnode *n, char *target);
bool node_is_proc(const struct vnode *n);
int proc_list(struct request *rq, const char *rel, int dirfd, uint64_t cookie,
	      bool (*emit)(void *arg, const struct ldirent *d), void *arg);

/** path_is_memfd() - is @host what a magic link tells of a memfd? */
bool path_is_memfd(const char *host);

/* ---- pty.c: terminals ---- */

/** stx_is_pts() - is this a pseudo-terminal's slave? */
bool stx_is_pts(const struct statx *stx);
/** node_is_pts() - is this /dev/pts, or something in it? */
bool node_is_pts(const struct vnode *n);
/** pty_is_hidden() - is this name of /dev/pts a terminal that no task which the caller sees has? */
bool pty_is_hidden(struct request *rq, const char *name);

/** node_is_tty() - is this /dev/tty, under whatever name? */
bool node_is_tty(const struct vnode *n);
/** pty_open_tty() - open the caller's controlling terminal. A descriptor, -ENXIO when it has none,
 * -ENODATA when it is the supervisor's too: open the node, then */
int pty_open_tty(struct request *rq, const struct vnode *n, int flags);

/** mq_nest_end() - remove the queues of a nested session that has ended */
void mq_nest_end(const struct nest *nest);

/* ---- sys_budget.c: files that tell how big the machine is ---- */

/** budget_open_proc(), budget_open_sys() - the text, cut to the budget. -ENODATA: not such a file
 */
int budget_open_proc(const struct vnode *n);
int budget_open_sys(const struct vnode *n, int flags);

/* ---- sys_environment.c ---- */

/** environment_asks() - is an exec of that path no exec, but an environment's wish for a budget? */
bool environment_asks(const char *path);
/** environment_ask() - @argv: of the exec. Answers the request itself, or returns the verdict */
struct verdict environment_ask(struct request *rq, uint64_t argv);

/* ---- sys_stat.c ---- */

/** stat_node() - attributes of a node as the program sees them */
int stat_node(struct request *rq, struct vnode *n, struct statx *stx);
int stat_fd(struct request *rq, int fd, struct statx *stx);
int fd_mount_id(struct request *rq, int fd); /* the view's; 0: of no entry */

/* ---- trace.c ---- */

void trace_call(struct request *rq, struct verdict v);

#endif
