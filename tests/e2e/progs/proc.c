/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks, threads, signals and what /proc tells about them; the same inside as outside. */
#include "t.h"

#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/user.h>

TEST(self_links)
{
	char buf[PATH_MAX];
	ssize_t n = readlink("/proc/self", buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = 0;
	printf("self %d\n", atoi(buf) == getpid());
	n = readlink("/proc/thread-self", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("thread-self %d\n", strstr(buf, "/task/") != NULL);
	n = readlink("/proc/self/exe", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("exe %s\n", strrchr(buf, '/') ? strrchr(buf, '/') : buf);
	n = readlink("/proc/self/root", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("root %s\n", buf);
	R(readlink("/proc/self/cwd", buf, 1));
}

static void count_lines(const char *path, const char *needle)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	int n = 0;

	if (!f) {
		printf("%s: %s\n", path, result(-1));
		return;
	}
	while (getline(&line, &cap, f) > 0)
		n += strstr(line, needle) != NULL;
	printf("%s has \"%s\": %d\n", path, needle, n > 0);
	free(line);
	fclose(f);
}

TEST(self_files)
{
	char path[64];
	int fd = open("a", O_RDONLY);

	count_lines("/proc/self/status", "Name:\tproc");
	count_lines("/proc/self/stat", "(proc)");
	count_lines("/proc/self/cmdline", "self_files");
	count_lines("/proc/self/comm", "proc");
	count_lines("/proc/self/maps", "libc");
	count_lines("/proc/self/maps", "/proc\n");
	count_lines("/proc/self/smaps", "Rss");
	count_lines("/proc/self/limits", "Max open files");
	count_lines("/proc/self/mounts", " / ");
	count_lines("/proc/mounts", " / ");
	count_lines("/proc/self/mountinfo", " / ");
	count_lines("/proc/self/environ", "PATH=");
	count_lines("/proc/self/statm", " ");
	count_lines("/proc/self/io", "rchar");
	count_lines("/proc/self/oom_score_adj", "0");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	count_lines(path, "pos:");
	snprintf(path, sizeof(path), "/proc/%d/task/%d", getpid(), getpid());
	R(chdir(path));
	count_lines("stat", "(proc)");
	count_lines("../../stat", "(proc)");
	count_lines("/proc/cpuinfo", "processor");
	count_lines("/proc/meminfo", "MemTotal");
	count_lines("/proc/uptime", ".");
	count_lines("/proc/version", "Linux");
	count_lines("/proc/loadavg", ".");
	count_lines("/proc/filesystems", "proc");
	count_lines("/proc/stat", "cpu");
	count_lines("/proc/sys/kernel/pid_max", "");
	count_lines("/proc/sys/kernel/hostname", "");
	count_lines("/sys/devices/system/cpu/online", "0");
	count_lines("/proc/9999999/stat", "x");
	R(prctl(PR_SET_NAME, "renamed"));
	count_lines("/proc/self/comm", "renamed");
	fd = F(open("/proc/self/comm", O_WRONLY));
	R(write(fd, "written", 7));
	count_lines("/proc/self/comm", "written");
}

TEST(fd_directory)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0, own = 0, fd = open("a", O_RDONLY);

	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			n++;
			own += atoi(e->d_name) == fd;
		}
	printf("%d descriptors, ours %d\n", n, own);
	closedir(d);
	d = opendir("/proc/self/task");
	n = 0;
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	printf("%d tasks\n", n);
	closedir(d);
}

TEST(child_visible)
{
	char path[64], buf[PATH_MAX];
	int p[2];
	pid_t pid;
	ssize_t n;

	pipe(p);
	pid = fork();
	if (pid == 0) {
		chdir("d");
		write(p[1], "x", 1);
		pause();
		_exit(0);
	}
	read(p[0], buf, 1);
	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	n = readlink(path, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("cwd %s\n", strrchr(buf, '/') ? strrchr(buf, '/') : buf);
	snprintf(path, sizeof(path), "/proc/%d/cwd/text", pid);
	show_fd("through", open(path, O_RDONLY));
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("exe %s\n", strrchr(buf, '/') ? strrchr(buf, '/') : buf);
	snprintf(path, sizeof(path), "/proc/%d/fd/0", pid);
	R(access(path, F_OK));
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	R(access(path, R_OK));
	R(kill(pid, 0));
	R(kill(pid, SIGTERM));
	waitpid(pid, NULL, 0);
	R(kill(pid, 0));
	R(access(path, F_OK));
}

static void *thread_opens(void *arg)
{
	long bad = 0;

	for (int i = 0; i < 200; i++) {
		int fd = open("a", O_RDONLY);
		char c[4] = "";

		bad += fd < 0 || read(fd, c, 3) != 3 || memcmp(c, "one", 3);
		close(fd);
	}
	(void)arg;
	return (void *)bad;
}

TEST(eight_threads)
{
	pthread_t t[8];
	long bad = 0;

	for (int i = 0; i < 8; i++)
		MUST(pthread_create(&t[i], NULL, thread_opens, NULL) == 0);
	for (int i = 0; i < 8; i++) {
		void *r;

		pthread_join(t[i], &r);
		bad += (long)r;
	}
	printf("bad reads: %ld\n", bad);
}

static void *thread_chdir(void *arg)
{
	(void)arg;
	R(chdir("d"));
	return NULL;
}

static void *thread_unshared(void *arg)
{
	(void)arg;
	R(unshare(CLONE_FS));
	R(chdir("e"));
	show("f/deep");
	return NULL;
}

TEST(thread_cwd)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_chdir, NULL);
	pthread_join(t, NULL);
	show("text");
	pthread_create(&t, NULL, thread_unshared, NULL);
	pthread_join(t, NULL);
	show("text");
	show("f/deep");
}

static void *thread_sleeps(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static void *thread_execs(void *arg)
{
	execl("/bin/echo", "echo", "from the thread", NULL);
	(void)arg;
	return NULL;
}

TEST(exec_from_thread)
{
	pthread_t t;

	for (int i = 0; i < 4; i++)
		pthread_create(&t, NULL, thread_sleeps, NULL);
	pthread_create(&t, NULL, thread_execs, NULL);
	pthread_join(t, NULL);
	for (;;)
		pause();
}

TEST(clone3_forms)
{
	struct clone_args ca = { .exit_signal = SIGCHLD };
	int st, pidfd = -1;
	long pid = syscall(SYS_clone3, &ca, sizeof(ca));

	if (pid == 0) {
		show("a");
		_exit(7);
	}
	waitpid(pid, &st, 0);
	printf("clone3 %d\n", pid > 0);
	printf("exit %d\n", WEXITSTATUS(st));
	ca.flags = CLONE_PIDFD;
	ca.pidfd = (uintptr_t)&pidfd;
	pid = syscall(SYS_clone3, &ca, sizeof(ca));
	if (pid == 0)
		_exit(8);
	printf("pidfd %d\n", pidfd >= 0);
	{
		siginfo_t si = { 0 };

		R(waitid(P_PIDFD, pidfd, &si, WEXITED));
		printf("status %d\n", si.si_status);
	}
	R(syscall(SYS_clone3, &ca, 8));
	R(syscall(SYS_clone3, NULL, sizeof(ca)));
	pid = vfork();
	if (pid == 0) {
		execl("/bin/true", "true", NULL);
		_exit(9);
	}
	waitpid(pid, &st, 0);
	printf("vfork+exec %d\n", st);
}

static int clone_child(void *arg)
{
	(void)arg;
	chdir("d");
	return 0;
}

TEST(clone_fs)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(clone_child, stack + sizeof(stack), CLONE_FS | SIGCHLD, NULL);

	waitpid(pid, NULL, 0);
	show("text");
	chdir("..");
	pid = clone(clone_child, stack + sizeof(stack), SIGCHLD, NULL);
	waitpid(pid, NULL, 0);
	show("text");
	show("a");
}

TEST(data_calls)
{
	int a = open("d/text", O_RDONLY), p[2], out;
	char buf[64];
	off_t off = 0;

	out = F(open("copy", O_RDWR | O_CREAT, 0644));
	R(sendfile(out, a, &off, 100));
	show("copy");
	off = 5;
	R(copy_file_range(a, &off, out, &(off_t){ 0 }, 6, 0));
	show("copy");
	R(pipe(p));
	off = 0;
	R(splice(a, &off, p[1], NULL, 10, 0));
	R(tee(p[0], p[1], 5, SPLICE_F_NONBLOCK) >= 0 ? 0 : -1);
	R(read(p[0], buf, 10));
	R(vmsplice(p[1], &(struct iovec){ "vm", 2 }, 1, 0));
	R(eventfd(0, 0) >= 0 ? 0 : -1);
	R(epoll_create1(0) >= 0 ? 0 : -1);
	R(timerfd_create(CLOCK_MONOTONIC, 0) >= 0 ? 0 : -1);
	R(memfd_create("m", 0) >= 0 ? 0 : -1);
	R(syscall(SYS_close_range, 100, 200, 0));
	R(preadv2(a, &(struct iovec){ buf, 4 }, 1, 0, 0));
	R(posix_fadvise(a, 0, 0, POSIX_FADV_DONTNEED));
	R(syncfs(a));
	R(fsync(out));
	R(syscall(SYS_getrandom, buf, 8, 0));
	R(syscall(SYS_rseq, NULL, 0, 0, 0) == -1 ? 0 : 1);
	R(syscall(SYS_membarrier, 0, 0) >= 0 ? 0 : -1);
}

TEST(mmap_shared)
{
	int fd = open("a", O_RDWR);
	char *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *m2;
	int fd2 = open("a", O_RDWR);
	char buf[8] = "";

	MUST(m != MAP_FAILED);
	m2 = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd2, 0);
	memcpy(m, "MAP", 3);
	printf("%.3s\n", m2);
	R(pread(fd2, buf, 3, 0));
	printf("%s\n", buf);
	R(pwrite(fd2, "wri", 3, 0));
	printf("%.3s\n", m);
	CHILD({ memcpy(m, "kid", 3); });
	printf("%.3s\n", m2);
	show("a");
	show("hard");
	R(msync(m, 4096, MS_SYNC));
	R(munmap(m, 4096));
	fd = open("b", O_RDONLY);
	R(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	memcpy(m, "prv", 3);
	show("b");
}

static volatile int seen;

static void on_signal(int sig)
{
	seen = sig;
}

static void on_info(int sig, siginfo_t *si, void *ctx)
{
	(void)ctx;
	seen = sig;
	printf("from itself %d value %d\n", si->si_pid == getpid(), si->si_value.sival_int);
}

TEST(signals)
{
	struct sigaction sa = { .sa_sigaction = on_info, .sa_flags = SA_SIGINFO };
	int st;
	pid_t pid;

	signal(SIGUSR1, on_signal);
	R(kill(getpid(), SIGUSR1));
	printf("seen %d\n", seen);
	R(raise(SIGUSR1));
	R(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
	R(syscall(SYS_tkill, getpid(), SIGUSR1));
	sigaction(SIGUSR2, &sa, NULL);
	R(sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 42 }));
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		pause();
		_exit(0);
	}
	setpgid(pid, pid);
	R(kill(-pid, SIGTERM));
	R(waitpid(pid, &st, 0) == pid ? 0 : -1);
	printf("signal %d\n", WTERMSIG(st));
	R(kill(-pid, SIGTERM));
	R(kill(9999999, 0));
	R(kill(getpid(), 99));
	R(kill(0, 0));
	R(syscall(SYS_tgkill, getpid(), 9999999, 0));
	R(syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, getpid(), 0), SIGUSR1, NULL, 0));
	R(syscall(SYS_pidfd_open, 9999999, 0));
	R(syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0), 1, 0) >= 0 ? 0 : -1);
}

TEST(job_ids)
{
	pid_t pid;

	printf("%d\n", getpgid(0) == getpgrp());
	R(getpgid(9999999));
	R(getsid(9999999));
	printf("%d\n", getsid(0) > 0);
	pid = fork();
	if (pid == 0) {
		printf("setsid %d\n", setsid() == getpid());
		R(setsid());
		R(setpgid(0, 0));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	R(setpgid(9999999, 0));
	R(getpriority(PRIO_PROCESS, 0) >= -1 ? 0 : -1);
	R(getpriority(PRIO_PROCESS, 9999999));
	R(setpriority(PRIO_PROCESS, 0, 5));
	R(sched_getscheduler(0));
	R(sched_getscheduler(9999999));
	{
		cpu_set_t set;
		struct rlimit rl;

		R(sched_getaffinity(0, sizeof(set), &set));
		R(sched_setaffinity(0, sizeof(set), &set));
		R(sched_getaffinity(9999999, sizeof(set), &set));
		R(prlimit(0, RLIMIT_NOFILE, NULL, &rl));
		R(prlimit(getpid(), RLIMIT_NOFILE, &rl, NULL));
		R(prlimit(9999999, RLIMIT_NOFILE, NULL, &rl));
	}
}

TEST(vm_readv)
{
	char local[16] = "", remote[16] = "across";
	struct iovec l = { local, 6 }, r = { remote, 6 };
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	R(process_vm_readv(pid, &l, 1, &r, 1, 0));
	printf("%s\n", local);
	memcpy(local, "CHANGE", 6);
	R(process_vm_writev(pid, &l, 1, &r, 1, 0));
	R(process_vm_readv(9999999, &l, 1, &r, 1, 0));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST(ptrace_child)
{
	int st;
	pid_t pid = fork();
	struct user_regs_struct regs;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		open("a", O_RDONLY);
		_exit(5);
	}
	R(waitpid(pid, &st, 0) == pid ? 0 : -1);
	printf("stopped %d %d\n", WIFSTOPPED(st), WSTOPSIG(st));
	R(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
	R(ptrace(PTRACE_GETREGS, pid, 0, &regs));
	for (int opens = 0; opens < 2;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, 0) < 0 || waitpid(pid, &st, 0) != pid)
			break;
		if (!WIFSTOPPED(st))
			break;
		if (WSTOPSIG(st) != (SIGTRAP | 0x80))
			continue;
		ptrace(PTRACE_GETREGS, pid, 0, &regs);
		if (regs.orig_rax == SYS_openat || regs.orig_rax == SYS_open) {
			opens++;
			if (opens == 2)
				printf("open answered %d\n", (long)regs.rax >= 0);
		}
	}
	R(ptrace(PTRACE_CONT, pid, 0, 0));
	R(waitpid(pid, &st, 0) == pid ? 0 : -1);
	printf("exit %d\n", WEXITSTATUS(st));
}

TEST(wait_forms)
{
	siginfo_t si;
	int st;
	pid_t pid = fork();

	if (pid == 0)
		_exit(300 & 0xff);
	R(waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	printf("status %d\n", si.si_status);
	R(waitpid(pid, &st, 0) == pid ? 0 : -1);
	R(waitpid(-1, &st, WNOHANG));
	CHILD({ abort(); });
	CHILD({ *(volatile int *)8 = 1; });
	CHILD({
		alarm(0);
		kill(getpid(), SIGKILL);
	});
}

TEST(subreaper)
{
	R(prctl(PR_SET_CHILD_SUBREAPER, 1));
	if (fork() == 0) {
		if (fork() == 0) {
			usleep(100000);
			_exit(11);
		}
		_exit(10);
	}
	for (int st, n = 0, sum = 0; n < 2; n++) {
		R(wait(&st) > 0 ? 0 : -1);
		sum += WEXITSTATUS(st);
		if (n == 1)
			printf("sum %d\n", sum);
	}
}

TEST(own_seccomp)
{
	/* no_new_privs and a filter of the program's own */
	struct {
		unsigned short code;
		unsigned char jt, jf;
		unsigned int k;
	} insns[] = {
		{ 0x20, 0, 0, 0 }, /* A = nr */
		{ 0x15, 0, 1, SYS_getppid }, /* getppid? */
		{ 0x06, 0, 0, 0x00050000 | ENOTTY }, /* ERRNO */
		{ 0x06, 0, 0, 0x7fff0000 }, /* ALLOW */
	};
	struct {
		unsigned short len;
		void *filter;
	} prog = { 4, insns };

	R(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_SET_SECCOMP, 2, &prog, 0, 0));
	R(syscall(SYS_getppid));
	show("a");
	put("after", "written behind a filter");
	show("after");
	CHILD({ show("d/text"); });
	CHILD({ execl("/bin/cat", "cat", "a", NULL); });
}

/* Which signal ends it differs: SIGKILL, and inside, where a filter does it, SIGSYS
 * (docs/limits.md). */
TEST(seccomp_strict)
{
	int st = 0;
	pid_t pid;

	CHILD({
		prctl(PR_SET_SECCOMP, 1);
		syscall(SYS_exit, 4);
	});
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_SECCOMP, 1);
		syscall(SYS_getpid);
		syscall(SYS_exit, 4);
	}
	waitpid(pid, &st, 0);
	printf("%s\n", WIFSIGNALED(st) ? "ended by a signal" : "went on");
}
