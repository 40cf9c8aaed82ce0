/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What paths lead to: links of /proc, directories, sockets, FIFOs, programs; on the tree of lib.sh.
 */
#include "t.h"

#include <linux/openat2.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <utime.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static struct sockaddr_un un(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	strncpy(sa.sun_path, path, sizeof(sa.sun_path) - 1);
	return sa;
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST(magic_links)
{
	char proc[64], buf[PATH_MAX];
	int fd = open("a", O_RDWR), p[2], d;
	struct stat st;
	ssize_t n;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("is the path %d\n", strcmp(buf, absolute("a")) == 0);
	show_fd("again", F(open(proc, O_RDONLY)));
	snprintf(proc, sizeof(proc), "/dev/fd/%d", fd);
	show_fd("dev", F(open(proc, O_RDONLY)));
	R(lstat(proc, &st));
	printf("%s\n", type_of(st.st_mode));
	R(stat(proc, &st));
	printf("%s\n", type_of(st.st_mode));
	R(pipe(p));
	write(p[1], "through", 7);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", p[0]);
	n = readlink(proc, buf, sizeof(buf) - 1);
	printf("%.6s\n", n > 0 ? buf : "none");
	d = F(open(proc, O_RDONLY | O_NONBLOCK));
	n = R(read(d, buf, sizeof(buf)));
	printf("%.*s\n", (int)(n > 0 ? n : 0), buf);
	n = readlink("/proc/self/cwd", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("cwd %d\n", strncmp(absolute(""), buf, strlen(buf)) == 0);
	show("/proc/self/cwd/a");
	show("/proc/thread-self/cwd/b");
	n = readlink("/proc/self/root", buf, sizeof(buf) - 1);
	printf("root %.*s\n", (int)n, buf);
	F(open("/proc/self/root/etc/passwd", O_RDONLY));
	d = open("d", O_RDONLY);
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d/text", d);
	show_fd("below", F(open(buf, O_RDONLY)));
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d/../b", d);
	show_fd("above", F(open(buf, O_RDONLY)));
	F(open("/proc/self/fd/999", O_RDONLY));
	F(open("/dev/fd/x", O_RDONLY));
	F(open("/proc/self/exe", O_RDONLY));
	F(open("/proc/self/exe", O_RDONLY | O_NOFOLLOW));
}

TEST(deleted_fd_link)
{
	char proc[64], buf[PATH_MAX];
	int fd = open("b", O_RDWR);
	ssize_t n;

	unlink("b");
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("told as deleted %d\n", n > 10 && !strcmp(buf + n - 10, " (deleted)"));
	show_fd("reopened", F(open(proc, O_RDWR)));
	R(linkat(AT_FDCWD, proc, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
}

TEST(getcwd_forms)
{
	char buf[PATH_MAX], base[PATH_MAX];
	size_t n;

	MUST(getcwd(base, sizeof(base)));
	n = strlen(base);
	R(chdir("d/e"));
	MUST(getcwd(buf, sizeof(buf)));
	printf("%s\n", buf + n);
	R(chdir("../../dlink/e"));
	MUST(getcwd(buf, sizeof(buf)));
	printf("%s\n", buf + n);
	R(rename(absolute("../../d"), absolute("../../dren")));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf + n : result(-1));
	show("f/deep");
	R(chdir(base));
	R(mkdir("gone", 0755));
	R(chdir("gone"));
	R(rmdir("../gone"));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf : result(-1));
	F(open("x", O_CREAT | O_WRONLY, 0644));
	F(open(".", O_RDONLY));
	show_dir(".");
	{
		struct stat st;
		R(stat("..", &st));
		R(stat("../a", &st));
		R(mkdir("sub", 0755));
	}
	R(chdir(".."));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf + n : result(-1));
	R(chdir("a"));
	R(chdir("missing"));
	R(chdir("loop1"));
	R(fchdir(open("a", O_RDONLY)));
	R(fchdir(-1));
	R(syscall(SYS_getcwd, buf, 2));
	R(syscall(SYS_getcwd, NULL, 100));
}

TEST(cwd_of_children)
{
	char buf[PATH_MAX];

	R(chdir("d"));
	CHILD({
		show("text");
		chdir("e");
		show("f/deep");
	});
	show("text");
	R(chdir("/"));
	printf("%s\n", getcwd(buf, sizeof(buf)));
	R(chdir("/.."));
	printf("%s\n", getcwd(buf, sizeof(buf)));
}

TEST(inotify_events)
{
	int in = F(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	char buf[4096] __attribute__((aligned(8)));
	ssize_t n;
	int w = R(inotify_add_watch(in, ".", IN_CREATE | IN_DELETE | IN_MOVED_TO) > 0 ? 0 : -1);

	(void)w;
	put("seen", "x");
	rename("seen", "seen2");
	unlink("seen2");
	R(inotify_add_watch(in, "missing", IN_CREATE) > 0 ? 0 : -1);
	R(inotify_add_watch(in, "d/text", IN_MODIFY) > 0 ? 0 : -1);
	R(inotify_add_watch(in, "d/text", IN_MODIFY | IN_ONLYDIR) > 0 ? 0 : -1);
	R(inotify_add_watch(999, ".", IN_MODIFY) > 0 ? 0 : -1);
	while ((n = read(in, buf, sizeof(buf))) > 0) {
		for (char *p = buf; p < buf + n;) {
			struct inotify_event *e = (void *)p;

			printf("event %x %s\n", e->mask, e->len ? e->name : "");
			p += sizeof(*e) + e->len;
		}
	}
}

TEST(unix_sockets)
{
	struct sockaddr_un sa = un("sock"), got = { 0 };
	socklen_t len = sizeof(got);
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0), a;
	int dg = socket(AF_UNIX, SOCK_DGRAM, 0), dc = socket(AF_UNIX, SOCK_DGRAM, 0);
	char buf[64];
	struct msghdr mh = { 0 };
	struct iovec iov = { "message", 7 };

	R(bind(s, (void *)&sa, sizeof(sa)));
	show_stat("sock");
	R(connect(c, (void *)&sa, sizeof(sa)));
	R(listen(s, 5));
	R(connect(c, (void *)&sa, sizeof(sa)));
	a = F(accept(s, (void *)&got, &len));
	printf("peer name length %d\n", (int)len);
	R(write(c, "hello", 5));
	R(read(a, buf, sizeof(buf)));
	len = sizeof(got);
	R(getsockname(s, (void *)&got, &len));
	printf("%s %d\n", got.sun_path, (int)len);
	len = sizeof(got);
	R(getpeername(c, (void *)&got, &len));
	printf("%s %d\n", got.sun_path, (int)len);
	len = sizeof(got);
	R(getsockname(a, (void *)&got, &len));
	printf("%s\n", got.sun_path);
	R(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sa, sizeof(sa)));
	sa = un("missing/sock");
	R(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sa, sizeof(sa)));
	sa = un("a");
	R(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sa, sizeof(sa)));
	sa = un("missing");
	R(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sa, sizeof(sa)));
	sa = un("d/dgram");
	R(bind(dg, (void *)&sa, sizeof(sa)));
	R(sendto(dc, "packet", 6, 0, (void *)&sa, sizeof(sa)));
	R(recv(dg, buf, sizeof(buf), MSG_DONTWAIT));
	mh.msg_name = &sa;
	mh.msg_namelen = sizeof(sa);
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	R(sendmsg(dc, &mh, 0));
	R(recv(dg, buf, sizeof(buf), MSG_DONTWAIT));
	R(connect(dc, (void *)&sa, sizeof(sa)));
	R(send(dc, "x", 1, 0));
	sa = un("d/client");
	R(unlink("d/dgram"));
	R(connect(dc, (void *)&sa, sizeof(sa)));
	R(unlink("sock"));
	R(close(s));
	show_stat("sock");
}

TEST(not_unix_sockets)
{
	struct sockaddr_un sa = un("new");
	int file = open("a", O_RDONLY), inet = socket(AF_INET, SOCK_STREAM, 0);

	R(bind(file, (void *)&sa, sizeof(sa)));
	R(bind(file, (void *)1, sizeof(sa)));
	R(bind(inet, (void *)&sa, sizeof(sa)));
	R(bind(-1, (void *)1, sizeof(sa)));
	R(connect(file, (void *)1, sizeof(sa)));
	show_stat("new");
}

TEST(unix_abstract)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX }, got = { 0 };
	socklen_t len, glen = sizeof(got);
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(sa.sun_path + 1, 64, "uce2e-%d", getpid());
	len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(sa.sun_path + 1);
	R(connect(c, (void *)&sa, len));
	R(bind(s, (void *)&sa, len));
	R(listen(s, 1));
	R(connect(c, (void *)&sa, len));
	F(accept(s, NULL, NULL));
	R(getsockname(s, (void *)&got, &glen));
	printf("same %d %d\n", glen == len, !memcmp(&got, &sa, len));
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	sa.sun_family = AF_UNIX;
	R(bind(s, (void *)&sa, sizeof(sa_family_t)));
	glen = sizeof(got);
	R(getsockname(s, (void *)&got, &glen));
	printf("autobound %d\n", (int)glen);
}

TEST(socketpair_fds)
{
	int sv[2], fd = open("a", O_RDONLY), got = -1;
	char c = 'x', ctl[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &c, 1 };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof(ctl)
	};
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

	R(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
	R(sendmsg(sv[0], &mh, 0));
	mh.msg_controllen = sizeof(ctl);
	R(recvmsg(sv[1], &mh, 0));
	cm = CMSG_FIRSTHDR(&mh);
	if (cm)
		memcpy(&got, CMSG_DATA(cm), sizeof(got));
	show_fd("passed", got);
}

TEST(fifo_blocking)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	char buf[16];
	int fd;
	pid_t pid;

	F(open("fifo", O_WRONLY | O_NONBLOCK));
	fd = F(open("fifo", O_RDONLY | O_NONBLOCK));
	close(fd);
	fd = F(open("fifo", O_RDWR));
	close(fd);
	/* A blocking open is interrupted by a handler without SA_RESTART ... */
	sigaction(SIGALRM, &sa, NULL);
	ualarm(200000, 0);
	F(open("fifo", O_RDONLY));
	/* ... and others go on meanwhile. */
	pid = fork();
	if (pid == 0) {
		int w = open("fifo", O_WRONLY);

		write(w, "words", 5);
		_exit(0);
	}
	fd = F(open("fifo", O_RDONLY));
	memset(buf, 0, sizeof(buf));
	R(read(fd, buf, sizeof(buf)));
	printf("%s\n", buf);
	close(fd);
	waitpid(pid, NULL, 0);
	/* A task that waits in a FIFO's open can be killed. */
	pid = fork();
	if (pid == 0) {
		open("fifo", O_RDONLY);
		_exit(3);
	}
	usleep(100000);
	kill(pid, SIGKILL);
	{
		int st;

		waitpid(pid, &st, 0);
		printf("signal %d\n", WTERMSIG(st));
	}
	/* ... and so can one that is terminated. */
	pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		open("fifo", O_WRONLY);
		_exit(3);
	}
	usleep(100000);
	kill(pid, SIGTERM);
	{
		int st;

		waitpid(pid, &st, 0);
		printf("signal %d\n", WTERMSIG(st));
	}
}

TEST(fifo_restart)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	pid_t pid = fork();
	int fd;
	char buf[8] = "";

	if (pid == 0) {
		int w;

		usleep(500000);
		w = open("fifo", O_WRONLY);
		write(w, "late", 4);
		_exit(0);
	}
	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
	fd = F(open("fifo", O_RDONLY));
	R(read(fd, buf, sizeof(buf)));
	printf("%s\n", buf);
	waitpid(pid, NULL, 0);
}

TEST(many_fifos)
{
	/* More blocked opens than any fixed pool of workers has. */
	enum { N = 600 };
	pid_t pids[N];
	char name[16];

	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		MUST(mkfifo(name, 0600) == 0);
		pids[i] = fork();
		if (pids[i] == 0) {
			int fd = open(name, O_RDONLY);
			char c = 0;

			_exit(read(fd, &c, 1) == 1 && c == 'a' + i % 26 ? 0 : 1);
		}
	}
	show("a");
	put("made", "while they wait");
	for (int i = N - 1; i >= 0; i--) {
		int st, fd;
		char c = 'a' + i % 26;

		snprintf(name, sizeof(name), "f%d", i);
		fd = open(name, O_WRONLY);
		MUST(fd >= 0 && write(fd, &c, 1) == 1);
		close(fd);
		MUST(waitpid(pids[i], &st, 0) == pids[i] && st == 0);
	}
	show("made");
}

TEST(flocks)
{
	int a = open("a", O_RDWR), b = open("a", O_RDWR);
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };

	R(flock(a, LOCK_EX));
	R(flock(b, LOCK_EX | LOCK_NB));
	R(flock(a, LOCK_UN));
	R(flock(b, LOCK_SH | LOCK_NB));
	R(fcntl(a, F_SETLK, &fl));
	CHILD({
		int c = open("a", O_RDWR);

		R(fcntl(c, F_SETLK, &fl));
		fl.l_start = 20;
		R(fcntl(c, F_SETLK, &fl));
		fl.l_start = 0;
		R(fcntl(c, F_GETLK, &fl));
		printf("holder %d\n", fl.l_pid == getppid());
	});
	fl.l_type = F_WRLCK;
	fl.l_start = 0;
	fl.l_pid = 0;
	R(fcntl(b, F_OFD_SETLK, &fl));
	close(b);
	R(fcntl(a, F_SETLK, &fl));
	close(open("a", O_RDONLY)); /* POSIX: any close drops them */
	CHILD({
		int c = open("a", O_RDWR);

		R(fcntl(c, F_SETLK, &fl));
	});
	{
		int c = open("b", O_RDONLY), e = open("b", O_RDONLY);

		R(flock(c, LOCK_SH | LOCK_NB));
		R(flock(e, LOCK_EX | LOCK_NB));
	}
}

TEST(chroot_dir)
{
	char buf[PATH_MAX];

	if (chroot("/") < 0 && errno == EPERM)
		skip("outside needs root");
	mkdir("jail", 0755);
	put("jail/file", "jailed");
	symlink("/file", "jail/abs");
	symlink("../../../a", "jail/up");
	int out = open(".", O_RDONLY);

	R(chroot("jail"));
	R(chdir("/"));
	show("/file");
	show("/abs");
	show("/up");
	show("../file");
	show_dir("/");
	printf("%s\n", getcwd(buf, sizeof(buf)));
	show("/etc/passwd");
	CHILD({ show("/file"); });
	R(fchdir(out));
	show("a");
	printf("%.13s\n", getcwd(buf, sizeof(buf)) ? buf : "none");
	R(syscall(SYS_getcwd, buf, sizeof(buf)) > 0 ? 0 : -1);
	printf("%.13s\n", buf);
	R(chroot("missing"));
	R(chroot("a"));
}

TEST(getdents)
{
	DIR *d;
	struct dirent *e;
	long where = 0, n = 0, again = 0;
	char third[256] = "", name[16];

	mkdir("many", 0755);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		close(creat(name, 0644));
	}
	d = opendir("many");
	while ((e = readdir(d))) {
		n++;
		if (n == 3) {
			strcpy(third, e->d_name);
		} else if (n == 2) {
			where = telldir(d);
		}
	}
	printf("%ld names\n", n);
	seekdir(d, where);
	e = readdir(d);
	printf("seekdir %d\n", e && strcmp(e->d_name, third) == 0);
	rewinddir(d);
	while ((e = readdir(d)))
		again++;
	printf("%ld again\n", again);
	rewinddir(d);
	/* removing while reading must reach everything once */
	n = 0;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			n += unlinkat(dirfd(d), e->d_name, 0) == 0;
	printf("%ld removed\n", n);
	closedir(d);
	R(rmdir("many"));
	show_dir("d");
	show_dir("empty");
	show_dir("a");
	{
		int f = open("a", O_RDONLY);
		char buf[64];

		R(syscall(SYS_getdents64, f, buf, sizeof(buf)));
		f = open("d", O_RDONLY);
		R(syscall(SYS_getdents64, f, buf, 1));
		R(syscall(SYS_getdents64, f, (void *)8, 4096));
		f = open("d", O_PATH);
		R(syscall(SYS_getdents64, f, buf, sizeof(buf)));
	}
}

TEST(dir_offset_shared)
{
	int fd = open("d", O_RDONLY | O_DIRECTORY);
	char buf[4096];

	/* The position belongs to the open file description: a child moves it for the parent. */
	CHILD({
		while (syscall(SYS_getdents64, fd, buf, sizeof(buf)) > 0)
			;
	});
	R(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	R(lseek(fd, 0, SEEK_SET));
	printf("some %d\n", syscall(SYS_getdents64, dup(fd), buf, sizeof(buf)) > 0);
}

TEST(exec_errors)
{
	char *argv[] = { "x", NULL }, *envp[] = { NULL };

	put("plain", "no magic\n");
	put("script", "#!/bin/sh\necho script \"$0\" \"$@\"\n");
	put("nointerp", "#!/missing/interp\n");
	put("dirinterp", "#!/etc\n");
	put("self", "#!./self\n");
	put("nothing", "");
	chmod("plain", 0755);
	chmod("script", 0755);
	chmod("nointerp", 0755);
	chmod("dirinterp", 0755);
	chmod("self", 0755);
	chmod("nothing", 0755);
	R(execve("missing", argv, envp));
	R(execve("d", argv, envp));
	R(execve("plain", argv, envp));
	R(execve("nothing", argv, envp));
	R(execve("nointerp", argv, envp));
	R(execve("dirinterp", argv, envp));
	R(execve("self", argv, envp));
	R(execve("a/x", argv, envp));
	R(execve("loop1", argv, envp));
	R(execve("fifo", argv, envp));
	R(execve("", argv, envp));
	R(execve(NULL, argv, envp));
	R(execve("/bin/true", (char **)8, envp));
	R(syscall(SYS_execveat, AT_FDCWD, "link", argv, envp, AT_SYMLINK_NOFOLLOW));
	R(syscall(SYS_execveat, 99, "", argv, envp, AT_EMPTY_PATH));
	R(syscall(SYS_execveat, AT_FDCWD, "a", argv, envp, 0x400000));
	CHILD({ execve("script", (char *[]){ "name", "one", "two", NULL }, envp); });
	CHILD({ syscall(SYS_execveat, open("script", O_RDONLY), "", argv, envp, AT_EMPTY_PATH); });
	CHILD({ syscall(SYS_execveat, open(".", O_RDONLY), "script", argv, envp, 0); });
	CHILD({ syscall(SYS_execveat, open("/bin/true", O_PATH), "", argv, envp, AT_EMPTY_PATH); });
	{
		int fd = open("script", O_RDONLY | O_CLOEXEC);

		CHILD({ R(syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH)); });
	}
}
