/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that change what a path names, outside and inside, on the tree of lib.sh. */
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

static void show_times(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		printf("%s: %s\n", path, result(-1));
	else
		printf("%s: %ld.%09ld %ld.%09ld\n", path, st.st_atim.tv_sec, st.st_atim.tv_nsec,
		       st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

TEST(fchmodat2_variants)
{
	int d = open("d", O_RDONLY), f = open("a", O_RDONLY), p = open("b", O_PATH);

	R(chmod("a", 0600));
	show_stat("a");
	show_stat("hard");
	R(fchmod(f, 0640));
	show_stat("a");
	R(fchmodat(d, "text", 0604, 0));
	show_stat("d/text");
	R(chmod("link", 0400));
	show_stat("a");
	R(syscall(SYS_fchmodat2, AT_FDCWD, "link", 0777, AT_SYMLINK_NOFOLLOW));
	R(syscall(SYS_fchmodat2, AT_FDCWD, "a", 0611, AT_SYMLINK_NOFOLLOW));
	show_stat("a");
	R(syscall(SYS_fchmodat2, p, "", 0622, AT_EMPTY_PATH));
	show_stat("b");
	R(syscall(SYS_fchmodat2, p, "", 0622, 0x40000));
	R(fchmod(p, 0600));
	R(chmod("missing", 0600));
	R(chmod("d", 0711));
	show_stat("d");
	R(chmod("d/x", 04755));
	show_stat("d/x");
	R(chmod("d", 01777));
	show_stat("d");
	R(syscall(SYS_chmod, "fifo", 0600));
	show_stat("fifo");
}

TEST(renameat2_variants)
{
	int d = open("d", O_RDONLY);

	R(rename("a", "a2"));
	show_stat("a");
	show("a2");
	R(renameat(d, "text", AT_FDCWD, "text"));
	show("text");
	R(renameat2(AT_FDCWD, "a2", AT_FDCWD, "b", RENAME_NOREPLACE));
	R(renameat2(AT_FDCWD, "a2", AT_FDCWD, "c", RENAME_NOREPLACE));
	R(renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_EXCHANGE));
	show("b");
	show("c");
	R(renameat2(AT_FDCWD, "c", AT_FDCWD, "missing", RENAME_EXCHANGE));
	R(renameat2(AT_FDCWD, "d", AT_FDCWD, "c", RENAME_EXCHANGE));
	show_stat("c");
	show_stat("d");
	R(renameat2(AT_FDCWD, "d", AT_FDCWD, "b", 0x100));
	R(renameat2(AT_FDCWD, "d", AT_FDCWD, "b", RENAME_NOREPLACE | RENAME_EXCHANGE));
	R(rename("c", "c/e/inside"));
	R(rename("c", "empty"));
	show_dir("empty");
	R(rename("b", "empty"));
	R(rename("empty", "b"));
	R(mkdir("full", 0755));
	put("full/x", "x");
	R(rename("empty", "full"));
	R(rename("missing", "q"));
	R(rename("b", "missing/q"));
	R(rename("link", "link2"));
	show_stat("link2");
	R(rename("b", "b"));
	R(rename("b", "hard"));
	show("hard");
	R(rename("b/", "z"));
	R(rename("full/.", "z"));
	R(rename("full/..", "z"));
	show_dir(".");
}

TEST(rename_directory)
{
	int fd = F(open("d/text", O_RDONLY)), d = F(open("d/e", O_RDONLY | O_DIRECTORY));

	put("d/e/new", "new");
	R(rename("d", "moved"));
	show_dir(".");
	show_dir("moved");
	show_dir("moved/e");
	show_fd("open file", fd);
	F(openat(d, "f/deep", O_RDONLY));
	show("moved/e/f/deep");
	show("moved/e/new");
	R(mkdir("d", 0755));
	show_dir("d");
	put("d/fresh", "fresh");
	show_dir("d");
	R(rename("moved/e", "d/e"));
	show_dir("d/e");
	show_dir("moved");
	R(rename("d", "moved"));
	R(rename("moved/x", "d/x"));
	show("d/x");
}

TEST(linkat_variants)
{
	int f = open("a", O_RDONLY), d = open("d", O_RDONLY);
	char proc[64];

	R(link("b", "b2"));
	show_stat("b2");
	put("b2", "changed");
	show("b");
	R(linkat(d, "text", AT_FDCWD, "text2", 0));
	show_stat("text2");
	R(link("link", "link2"));
	show_stat("link2");
	R(linkat(AT_FDCWD, "link", AT_FDCWD, "link3", AT_SYMLINK_FOLLOW));
	show_stat("link3");
	R(link("d", "dd"));
	R(link("a", "b"));
	R(link("missing", "x"));
	R(link("a", "missing/x"));
	R(link("a", "new/"));
	R(link("dangling", "dangling2"));
	show_stat("dangling2");
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", f);
	R(linkat(AT_FDCWD, proc, AT_FDCWD, "viaproc", AT_SYMLINK_FOLLOW));
	show("viaproc");
	R(linkat(AT_FDCWD, "a", AT_FDCWD, "flags", 0x800000));
	show_stat("a");
	R(unlink("a"));
	show("hard");
	show("viaproc");
	show_stat("hard");
}

TEST(symlinkat_variants)
{
	int d = open("d", O_RDONLY);
	char buf[64] = "";

	R(symlink("target", "s"));
	R(symlinkat("../a", d, "s"));
	show("d/s");
	R(symlink("", "empty-target"));
	R(symlink("x", "a"));
	R(symlink("x", "missing/s"));
	R(symlink("x", "s2/"));
	R(readlink("s", buf, sizeof(buf)));
	printf("%s\n", buf);
	R(readlinkat(d, "s", buf, 3));
	R(readlink("a", buf, sizeof(buf)));
	R(readlink("missing", buf, sizeof(buf)));
	R(readlink("s", buf, 0));
	R(readlinkat(open("s", O_PATH | O_NOFOLLOW), "", buf, sizeof(buf)));
	R(readlinkat(open("a", O_PATH | O_NOFOLLOW), "", buf, sizeof(buf)));
	R(readlink("s", (char *)8, 64));
	show_stat("s");
	R(unlink("s"));
	show_stat("s");
}

TEST(mkdir_rmdir_unlink)
{
	int d = open("d", O_RDONLY);

	R(mkdir("m", 0755));
	R(mkdir("m", 0755));
	R(mkdir("a", 0755));
	R(mkdir("dangling", 0755));
	R(mkdir("dangling/", 0755));
	R(mkdir("m/n/", 0700));
	R(mkdirat(d, "m", 0750));
	show_stat("d/m");
	R(rmdir("m"));
	R(rmdir("m/n"));
	R(rmdir("m/."));
	R(rmdir("m/.."));
	R(rmdir("m/"));
	R(rmdir("a"));
	R(rmdir("missing"));
	R(rmdir("dlink"));
	R(unlink("d"));
	R(unlink("a/"));
	R(unlink("dlink/"));
	R(unlink("missing"));
	R(unlinkat(d, "m", 0));
	R(unlinkat(d, "m", AT_REMOVEDIR));
	R(unlinkat(d, "text", 0));
	R(unlinkat(d, "text", 0));
	R(unlinkat(d, "x", 0x40000));
	R(unlink("link"));
	show_stat("a");
	R(rmdir("d"));
	R(rmdir("empty"));
	R(mkdir("empty", 0700));
	show_dir("empty");
	R(syscall(SYS_rmdir, "empty"));
	R(rmdir("/"));
	R(mkdir("/", 0755));
	R(rmdir("."));
	show_dir(".");
}

TEST(open_unlinked)
{
	struct stat st;
	int fd = F(open("a", O_RDWR));

	R(unlink("a"));
	R(unlink("hard"));
	R(write(fd, "ONE", 3));
	show_fd("unlinked", fd);
	R(fstat(fd, &st));
	printf("nlink %ld\n", (long)st.st_nlink);
	R(fchmod(fd, 0600));
	R(ftruncate(fd, 2));
	show_fd("unlinked", fd);
	put("a", "another");
	show_fd("unlinked", fd);
	show("a");
	R(rename("b", "a"));
	show("a");
	fd = F(open("d/text", O_RDWR));
	R(rename("d/text", "d/renamed"));
	R(pwrite(fd, "SOME", 4, 0));
	show("d/renamed");
}

TEST(xattrs)
{
	char buf[256];
	int f = open("a", O_RDONLY);
	ssize_t n;

	if (setxattr("b", "user.probe", "1", 1, 0) < 0 && errno == EOPNOTSUPP)
		skip("the file system has no user xattrs");
	R(setxattr("a", "user.one", "value", 5, 0));
	R(setxattr("a", "user.one", "value", 5, XATTR_CREATE));
	R(setxattr("a", "user.two", "value", 5, XATTR_REPLACE));
	n = R(getxattr("a", "user.one", buf, sizeof(buf)));
	printf("%.*s\n", (int)(n > 0 ? n : 0), buf);
	R(getxattr("a", "user.one", NULL, 0));
	R(getxattr("a", "user.one", buf, 2));
	R(getxattr("a", "user.none", buf, sizeof(buf)));
	R(lgetxattr("a", "user.one", buf, sizeof(buf)));
	R(fgetxattr(f, "user.one", buf, sizeof(buf)));
	R(fsetxattr(f, "user.f", "x", 1, 0));
	n = R(listxattr("a", buf, sizeof(buf)));
	for (ssize_t i = 0; i < n; i += strlen(buf + i) + 1)
		printf("  has %s\n", strstr(buf + i, "user.one") ? "user.one" : "another");
	R(listxattr("a", NULL, 0));
	R(listxattr("a", buf, 3));
	R(llistxattr("link", buf, sizeof(buf)));
	R(lsetxattr("link", "user.x", "x", 1, 0));
	R(getxattr("link", "user.one", buf, sizeof(buf)));
	R(flistxattr(f, NULL, 0));
	R(removexattr("a", "user.one"));
	R(removexattr("a", "user.one"));
	R(fremovexattr(f, "user.f"));
	R(lremovexattr("a", "user.f"));
	R(setxattr("a", "nonsense", "x", 1, 0));
	R(setxattr("a", "user.", "x", 1, 0));
	R(setxattr("missing", "user.x", "x", 1, 0));
	R(setxattr("d", "user.dir", "x", 1, 0));
	R(getxattr("d", "user.dir", buf, sizeof(buf)));
	R(setxattr("a", "user.empty", "", 0, 0));
	R(getxattr("a", "user.empty", buf, sizeof(buf)));
}

TEST(utimensat_variants)
{
	struct timespec ts[2] = { { 1000, 123456789 }, { 2000, 987654321 } };
	struct timespec omit[2] = { { 0, UTIME_OMIT }, { 3000, 5 } };
	struct timespec bad[2] = { { 0, -5 }, { 0, 0 } };
	struct timeval tv[2] = { { 50, 7 }, { 60, 8 } };
	struct utimbuf ub = { 70, 80 };
	int f = open("b", O_RDONLY), d = open("d", O_RDONLY);

	R(utimensat(AT_FDCWD, "a", ts, 0));
	show_times("a");
	show_times("hard");
	R(utimensat(AT_FDCWD, "a", omit, 0));
	show_times("a");
	R(utimensat(AT_FDCWD, "a", bad, 0));
	R(utimensat(AT_FDCWD, "link", ts, AT_SYMLINK_NOFOLLOW));
	show_times("link");
	R(futimens(f, ts));
	show_times("b");
	R(utimensat(d, "text", ts, 0));
	show_times("d/text");
	R(utimensat(AT_FDCWD, "missing", ts, 0));
	R(utimensat(AT_FDCWD, "a", ts, 0x80000));
	R(syscall(SYS_utimensat, f, NULL, omit, 0));
	show_times("b");
	R(utimes("a", tv));
	show_times("a");
	R(utime("a", &ub));
	show_times("a");
	R(syscall(SYS_utime, "a", &ub));
	R(syscall(SYS_utimes, "a", tv));
	R(syscall(SYS_futimesat, d, "text", tv));
	show_times("d/text");
	R(utimensat(AT_FDCWD, "d", ts, 0));
	show_times("d");
	R(utimensat(AT_FDCWD, "a", NULL, 0));
	{
		struct stat st;
		stat("a", &st);
		printf("recent %d\n", st.st_mtime > 1600000000);
	}
}

TEST(mknodat_variants)
{
	int d = open("d", O_RDONLY);

	R(mkfifo("p", 0640));
	show_stat("p");
	R(mknodat(d, "p", S_IFIFO | 0600, 0));
	show_stat("d/p");
	R(mknod("reg", S_IFREG | 0600, 0));
	show_stat("reg");
	R(mknod("zero", 0644, 0));
	show_stat("zero");
	R(mknod("sock", S_IFSOCK | 0600, 0));
	show_stat("sock");
	R(mknod("dir", S_IFDIR | 0600, 0));
	R(mknod("a", S_IFREG | 0600, 0));
	R(mknod("dangling", S_IFREG | 0600, 0));
	R(mknod("missing/x", S_IFREG | 0600, 0));
	R(mknod("x/", S_IFIFO | 0600, 0));
}

TEST(truncate_variants)
{
	struct stat st;
	int fd;

	R(truncate("a", 2));
	show("a");
	R(truncate("a", 10));
	stat("a", &st);
	printf("size %ld\n", (long)st.st_size);
	R(truncate("link", 1));
	show("hard");
	R(truncate("d", 0));
	R(truncate("missing", 0));
	R(truncate("a", -1));
	R(truncate("a/", 0));
	fd = F(open("b", O_RDWR));
	R(ftruncate(fd, 1));
	show("b");
	fd = F(open("b", O_RDONLY));
	R(ftruncate(fd, 0));
	R(truncate("fifo", 0));
}

TEST(sparse)
{
	int fd = F(open("sparse", O_RDWR | O_CREAT, 0644));
	struct stat st;

	R(ftruncate(fd, 64 << 20));
	R(pwrite(fd, "data", 4, 32 << 20));
	R(lseek(fd, 0, SEEK_DATA));
	R(lseek(fd, 32 << 20, SEEK_HOLE) > 0 ? 0 : -1);
	fstat(fd, &st);
	printf("sparse %d\n", st.st_blocks < 2048);
	R(fallocate(fd, 0, 0, 4096));
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	R(copy_file_range(fd, &(off_t){ 32 << 20 }, open("b", O_WRONLY), NULL, 4, 0));
	show("b");
}

TEST(privileged_refused)
{
	/* mount and friends are told honestly that they are not possible */
	R(syscall(SYS_swapon, "a", 0));
	R(syscall(SYS_swapoff, "a"));
	R(syscall(SYS_acct, "a"));
	R(syscall(SYS_mount, "none", "d", "tmpfs", 0, NULL));
	R(syscall(SYS_umount2, "d", 0));
	R(syscall(SYS_pivot_root, "d", "d/e"));
}
