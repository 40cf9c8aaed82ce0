// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first task: everything between fork and exec.
 *
 * It takes its place in the session (tag, no new privileges, Landlock, the filter), hands
 * the listener over, and then executes the program like any other task: trapped.
 */
#include "launch.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "filter.h"
#include "loader.h"
#include "machine.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define SUPERVISOR_FDS	    1024 /* it has a few dozen when the first task is forked */
#define STATUS_FAILED	    125
#define STATUS_NOT_RUNNABLE 126
#define STATUS_NOT_FOUND    127

/* Of struct landlock_ruleset_attr as of ABI 6; older kernels take the shorter one. */
struct ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped;
};

/*
 * A second wall: even a call that slipped through the filter could not open or change
 * anything by name. Descriptors that the supervisor hands out were opened outside of it. Executing
 * stays allowed: the kernel itself opens ELF interpreters.
 */
static void landlock_apply(void)
{
	static const uint64_t fs_by_abi[] = { 0,
					      (1ULL << 13) - 1,
					      (1ULL << 14) - 1,
					      (1ULL << 15) - 1,
					      (1ULL << 15) - 1,
					      (1ULL << 16) - 1 };
	struct ruleset_attr attr = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	size_t size = sizeof(attr.handled_access_fs);
	int fd;

	if (abi < 1)
		return;
	attr.handled_access_fs =
		fs_by_abi[abi < 5 ? abi : 5] &
		~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE);
	if (abi >= 6) {
		attr.scoped = 3; /* abstract sockets, signals: the session's own only */
		size = sizeof(attr);
	}
	fd = syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

static int filter_install(const struct sock_fprog *prog)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, prog);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, prog);
	return fd < 0 ? -errno : fd;
}

static int join_session(const struct sock_fprog *prog)
{
	struct rlimit rl = { state_first_rlimit(), RLIM_INFINITY };

	if (setrlimit(RLIMIT_LOCKS, &rl) < 0)
		return -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* root that became somebody is not, until exec */
	if (chdir("/") < 0)
		return -errno;
	landlock_apply();
	return filter_install(prog);
}

/* A document in the working directory needs no "./": nobody takes a picture for a command. */
static void exec_document(char *const *argv, char *const *envp)
{
	autofree char *path = str_printf("./%s", argv[0]);
	char head[2] = "";
	int fd;

	if (!path || !strchr(argv[0], '.'))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* trapped: in the view */
	if (fd < 0)
		return;
	/* but a program there needs it, as in every shell */
	if (read(fd, head, 2) != 2 || memcmp(head, "\177E", 2) == 0 || memcmp(head, "#!", 2) == 0) {
		close(fd);
		return;
	}
	close(fd);
	syscall(SYS_execveat, AT_FDCWD, path, argv, envp, 0);
}

/* What else than a missing x bit is in the way of a file that was named; NULL: nothing known. */
static const char *why_denied(const char *file)
{
	struct stat st;

	/* a plain word was looked for along PATH */
	if (!strpbrk(file, "/.") || stat(file, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return "is a directory";
	if (!S_ISREG(st.st_mode))
		return "is a FIFO, a socket or a device, and no file";
	return access(file, R_OK) < 0 ? "may not be read by the compartment's user" : NULL;
}

/* The file is there, what it names to run it is not. Return: false when the file is not there. */
static bool tell_missing_interpreter(const char *file)
{
	char head[LOADER_HEAD_BYTES] = "", *interp, *arg;
	autoclose int fd = -1;

	if (!strchr(file, '/') || access(file, F_OK) < 0)
		return false;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || read(fd, head, sizeof(head)) < 2 || memcmp(head, "#!", 2) != 0 ||
	    loader_script_parse(head, &interp, &arg) < 0)
		log_err("%s: the interpreter that it names (of dynamic programs the linker, see "
			"readelf -l) is not in the compartment: install it",
			file);
	else if (*interp && interp[strlen(interp) - 1] == '\r')
		log_err("%s: its first line ends with a carriage return, which is taken for part "
			"of the interpreter's name: sed -i 's/\\r$//' it",
			file);
	else
		log_err("%s: its interpreter %s is not in the compartment: check its first line, "
			"or install it",
			file, interp);
	return true;
}

/* execvp(3) by hand: no retry through a shell, and the statuses of env(1). */
void launch_exec(char *const *argv, char *const *envp, const struct scvm_eel *eel,
		 const char *reason)
{
	const char *file = argv[0], *path = NULL;
	int err = ENOENT;
	bool denied = false;

	if (eel && eel->first) {
		execve(file, argv, envp);
		err = errno;
	} else if (strchr(file, '/')) {
		/* execveat: as sys_exec.c has it, a path that may name a document */
		syscall(SYS_execveat, AT_FDCWD, file, argv, envp, 0);
		err = errno;
	} else {
		for (char *const *e = envp; *e; e++)
			if (strncmp(*e, "PATH=", 5) == 0)
				path = *e + 5;
		if (!path)
			path = "/usr/local/bin:/usr/bin:/bin";
		for (const char *p = path;; p++) {
			size_t n = strcspn(p, ":");
			char full[PATH_MAX];

			if (snprintf(full, sizeof(full), "%.*s%s%s", (int)n, p, n ? "/" : "",
				     file) < (int)sizeof(full)) {
				execve(full, argv, envp);
				err = errno;
				denied |= err == EACCES;
				if (err != ENOENT && err != EACCES && err != ENOTDIR)
					break;
			}
			p += n;
			if (!*p)
				break;
		}
		if (denied && (err == ENOENT || err == ENOTDIR))
			err = EACCES;
		if (eel)
			exec_document(argv, envp);
	}
	if (err == ENOENT && tell_missing_interpreter(file))
		;
	else if (err == ENOENT || err == ENOTDIR)
		log_err("%s: not found in the compartment: check the name, or give the path", file);
	else if (reason[0])
		log_err("%s: %s", file, reason);
	else if (err == EACCES && why_denied(file))
		log_err("%s: %s", file, why_denied(file));
	else if (err == EACCES)
		log_err("%s: not executable (or a directory on the way is closed to the "
			"compartment's user): chmod +x it",
			file);
	else if (err == ENOEXEC)
		log_err("%s: not a program that this machine runs (neither x86-64 ELF nor a "
			"script)",
			file);
	else if (err == ELOOP)
		log_err("%s: too many levels of symbolic links or interpreters", file);
	else
		log_err("%s: cannot be executed: %s", file, strerror(err));
	_exit(err == ENOENT || err == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_RUNNABLE);
}

/* The supervisor's descriptors, which exec would close, fill the low numbers that are left. */
static void nofile_lower(rlim_t most, int keep)
{
	struct rlimit rl;

	if (!most || getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return;
	for (int fd = 3; fd < (int)rl.rlim_cur && fd < SUPERVISOR_FDS; fd++)
		if (fd != keep && fcntl(fd, F_GETFD) == FD_CLOEXEC)
			close(fd);
	rl.rlim_max = most < rl.rlim_max ? most : rl.rlim_max;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

static void first_task(const struct scvm_config *cfg, int sock, const struct sock_fprog *prog,
		       const sigset_t *mask, const struct rlimit *nofile)
{
	int listener = -1, ok = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setrlimit(RLIMIT_NOFILE, nofile);
	if (cfg->enter && cfg->enter(cfg->budget_arg) != 0)
		_exit(STATUS_FAILED);
	nofile_lower(cfg->nofile, sock);
	listener = join_session(prog);
	/* write and read are never trapped */
	if (write(sock, &listener, sizeof(listener)) != sizeof(listener) || listener < 0 ||
	    read(sock, &ok, sizeof(ok)) != sizeof(ok))
		_exit(STATUS_FAILED);
	close(listener);
	close(sock);
	sigprocmask(SIG_SETMASK, mask, NULL);
	launch_exec(cfg->argv, cfg->envp, cfg->eel, machine.first_reason);
}

bool scvm_other_listener(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };
	int status = 0;
	pid_t pid = fork(); /* a filter stays for ever */

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(filter_install(&prog) == -EBUSY);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static int listener_error(int err, char *text, size_t len)
{
	switch (err) {
	case -EBUSY:
		snprintf(text, len, "%s", SCVM_OTHER_LISTENER);
		break;
	case -EPERM:
		snprintf(text, len,
			 "seccomp: the session could not be set up: is the hard limit "
			 "'ulimit -Hx' (file locks) not unlimited?");
		break;
	default:
		snprintf(text, len,
			 "seccomp: user notification is not available (%s): it needs "
			 "Linux " LINUX_NEEDED
			 " or newer and no sandbox that forbids it; see 'uc check'",
			 strerror(-err));
	}
	return err;
}

int launch(const struct scvm_config *cfg, const sigset_t *mask, const struct rlimit *nofile,
	   struct launched *out, char *err, size_t errlen)
{
	struct sock_fprog prog;
	autoclose int pidfd = -1;
	int sv[2], remote = -1, ret;
	pid_t pid;

	ret = filter_compile(&prog, FILTER_PATH, 0);
	if (ret < 0)
		return ret;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0) {
		free(prog.filter);
		return -errno;
	}
	pid = fork();
	if (pid == 0) {
		close(sv[0]);
		first_task(cfg, sv[1], &prog, mask, nofile);
	}
	free(prog.filter);
	close(sv[1]);
	if (pid < 0) {
		close(sv[0]);
		return -errno;
	}
	if (read(sv[0], &remote, sizeof(remote)) != sizeof(remote))
		remote = -EIO;
	if (remote < 0) {
		close(sv[0]);
		return listener_error(remote, err, errlen);
	}
	pidfd = pidfd_open(pid, 0);
	out->pid = pid;
	out->listener = pidfd < 0 ? -1 : pidfd_getfd(pidfd, remote, 0);
	out->go = sv[0];
	if (out->listener < 0) {
		snprintf(err, errlen,
			 "pidfd_getfd: %s: ptrace between own processes is forbidden "
			 "here (Yama ptrace_scope above 1, or a sandbox)",
			 strerror(errno));
		close(sv[0]);
		kill(pid, SIGKILL);
		return -EPERM;
	}
	return 0;
}
