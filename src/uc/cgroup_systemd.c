// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Delegation by systemd: a transient scope with this process in it, whose cgroup is ours to divide
 * (https://systemd.io/CGROUP_DELEGATION). systemd removes it when the last process has left.
 *
 * By busctl(1), which every systemd has, and not by a library: one message per session is needed,
 * and "systemd-run --scope" would have to execute us again.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "cgroup_internal.h"

#define SYSTEMD_RUNS "/run/systemd/system" /* sd_booted(3) */
#define JOB_WAIT_MS  3000
#define JOB_STEP_MS  5

#define MANAGER \
	"org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"

extern char **environ;

static int busctl(char *const argv[])
{
	posix_spawn_file_actions_t fa;
	int status, ret;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&fa, fd, "/dev/null", O_RDWR, 0);
	ret = -posix_spawnp(&pid, "busctl", &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (ret < 0)
		return ret;
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

static bool in_cgroup(const char *part)
{
	autofree char *text = NULL;

	return read_file_at(AT_FDCWD, "/proc/self/cgroup", 65536, &text) >= 0 && strstr(text, part);
}

/* The call answers before the job is done. */
static int wait_for_cgroup(const char *part)
{
	for (int ms = 0; ms < JOB_WAIT_MS; ms += JOB_STEP_MS) {
		if (in_cgroup(part))
			return 0;
		usleep(JOB_STEP_MS * 1000);
	}
	return -ETIMEDOUT;
}

bool systemd_there(void)
{
	return access(SYSTEMD_RUNS, F_OK) == 0;
}

static char *which_bus(void)
{
	return geteuid() == 0 ? "--system" : "--user";
}

int systemd_scope(const char *unit)
{
	char pid[16];
	char *argv[] = { "busctl",
			 which_bus(),
			 "--quiet",
			 "call",
			 MANAGER,
			 "StartTransientUnit",
			 "ssa(sv)a(sa(sv))",
			 (char *)unit,
			 "fail",
			 "4",
			 "PIDs",
			 "au",
			 "1",
			 pid,
			 "Delegate",
			 "b",
			 "true",
			 "CollectMode",
			 "s",
			 "inactive-or-failed",
			 "Description",
			 "s",
			 "ucrun compartment",
			 "0",
			 NULL };
	int ret;

	if (!systemd_there())
		return -ENOENT;
	snprintf(pid, sizeof(pid), "%d", getpid());
	ret = busctl(argv);
	return ret < 0 ? ret : wait_for_cgroup(unit);
}

int systemd_attach(const char *unit, const char *below)
{
	autofree char *part = str_printf("%s%s", unit, below);
	char pid[16];
	char *argv[] = { "busctl", which_bus(),	 "--quiet",
			 "call",   MANAGER,	 "AttachProcessesToUnit",
			 "ssau",   (char *)unit, (char *)below,
			 "1",	   pid,		 NULL };
	int ret;

	if (!part)
		return -ENOMEM;
	snprintf(pid, sizeof(pid), "%d", getpid());
	ret = busctl(argv);
	return ret < 0 ? ret : wait_for_cgroup(part);
}
