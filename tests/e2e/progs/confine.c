/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BUILD: -static */
/*
 * Attempts to get out to other processes and by other doors of the kernel. Each test is run inside;
 * it fails (exit 1) when an attempt works. The case names what is out of bounds by environment: see
 * secret.h.
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

/* ---- processes ---- */

static void no_way_to(pid_t pid)
{
	char path[64], buf[16];
	struct iovec iov = { buf, sizeof(buf) }, far = { (void *)0x400000, 16 };
	struct rlimit rl = { 1, 1 };
	cpu_set_t set;
	siginfo_t si = { .si_code = SI_QUEUE };
	int fd;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	/* that the parent lives may be known, as always: watchdogs ask for it */
	MUST(pid == getppid() ? kill(pid, 0) == 0 : kill(pid, 0) < 0);
	MUST(kill(pid, SIGKILL) < 0);
	MUST(syscall(SYS_tkill, pid, SIGKILL) < 0);
	MUST(syscall(SYS_tgkill, pid, pid, SIGKILL) < 0);
	MUST(syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &si) < 0);
	MUST(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGKILL, &si) < 0);
	if (pid != getpgrp())
		MUST(kill(-pid, SIGKILL) < 0);
	fd = syscall(SYS_pidfd_open, pid, 0);
	MUST(fd < 0 || syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) < 0);
	MUST(fd < 0 || syscall(SYS_pidfd_getfd, fd, 0, 0) < 0);
	MUST(ptrace(PTRACE_ATTACH, pid, 0, 0) < 0);
	MUST(ptrace(PTRACE_SEIZE, pid, 0, 0) < 0);
	MUST(process_vm_readv(pid, &iov, 1, &far, 1, 0) < 0);
	MUST(process_vm_writev(pid, &iov, 1, &far, 1, 0) < 0);
	MUST(prlimit(pid, RLIMIT_CORE, &rl, NULL) < 0);
	MUST(prlimit(pid, RLIMIT_NOFILE, NULL, &rl) < 0);
	MUST(sched_setaffinity(pid, sizeof(set), &set) < 0);
	MUST(setpriority(PRIO_PROCESS, pid, 19) < 0);
	MUST(syscall(SYS_ioprio_set, 1, pid, 0) < 0);
	MUST(syscall(SYS_kcmp, pid, getpid(), 0, 0, 0) < 0);
	MUST(syscall(SYS_move_pages, pid, 0, NULL, NULL, NULL, 0) < 0);
	MUST(syscall(SYS_migrate_pages, pid, 0, NULL, NULL) < 0);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	MUST(open(path, O_RDWR) < 0);
	MUST(open(path, O_RDONLY) < 0);
	snprintf(path, sizeof(path), "/proc/%d/root/etc/passwd", pid);
	MUST(open(path, O_RDONLY) < 0);
	snprintf(path, sizeof(path), "/proc/%d/cwd/.", pid);
	MUST(open(path, O_RDONLY) < 0);
	snprintf(path, sizeof(path), "/proc/%d/fd/1", pid);
	MUST(open(path, O_RDWR) < 0);
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	MUST(open(path, O_RDONLY) < 0);
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	MUST(open(path, O_RDWR) < 0);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	MUST(access(path, F_OK) < 0);
	snprintf(path, sizeof(path), "/proc/self/../%d/stat", pid);
	MUST(open(path, O_RDONLY) < 0);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, pid);
	MUST(open(path, O_RDONLY) < 0);
}

/* ---- other entries to the kernel ---- */

static long int80(long nr, long a, long b, long c)
{
	long r;

	asm volatile("int $0x80"
		     : "=a"(r)
		     : "a"(nr), "b"(a), "c"(b), "d"(c)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)r;
}

/* ---- filters and tracers of one's own ---- */

struct insn {
	unsigned short code;
	unsigned char jt, jf;
	unsigned int k;
};

/* ---- the supervisor's duties ---- */

static void on_tick(int sig)
{
	(void)sig;
}

TEST(victim)
{
	no_way_to(atoi(env("VICTIM")));
	printf("confined\n");
}

TEST(supervisor)
{
	/* whoever our parent is, it is not ours to touch when it is not a task of the session */
	if (getppid() <= 1)
		skip("the parent is not visible");
	no_way_to(getppid());
	printf("confined\n");
}

TEST(kill_all)
{
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		for (;;)
			pause();
	}
	/* everybody in the session, and nobody else: the case looks at the victim */
	MUST(kill(-1, SIGTERM) == 0);
	MUST(waitpid(pid, &st, 0) == pid);
	printf("child signal %d\n", WTERMSIG(st));
}

TEST(int80_open)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	pid_t pid;
	int st;

	MUST(low != MAP_FAILED);
	strcpy(low, env("SECRET"));
	pid = fork();
	if (pid == 0) {
		long fd = int80(5, (long)low, 0, 0);
		long pid32 = int80(20, 0, 0, 0);

		(void)pid32;
		if (fd >= 0)
			_exit(is_secret(fd) ? 1 : 0);
		fd = int80(295, -100, (long)low, 0);
		if (fd >= 0)
			_exit(is_secret(fd) ? 1 : 0);
		/* unlink and mkdir by the other door */
		int80(10, (long)low, 0, 0);
		strcat(low, ".made");
		int80(39, (long)low, 0700, 0);
		_exit(0);
	}
	MUST(waitpid(pid, &st, 0) == pid);
	MUST(WIFSIGNALED(st) || WEXITSTATUS(st) == 0);
	printf("refused\n");
}

#define X32 0x40000000

TEST(x32_open)
{
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		int fd = syscall(X32 | SYS_open, env("SECRET"), O_RDONLY);

		_exit(is_secret(fd) ? 1 : fd >= 0 ? 2 : 0);
	}
	MUST(waitpid(pid, &st, 0) == pid);
	MUST(WIFSIGNALED(st) || WEXITSTATUS(st) == 0);
	printf("refused\n");
}

TEST(io_uring)
{
	char params[256] = { 0 };

	MUST(syscall(425, 8, params) == -1 && errno == ENOSYS);
	MUST(syscall(426, 0, 0, 0, 0, NULL, 0) == -1 && errno == ENOSYS);
	MUST(syscall(427, 0, 0, NULL, 0) == -1 && errno == ENOSYS);
	printf("no such call\n");
}

TEST(unknown_calls)
{
	static const long numbers[] = {
		480, 490, 511, 548, 600, 999, 1000, 4096, 100000, 0x3fffffff
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		errno = 0;
		if (syscall(numbers[i], -1L, -1L, -1L, -1L, -1L, -1L) != -1 || errno != ENOSYS) {
			printf("FAILED: call %ld answered %s\n", numbers[i], result(-1));
			exit(1);
		}
	}
	printf("no such calls\n");
}

TEST(kernel_doors)
{
	char buf[128] = { 0 };

	/* what could reach past the view, or the machine itself */
	MUST(syscall(SYS_mount, "/", "/mnt", NULL, 4096, NULL) < 0);
	MUST(syscall(SYS_umount2, "/proc", 2) < 0);
	MUST(syscall(SYS_pivot_root, "/", "/mnt") < 0);
	MUST(syscall(428, -100, "/", 1) < 0); /* open_tree */
	MUST(syscall(430, "tmpfs", 0) < 0); /* fsopen */
	MUST(syscall(433, -100, "/", 0) < 0); /* fspick */
	MUST(syscall(442, -100, "/", 0, buf, 32) < 0); /* mount_setattr */
	MUST(syscall(SYS_setns, open("/proc/self/ns/mnt", O_RDONLY), 0) < 0);
	MUST(syscall(SYS_swapon, "/etc/passwd", 0) < 0);
	MUST(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, NULL) < 0);
	MUST(syscall(SYS_init_module, buf, 128, "") < 0);
	MUST(syscall(SYS_finit_module, 0, "", 0) < 0);
	MUST(syscall(SYS_kexec_load, 0, 0, NULL, 0) < 0);
	MUST(syscall(SYS_iopl, 3) < 0);
	MUST(syscall(SYS_ioperm, 0x80, 1, 1) < 0);
	MUST(syscall(SYS_bpf, 0, buf, 128) < 0);
	MUST(syscall(SYS_settimeofday, buf, NULL) < 0);
	MUST(syscall(SYS_open_by_handle_at, -100, buf, O_RDONLY) < 0);
	MUST(syscall(SYS_acct, "/etc/passwd") < 0);
	MUST(syscall(SYS_syslog, 3, buf, 100) < 0 || 1);
	MUST(open("/dev/mem", O_RDWR) < 0);
	MUST(open("/proc/kcore", O_RDONLY) < 0);
	MUST(open("/proc/sysrq-trigger", O_WRONLY) < 0);
	MUST(open("/proc/1/mem", O_RDWR) < 0 || getpid() == 1);
	printf("shut\n");
}

TEST(new_namespaces)
{
	char map[64];
	int fd;
	const char *secret = env("SECRET");

	/* a user namespace of one's own gives real capabilities in it: they must reach nothing */
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
		fd = open("/proc/self/uid_map", O_WRONLY);
		snprintf(map, sizeof(map), "0 %d 1", getuid());
		if (fd >= 0)
			(void)!write(fd, map, strlen(map));
		MUST(syscall(SYS_mount, "/", "/mnt", NULL, 4096, NULL) < 0);
		MUST(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL) < 0);
	}
	must_not_read(secret);
	printf("nothing gained\n");
}

TEST(own_filter)
{
	struct insn allow[] = { { 0x06, 0, 0, 0x7fff0000 } };
	struct insn notify[] = { { 0x06, 0, 0, 0x7fc00000 } };
	struct insn trace[] = { { 0x06, 0, 0, 0x7ff00000 } };
	struct {
		unsigned short len;
		void *filter;
	} prog = { 1, allow };
	int listener;

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	MUST(syscall(SYS_seccomp, 1, 0, &prog) == 0);
	must_not_read(env("SECRET"));
	/* a listener of its own would answer "continue" to everything */
	prog.filter = notify;
	listener = syscall(SYS_seccomp, 1, 8, &prog);
	MUST(listener < 0);
	prog.filter = trace;
	must_not_read(env("SECRET"));
	printf("nothing gained\n");
}

TEST(tracer_rewrites)
{
	/* a tracer turns its child's getppid into an open of the secret at the call's entry */
	int st, fds[2];
	char c;
	pid_t pid;
	struct user_regs_struct regs;
	const char *secret = env("SECRET");

	MUST(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		long fd;

		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		fd = syscall(SYS_getppid, secret, 0, 0);
		_exit(fd >= 0 && fd < 1000 && is_secret(fd) ? 66 : 0);
	}
	(void)c;
	MUST(waitpid(pid, &st, 0) == pid);
	MUST(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD) == 0);
	while (ptrace(PTRACE_SYSCALL, pid, 0, 0) == 0 && waitpid(pid, &st, 0) == pid &&
	       WIFSTOPPED(st)) {
		if (ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0 && regs.orig_rax == SYS_getppid &&
		    (long)regs.rax == -ENOSYS) {
			regs.orig_rax = SYS_open;
			ptrace(PTRACE_SETREGS, pid, 0, &regs);
		}
	}
	MUST(!WIFEXITED(st) || WEXITSTATUS(st) != 66);
	printf("nothing gained\n");
}

TEST(signals_once)
{
	/* a storm of signals: each call happens once, and its effect is what its answer says */
	struct sigaction sa = { .sa_handler = on_tick, .sa_flags = SA_RESTART };
	struct itimerval it = { { 0, 300 }, { 0, 300 } };
	char name[32];

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	for (int i = 0; i < 1500; i++) {
		int fd;

		snprintf(name, sizeof(name), "once%d", i);
		MUST(mkdir(name, 0755) == 0);
		MUST(rmdir(name) == 0);
		fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);
		MUST(fd >= 0 && fd < 10);
		MUST(close(fd) == 0);
		MUST(link(name, "two") == 0);
		MUST(unlink("two") == 0);
		MUST(rename(name, "renamed") == 0);
		MUST(unlink("renamed") == 0);
	}
	printf("each once\n");
}

TEST(few_descriptors)
{
	struct rlimit rl = { 8, 8 };
	int n = 0, fd;

	MUST(setrlimit(RLIMIT_NOFILE, &rl) == 0);
	while ((fd = open("/proc/self/stat", O_RDONLY)) >= 0)
		n++;
	MUST(errno == EMFILE);
	printf("%d, then EMFILE\n", n);
	close(4);
	MUST(open("/", O_RDONLY) == 4);
	MUST(open("/", O_RDONLY) < 0 && errno == EMFILE);
	MUST(open("made", O_CREAT | O_WRONLY, 0644) < 0 && errno == EMFILE);
	printf("again\n");
}

TEST(die_in_call)
{
	/* tasks that are killed at any point of a call leave a working session */
	for (int i = 0; i < 150; i++) {
		int st;
		pid_t pid = fork();

		if (pid == 0) {
			for (;;) {
				int fd = open("d/text", O_RDWR);

				close(fd);
				mkdir("die", 0755);
				rmdir("die");
				stat("d/e/f/deep", &(struct stat){ 0 });
			}
		}
		usleep(i * 37 % 3000);
		kill(pid, SIGKILL);
		MUST(waitpid(pid, &st, 0) == pid && WIFSIGNALED(st));
	}
	rmdir("die");
	MUST(mkdir("die", 0755) == 0);
	printf("fine\n");
}

TEST(bad_memory)
{
	/* paths at the edge of memory, unmapped pages, no NUL */
	char *m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct stat st;

	MUST(munmap(m + 4096, 4096) == 0);
	strcpy(m + 4096 - 2, "/");
	MUST(stat(m + 4096 - 2, &st) == 0);
	memset(m, '/', 4096);
	MUST(stat(m + 4000, &st) < 0 && errno == EFAULT);
	MUST(stat(m, &st) < 0 && (errno == EFAULT || errno == ENAMETOOLONG));
	MUST(stat("/", (void *)(m + 4090)) < 0 && errno == EFAULT);
	MUST(open((void *)-1L, O_RDONLY) < 0 && errno == EFAULT);
	MUST(open((void *)0xffff800000000000UL, O_RDONLY) < 0 && errno == EFAULT);
	MUST(mprotect(m, 4096, PROT_NONE) == 0);
	MUST(open(m, O_RDONLY) < 0 && errno == EFAULT);
	MUST(mprotect(m, 4096, PROT_READ) == 0);
	MUST(stat("/", (void *)m) < 0 && errno == EFAULT);
	MUST(syscall(SYS_getcwd, m, 4096) < 0 && errno == EFAULT);
	MUST(readlink("/proc/self", m, 100) < 0 && errno == EFAULT);
	printf("EFAULT\n");
}
