// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes: fork, vfork, posix_spawn, exec of m68k and native programs and scripts, waiting. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static int value = 1;

static void reap(const char *what, pid_t pid)
{
	int st = 0;

	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	printf("%s: exit %d status %d signal %d\n", what, WIFEXITED(st), WEXITSTATUS(st),
	       WIFSIGNALED(st) ? WTERMSIG(st) : 0);
}

static void run(const char *path, char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(path, argv);
		printf("exec %s: %s\n", path, strerrorname_np(errno));
		_exit(127);
	}
	reap("run", pid);
}

static void script(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	write(fd, text, strlen(text));
	close(fd);
}

static int cloned(void *arg)
{
	*(int *)arg += 5;
	_exit(9);
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t fa;
	char self[500], line[600];
	siginfo_t info;
	int volatile shared = 3;
	pid_t pid;
	int rc, n;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1) {
		n = readlink("/proc/self/exe", self, sizeof(self) - 1);
		self[n > 0 ? n : 0] = 0;
		rc = open("/proc/self/comm", O_RDONLY);
		line[read(rc, line, 16) - 1] = 0;
		printf("again: argc %d argv0 %s last %s env %s exe %s comm %s\n", argc, argv[0],
		       argv[argc - 1], getenv("MARK") ?: "-", n > 7 ? self + n - 7 : "?", line);
		return atoi(argv[1]);
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n] = 0;
	setenv("MARK", "set", 1);
	pid = fork();
	if (pid == 0) {
		value++;
		_exit(value + 40);
	}
	reap("fork", pid);
	printf("value %d\n", value);
	pid = vfork();
	if (pid == 0) {
		shared = 8;
		_exit(7);
	}
	reap("vfork", pid);
	printf("shared %d\n", shared);
	run(self, (char *[]){ "name", "3", "x y", NULL });
	run("/bin/true", (char *[]){ "true", NULL });
	run("/bin/sh", (char *[]){ "sh", "-c", "echo native $MARK; exit 4", NULL });
	run("/nowhere", (char *[]){ "x", NULL });
	run("/etc/passwd", (char *[]){ "x", NULL });
	script("script", "#!/bin/sh\necho script $1\nexit 6\n");
	run("./script", (char *[]){ "script", "arg", NULL });
	snprintf(line, sizeof(line), "#!%s 11\n", self);
	script("own", line);
	run("./own", (char *[]){ "own", "arg", NULL });
	script("bad", "\177ELF not really\n");
	run("./bad", (char *[]){ "bad", NULL });

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, "spawned", O_CREAT | O_WRONLY, 0600);
	rc = posix_spawn(&pid, self, &fa, NULL, (char *[]){ "spawn", "5", NULL }, environ);
	printf("spawn %d\n", rc);
	reap("spawn", pid);
	rc = posix_spawn(&pid, "/nowhere", NULL, NULL, (char *[]){ "x", NULL }, environ);
	printf("spawn of nothing %s\n", strerrorname_np(rc));
	rc = system("echo system; exit 3");
	printf("system %d\n", WEXITSTATUS(rc));

	pid = fork();
	if (pid == 0)
		_exit(12);
	waitid(P_PID, pid, &info, WEXITED);
	printf("waitid signo %d code %d status %d pid %d\n", info.si_signo, info.si_code,
	       info.si_status, info.si_pid == pid);
	n = wait(NULL);
	printf("%d %s\n", n, strerrorname_np(errno));
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(13);
	reap("clone", pid);
	prctl(PR_SET_NAME, "renamed");
	prctl(PR_GET_NAME, line);
	printf("%s\n", line);
	errno = 0;
	printf("ptrace %ld\n", syscall(SYS_ptrace, 0, 0, 0, 0));
	printf("unknown %ld %s\n", syscall(440, 0), strerrorname_np(errno));
	(void)cloned;
	return 21;
}
