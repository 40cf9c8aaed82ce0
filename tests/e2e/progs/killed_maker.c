/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a task was doing when it was killed is done, or not, when its parent knows that it is dead:
 * killed_maker ROUNDS - kills makers of directories, removes what it finds, and then the directory
 * above, which must be empty. Prints how often it was not.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAKERS 4
#define TOP    "made"

static _Noreturn void make(int i)
{
	char name[64];

	for (int k = 0;; k++) {
		snprintf(name, sizeof(name), TOP "/%d.%d", i, k);
		mkdir(name, 0700);
	}
}

static int empty(void)
{
	int fd = open(TOP, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;

	if (!d)
		err(1, TOP);
	while ((ent = readdir(d)))
		if (ent->d_name[0] != '.' && unlinkat(fd, ent->d_name, AT_REMOVEDIR) < 0)
			err(1, "%s", ent->d_name);
	closedir(d);
	return rmdir(TOP);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1, late = 0;
	pid_t pid[MAKERS];

	for (int r = 0; r < rounds; r++) {
		if (mkdir(TOP, 0700) < 0)
			err(1, "mkdir");
		for (int i = 0; i < MAKERS; i++)
			if ((pid[i] = fork()) == 0)
				make(i);
		usleep(3000 + rand() % 2000);
		for (int i = 0; i < MAKERS; i++)
			kill(pid[i], SIGKILL);
		for (int i = 0; i < MAKERS; i++)
			waitpid(pid[i], NULL, 0);
		if (empty() < 0) {
			late++;
			if (empty() < 0)
				err(1, "rmdir");
		}
	}
	printf("%d late\n", late);
	return 0;
}
