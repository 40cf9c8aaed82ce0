/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and opening what a path names, outside and inside, on the tree of lib.sh. */
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

static int openat2_(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };

	return syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

static void show_statx(int dirfd, const char *path, int flags)
{
	struct statx x;
	long r;

	memset(&x, 0, sizeof(x));
	r = statx(dirfd, path, flags, STATX_BASIC_STATS, &x);
	if (r < 0)
		printf("statx \"%s\" %x: %s\n", path ? path : "NULL", flags, result(r));
	else
		printf("statx \"%s\" %x: %s %04o %ld %lld\n", path ? path : "NULL", flags,
		       type_of(x.stx_mode), x.stx_mode & 07777,
		       S_ISDIR(x.stx_mode) ? 0L : (long)x.stx_size,
		       S_ISDIR(x.stx_mode) ? 0LL : (long long)x.stx_mtime.tv_sec);
}

TEST(openat_variants)
{
	int d = F(open("d", O_RDONLY | O_DIRECTORY));
	int f = F(open("a", O_RDONLY));

	F(openat(d, "text", O_RDONLY));
	F(openat(d, "../a", O_RDONLY));
	F(openat(d, "./e/./f//deep", O_RDONLY));
	F(openat(AT_FDCWD, absolute("d/text"), O_RDONLY));
	F(openat(d, absolute("a"), O_RDONLY));
	F(openat(-1, absolute("a"), O_RDONLY));
	F(openat(-1, "a", O_RDONLY));
	F(openat(999, "a", O_RDONLY));
	F(openat(f, "a", O_RDONLY));
	F(openat(f, "", O_RDONLY));
	F(open("", O_RDONLY));
	F(open(NULL, O_RDONLY));
	F(open((char *)1, O_RDONLY));
	F(open("missing", O_RDONLY));
	F(open("missing/x", O_RDONLY));
	F(open("a/x", O_RDONLY));
	F(open("d", O_WRONLY));
	F(open("d", O_RDWR));
	F(open("d", O_RDONLY | O_CREAT, 0644));
	F(open("a", O_RDONLY | O_DIRECTORY));
	F(open("link", O_RDONLY | O_NOFOLLOW));
	F(open("dlink/text", O_RDONLY | O_NOFOLLOW));
	F(open("dlink", O_RDONLY | O_DIRECTORY));
	F(open("dlink", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	F(open("dangling", O_RDONLY));
	F(open("loop1", O_RDONLY));
	F(open("loop1/x", O_RDONLY));
	F(creat("created", 0600));
	show_stat("created");
	F(syscall(SYS_open, "d/x", O_RDONLY));
	F(syscall(SYS_creat, "created2", 0640));
	show_stat("created2");
	show_dir(".");
}

TEST(open_excl)
{
	F(open("a", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("link", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("d", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("n", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("n", O_RDWR | O_CREAT | O_EXCL, 0644));
	F(open("dangling", O_RDWR | O_CREAT, 0600));
	show_stat("nowhere");
	F(open("loop1", O_RDWR | O_CREAT, 0600));
	F(open("n2/", O_RDWR | O_CREAT, 0600));
	F(open("missing/n", O_RDWR | O_CREAT, 0600));
	F(open("a/n", O_RDWR | O_CREAT, 0600));
	F(open("d", O_CREAT | O_DIRECTORY | O_RDONLY, 0600));
	R(unlink("n"));
	F(open("n", O_RDWR | O_CREAT | O_EXCL, 0444));
	show_stat("n");
}

TEST(open_modes)
{
	int fd = F(open("a", O_RDWR | O_APPEND));

	R(write(fd, "more\n", 5));
	show("a");
	R(lseek(fd, 0, SEEK_SET));
	R(write(fd, "again\n", 6));
	show("a");
	show("hard");
	printf("flags %o\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	printf("cloexec %d\n", fcntl(fd, F_GETFD));
	fd = F(open("a", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
	printf("flags %o\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	printf("cloexec %d\n", fcntl(fd, F_GETFD));
	R(write(fd, "x", 1));
	fd = F(open("a", O_WRONLY));
	R(read(fd, (char[1]){ 0 }, 1));
	fd = F(open("b", O_WRONLY | O_TRUNC));
	show_stat("b");
	fd = F(open("a", O_RDONLY | O_TRUNC));
	fd = F(open("d/text", 3));
	R(close(fd));
	umask(077);
	F(open("private", O_WRONLY | O_CREAT, 0666));
	show_stat("private");
	umask(0);
	F(open("public", O_WRONLY | O_CREAT, 0666));
	show_stat("public");
}

TEST(lowest_descriptor)
{
	int a = open("a", O_RDONLY), b = open("b", O_RDONLY), c;

	printf("consecutive %d\n", b - a);
	close(a);
	c = open("d/text", O_RDONLY);
	printf("reused %d\n", c == a);
	close(0);
	printf("zero %d\n", open("a", O_RDONLY));
}

TEST(openat2_flags)
{
	int d = F(open("d", O_RDONLY | O_DIRECTORY));

	F(openat2_(d, "text", O_RDONLY, 0, 0));
	F(openat2_(d, "../a", O_RDONLY, 0, RESOLVE_BENEATH));
	F(openat2_(d, "e/../text", O_RDONLY, 0, RESOLVE_BENEATH));
	F(openat2_(d, "e/../../a", O_RDONLY, 0, RESOLVE_BENEATH));
	F(openat2_(d, absolute("a"), O_RDONLY, 0, RESOLVE_BENEATH));
	F(openat2_(d, "/text", O_RDONLY, 0, RESOLVE_IN_ROOT));
	F(openat2_(d, "../../../text", O_RDONLY, 0, RESOLVE_IN_ROOT));
	F(openat2_(d, "/a", O_RDONLY, 0, RESOLVE_IN_ROOT));
	F(openat2_(AT_FDCWD, "link", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	F(openat2_(AT_FDCWD, "dlink/text", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	F(openat2_(AT_FDCWD, "link", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
	F(openat2_(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	F(openat2_(AT_FDCWD, "/proc/self/cwd/a", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	F(openat2_(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, 0));
	F(openat2_(AT_FDCWD, "link", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	F(openat2_(AT_FDCWD, "/proc/self/status", O_RDONLY, 0, RESOLVE_NO_XDEV));
	F(openat2_(AT_FDCWD, "a", O_RDONLY, 0, RESOLVE_NO_XDEV));
	F(openat2_(AT_FDCWD, "a", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	F(openat2_(AT_FDCWD, "a", O_RDONLY, 0, 1ULL << 40));
	F(openat2_(AT_FDCWD, "a", O_RDONLY, 0644, 0));
	F(openat2_(AT_FDCWD, "new", O_RDWR | O_CREAT, 0644, 0));
	F(openat2_(AT_FDCWD, "new2", O_RDWR | O_CREAT, 0777777, 0));
	F(openat2_(AT_FDCWD, "a", 1ULL << 40, 0, 0));
	F(openat2_(AT_FDCWD, "a", O_PATH | O_RDWR | O_APPEND, 0, 0));
	symlink("/", "d/abs");
	symlink("..", "d/up");
	F(openat2_(d, "abs/text", O_RDONLY, 0, RESOLVE_IN_ROOT));
	F(openat2_(d, "up/text", O_RDONLY, 0, RESOLVE_IN_ROOT));
	F(openat2_(d, "up/a", O_RDONLY, 0, RESOLVE_BENEATH));
	F(openat2_(d, "abs", O_RDONLY, 0, RESOLVE_BENEATH));
}

TEST(openat2_sizes)
{
	char buf[4096] = { 0 };
	struct open_how *how = (void *)buf;

	how->flags = O_RDONLY;
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 0));
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 8));
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 24));
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 64));
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 4096));
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 1 << 20));
	buf[40] = 1;
	F(syscall(SYS_openat2, AT_FDCWD, "a", buf, 64));
	F(syscall(SYS_openat2, AT_FDCWD, "a", NULL, 24));
	F(syscall(SYS_openat2, AT_FDCWD, NULL, buf, 24));
}

TEST(statx_variants)
{
	int d = open("d", O_RDONLY | O_DIRECTORY), f = open("d/text", O_RDONLY);
	int p = open("link", O_PATH | O_NOFOLLOW);

	show_statx(AT_FDCWD, "a", 0);
	show_statx(AT_FDCWD, "link", 0);
	show_statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW);
	show_statx(AT_FDCWD, "dangling", 0);
	show_statx(AT_FDCWD, "dangling", AT_SYMLINK_NOFOLLOW);
	show_statx(AT_FDCWD, "loop1", 0);
	show_statx(d, "text", 0);
	show_statx(d, "", 0);
	show_statx(d, "", AT_EMPTY_PATH);
	show_statx(f, "", AT_EMPTY_PATH);
	show_statx(p, "", AT_EMPTY_PATH);
	show_statx(AT_FDCWD, "", AT_EMPTY_PATH);
	show_statx(-1, "", AT_EMPTY_PATH);
	show_statx(d, "a", 0x40000000);
	show_statx(d, NULL, 0);
	show_statx(AT_FDCWD, "fifo", AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC);
	show_statx(AT_FDCWD, "a/", 0);
	show_statx(AT_FDCWD, "d/", 0);
	show_statx(AT_FDCWD, "dlink/", AT_SYMLINK_NOFOLLOW);
}

TEST(stat_family)
{
	struct stat st, st2;
	int f = open("a", O_RDONLY), d = open("d", O_RDONLY);

	R(stat("a", &st));
	R(fstat(f, &st2));
	printf("same file %d\n", st.st_ino == st2.st_ino && st.st_dev == st2.st_dev);
	R(stat("hard", &st2));
	printf("same file %d nlink %ld\n", st.st_ino == st2.st_ino, (long)st2.st_nlink);
	R(fstatat(d, "text", &st, 0));
	R(fstatat(d, "", &st2, AT_EMPTY_PATH));
	printf("dir %d\n", S_ISDIR(st2.st_mode));
	R(syscall(SYS_stat, "link", &st));
	printf("size %ld\n", (long)st.st_size);
	R(syscall(SYS_lstat, "link", &st));
	printf("size %ld\n", (long)st.st_size);
	R(fstatat(d, "text", &st, 0x8000000));
	R(stat("a", (void *)8));
	R(stat("missing", (void *)8));
	R(fstat(77, &st));
	/* The numbers stay what they are over a change. */
	R(stat("b", &st));
	R(chmod("b", 0600));
	R(stat("b", &st2));
	printf("same number %d\n", st.st_ino == st2.st_ino && st.st_dev == st2.st_dev);
}

TEST(faccessat2_variants)
{
	int d = open("d", O_RDONLY), f = open("a", O_RDONLY);

	R(access("a", F_OK));
	R(access("a", R_OK | W_OK));
	R(access("a", X_OK));
	R(access("d/x", X_OK));
	R(access("missing", F_OK));
	R(access("dangling", F_OK));
	R(access("a", 8));
	R(faccessat(d, "text", R_OK, 0));
	R(syscall(SYS_faccessat2, d, "text", R_OK, AT_EACCESS));
	R(syscall(SYS_faccessat2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	R(syscall(SYS_faccessat2, f, "", R_OK, AT_EMPTY_PATH));
	R(syscall(SYS_faccessat2, f, "", R_OK, 0));
	R(syscall(SYS_faccessat2, f, "", R_OK, 0x4000000));
	R(syscall(SYS_access, "d/text", R_OK));
}

TEST(o_tmpfile)
{
	char proc[64];
	int fd = F(open(".", O_TMPFILE | O_RDWR, 0644));
	int fd2;

	if (fd < 0)
		skip("no O_TMPFILE here");
	R(write(fd, "tmp\n", 4));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	R(linkat(AT_FDCWD, proc, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	show("named");
	show_stat("named");
	fd2 = F(open("d", O_TMPFILE | O_WRONLY | O_EXCL, 0600));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd2);
	R(linkat(AT_FDCWD, proc, AT_FDCWD, "named2", AT_SYMLINK_FOLLOW));
	F(open("d", O_TMPFILE | O_RDONLY, 0600));
	F(open("a", O_TMPFILE | O_RDWR, 0600));
	F(open("missing", O_TMPFILE | O_RDWR, 0600));
	show_dir("d");
}

TEST(o_path)
{
	char buf[16], proc[64];
	struct stat st;
	int fd = F(open("d/text", O_PATH));
	int l = F(open("link", O_PATH | O_NOFOLLOW));
	int d = F(open("d", O_PATH | O_DIRECTORY));

	R(read(fd, buf, sizeof(buf)));
	R(write(fd, "x", 1));
	R(fstat(fd, &st));
	printf("size %ld\n", (long)st.st_size);
	R(fstat(l, &st));
	printf("%s\n", type_of(st.st_mode));
	F(openat(d, "text", O_RDONLY));
	R(fchdir(d));
	show("text");
	R(chdir(".."));
	R(readlinkat(l, "", buf, sizeof(buf)));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	show_fd("reopened", F(open(proc, O_RDONLY)));
	F(open(proc, O_RDWR));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", l);
	F(open(proc, O_RDONLY));
	R(fchmod(fd, 0600));
	R(fsetxattr(fd, "user.x", "x", 1, 0));
	R(ftruncate(fd, 0));
	R(ioctl(fd, 0x5401, buf) < 0 ? -1 : 0);
	printf("flags %o\n", fcntl(fd, F_GETFL) & O_PATH);
	F(open("missing", O_PATH));
	F(open("fifo", O_PATH));
	F(open("a", O_PATH | O_DIRECTORY));
}

TEST(trailing_slashes)
{
	struct stat st;

	R(stat("a/", &st));
	R(stat("d/", &st));
	R(stat("d///", &st));
	R(stat("d/.", &st));
	R(stat("a/.", &st));
	R(stat("a/..", &st));
	R(lstat("dlink/", &st));
	printf("%s\n", type_of(st.st_mode));
	R(lstat("dlink", &st));
	printf("%s\n", type_of(st.st_mode));
	R(stat("link/", &st));
	R(stat("//", &st));
	R(stat("/..", &st));
	R(stat("/../..", &st));
	F(open("d/", O_RDONLY));
	F(open("a/", O_RDONLY));
	F(open("new/", O_WRONLY | O_CREAT, 0644));
	R(mkdir("new/", 0755));
	R(rename("new/", "new2/"));
	R(rename("a", "a2/"));
	R(rename("new2", "new3/"));
	R(rmdir("new3/"));
	R(symlink("a", "s/"));
	R(readlink("dlink/", (char[9]){ 0 }, 8));
	R(access("a/", F_OK));
	R(chdir("d/"));
	R(chdir("../a/"));
	R(unlink("../dlink/"));
	R(rmdir("../dlink/"));
}

TEST(long_paths)
{
	static char path[8192];
	struct stat st;
	size_t n;

	/* 4,095 bytes is the longest path, 255 the longest name. */
	for (n = 0; n + 2 < PATH_MAX - 1; n += 2)
		memcpy(path + n, "./", 2);
	path[n] = 'a';
	path[n + 1] = 0;
	printf("length %zu\n", strlen(path));
	R(stat(path, &st));
	memset(path, '/', PATH_MAX - 2);
	path[PATH_MAX - 2] = '.';
	path[PATH_MAX - 1] = 0;
	printf("length %zu\n", strlen(path));
	R(stat(path, &st));
	path[PATH_MAX - 1] = '.';
	path[PATH_MAX] = 0;
	R(stat(path, &st));
	memset(path, 'n', 255);
	path[255] = 0;
	F(open(path, O_CREAT | O_WRONLY, 0644));
	R(unlink(path));
	R(mkdir(path, 0755));
	path[255] = 'n';
	path[256] = 0;
	F(open(path, O_CREAT | O_WRONLY, 0644));
	R(mkdir(path, 0755));
	show("a");
}

/* Outside, a path may grow past PATH_MAX by steps; inside, a view path may not (docs/limits.md). */
TEST(deep_directories)
{
	char name[201];
	int i;

	memset(name, 'n', 200);
	name[200] = 0;
	for (i = 0; i < 25; i++)
		if (mkdir(name, 0755) < 0 || chdir(name) < 0)
			break;
	printf("%s\n", i == 25 ? "all" : errno == ENAMETOOLONG ? "told" : strerror(errno));
	rmdir(name);
	for (int up = 0; up < 2; up++) {
		MUST(chdir("..") == 0);
		MUST(rmdir(name) == 0);
		i--;
	}
	put("bottom", "bottom");
	show("bottom");
	R(unlink("bottom"));
	while (i-- > 0) {
		MUST(chdir("..") == 0);
		MUST(rmdir(name) == 0);
	}
	show("a");
}

TEST(forty_symlinks)
{
	char from[32], to[32];

	symlink("a", "s0");
	for (int i = 1; i <= 41; i++) {
		snprintf(from, sizeof(from), "s%d", i - 1);
		snprintf(to, sizeof(to), "s%d", i);
		symlink(from, to);
	}
	F(open("s0", O_RDONLY));
	F(open("s39", O_RDONLY));
	F(open("s40", O_RDONLY));
	F(open("s41", O_RDONLY));
	F(open("loop1", O_RDONLY));
	/* the same count over several components */
	symlink(".", "dot");
	F(open("dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/"
	       "dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/a",
	       O_RDONLY));
	F(open("dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/"
	       "dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/dot/"
	       "dot/a",
	       O_RDONLY));
}

TEST(empty_path)
{
	struct stat st;
	int f = open("a", O_PATH), d = open("d", O_PATH);

	R(fstatat(f, "", &st, AT_EMPTY_PATH));
	R(fstatat(f, "", &st, 0));
	R(fstatat(f, "", &st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
	R(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	printf("%s\n", type_of(st.st_mode));
	R(syscall(SYS_newfstatat, f, NULL, &st, AT_EMPTY_PATH));
	R(fchownat(f, "", -1, -1, AT_EMPTY_PATH));
	R(utimensat(f, "", NULL, AT_EMPTY_PATH));
	F(openat(d, "", O_RDONLY));
	R(unlinkat(d, "", AT_REMOVEDIR));
	R(faccessat(d, "", F_OK, AT_EMPTY_PATH));
	R(mkdirat(d, "", 0755));
	R(symlinkat("x", d, ""));
}

TEST(name_to_handle)
{
	struct {
		struct file_handle h;
		char room[MAX_HANDLE_SZ];
	} h = { .h.handle_bytes = 0 };
	int id;

	/* Only the shape: what a handle holds is the file system's. */
	R(name_to_handle_at(AT_FDCWD, "missing", &h.h, &id, 0));
	R(name_to_handle_at(AT_FDCWD, "a", &h.h, &id, 0x80000));
	R(name_to_handle_at(-1, "a", &h.h, &id, 0));
}

TEST(statfs_family)
{
	struct statfs sf;
	int f = open("a", O_RDONLY);

	R(statfs("a", &sf));
	printf("sizes %d\n", sf.f_blocks > 0 && sf.f_bsize > 0 && sf.f_namelen == 255);
	R(fstatfs(f, &sf));
	R(statfs("missing", &sf));
	R(statfs("a/", &sf));
	R(statfs("/proc", &sf));
	printf("proc %lx\n", (long)sf.f_type);
}

static const char *absolute2(const char *dir, const char *name)
{
	static char buf[PATH_MAX * 2];

	snprintf(buf, sizeof(buf), "%s/%s", dir, name);
	return buf;
}

/* What a directory of the host is to those in it when it is removed: here, and natively. */
static void look_around(const char *name, size_t base)
{
	char buf[PATH_MAX];
	struct stat st;
	ssize_t n;

	printf("%s: getcwd %s\n", name, getcwd(buf, sizeof(buf)) ? buf + base : result(-1));
	n = readlink("/proc/self/cwd", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	printf("cwd is %s\n", buf + base);
	R(stat(".", &st));
	printf("%s %o nlink %d owner %d\n", type_of(st.st_mode), st.st_mode & 0777, st.st_nlink > 0,
	       st.st_uid == geteuid());
	show_dir(".");
	show_dir("./");
	F(open(".", O_RDONLY | O_DIRECTORY));
	F(open(".", O_PATH));
	F(open("x", O_CREAT | O_RDWR, 0600));
	R(stat("x", &st));
	R(mkdir("x", 0700));
	R(access(".", R_OK | X_OK));
	R(chdir("."));
	R(rmdir("."));
	R(chdir("/proc/self/cwd"));
	R(stat(".", &st));
}

TEST(removed_cwd)
{
	char base[PATH_MAX], buf[PATH_MAX];
	struct stat st;
	int fd, n;
	DIR *d;

	MUST(getcwd(base, sizeof(base)));
	n = strlen(base);
	R(chdir("empty"));
	fd = F(open(".", O_RDONLY | O_DIRECTORY));
	R(rmdir(absolute("../empty")));
	look_around("empty", n);
	R(fstat(fd, &st));
	printf("nlink %d\n", st.st_nlink > 0);
	R(fstatat(fd, ".", &st, 0));
	R(fstatat(fd, "../a", &st, 0));
	show("../a");
	R(chdir(".."));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf + n : result(-1));
	R(fchdir(fd));
	look_around("again", n);
	R(mkdir("../beside", 0755));
	CHILD({ look_around("child", n); });
	R(chdir("./../beside/../d/e/f"));
	d = opendir(".");
	R(unlink("deep"));
	R(rmdir("../f"));
	R(rmdir(absolute2(base, "d/e")));
	printf("%s\n", readdir(d) ? "a name" : "no name");
	look_around("f", n);
	R(chdir(".."));
	look_around("e", n);
	R(stat("../text", &st));
	R(chdir(".."));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf + n : result(-1));
	R(chdir("../link/.."));
	R(chdir(".."));
	R(chdir(base));
	R(mkdir("later", 0755));
	R(chdir("later"));
	R(rmdir("../later"));
	put("../later", "a file");
	look_around("a file there", n);
}
