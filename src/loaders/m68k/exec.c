// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Executing: an m68k program is ucrun-m68k with its name, the same options and the same
 * descriptors. A script whose interpreter is an m68k program is that program with the script's
 * name. Everything else is the kernel's business (or, in a session, the environment loader's).
 */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "load.h"
#include "options.h"
#include "state.h"
#include "util.h"

#define SCRIPT_LINE_BYTES 256
#define OWN_FD_MIN	  900
/* name, -t, -d, -L, dir, --save, file, --save-signal, number, --save-exit, --comm, script,
 * -0, name, --, path, script argument, script */
#define OWN_ARGS_MAX 18

static int own_fd = -1;

/* In a root without /proc: the descriptor that we were executed from, which exec_own() left open.
 * Return: -1 for none. */
static int handed_down(void)
{
	const char *name = (const char *)getauxval(AT_EXECFN);
	int fd;

	if (!name || sscanf(name, "/dev/fd/%d", &fd) != 1 || fd < OWN_FD_MIN)
		return -1;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : fd;
}

void exec_init(void)
{
	int fd;

	own_fd = handed_down();
	if (own_fd >= 0)
		return;
	fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	/* Out of the way: programs expect their first descriptor to be 3. */
	own_fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, OWN_FD_MIN);
	if (own_fd >= 0)
		close(fd);
	else
		own_fd = fd;
}

int exec_own_fd(void)
{
	return own_fd;
}

static unsigned count_of(char *const list[])
{
	unsigned n = 0;

	while (list[n])
		n++;
	return n;
}

/**
 * exec_own() - execute ourselves with a program
 * @script: after which the process is named when @path is its interpreter; or NULL
 * @extra:  what stands between the program's name and its own arguments: a script's line; or NULL
 */
static int exec_own(const char *path, const char *argv0, const char *script, char *const extra[2],
		    char *const argv[], char *const envp[])
{
	unsigned argc = count_of(argv), n = 0;
	char number[12], disas[128] = "-d";
	bool save, hand_down = access("/proc/self/exe", F_OK) < 0;
	int rc;
	autofree char **list = calloc(argc + OWN_ARGS_MAX + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	if (m68k_options.disas && m68k_options.disas[0])
		snprintf(disas, sizeof(disas), "--disassemble=%s", m68k_options.disas);
	list[n++] = (char *)"ucrun-m68k";
	if (m68k_options.trace)
		list[n++] = (char *)"-t";
	if (m68k_options.disas)
		list[n++] = disas;
	if (m68k_options.sysroot) {
		list[n++] = (char *)"-L";
		list[n++] = (char *)m68k_options.sysroot;
	}
	save = state_before_exec();
	if (save) {
		snprintf(number, sizeof(number), "%d", state_options.signal);
		list[n++] = (char *)"--save";
		list[n++] = (char *)state_options.file;
		list[n++] = (char *)"--save-signal";
		list[n++] = number;
		if (state_options.end)
			list[n++] = (char *)"--save-exit";
	}
	if (script) {
		list[n++] = (char *)"--comm";
		list[n++] = (char *)basename(script);
	}
	list[n++] = (char *)"-0";
	list[n++] = (char *)argv0;
	list[n++] = (char *)"--";
	list[n++] = (char *)path;
	for (int i = 0; i < 2 && extra; i++) {
		if (extra[i])
			list[n++] = extra[i];
	}
	for (unsigned i = 1; i < argc; i++)
		list[n++] = argv[i];
	if (hand_down)
		fcntl(own_fd, F_SETFD, 0);
	syscall(SYS_execveat, own_fd, "", list, envp, AT_EMPTY_PATH);
	if (errno == EBADF) /* the guest closed all descriptors */
		execve("/proc/self/exe", list, envp);
	rc = -errno;
	if (hand_down)
		fcntl(own_fd, F_SETFD, FD_CLOEXEC);
	if (rc == -ENOENT)
		log_debug("task: %s: the emulator's own libraries are not in this root", path);
	if (save)
		state_after_exec();
	return rc;
}

/* "#!interpreter argument": both borrowed from @line, which is cut. Return: is it one? */
static bool script_line(char *line, char **interp, char **arg)
{
	char *p = line + 2, *end;

	if (strncmp(line, "#!", 2) != 0)
		return false;
	line[strcspn(line, "\n")] = '\0';
	p += strspn(p, " \t");
	end = p + strcspn(p, " \t");
	*interp = p;
	*arg = NULL;
	if (*end) {
		*end++ = '\0';
		end += strspn(end, " \t");
		for (char *last = end + strlen(end); last > end && strchr(" \t", last[-1]);)
			*--last = '\0';
		*arg = *end ? end : NULL;
	}
	return **interp != '\0';
}

int exec_path(const char *path, char *const argv[], char *const envp[])
{
	char line[SCRIPT_LINE_BYTES + 1], buf[PATH_MAX], *interp, *arg;
	autoclose int fd = -1;
	ssize_t got;

	/* The kernel's own order of errors, for all that is not ours to read. */
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 &&
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
		if (load_is_m68k(path) == 1)
			return exec_own(path, argv[0] ?: "", NULL, NULL, argv, envp);
		got = pread(fd, line, SCRIPT_LINE_BYTES, 0);
		line[got > 0 ? got : 0] = '\0';
		if (script_line(line, &interp, &arg)) {
			const char *real = path_map(interp, buf);
			char *extra[2] = { arg ?: (char *)path, arg ? (char *)path : NULL };

			if (load_is_m68k(real) == 1)
				return exec_own(real, interp, path, extra, argv, envp);
		}
	}
	execve(path, argv, envp);
	return -errno;
}
