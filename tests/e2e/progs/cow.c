/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What copy on write must keep, seen from a program. Run inside only, unless compared. */
#include "t.h"

#include <sys/xattr.h>

TEST(readonly_keeps_old)
{
	int fd = open("a", O_RDONLY), fd2;

	put("a", "new content\n");
	/* overlayfs documents it: a read-only descriptor stays on the lower file */
	show_fd("old descriptor", fd);
	fd2 = open("a", O_RDONLY);
	show_fd("new descriptor", fd2);
	MUST(lseek(fd, 0, SEEK_END) == 4);
}

TEST(metadata_by_readonly_fd)
{
	struct timespec ts[2] = { { 5, 0 }, { 6, 0 } };
	struct stat st;
	int fd = open("a", O_RDONLY), d = open("d", O_RDONLY), t = open("d/text", O_RDONLY);

	/* A descriptor of a host file: the host's must not change; the case looks. */
	R(fchmod(fd, 0600));
	R(futimens(fd, ts));
	R(fchown(fd, 0, 0));
	R(fsetxattr(fd, "user.x", "y", 1, 0));
	R(fchmod(d, 0700));
	R(futimens(d, ts));
	R(fchmod(t, 04755));
	R(fstat(t, &st));
	printf("%04o\n", st.st_mode & 07777);
	R(stat("a", &st));
	printf("%04o %ld\n", st.st_mode & 07777, (long)st.st_mtime);
	R(fstat(fd, &st));
	printf("%04o %ld\n", st.st_mode & 07777, (long)st.st_mtime);
	{
		int flags = 0;

		if (ioctl(fd, _IOR('f', 1, long), &flags) == 0) {
			flags |= 0x40; /* FS_NODUMP_FL */
			ioctl(fd, _IOW('f', 2, long), &flags);
		}
	}
	{
		char proc[64];

		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", t);
		R(chmod(proc, 0711));
		R(truncate(proc, 3));
		show("d/text");
		show_stat("d/text");
	}
}

TEST(sparse_copy_up)
{
	struct stat before, after;
	int fd;

	MUST(stat("sparse", &before) == 0);
	fd = open("sparse", O_RDWR);
	MUST(fd >= 0);
	MUST(fstat(fd, &after) == 0);
	MUST(after.st_size == before.st_size);
	printf("still sparse %d\n", after.st_blocks < 4096);
	MUST(after.st_mtime == before.st_mtime);
	MUST(lseek(fd, 0, SEEK_DATA) >= 0);
	{
		char buf[4];

		MUST(pread(fd, buf, 4, 100 << 20) == 4 && memcmp(buf, "data", 4) == 0);
	}
	MUST(before.st_ino == after.st_ino && before.st_dev == after.st_dev);
}

TEST(copy_up_keeps)
{
	struct stat before, after;
	char buf[16] = "";

	MUST(stat("d/x", &before) == 0);
	if (setxattr("d/text", "user.k", "kept", 4, 0) < 0)
		MUST(errno == EOPNOTSUPP);
	else
		MUST(getxattr("d/text", "user.k", buf, 16) == 4);
	MUST(open("d/x", O_RDWR) >= 0);
	MUST(stat("d/x", &after) == 0);
	MUST(before.st_mode == after.st_mode);
	MUST(before.st_ino == after.st_ino);
	MUST(before.st_mtim.tv_sec == after.st_mtim.tv_sec);
	MUST(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
	MUST(before.st_uid == after.st_uid && before.st_gid == after.st_gid);
	/* the directory on the way keeps its times */
	MUST(stat("d", &after) == 0);
	printf("directory time %ld\n", (long)after.st_mtime);
	printf("kept\n");
}

TEST(merged_listing)
{
	DIR *d = opendir("d");
	struct dirent *e;
	int n = 0, m = 0;
	long pos = -1;
	char at[256] = "";

	put("d/new1", "1");
	put("d/new2", "2");
	unlink("d/x");
	rewinddir(d);
	while ((e = readdir(d))) {
		if (n == 2) {
			strcpy(at, e->d_name);
		}
		if (++n == 2)
			pos = telldir(d);
		MUST(strcmp(e->d_name, "x") != 0);
	}
	printf("%d names\n", n);
	/* what comes and goes meanwhile must not disturb the others */
	put("d/new3", "3");
	unlink("d/new1");
	seekdir(d, pos);
	e = readdir(d);
	printf("seekdir finds the same: %d\n",
	       e && (!strcmp(e->d_name, at) || !strcmp(at, "new1")));
	closedir(d);
	d = opendir("d");
	while ((e = readdir(d)))
		m++;
	printf("%d names\n", m);
	closedir(d);
	show_dir("d");
}

TEST(opaque)
{
	show_dir("d");
	R(unlink("d/e/f/deep"));
	R(rmdir("d/e/f"));
	R(rmdir("d/e"));
	R(unlink("d/x"));
	R(unlink("d/text"));
	R(rmdir("d"));
	R(mkdir("d", 0755));
	show_dir("d");
	put("d/only", "only");
	show_dir("d");
	R(rename("d", "d2"));
	R(mkdir("d", 0700));
	show_dir("d");
	show_dir("d2");
}

TEST(whiteout_forms)
{
	struct stat st;

	R(unlink("a"));
	R(stat("a", &st));
	F(open("a", O_RDONLY));
	F(open("a", O_WRONLY | O_CREAT | O_EXCL, 0600));
	R(unlink("a"));
	R(mkdir("a", 0755));
	R(rmdir("a"));
	R(symlink("b", "a"));
	show("a");
	R(unlink("a"));
	R(link("b", "a"));
	show("a");
	R(rename("a", "b"));
	R(unlink("a"));
	R(mkfifo("a", 0600));
	show_stat("a");
	R(unlink("a"));
	/* a program cannot make or see one of its own */
	R(mknod("wh", S_IFCHR | 0600, 0) == 0 && stat("wh", &st) < 0 ? -1 : 0);
	R(setxattr("d", "user.overlay.opaque", "y", 1, 0));
	R(getxattr("d", "user.overlay.opaque", (char[8]){ 0 }, 8));
	show_dir(".");
}

TEST(two_writers)
{
	/* two processes append to one host file at once: one copy-up, nothing lost */
	pid_t pids[4];
	struct stat st;

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			for (int k = 0; k < 50; k++) {
				int fd = open("a", O_WRONLY | O_APPEND);

				if (fd < 0 || write(fd, "line\n", 5) != 5)
					_exit(1);
				close(fd);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++) {
		int s;

		waitpid(pids[i], &s, 0);
		MUST(s == 0);
	}
	stat("a", &st);
	printf("size %ld\n", (long)st.st_size);
}

TEST(device_nodes)
{
	struct stat st;

	R(mknod("null", S_IFCHR | 0666, 0x103));
	R(stat("null", &st));
	printf("%s %lx\n", type_of(st.st_mode), (long)st.st_rdev);
	R(mknod("blk", S_IFBLK | 0600, 0x700));
	R(lstat("blk", &st));
	printf("%s %lx %04o\n", type_of(st.st_mode), (long)st.st_rdev, st.st_mode & 07777);
	R(chmod("blk", 0640));
	R(lstat("blk", &st));
	printf("%s %04o\n", type_of(st.st_mode), st.st_mode & 07777);
	R(unlink("null"));
	R(rename("blk", "blk2"));
	R(lstat("blk2", &st));
	printf("%s\n", type_of(st.st_mode));
	show_dir(".");
}

TEST(owners)
{
	struct stat st;

	R(chown("a", 1234, 5678));
	R(stat("a", &st));
	printf("%d %d\n", st.st_uid, st.st_gid);
	R(lchown("link", 11, 12));
	R(chown("link", -1, 99));
	R(stat("a", &st));
	printf("%d %d\n", st.st_uid, st.st_gid);
	R(chmod("d/x", 06755));
	R(stat("d/x", &st));
	printf("%04o\n", st.st_mode & 07777);
	R(chown("d/x", 5, 6));
	R(stat("d/x", &st));
	printf("%04o %d %d\n", st.st_mode & 07777, st.st_uid, st.st_gid);
	R(chown("d", 7, 8));
	R(mkdir("d/sub", 0755));
	R(stat("d/sub", &st));
	printf("%d %d\n", st.st_uid, st.st_gid);
	R(chmod("d", 02755));
	R(mkdir("d/sgid", 0755));
	R(stat("d/sgid", &st));
	printf("%d %d %04o\n", st.st_uid, st.st_gid, st.st_mode & 07777);
	R(fchownat(AT_FDCWD, "dangling", 3, 4, AT_SYMLINK_NOFOLLOW));
}

/* A listing's inode numbers are those of stat(2). */
static void compare_inodes(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	struct stat st;
	int n = 0;

	MUST(d);
	while ((e = readdir(d))) {
		MUST(fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0);
		if (st.st_ino != e->d_ino)
			printf("%s/%s: listed %lu, stat %lu\n", dir, e->d_name, e->d_ino,
			       st.st_ino);
		n++;
	}
	printf("%s: %d names\n", dir, n);
	closedir(d);
}

TEST(listed_inodes)
{
	struct stat before, after;

	compare_inodes(".");
	R(stat("d/text", &before));
	put("d/e/new", "made inside");
	compare_inodes("d/e");
	R(rename("d", "moved"));
	R(stat("moved/text", &after));
	printf("the same %d\n", before.st_ino == after.st_ino);
	R(mkdir("made", 0755));
	R(rename("a", "made/a"));
	R(link("moved/text", "made/link"));
	put("made/plain", "p");
	R(symlink("plain", "made/sym"));
	R(mkfifo("made/fifo", 0644));
	R(mkdir("made/sub", 0755));
	R(mkdir("made/other", 0755));
	R(rename("b", "made/sub/b"));
	R(syscall(SYS_renameat2, AT_FDCWD, "made/sub/b", AT_FDCWD, "made/other", 2));
	R(rename("made/other", "made/sub"));
	R(rename("made/sub", "made/over"));
	compare_inodes("moved");
	compare_inodes("moved/e");
	compare_inodes("moved/e/f");
	compare_inodes("made");
	compare_inodes(".");
}

TEST(listed_inodes_again)
{
	compare_inodes("moved");
	compare_inodes("moved/e");
	compare_inodes("made");
	show_dir("made");
	compare_inodes(".");
}
