// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The floor: a supervisor that does nothing.
 *
 *	floor [-1] PROGRAM [ARG]...
 *
 * It traps the calls on names that ucrun traps and performs each one, as it stands, for the task:
 * copy the path, make the same call, hand the result over. There is no view, no check and no
 * copy-on-write, not even NOTIF_ID_VALID, so nothing that works by seccomp's user notification
 * can cost less. It is a measure and confines nobody.
 *
 * One thread serves; the main thread only waits for the program. NOTIF_ADDFD wakes the task without
 * regard to SYNC_WAKE_UP, so the scheduler would start it on another CPU, and then each opened file
 * waits for an idle CPU to wake up (15 times as slow). So the task is narrowed to the server's CPU
 * for that moment. With -1 everything, the program too, stays on one CPU from the start: cheaper,
 * but nothing that one could do to a program with threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6; the flags are passed by value */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   _IOW('!', 4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define PAGE_BYTES	 4096
#define STATUS_FAILED	 125
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL	 128

static const int trapped[] = {
	SYS_stat,     SYS_lstat,      SYS_newfstatat, SYS_statx,     SYS_open,
	SYS_openat,   SYS_creat,      SYS_access,     SYS_faccessat, SYS_faccessat2,
	SYS_readlink, SYS_readlinkat, SYS_unlink,     SYS_unlinkat,
};

static int listener = -1;

static int filter_install(void)
{
	struct sock_filter insn[ARRAY_SIZE(trapped) + 3];
	struct sock_fprog prog = { .filter = insn };
	const unsigned last = ARRAY_SIZE(trapped) + 1;
	unsigned n = 0;
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	int fd;

	insn[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(trapped); i++, n++)
		insn[n] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, trapped[i],
						       last - n, 0);
	insn[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	insn[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	prog.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	return fd < 0 ? -errno : fd;
}

/* ---- one descriptor over a socket; sendmsg is not trapped ---- */

static int fd_send(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &m, 0) == 1 ? 0 : -errno;
}

static int fd_receive(int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(sock, &m, MSG_CMSG_CLOEXEC) != 1)
		return -EPIPE;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return -EPIPE;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* ---- a task's memory ---- */

static int read_path(pid_t tid, uint64_t addr, char *buf)
{
	size_t have = 0;

	/* Page by page: the string may end just before an unmapped page. */
	while (have < PATH_MAX) {
		size_t part = PAGE_BYTES - (addr + have) % PAGE_BYTES;
		struct iovec local, remote;
		ssize_t n;

		if (part > PATH_MAX - have)
			part = PATH_MAX - have;
		local = (struct iovec){ buf + have, part };
		remote = (struct iovec){ (void *)(uintptr_t)(addr + have), part };
		n = process_vm_readv(tid, &local, 1, &remote, 1, 0);
		if (n <= 0)
			return -EFAULT;
		if (memchr(buf + have, '\0', n))
			return 0;
		have += n;
	}
	return -ENAMETOOLONG;
}

static int write_back(pid_t tid, uint64_t addr, const void *buf, size_t len)
{
	struct iovec local = { (void *)(uintptr_t)buf, len };
	struct iovec remote = { (void *)(uintptr_t)addr, len };

	return process_vm_writev(tid, &local, 1, &remote, 1, 0) == (ssize_t)len ? 0 : -EFAULT;
}

/* ---- the calls ---- */

struct job {
	pid_t tid;
	const __u64 *args;
	char path[PATH_MAX];
	int dir; /* where a relative path starts; ours to close, or AT_FDCWD */
	int fd; /* an opened file to hand over, or -1 */
};

static int job_begin(struct job *j, int dirfd, uint64_t addr)
{
	char name[64];
	int ret = read_path(j->tid, addr, j->path);

	if (ret < 0 || j->path[0] == '/')
		return ret;
	if (dirfd == AT_FDCWD)
		snprintf(name, sizeof(name), "/proc/%d/cwd", j->tid);
	else
		snprintf(name, sizeof(name), "/proc/%d/fd/%d", j->tid, dirfd);
	j->dir = open(name, O_PATH | O_CLOEXEC);
	return j->dir < 0 ? -EBADF : 0;
}

static int do_stat(struct job *j, int dirfd, uint64_t addr, uint64_t out, int flags)
{
	struct stat st;
	int ret = job_begin(j, dirfd, addr);

	if (ret < 0)
		return ret;
	if (fstatat(j->dir, j->path, &st, flags) < 0)
		return -errno;
	return write_back(j->tid, out, &st, sizeof(st));
}

static int do_statx(struct job *j)
{
	struct statx stx;
	int ret = job_begin(j, (int)j->args[0], j->args[1]);

	if (ret < 0)
		return ret;
	if (statx(j->dir, j->path, (int)j->args[2], (unsigned)j->args[3], &stx) < 0)
		return -errno;
	return write_back(j->tid, j->args[4], &stx, sizeof(stx));
}

static int do_open(struct job *j, int dirfd, uint64_t addr, int flags, mode_t mode)
{
	int ret = job_begin(j, dirfd, addr);

	if (ret < 0)
		return ret;
	j->fd = openat(j->dir, j->path, flags | O_CLOEXEC, mode);
	return j->fd < 0 ? -errno : 0;
}

static int do_access(struct job *j, int dirfd, uint64_t addr, int mode, int flags)
{
	int ret = job_begin(j, dirfd, addr);

	if (ret < 0)
		return ret;
	return faccessat(j->dir, j->path, mode, flags) < 0 ? -errno : 0;
}

static int do_readlink(struct job *j, int dirfd, uint64_t addr, uint64_t out, size_t size)
{
	char target[PATH_MAX];
	int ret = job_begin(j, dirfd, addr);
	ssize_t n;

	if (ret < 0)
		return ret;
	n = readlinkat(j->dir, j->path, target, size < sizeof(target) ? size : sizeof(target));
	if (n < 0)
		return -errno;
	ret = write_back(j->tid, out, target, n);
	return ret < 0 ? ret : n;
}

static int do_unlink(struct job *j, int dirfd, uint64_t addr, int flags)
{
	int ret = job_begin(j, dirfd, addr);

	if (ret < 0)
		return ret;
	return unlinkat(j->dir, j->path, flags) < 0 ? -errno : 0;
}

static int perform(struct job *j, int nr, int *flags)
{
	const __u64 *a = j->args;

	*flags = 0;
	switch (nr) {
	case SYS_stat:
		return do_stat(j, AT_FDCWD, a[0], a[1], 0);
	case SYS_lstat:
		return do_stat(j, AT_FDCWD, a[0], a[1], AT_SYMLINK_NOFOLLOW);
	case SYS_newfstatat:
		return do_stat(j, (int)a[0], a[1], a[2], (int)a[3]);
	case SYS_statx:
		return do_statx(j);
	case SYS_open:
		*flags = (int)a[1];
		return do_open(j, AT_FDCWD, a[0], *flags, a[2]);
	case SYS_creat:
		return do_open(j, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, a[1]);
	case SYS_openat:
		*flags = (int)a[2];
		return do_open(j, (int)a[0], a[1], *flags, a[3]);
	case SYS_access:
		return do_access(j, AT_FDCWD, a[0], (int)a[1], 0);
	case SYS_faccessat:
		return do_access(j, (int)a[0], a[1], (int)a[2], 0);
	case SYS_faccessat2:
		return do_access(j, (int)a[0], a[1], (int)a[2], (int)a[3]);
	case SYS_readlink:
		return do_readlink(j, AT_FDCWD, a[0], a[1], a[2]);
	case SYS_readlinkat:
		return do_readlink(j, (int)a[0], a[1], a[2], a[3]);
	case SYS_unlink:
		return do_unlink(j, AT_FDCWD, a[0], 0);
	case SYS_unlinkat:
		return do_unlink(j, (int)a[0], a[1], (int)a[2]);
	}
	return -ENOSYS;
}

/* Return: does @old have to be put back? */
static bool bring_here(pid_t tid, cpu_set_t *old)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	if (cpu < 0 || sched_getaffinity(tid, sizeof(*old), old) < 0 || !CPU_ISSET(cpu, old) ||
	    CPU_COUNT(old) == 1)
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(tid, sizeof(one), &one) == 0;
}

static void serve(const struct seccomp_notif *n)
{
	struct job j = { .tid = n->pid, .args = n->data.args, .dir = AT_FDCWD, .fd = -1 };
	struct seccomp_notif_resp resp = { .id = n->id };
	int flags, ret = perform(&j, n->data.nr, &flags);
	cpu_set_t old;
	bool moved;

	if (j.dir >= 0)
		close(j.dir);
	if (j.fd >= 0) {
		struct seccomp_notif_addfd add = {
			.id = n->id,
			.flags = SECCOMP_ADDFD_FLAG_SEND,
			.srcfd = j.fd,
			.newfd_flags = flags & O_CLOEXEC,
		};

		moved = bring_here(n->pid, &old);
		ret = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 ? -errno : 0;
		if (moved)
			sched_setaffinity(n->pid, sizeof(old), &old);
		close(j.fd);
		if (ret == 0)
			return;
	}
	if (ret < 0)
		resp.error = ret;
	else
		resp.val = ret;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp); /* fails when the task is gone: normal */
}

static void *serve_all(void *arg)
{
	struct seccomp_notif n;

	for (;;) {
		memset(&n, 0, sizeof(n));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0)
			serve(&n);
		else if (errno != EINTR && errno != ENOENT)
			break;
	}
	return arg;
}

static int run(char **argv, int sock)
{
	int fd = filter_install();

	if (fd < 0 || fd_send(sock, fd) < 0) {
		fprintf(stderr, "floor: seccomp: %s\n", strerror(fd < 0 ? -fd : errno));
		return STATUS_FAILED;
	}
	close(fd);
	close(sock);
	execvp(argv[0], argv);
	fprintf(stderr, "floor: %s: %s\n", argv[0], strerror(errno));
	return STATUS_NOT_FOUND;
}

static void pin_to_this_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	pthread_t t;
	int sv[2], status;
	pid_t pid;

	if (argc > 1 && strcmp(argv[1], "-1") == 0) {
		pin_to_this_cpu(); /* inherited by the thread and the program */
		argc--;
		argv++;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: floor [-1] PROGRAM [ARG]...\n");
		return STATUS_FAILED;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return STATUS_FAILED;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		_exit(run(argv + 1, sv[1]));
	}
	close(sv[1]);
	if (pid < 0 || (listener = fd_receive(sv[0])) < 0)
		return STATUS_FAILED;
	/* By value. Linux 6.6; without it a trap costs a wake-up on another CPU. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	if (pthread_create(&t, NULL, serve_all, NULL) != 0 || waitpid(pid, &status, 0) < 0)
		return STATUS_FAILED;
	return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
