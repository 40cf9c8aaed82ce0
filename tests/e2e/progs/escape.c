/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BUILD: -static */
/*
 * Attempts to get out by names, descriptors and sockets. Each test is run inside; it fails (exit 1)
 * when an attempt works. The case names what is out of bounds by environment: see secret.h.
 */
#include "secret.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/xattr.h>

static volatile int stop;

static void *flip_path(void *arg)
{
	char **p = arg;
	size_t n = strlen(p[1]) + 1, m = strlen(p[2]) + 1;

	while (!stop) {
		memcpy(p[0], p[1], n);
		memcpy(p[0], p[2], m);
	}
	return NULL;
}

/* While one thread opens, another rewrites the path between a file of the view and the secret. */
static void race_path(void (*attempt)(const char *path), const char *fair)
{
	static char path[PATH_MAX];
	char *args[3] = { path, (char *)fair, (char *)env("SECRET") };
	pthread_t t;

	strcpy(path, fair);
	MUST(pthread_create(&t, NULL, flip_path, args) == 0);
	for (int i = 0; i < 3000; i++)
		attempt(path);
	stop = 1;
	pthread_join(t, NULL);
}

static void race_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	MUST(!is_secret(fd));
	if (fd >= 0)
		close(fd);
}

static void race_chmod(const char *path)
{
	chmod(path, 0600);
	truncate(path, 2);
}

static int flip_exec(void *arg)
{
	char **p = arg;

	for (;;) {
		strcpy(p[0], p[1]);
		strcpy(p[0], p[2]);
	}
	return 0;
}

static void *swap_names(void *arg)
{
	(void)arg;
	while (!stop)
		renameat2(AT_FDCWD, "swap", AT_FDCWD, "other", RENAME_EXCHANGE);
	return NULL;
}

static void *move_dir(void *arg)
{
	(void)arg;
	while (!stop) {
		rename("deep/a/b", "b");
		rename("b", "deep/a/b");
	}
	return NULL;
}

static void race_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!pwrite(fd, "OVERWRITTEN", 11, 0);
		close(fd);
	}
}

/* ---- names ---- */

TEST(ways_up)
{
	const char *secret = env("SECRET");
	char buf[PATH_MAX], up[PATH_MAX];
	int root = open("/", O_RDONLY | O_DIRECTORY);
	static const char *const prefixes[] = {
		"",
		"/..",
		"/../../../..",
		"/proc/self/root",
		"/proc/self/root/..",
		"/proc/self/cwd",
		"/proc/self/cwd/../../../../../..",
		"/proc/1/root",
		"/proc/1/cwd",
		"/proc/thread-self/root",
		"/dev/fd/0",
		"/proc/self/fd/0",
		"/proc/self/fd/1/..",
		"/proc/self/fd/2/..",
		"/proc/self/task/../root",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		snprintf(buf, sizeof(buf), "%s%s", prefixes[i], secret);
		must_not_read(buf);
	}
	snprintf(buf, sizeof(buf), "/proc/%d/root%s", getppid(), secret);
	must_not_read(buf);
	snprintf(buf, sizeof(buf), "/proc/%d/cwd/../../../../../../../..%s", getppid(), secret);
	must_not_read(buf);
	MUST(!is_secret(openat(root, secret + 1, O_RDONLY)));
	snprintf(buf, sizeof(buf), "../../../../../../../..%s", secret);
	MUST(!is_secret(openat(root, buf, O_RDONLY)));
	{
		struct {
			uint64_t flags, mode, resolve;
		} how = { O_RDONLY, 0, 0 };

		for (int r = 0; r < 64; r++) {
			how.resolve = r;
			MUST(!is_secret(syscall(437, root, secret, &how, sizeof(how))));
			MUST(!is_secret(syscall(437, root, buf, &how, sizeof(how))));
			MUST(!is_secret(syscall(437, AT_FDCWD, secret, &how, sizeof(how))));
		}
	}
	/* symlinks mean the view's names */
	mkdir("/esc", 0755);
	symlink(secret, "/esc/abs");
	symlink(buf, "/esc/rel");
	must_not_read("/esc/abs");
	must_not_read("/esc/rel");
	MUST(link(secret, "/esc/hard") < 0);
	MUST(rename(secret, "/esc/moved") < 0);
	MUST(truncate(secret, 0) < 0);
	MUST(chmod(secret, 0777) < 0);
	MUST(unlink(secret) < 0);
	/* the classic: a second chroot below, then up from a descriptor outside of it */
	if (chroot("/esc") == 0) {
		fchdir(root);
		for (int i = 0; i < 64; i++)
			(void)!chdir("..");
		must_not_read(secret + 1);
		(void)!chroot(".");
		must_not_read(secret);
	}
	snprintf(up, sizeof(up), "%s", secret);
	printf("stayed in\n");
}

TEST(toctou_open)
{
	put("/fair", "fair");
	race_path(race_open, "/fair");
	printf("never\n");
}

TEST(toctou_change)
{
	put("/fair", "fair");
	race_path(race_chmod, "/fair");
	printf("the case looks\n");
}

TEST(toctou_exec)
{
	/* a process that shares memory rewrites the path of an exec; SECRET is a program outside */
	static char stack[65536] __attribute__((aligned(16)));
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *args[3] = { path, "/fair-exec", (char *)env("SECRET") };
	char *argv[] = { "fair-exec", "exec_fair", NULL };
	pid_t racer;

	strcpy(path, args[1]);
	racer = clone(flip_exec, stack + sizeof(stack), CLONE_VM | SIGCHLD, args);
	MUST(racer > 0);
	for (int i = 0; i < 200; i++) {
		int st;
		pid_t pid = fork();

		if (pid == 0) {
			execve(path, argv, environ);
			_exit(1);
		}
		MUST(waitpid(pid, &st, 0) == pid);
		MUST(!WIFEXITED(st) || WEXITSTATUS(st) != 66);
	}
	kill(racer, SIGKILL);
	waitpid(racer, NULL, 0);
	printf("never\n");
}

TEST(exec_fair)
{
	exit(0);
}

TEST(exec_escaped)
{
	exit(66);
}

TEST(symlink_race)
{
	/* cwd is a directory of the view that is the host's own (bind rw); "swap" is now a
	 * directory, now a symlink that would lead out if the host's kernel resolved it */
	char dir[PATH_MAX], *slash;
	pthread_t t;

	snprintf(dir, sizeof(dir), "%s", env("SECRET"));
	slash = strrchr(dir, '/');
	*slash = 0;
	MUST(mkdir("swap", 0755) == 0);
	put("swap/secret", "fair");
	MUST(symlink(dir, "other") == 0);
	MUST(pthread_create(&t, NULL, swap_names, NULL) == 0);
	for (int i = 0; i < 3000; i++) {
		int fd = open("swap/secret", O_RDONLY);

		MUST(!is_secret(fd));
		if (fd >= 0)
			close(fd);
		fd = open("swap/made", O_WRONLY | O_CREAT, 0644);
		if (fd >= 0)
			close(fd);
		unlink("swap/made");
		chmod("swap/secret", 0644);
	}
	stop = 1;
	pthread_join(t, NULL);
	printf("never\n");
}

TEST(dotdot_race)
{
	/* ".." while the directory moves: must never pass the root of what is bound */
	const char *secret = env("SECRET");
	char path[PATH_MAX];
	pthread_t t;

	MUST(mkdir("deep", 0755) == 0 && mkdir("deep/a", 0755) == 0 &&
	     mkdir("deep/a/b", 0755) == 0);
	MUST(pthread_create(&t, NULL, move_dir, NULL) == 0);
	snprintf(path, sizeof(path), "deep/a/b/../../../../../../../../../../..%s", secret);
	for (int i = 0; i < 3000; i++)
		must_not_read(path);
	stop = 1;
	pthread_join(t, NULL);
	printf("never\n");
}

TEST(read_only)
{
	const char *ro = env("RO");
	char proc[64];
	int fd = open(ro, O_RDONLY), p = open(ro, O_PATH), back;
	struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };
	int flags = 0;

	MUST(fd >= 0 && p >= 0);
	MUST(open(ro, O_WRONLY) < 0 && errno == EROFS);
	MUST(open(ro, O_RDWR | O_APPEND) < 0 && errno == EROFS);
	MUST(open(ro, O_RDONLY | O_TRUNC) < 0);
	MUST(truncate(ro, 0) < 0 && errno == EROFS);
	MUST(chmod(ro, 0777) < 0 && errno == EROFS);
	MUST(fchmod(fd, 0777) < 0);
	MUST(fchown(fd, 1, 1) < 0);
	MUST(chown(ro, 1, 1) < 0);
	MUST(futimens(fd, ts) < 0);
	MUST(utimensat(AT_FDCWD, ro, ts, 0) < 0);
	MUST(unlink(ro) < 0);
	MUST(rename(ro, "/tmp/elsewhere") < 0);
	MUST(link(ro, "/tmp/hard") < 0);
	MUST(fsetxattr(fd, "user.x", "y", 1, 0) < 0);
	MUST(setxattr(ro, "user.x", "y", 1, 0) < 0);
	if (ioctl(fd, _IOR('f', 1, long), &flags) == 0) {
		flags ^= 0x40;
		MUST(ioctl(fd, _IOW('f', 2, long), &flags) < 0);
	}
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	MUST(open(proc, O_RDWR) < 0);
	MUST(truncate(proc, 0) < 0);
	MUST(chmod(proc, 0777) < 0);
	MUST(linkat(AT_FDCWD, proc, AT_FDCWD, "/tmp/hard", AT_SYMLINK_FOLLOW) < 0);
	MUST(linkat(fd, "", AT_FDCWD, "/tmp/hard", AT_EMPTY_PATH) < 0);
	snprintf(proc, sizeof(proc), "/dev/fd/%d", p);
	back = open(proc, O_RDWR);
	MUST(back < 0);
	MUST(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	snprintf(proc, sizeof(proc), "/proc/self/task/%d/fd/%d", getpid(), fd);
	MUST(open(proc, O_WRONLY) < 0);
	printf("read-only\n");
}

TEST(toctou_read_only)
{
	/* between a writable file and a read-only one */
	setenv("SECRET", env("RO"), 1);
	put("/tmp/fair", "fair");
	race_path(race_write, "/tmp/fair");
	printf("the case looks\n");
}

/* ---- descriptors and sockets ---- */

TEST(inherited)
{
	/* the case opened descriptors 0 and 7 on directories of the host outside the view */
	for (int fd = 0; fd < 12; fd += 7) {
		MUST(!is_secret(openat(fd, "secret", O_RDONLY)));
		MUST(!is_secret(openat(fd, "../secret", O_RDONLY)));
		if (fchdir(fd) == 0)
			MUST(!is_secret(open("secret", O_RDONLY)));
		MUST(mkdirat(fd, "made", 0755) < 0);
		MUST(unlinkat(fd, "secret", 0) < 0);
		MUST(fchmod(fd, 0777) < 0 || fd == 0);
	}
	MUST(!is_secret(open("/proc/self/fd/0/secret", O_RDONLY)));
	MUST(!is_secret(open("/proc/self/fd/7/secret", O_RDONLY)));
	MUST(!is_secret(open("/dev/stdin/secret", O_RDONLY)));
	printf("useless\n");
}

TEST(stdin_metadata)
{
	struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };
	int fd;

	/* 0 is a file of the host, read-only; its bytes may be read, and that is all */
	(void)!fchmod(0, 0777);
	(void)!futimens(0, ts);
	(void)!fsetxattr(0, "user.got", "x", 1, 0);
	(void)!ftruncate(0, 0);
	fd = open("/proc/self/fd/0", O_RDWR);
	if (fd >= 0)
		(void)!write(fd, "OVERWRITTEN", 11);
	fd = open("/dev/stdin", O_WRONLY | O_TRUNC);
	if (fd >= 0)
		(void)!write(fd, "OVERWRITTEN", 11);
	(void)!truncate("/proc/self/fd/0", 0);
	(void)!chmod("/proc/self/fd/0", 0777);
	printf("the case looks\n");
}

TEST(abstract_socket)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	const char *name = env("ABSTRACT");
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
	int s = socket(AF_UNIX, SOCK_STREAM, 0), d = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct iovec iov = { "x", 1 };
	struct msghdr mh = {
		.msg_name = &sa, .msg_namelen = len, .msg_iov = &iov, .msg_iovlen = 1
	};
	struct mmsghdr mm = { .msg_hdr = mh };

	memcpy(sa.sun_path + 1, name, strlen(name));
	MUST(connect(s, (void *)&sa, len) < 0);
	MUST(connect(d, (void *)&sa, len) < 0);
	MUST(sendto(d, "x", 1, 0, (void *)&sa, len) < 0);
	MUST(sendmsg(d, &mh, 0) < 0);
	MUST(sendmmsg(d, &mm, 1, 0) < 0);
	printf("nobody there\n");
}

TEST(path_socket)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(sa.sun_path, env("SOCK"), sizeof(sa.sun_path) - 1);
	R(connect(s, (void *)&sa, sizeof(sa)));
	R(read(s, (char[8]){ 0 }, 8));
}

TEST(passed_descriptor)
{
	/* a directory's descriptor, passed through a socket to a task in another root, still means
	 * the view */
	int sv[2], got = -1, dir;
	char c = 'x', ctl[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &c, 1 };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof(ctl)
	};
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

	mkdir("/box", 0755);
	put("/box/inner", "inner");
	dir = open("/box", O_RDONLY);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &dir, sizeof(dir));
	MUST(sendmsg(sv[0], &mh, 0) == 1);
	mh.msg_controllen = sizeof(ctl);
	MUST(recvmsg(sv[1], &mh, 0) == 1);
	cm = CMSG_FIRSTHDR(&mh);
	MUST(cm);
	memcpy(&got, CMSG_DATA(cm), sizeof(got));
	close(dir);
	show_fd("inner", openat(got, "inner", O_RDONLY));
	MUST(!is_secret(openat(got, env("SECRET"), O_RDONLY)));
	{
		char up[PATH_MAX];

		snprintf(up, sizeof(up), "../../../../../../../..%s", env("SECRET"));
		MUST(!is_secret(openat(got, up, O_RDONLY)));
	}
	printf("in the view\n");
}
