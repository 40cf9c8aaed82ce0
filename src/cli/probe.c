// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Probes. Each runs in a child, because a seccomp filter stays for ever; and the child is an
 * ordinary user, because sessions are: what root may do tells nothing.
 */
#include "probe.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "compartment.h"
#include "uids.h"
#include "util.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6; the value is passed by value */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   _IOW('!', 4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_ADDFD_FLAG_SEND /* Linux 5.14 */
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif

#define TRIED_CALL	SYS_getppid /* trapped in the child's child; nobody else there needs it */
#define PROBE_TIMEOUT_S 10
#define MAGIC		0x75636865636bUL

/* Run @fn in a child and fetch @size bytes that it filled in. */
static int in_child(void (*fn)(void *result, const void *arg), void *result, size_t size,
		    const void *arg)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (pid == 0) {
		close(fds[0]);
		alarm(PROBE_TIMEOUT_S);
		fn(result, arg);
		_exit(write_all(fds[1], result, size) < 0);
	}
	close(fds[1]);
	n = read(fds[0], result, size);
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return n == (ssize_t)size ? 0 : -EIO;
}

static void become_ordinary(void)
{
	uid_t id = uid_pool()->first;

	if (geteuid() != 0)
		return;
	/* In a user namespace that lacks the id we stay who we are: the next best answer. */
	if (setgroups(0, NULL) == 0 && setresgid(id, id, id) == 0)
		setresuid(id, id, id);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int result_of(long ret)
{
	return ret < 0 ? -errno : 0;
}

/* ---- seccomp ---- */

static int listen_for(unsigned long call, unsigned long flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       flags | SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

static void try_task(struct probe_seccomp *r, pid_t pid, unsigned long *word)
{
	unsigned long value = 0;
	struct iovec mine = { &value, sizeof(value) }, theirs = { word, sizeof(*word) };
	int pidfd = syscall(SYS_pidfd_open, pid, 0);

	r->read_memory = result_of(process_vm_readv(pid, &mine, 1, &theirs, 1, 0));
	if (r->read_memory == 0 && value != MAGIC)
		r->read_memory = -EIO;
	r->write_memory = result_of(process_vm_writev(pid, &mine, 1, &theirs, 1, 0));
	r->pidfd_getfd = pidfd < 0 ? -errno : result_of(syscall(SYS_pidfd_getfd, pidfd, 0, 0));
}

/* The task's call is answered with a descriptor, if that can be done, else with a value. */
static void try_answer(struct probe_seccomp *r, int listener, pid_t pid, unsigned long *word)
{
	struct pollfd p = { listener, POLLIN, 0 };
	struct seccomp_notif_addfd add = { .flags = SECCOMP_ADDFD_FLAG_SEND,
					   .newfd_flags = O_CLOEXEC };
	struct seccomp_notif_resp answer = { 0 };
	struct seccomp_notif_sizes sizes;
	struct seccomp_notif *rq;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0) {
		r->receive = -errno;
		return;
	}
	rq = calloc(1, sizes.seccomp_notif + sizeof(*rq));
	if (!rq || poll(&p, 1, PROBE_TIMEOUT_S * 500) != 1 ||
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, rq) < 0) {
		r->receive = rq && errno ? -errno : -EIO;
		free(rq);
		return;
	}
	try_task(r, pid, word);
	add.id = answer.id = rq->id;
	add.srcfd = listener;
	r->addfd = result_of(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
	r->receive =
		r->addfd == 0 ? 0 : result_of(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer));
	free(rq);
}

static void seccomp_child(void *result, const void *arg)
{
	struct probe_seccomp *r = result;
	unsigned long word = MAGIC;
	int listener;
	pid_t pid;

	*r = (struct probe_seccomp){ -ECANCELED, -ECANCELED, -ECANCELED, -ECANCELED,
				     -ECANCELED, -ECANCELED, -ECANCELED, -ECANCELED };
	become_ordinary();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	listener = listen_for(TRIED_CALL, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	r->wait_killable = result_of(listener);
	if (listener < 0 && errno == EINVAL)
		listener = listen_for(TRIED_CALL, 0);
	r->listener = result_of(listener);
	if (listener < 0)
		return;
	r->sync_wake_up = result_of(
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP));
	pid = fork();
	if (pid < 0) {
		r->receive = -errno;
		return;
	}
	if (pid == 0) {
		alarm(PROBE_TIMEOUT_S);
		syscall(TRIED_CALL);
		_exit(0);
	}
	try_answer(r, listener, pid, &word);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int probe_seccomp(struct probe_seccomp *out)
{
	return in_child(seccomp_child, out, sizeof(*out), NULL);
}

/* ---- the state directory ---- */

static void state_child(void *result, const void *arg)
{
	struct probe_state *r = result;
	autoclose int fd = -1, tmp = -1;
	const char *dir = arg;

	*r = (struct probe_state){ 0 };
	/* Enter first: a parent may be closed to the user that we become. */
	if (chdir(dir) < 0) {
		r->error = -errno;
		return;
	}
	become_ordinary();
	if (mkdir("d", 0700) < 0) {
		r->error = -errno;
		return;
	}
	fd = open("d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r->xattr = result_of(fsetxattr(fd, "user.overlay.opaque", "y", 1, 0));
	r->whiteout = result_of(mknod("w", S_IFCHR, 0));
	tmp = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	r->tmpfile = result_of(tmp);
}

int probe_state(const char *dir, struct probe_state *out)
{
	autofree char *tmp = str_printf("%s/.check.XXXXXX", dir);
	int ret;

	if (!tmp)
		return -ENOMEM;
	*out = (struct probe_state){ 0 };
	if (!mkdtemp(tmp)) {
		out->error = -errno;
		return 0;
	}
	if (geteuid() == 0 && chown(tmp, uid_pool()->first, uid_pool()->first) < 0)
		out->error = -errno;
	ret = out->error ? 0 : in_child(state_child, out, sizeof(*out), tmp);
	remove_tree(AT_FDCWD, tmp);
	return ret;
}

int probe_openat2(void)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	autoclose int fd = syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how));

	return fd < 0 ? -errno : 0;
}

int probe_landlock(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : abi;
}
