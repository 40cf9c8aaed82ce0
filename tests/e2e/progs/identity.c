/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a task is inside: root, and whom root becomes. Also correct outside when run by root. */
#include "t.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/xattr.h>

static void ids(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	printf("uid %d %d %d gid %d %d %d\n", r, e, s, gr, ge, gs);
}

static uint64_t caps(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };

	if (syscall(SYS_capget, &h, d) < 0)
		return -1;
	return d[0].effective | (uint64_t)d[1].effective << 32;
}

TEST(set_ids)
{
	gid_t groups[3] = { 5, 6, 7 }, got[10];

	ids();
	printf("%d %d %d %d\n", getuid(), geteuid(), getgid(), getegid());
	printf("caps %d\n", caps() != 0);
	R(setgroups(3, groups));
	R(getgroups(10, got));
	printf("%d %d %d\n", got[0], got[1], got[2]);
	R(getgroups(1, got));
	R(getgroups(0, NULL));
	R(setresgid(100, 101, 102));
	ids();
	R(seteuid(1000));
	ids();
	printf("caps %d\n", caps() != 0);
	R(seteuid(0));
	ids();
	printf("caps %d\n", caps() != 0);
	R(setreuid(-1, 1001));
	ids();
	R(setreuid(-1, 0));
	R(setfsuid(77));
	R(setfsuid(-1));
	R(setfsuid(0));
	CHILD({
		R(setuid(1234));
		ids();
		R(setuid(0));
		R(seteuid(0));
		R(setresuid(0, 0, 0));
		R(setgid(0));
		R(setgroups(0, NULL));
		printf("caps %d\n", caps() != 0);
		CHILD({ ids(); });
	});
	ids();
}

TEST(permissions)
{
	put("private", "x");
	chmod("private", 0600);
	mkdir("closed", 0700);
	put("closed/in", "in");
	mkdir("open", 0777);
	chmod("open", 01777);
	put("open/roots", "r");
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		R(access("private", R_OK));
		F(open("private", O_RDONLY));
		F(open("closed/in", O_RDONLY));
		F(open("closed", O_RDONLY));
		R(mkdir("closed/sub", 0755));
		F(open("made", O_CREAT | O_WRONLY, 0644));
		F(open("open/mine", O_CREAT | O_WRONLY, 0640));
		R(unlink("open/roots"));
		R(rename("open/roots", "open/stolen"));
		R(chmod("open/roots", 0777));
		R(chown("open/mine", 0, 0));
		R(chown("open/mine", -1, 1000));
		R(chmod("open/mine", 0600));
		R(utimensat(AT_FDCWD, "private", NULL, 0));
		R(chroot("open"));
		R(mknod("open/dev", S_IFCHR | 0600, 0x103));
		show_dir("open");
	});
	{
		struct stat st;

		R(stat("open/mine", &st));
		printf("owner %d %d\n", st.st_uid, st.st_gid);
	}
	CHILD({
		setgroups(1, (gid_t[]){ 44 });
		setgid(1000);
		chown("private", 5, 44);
		setuid(1000);
		F(open("private", O_RDONLY));
	});
	R(chown("private", 5, 44));
	R(chmod("private", 0640));
	CHILD({
		setgroups(1, (gid_t[]){ 44 });
		setgid(1000);
		setuid(1000);
		F(open("private", O_RDONLY));
		F(open("private", O_WRONLY));
	});
	/* real ids and access(2) */
	CHILD({
		setresuid(1000, 0, 0);
		R(access("closed/in", R_OK));
		F(open("closed/in", O_RDONLY));
	});
}

TEST(capabilities)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };

	R(syscall(SYS_capget, &h, d));
	printf("chown %d\n", !!(d[0].effective & 1 << CAP_CHOWN));
	R(prctl(PR_CAPBSET_READ, CAP_CHOWN));
	R(prctl(PR_CAPBSET_READ, 99));
	R(prctl(PR_GET_KEEPCAPS));
	R(prctl(PR_SET_KEEPCAPS, 1));
	R(prctl(PR_GET_KEEPCAPS));
	CHILD({
		R(setuid(1000));
		R(syscall(SYS_capget, &h, d));
		printf("permitted %d effective %d\n", d[0].permitted != 0, d[0].effective != 0);
		d[0].effective = d[0].permitted & (1 << CAP_CHOWN);
		d[0].permitted = d[0].effective;
		d[0].inheritable = d[1].inheritable = d[1].permitted = d[1].effective = 0;
		R(syscall(SYS_capset, &h, d));
		R(chown("a", 3, 3));
		d[0].permitted |= 1 << CAP_SETUID;
		R(syscall(SYS_capset, &h, d));
	});
	CHILD({
		R(prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT));
		R(prctl(PR_CAPBSET_READ, CAP_SYS_CHROOT));
		d[0].effective = 0;
		d[1].effective = 0;
		R(syscall(SYS_capset, &h, d));
		R(chown("a", 3, 3));
		R(setuid(5));
	});
}

static void *other_thread(void *arg)
{
	(void)arg;
	/* glibc makes setuid process-wide */
	ids();
	return NULL;
}

TEST(threads)
{
	pthread_t t;

	R(setuid(1000));
	pthread_create(&t, NULL, other_thread, NULL);
	pthread_join(t, NULL);
	ids();
}

TEST(setuid_exec)
{
	/* lib: "show" is a copy of this program */
	R(chown("show", 500, 600));
	R(chmod("show", 06755));
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "whoami", NULL);
	});
	R(chown("show", 0, 0));
	R(chmod("show", 04755));
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "become_root", NULL);
	});
	R(chmod("show", 0755));
	CHILD({
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "whoami", NULL);
	});
}

TEST(whoami)
{
	ids();
}

TEST(become_root)
{
	ids();
	R(setuid(0));
	ids();
	printf("caps %d\n", caps() != 0);
	F(open("private", O_CREAT | O_WRONLY, 0600));
}

TEST(socket_credentials)
{
	int sv[2];
	struct ucred uc = { 0 };
	socklen_t len = sizeof(uc);

	R(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	R(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &uc, &len));
	printf("pid %d\n", uc.pid == getpid());
}

/* A task of root's, and one of another user: what may be done to each. */
static pid_t waiting(uid_t uid)
{
	int fds[2];
	pid_t pid;
	char c;

	MUST(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		if (uid)
			MUST(setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0);
		prctl(PR_SET_DUMPABLE, 1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		MUST(write(fds[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	MUST(read(fds[0], &c, 1) == 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static char secret_word[16] = "a word";

static void proc_file(pid_t pid, const char *name, int flags)
{
	char path[64], buf[16];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, flags);
	printf("%s: %s", name, fd >= 0 ? "opens" : result(-1));
	if (fd >= 0)
		close(fd);
	printf(" %s\n", readlink(path, buf, 1) >= 0 ? "links" : result(-1));
}

static void try_all(const char *who, pid_t pid)
{
	struct iovec mine = { secret_word, 4 }, theirs = { secret_word, 4 };
	struct sched_param p = { 0 };
	siginfo_t si = { .si_code = SI_QUEUE };
	struct rlimit rl;
	cpu_set_t cpus;
	struct stat st;
	char path[64];
	void *page = secret_word;
	int status, pidfd;

	printf("-- %s\n", who);
	R(kill(pid, 0));
	R(syscall(SYS_tkill, pid, 0));
	R(syscall(SYS_tgkill, pid, pid, 0));
	R(syscall(SYS_rt_sigqueueinfo, pid, SIGURG, &si));
	R(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGURG, &si));
	pidfd = F(syscall(SYS_pidfd_open, pid, 0));
	R(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
	R(kill(pid, SIGCONT));
	F(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
	R(process_vm_readv(pid, &mine, 1, &theirs, 1, 0));
	R(process_vm_writev(pid, &mine, 1, &theirs, 1, 0));
	R(syscall(SYS_kcmp, pid, pid, KCMP_VM, 0, 0));
	R(syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0) > 0 ? 1 : -1);
	if (R(ptrace(PTRACE_SEIZE, pid, 0, 0)) == 0) {
		ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		waitpid(pid, &status, __WALL);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	if (R(ptrace(PTRACE_ATTACH, pid, 0, 0)) == 0) {
		waitpid(pid, &status, __WALL);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	/* the root of a container may lack CAP_SYS_RESOURCE */
	if (geteuid() != 0) {
		R(prlimit(pid, RLIMIT_CORE, NULL, &rl));
		R(prlimit(pid, RLIMIT_CORE, &rl, NULL));
	}
	R(sched_getaffinity(pid, sizeof(cpus), &cpus) > 0);
	R(sched_setaffinity(pid, sizeof(cpus), &cpus));
	R(sched_getscheduler(pid));
	R(sched_setscheduler(pid, SCHED_OTHER, &p));
	R(sched_setparam(pid, &p));
	R(getpriority(PRIO_PROCESS, pid));
	R(setpriority(PRIO_PROCESS, pid, 1));
	R(syscall(SYS_ioprio_set, 1, pid, 2 << 13 | 4));
	R(syscall(SYS_move_pages, pid, 1UL, &page, NULL, &status, 0));
	for (const char *const *f =
		     (const char *const[]){ "environ", "maps", "auxv", "fd", "status", "cmdline",
					    "cwd", "exe", "fd/0", "ns/uts", "limits", "io", NULL };
	     *f; f++)
		proc_file(pid, *f, O_RDONLY);
	proc_file(pid, "mem", O_RDWR);
	proc_file(pid, "oom_score_adj", O_WRONLY);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	R(stat(path, &st));
	printf("owner %d\n", st.st_uid);
	snprintf(path, sizeof(path), "/proc/%d/fd/0", pid);
	R(lstat(path, &st));
}

static void peer_of(int fd)
{
	struct ucred uc = { 0 };
	socklen_t len = sizeof(uc);

	R(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &uc, &len));
	printf("%s %d %d\n",
	       uc.pid == getpid() ? "me"
	       : uc.pid > 1	  ? "another"
				  : "nobody",
	       uc.uid, uc.gid);
}

static pid_t connector(const struct sockaddr_un *a, uid_t uid)
{
	pid_t pid = fork();
	int fd;
	char c;

	if (pid)
		return pid;
	MUST(setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	MUST(connect(fd, (struct sockaddr *)a, sizeof(*a)) == 0);
	MUST(write(fd, "x", 1) == 1);
	MUST(read(fd, &c, 1) == 1);
	peer_of(fd);
	_exit(0);
}

/* Who connected, as the accepting side is told; and who listens, as the other is. */
TEST(peer_credentials)
{
	struct sockaddr_un a = { AF_UNIX, "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), conn[3], pair[2];
	static const uid_t uids[] = { 0, 1001, 1002 };
	pid_t pid[3];
	struct ucred uc;
	socklen_t len;
	char c;

	MUST(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 5) == 0);
	MUST(chmod("socket", 0777) == 0);
	for (int i = 0; i < 3; i++) {
		pid[i] = connector(&a, uids[i]);
		conn[i] = F(accept(fd, NULL, NULL));
		MUST(read(conn[i], &c, 1) == 1);
	}
	for (int i = 0; i < 3; i++) {
		len = sizeof(uc);
		R(getsockopt(conn[i], SOL_SOCKET, SO_PEERCRED, &uc, &len));
		printf("the right pid %d, uid %d gid %d\n", uc.pid == pid[i], uc.uid, uc.gid);
	}
	for (int i = 0; i < 3; i++) {
		MUST(write(conn[i], "x", 1) == 1);
		waitpid(pid[i], NULL, 0);
	}
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	peer_of(pair[0]);
}

TEST(other_users)
{
	pid_t root = waiting(0), one = waiting(1001), two = waiting(1002);

	try_all("root to root", root);
	try_all("root to one", one);
	CHILD({
		R(setgroups(0, NULL));
		R(setresgid(1001, 1001, 1001));
		R(setresuid(1001, 1001, 1001));
		R(prctl(PR_GET_DUMPABLE) == 1);
		try_all("one to root", root);
		try_all("one to one", one);
		try_all("one to two", two);
		try_all("one to itself", getpid());
		R(prctl(PR_SET_DUMPABLE, 1));
		R(kill(root, SIGKILL));
		R(kill(one, SIGKILL));
	});
	R(kill(root, SIGKILL));
	R(kill(two, SIGKILL));
	while (wait(NULL) > 0)
		;
}
