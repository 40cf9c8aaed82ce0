// SPDX-License-Identifier: GPL-2.0-or-later
/* Files, directories and descriptors: what they answer is printed, and must be what qemu-m68k says.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define SHOW(x)                                                                         \
	do {                                                                            \
		errno = 0;                                                              \
		long long v_ = (long long)(x);                                          \
		printf("%s = %lld %s\n", #x, v_, v_ < 0 ? strerrorname_np(errno) : ""); \
	} while (0)

static void show_stat(const char *what, const struct stat64 *st)
{
	printf("%s: mode %o nlink %d size %lld uid %d blksize %ld blocks %lld mtime %ld.%09ld %d\n",
	       what, st->st_mode, (int)st->st_nlink, (long long)st->st_size, (int)st->st_uid,
	       (long)st->st_blksize, (long long)st->st_blocks, (long)st->st_mtim.tv_sec,
	       (long)st->st_mtim.tv_nsec, st->st_ino != 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void names(void)
{
	struct dirent **list;
	char buf[200];
	int n, i;

	SHOW(mkdir("d", 0755));
	SHOW(mkdir("d", 0755));
	SHOW(symlink("file", "d/link"));
	SHOW(open("d/link", O_RDONLY | O_NOFOLLOW));
	SHOW(open("d", O_RDONLY | O_DIRECTORY));
	SHOW(open("file", O_RDONLY | O_DIRECTORY));
	n = readlink("d/link", buf, sizeof(buf));
	printf("readlink %d %.*s\n", n, n, buf);
	SHOW(readlink("d/link", buf, 2));
	SHOW(rename("nothing", "d/x"));
	SHOW(link("file", "d/hard"));
	SHOW(mkfifo("d/fifo", 0600));
	n = scandir("d", &list, NULL,
		    (int (*)(const struct dirent **, const struct dirent **))by_name);
	for (i = 0; i < n; i++)
		printf("entry %s type %d\n", list[i]->d_name, list[i]->d_type);
	SHOW(unlink("d"));
	SHOW(rmdir("d"));
	SHOW(access("file", R_OK));
	SHOW(access((char *)1, R_OK));
	SHOW(chmod("file", 0640));
	SHOW(syscall(SYS_open, (char *)-5, 0));
	SHOW(getcwd(buf, 1) != NULL);
	SHOW(setxattr("file", "user.a", "value", 5, 0));
	SHOW(getxattr("file", "user.a", buf, sizeof(buf)));
	SHOW(renameat2(AT_FDCWD, "d/hard", AT_FDCWD, "d/hard2", RENAME_NOREPLACE));
	SHOW(faccessat(AT_FDCWD, "d/hard2", W_OK, AT_EACCESS));
}

static void times_and_sizes(int fd)
{
	struct timespec ts[2] = { { 1000000000, 123456789 }, { 1234567890, 987654321 } };
	struct timeval tv[2] = { { 5, 6 }, { 7, 8 } };
	struct utimbuf ut = { 11, 12 };
	struct statfs64 fs;
	struct stat64 st;
	struct statx stx;

	SHOW(futimens(fd, ts));
	SHOW(fstat64(fd, &st));
	show_stat("fstat64", &st);
	SHOW(utimes("file", tv));
	SHOW(stat64("file", &st));
	show_stat("utimes", &st);
	SHOW(utime("file", &ut));
	SHOW(lstat64("d/link", &st));
	printf("link %o %lld\n", st.st_mode, (long long)st.st_size);
	SHOW(fstatat64(AT_FDCWD, "file", &st, 0));
	show_stat("utime", &st);
	SHOW(statx(AT_FDCWD, "file", 0, STATX_ALL, &stx));
	printf("statx %o %llu %lld\n", stx.stx_mode, stx.stx_size, stx.stx_mtime.tv_sec);
	SHOW(statfs64("/proc", &fs));
	printf("statfs %lx %ld %ld\n", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen);
	SHOW(ftruncate64(fd, 0x123456789LL));
	SHOW(lseek64(fd, 0, SEEK_END));
	SHOW(lseek(fd, 0, SEEK_END));
	SHOW(ftruncate(fd, 100));
	SHOW(truncate64("file", 50));
	SHOW(fallocate64(fd, 0, 0, 4096));
	SHOW(lseek64(fd, -1, SEEK_SET));
	SHOW(stat64("nothing", &st));
	SHOW(syscall(SYS_stat64, "file", (void *)8));
}

static void data(int fd)
{
	struct iovec iov[3] = { { "one", 3 }, { "two", 3 }, { "three", 5 } };
	char buf[64], a[4], b[10];
	struct iovec in[2] = { { a, 4 }, { b, 10 } };
	off64_t off = 2;
	int p[2], n, out;

	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(writev(fd, iov, 3));
	SHOW(pread64(fd, buf, 5, 3));
	printf("%.5s\n", buf);
	SHOW(pwrite64(fd, "X", 1, 0x100000001LL));
	SHOW(ftruncate(fd, 11));
	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(readv(fd, in, 2));
	printf("%.4s %.7s\n", a, b);
	SHOW(preadv(fd, in, 2, 1));
	SHOW(pwritev(fd, iov, 2, 20));
	SHOW(read(fd, (void *)16, 4));
	SHOW(write(fd, (void *)16, 4));
	SHOW(read(99, buf, 4));
	SHOW(pipe2(p, O_NONBLOCK | O_CLOEXEC));
	SHOW(fcntl(p[0], F_GETFL) & (O_NONBLOCK | O_ACCMODE | O_DIRECT));
	SHOW(fcntl(p[0], F_GETFD));
	SHOW(read(p[0], buf, 1));
	SHOW(write(p[1], "hello", 5));
	SHOW(ioctl(p[0], FIONREAD, &n));
	printf("FIONREAD %d\n", n);
	SHOW(ioctl(p[0], TCGETS, buf));
	SHOW(ioctl(99, TCGETS, buf));
	SHOW(fcntl(p[0], F_SETFL, 0));
	SHOW(fcntl(p[0], F_GETFL));
	out = open("copy", O_RDWR | O_CREAT | O_TRUNC, 0600);
	SHOW(sendfile64(out, fd, &off, 5));
	SHOW(off);
	SHOW(pread(out, buf, 64, 0));
	SHOW(dup2(out, 60));
	SHOW(dup3(out, 60, O_CLOEXEC));
	SHOW(fcntl(60, F_GETFD));
	SHOW(fcntl(60, F_DUPFD, 70));
	SHOW(fcntl(60, F_GETFL) & O_ACCMODE);
}

static void locks(int fd)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10 };
	struct flock64 fl64 = { .l_type = F_WRLCK, .l_start = 0x100000000LL, .l_len = 1 };

	SHOW(fcntl(fd, F_SETLK, &fl));
	SHOW(fcntl(fd, F_SETLK64, &fl64));
	if (fork() == 0) {
		SHOW(fcntl(fd, F_GETLK, &fl));
		printf("%d %ld %ld %d\n", fl.l_type, (long)fl.l_start, (long)fl.l_len,
		       fl.l_pid == getppid());
		SHOW(fcntl(fd, F_GETLK64, &fl64));
		printf("%d %llx\n", fl64.l_type, (long long)fl64.l_start);
		SHOW(fcntl(fd, F_SETLK, &(struct flock){ .l_type = F_RDLCK }));
		fflush(NULL);
		_exit(0);
	}
	while (wait(NULL) < 0)
		;
	SHOW(flock(fd, LOCK_EX | LOCK_NB));
}

static void watch(void)
{
	char buf[400];
	int fd = inotify_init1(IN_NONBLOCK), n;
	struct inotify_event *ev = (void *)buf;

	SHOW(inotify_add_watch(fd, "d", IN_CREATE | IN_DELETE));
	close(creat("d/new", 0600));
	n = read(fd, buf, sizeof(buf));
	printf("inotify %d wd %d mask %x len %u %s\n", n, ev->wd, ev->mask, ev->len, ev->name);
}

static void machine(void)
{
	struct rlimit64 rl = { 100, 200 };
	struct rlimit rl32;
	struct utsname u;
	struct sysinfo si;
	struct rusage ru;
	struct tms tms;

	uname(&u);
	printf("%s %s\n", u.sysname, u.machine);
	SHOW(setrlimit64(RLIMIT_NOFILE, &rl));
	SHOW(getrlimit(RLIMIT_NOFILE, &rl32));
	printf("%lu %lu\n", (long)rl32.rlim_cur, (long)rl32.rlim_max);
	SHOW(sysinfo(&si));
	printf("%d\n", si.procs > 0 && si.totalram > 0 && si.mem_unit > 0);
	SHOW(getrusage(RUSAGE_SELF, &ru));
	SHOW(times(&tms) != -1);
	SHOW(getpagesize());
	SHOW(sysconf(_SC_CLK_TCK));
	SHOW(getpriority(PRIO_PROCESS, 0));
	SHOW(nice(3));
	SHOW(getpriority(PRIO_PROCESS, 0));
	SHOW(getgroups(0, NULL) >= 0);
	SHOW(umask(077));
	SHOW(umask(0));
}

int main(void)
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0644);

	setvbuf(stdout, NULL, _IONBF, 0);
	SHOW(fd >= 0);
	SHOW(open("file", O_RDWR | O_CREAT | O_EXCL, 0644));
	names();
	times_and_sizes(fd);
	data(fd);
	locks(fd);
	watch();
	machine();
	return 0;
}
