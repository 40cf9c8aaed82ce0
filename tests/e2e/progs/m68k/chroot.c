// SPDX-License-Identifier: GPL-2.0-or-later
/* In a root without /proc: executed there, and from there again, by name and by a script. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(const char *path, const char *arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl(path, path, arg, NULL);
		printf("exec %s: %s\n", path, strerrorname_np(errno));
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	char comm[16];
	int depth = argc > 2 ? atoi(argv[argc - 1]) : 0, fd;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc == 2 && chroot(argv[1]) == 0 && chdir("/") == 0) {
		execl("/chroot", "/chroot", "name", "3", NULL);
		printf("exec: %s\n", strerrorname_np(errno));
		return 1;
	}
	prctl(PR_GET_NAME, comm);
	fd = open("/chroot", O_RDONLY);
	printf("depth %d comm %s proc %d first descriptor %d\n", depth, comm,
	       access("/proc/self", F_OK), fd);
	close(fd);
	if (depth == 3)
		run("/script", "2");
	if (depth == 2)
		execl("/chroot", "/chroot", "x", "1", NULL);
	return 0;
}
