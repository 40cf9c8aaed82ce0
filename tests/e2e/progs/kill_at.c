/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kill_at N WHO UC UCRUN ARG... - SIGKILL an ucrun as its first thread enters its N-th system call
 *
 * WHO is "supervisor", or "keeper": then all keepers among its children die first. "removal": it is
 * a keeper that is traced and killed, while it removes what a session has left that ends by itself:
 * its program must end with its input.
 *
 * Afterwards "UC list", "UC ps" and "UC info test" are run in turn until no process is left: this
 * one is the reaper of all of them. Nothing else is traced.
 *
 * Exit status: 0; 3: it ended before its N-th call; 1: a process does not go away
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define SWEEP_ROUNDS   600
#define SWEEP_PAUSE_US 20000
#define ENDED_FIRST    3

static bool is_keeper(const char *pid)
{
	char name[64], text[64] = "";
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%s/comm", pid);
	f = fopen(name, "re");
	if (f && !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	return strcmp(text, "uc-keeper\n") == 0;
}

/* Return: the last one, or 0 */
static pid_t kill_keepers(pid_t of, int sig)
{
	char name[64], pid[32];
	pid_t last = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", of, of);
	f = fopen(name, "re");
	while (f && fscanf(f, "%31s", pid) == 1)
		if (is_keeper(pid)) {
			last = atoi(pid);
			kill(last, sig);
		}
	if (f)
		fclose(f);
	return last;
}

/* Return: true: it was killed there */
static bool step(pid_t pid, long n, bool keeper)
{
	long calls = 0;
	int status, sig = 0;
	bool inside = false;

	for (;;) {
		if (waitpid(pid, &status, __WALL) < 0 || WIFEXITED(status) || WIFSIGNALED(status))
			return false;
		sig = WSTOPSIG(status);
		if (sig == (SIGTRAP | 0x80)) {
			sig = 0;
			inside = !inside;
			if (inside && ++calls == n) {
				if (keeper)
					kill_keepers(pid, SIGKILL);
				kill(pid, SIGKILL);
				return true;
			}
		} else if (sig == SIGTRAP || status >> 16) {
			sig = 0; /* exec, or the stop that we asked for */
		}
		ptrace(PTRACE_SYSCALL, pid, 0, sig);
	}
}

static pid_t start(char **argv, int in)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (in >= 0)
		dup2(in, 0);
	else
		ptrace(PTRACE_TRACEME, 0, 0, 0);
	if (in < 0)
		raise(SIGSTOP);
	execv(argv[0], argv);
	_exit(99);
}

static bool kill_supervisor(char **argv, long n, bool keeper)
{
	pid_t pid = start(argv, -1);
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return false;
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	return step(pid, n, keeper);
}

static bool kill_removal(char **argv, long n)
{
	pid_t pid, keeper = 0;
	int in[2];

	if (pipe2(in, O_CLOEXEC) < 0)
		return false;
	pid = start(argv, in[0]);
	close(in[0]);
	while (pid > 0 && !keeper && waitpid(pid, NULL, WNOHANG) == 0) {
		usleep(1000);
		keeper = kill_keepers(pid, 0);
	}
	if (!keeper || ptrace(PTRACE_SEIZE, keeper, 0, PTRACE_O_TRACESYSGOOD) < 0 ||
	    ptrace(PTRACE_INTERRUPT, keeper, 0, 0) < 0) {
		close(in[1]);
		return false;
	}
	close(in[1]); /* the session ends now, or as soon as it has begun */
	return step(keeper, n, false);
}

static void run_uc(const char *uc, unsigned i)
{
	static const char *const what[][2] = { { "list", NULL },
					       { "ps", NULL },
					       { "info", "test" } };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(null, 1);
		execl(uc, uc, what[i % 3][0], what[i % 3][1], NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status) || WEXITSTATUS(status) > 1)
		fprintf(stderr, "uc %s: status %x\n", what[i % 3][0], status);
}

/* Return: true: nobody is left */
static bool gone(void)
{
	int ret;

	while ((ret = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
		;
	return ret < 0 && errno == ECHILD;
}

int main(int argc, char **argv)
{
	long n = argc > 4 ? atol(argv[1]) : 0;
	bool killed, none = false;

	if (n < 1)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	killed = strcmp(argv[2], "removal") == 0
			 ? kill_removal(argv + 4, n)
			 : kill_supervisor(argv + 4, n, strcmp(argv[2], "keeper") == 0);
	for (unsigned i = 0; i < SWEEP_ROUNDS && !none; i++) {
		run_uc(argv[3], n + i);
		none = gone();
		if (!none)
			usleep(SWEEP_PAUSE_US);
	}
	if (!none) {
		fprintf(stderr, "call %ld, %s: processes are left\n", n, argv[2]);
		return 1;
	}
	run_uc(argv[3], 0);
	return killed ? 0 : ENDED_FIRST;
}
