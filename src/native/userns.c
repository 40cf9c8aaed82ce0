// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The user namespace of a session. A child makes it, whoever may maps it (root by writing, a user
 * by newuidmap(1)), and it lives on as a descriptor.
 */
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "internal.h"

extern char **environ;

int nfail(struct nerr e, int ret, const char *fmt, ...)
{
	va_list ap;

	if (!e.text || !e.size)
		return ret;
	va_start(ap, fmt);
	vsnprintf(e.text, e.size, fmt, ap);
	va_end(ap);
	return ret;
}

static _Noreturn void namespace_child(const struct id_range *r, int sync)
{
	int ret = 0;
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(r->gid, r->gid, r->gid) < 0 ||
			       setresuid(r->uid, r->uid, r->uid) < 0))
		ret = -errno;
	/* Else /proc/PID/uid_map is root's, and newuidmap run by us finds another owner. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (ret == 0 && unshare(CLONE_NEWUSER) < 0)
		ret = -errno;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (write(sync, &ret, sizeof(ret)) == sizeof(ret))
		while (read(sync, &c, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

static int map_write(pid_t pid, const char *file, unsigned first, unsigned base, unsigned count)
{
	char path[64], text[128];
	autoclose int fd = -1;
	int n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	n = snprintf(text, sizeof(text), "0 %u 1\n1 %u %u\n", first, base, count);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, text, n) != n ? -errno : 0;
}

static int map_by_helper(pid_t pid, const char *helper, unsigned first, unsigned base,
			 unsigned count, struct nerr e)
{
	char text[5][16];
	char *const argv[] = { (char *)helper, text[0], "0", text[1], "1", "1",
			       text[2],	       text[3], NULL };
	posix_spawn_file_actions_t fa;
	int status, ret;
	pid_t child;

	snprintf(text[0], 16, "%d", pid);
	snprintf(text[1], 16, "%u", first);
	snprintf(text[2], 16, "%u", base);
	snprintf(text[3], 16, "%u", count);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	ret = posix_spawnp(&child, helper, &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (ret == ENOENT)
		return nfail(e, -ENOENT, "%s is not installed (Debian: apt-get install uidmap)",
			     helper);
	if (ret)
		return nfail(e, -ret, "%s: %s", helper, strerror(ret));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0
		       ? 0
		       : nfail(e, -EPERM, "%s refused the range of /etc/subuid and /etc/subgid",
			       helper);
}

static int map_ids(pid_t pid, const struct id_range *r, struct nerr e)
{
	int ret;

	if (geteuid() == 0) {
		ret = map_write(pid, "uid_map", r->uid, r->base_uid, r->nuids);
		if (ret == 0)
			ret = map_write(pid, "gid_map", r->gid, r->base_gid, r->ngids);
		return ret < 0 ? nfail(e, ret, "user namespace: ids cannot be mapped: %s",
				       strerror(-ret))
			       : 0;
	}
	ret = map_by_helper(pid, "newuidmap", r->uid, r->base_uid, r->nuids, e);
	return ret < 0 ? ret : map_by_helper(pid, "newgidmap", r->gid, r->base_gid, r->ngids, e);
}

int userns_create(const struct id_range *r, struct nerr e)
{
	char path[64];
	int sv[2], made = -EIO, fd = -1;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return nfail(e, -errno, "user namespace: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(sv[0]);
		namespace_child(r, sv[1]);
	}
	close(sv[1]);
	if (pid < 0) {
		close(sv[0]);
		return nfail(e, -EAGAIN, "user namespace: no process can be made");
	}
	if (read(sv[0], &made, sizeof(made)) != sizeof(made) || made < 0) {
		nfail(e, made,
		      "user namespaces are not available (%s): sysctl user.max_user_namespaces, "
		      "kernel.unprivileged_userns_clone, or a sandbox that forbids them",
		      strerror(-made));
		fd = made;
	} else {
		made = map_ids(pid, r, e);
		snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
		fd = made < 0 ? made : open(path, O_RDONLY | O_CLOEXEC);
		if (made == 0 && fd < 0)
			fd = nfail(e, -errno, "user namespace: %s", strerror(errno));
	}
	close(sv[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd;
}

struct nested_child {
	int until, other; /* it lives as long as ours of the other end is open */
};

static int nested_child(void *arg)
{
	const struct nested_child *c = arg;
	char end;

	close(c->other);
	while (read(c->until, &end, 1) < 0 && errno == EINTR)
		;
	return 0;
}

/* It shares our memory: so it is cheap, and what it does is little. */
int userns_nested(const struct id_range *r)
{
	static char stack[16384] __attribute__((aligned(16)));
	int way[2], dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), fd = -1, ret;
	struct nested_child c;
	char path[64];
	pid_t pid;

	if (pipe2(way, O_CLOEXEC) < 0)
		return -errno;
	c = (struct nested_child){ way[0], way[1] };
	/* Files in /proc of what is not dumpable are the host root's. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid = clone(nested_child, stack + sizeof(stack), CLONE_VM | CLONE_NEWUSER | SIGCHLD, &c);
	ret = pid < 0 ? -errno : map_write(pid, "uid_map", 0, 1, r->nuids);
	if (ret == 0)
		ret = map_write(pid, "gid_map", 0, 1, r->ngids);
	if (ret == 0) {
		snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ret = fd < 0 ? -errno : fd;
	}
	prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
	close(way[1]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(way[0]);
	return ret;
}

int userns_enter(int userns)
{
	if (setns(userns, CLONE_NEWUSER) < 0)
		return -errno;
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return -errno;
	return 0;
}
