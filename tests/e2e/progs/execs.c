// SPDX-License-Identifier: GPL-2.0-or-later
/* BUILD: -static */
/*
 * exec of FILE, which only eel can run, in all the ways there are: execs WAY FILE [WORD]...
 * Static, so that it runs in any root.
 */
#include <errno.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char **args;
extern char **environ;

static void *by_thread(void *arg)
{
	execv(args[0], args);
	_exit(90 + (errno == ENOEXEC));
	return arg;
}

static int by_vfork(void)
{
	int status, keep = 42;
	pid_t pid = vfork();

	if (pid == 0) {
		execv(args[0], args);
		_exit(90);
	}
	if (waitpid(pid, &status, 0) != pid || keep != 42)
		return 91;
	return WEXITSTATUS(status);
}

static int listener(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 90;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		       &prog) < 0
		       ? errno
		       : 0;
}

int main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[1] : "";
	pthread_t t;
	int fd;

	args = argv + 2;
	if (!strcmp(way, "plain"))
		execv(args[0], args);
	if (!strcmp(way, "thread")) {
		pthread_create(&t, NULL, by_thread, NULL);
		pthread_join(t, NULL);
	}
	if (!strcmp(way, "vfork"))
		return by_vfork();
	if (!strcmp(way, "fd") && (fd = open(args[0], O_RDONLY)) >= 0)
		syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
	if (!strcmp(way, "path") && (fd = open(args[0], O_PATH | O_CLOEXEC)) >= 0)
		syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
	if (!strcmp(way, "dirfd") && (fd = open("/d", O_PATH | O_DIRECTORY)) >= 0)
		syscall(SYS_execveat, fd, args[0], args, environ, 0);
	if (!strcmp(way, "noargs"))
		execve(args[0], (char *[]){ NULL }, environ);
	if (!strcmp(way, "chroot") && chroot("/jail") == 0 && chdir("/") == 0)
		execv(args[0], args);
	if (!strcmp(way, "setuid") && setuid(1000) == 0)
		execv(args[0], args);
	if (!strcmp(way, "listener"))
		return listener();
	return errno;
}
