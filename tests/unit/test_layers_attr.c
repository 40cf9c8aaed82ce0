// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of layers: owners, modes, permission, times, extended attributes, sockets. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "layers_fixture.h"
#include "util.h"

/* ---- owners, modes, devices ---- */

START_TEST(chown_is_recorded_and_told)
{
	unsigned uid, gid, mode;
	struct statx stx;
	int fd;

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 1001), 0);
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("f").stx_gid, 1001);
	ck_assert_uint_eq(real_stat("upper/f").st_uid, geteuid());
	ck_assert_int_eq(sscanf(real_xattr("upper/f", OVERRIDE), "%u:%u:%o", &uid, &gid, &mode), 3);
	ck_assert_uint_eq(uid, 1000);
	ck_assert_uint_eq(gid, 1001);
	ck_assert_uint_eq(mode & 07777, 0644);
	ck_assert_int_eq(layers_chown(l, &root, "f", KEEP, 5), 0);
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("f").stx_gid, 5);
	ck_assert_int_eq(layers_chown(l, &root, "d", 7, 8), 0);
	ck_assert_uint_eq(st("d").stx_uid, 7);
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 0755);
	fd = layers_open(l, &root, "f", O_RDONLY, 0);
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_uid, 1000);
	close(fd);
	again();
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("d").stx_gid, 8);
	ck_assert_int_eq(layers_chown(l, &root, "f", 0, 0), 0);
	ck_assert_uint_eq(st("f").stx_uid, 0);
}
END_TEST

START_TEST(chown_clears_set_id_bits)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "x", 06755), 0);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 06755);
	ck_assert_int_eq(layers_chown(l, &root, "x", 1, 1), 0);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 02755), 0);
	ck_assert_int_eq(layers_chown(l, &root, "d", 1, 1), 0);
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 02755);
}
END_TEST

START_TEST(chmod_is_recorded_and_told)
{
	static const mode_t modes[] = {
		0, 0400, 0111, 0644, 0755, 04755, 02755, 06711, 01777, 07777
	};

	cow();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		ck_assert_int_eq(layers_chmod(l, &root, "f", modes[i]), 0);
		ck_assert_uint_eq(st("f").stx_mode, S_IFREG | modes[i]);
		ck_assert_int_eq(layers_chmod(l, &root, "d", modes[i]), 0);
		ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | modes[i]);
		/* never a set-id program of ours on the host; and always ours to open */
		ck_assert_uint_eq(real_stat("upper/f").st_mode & 06000, 0);
		ck_assert_uint_eq(real_stat("upper/f").st_mode & 0600, 0600);
		ck_assert_uint_eq(real_stat("upper/d").st_mode & 0700, 0700);
		ck_assert_str_eq(text("f"), "lower f");
		ck_assert_str_eq(names("d"), "a b sub");
	}
	ck_assert_int_eq(layers_chmod(l, &root, "link", 0600), -EOPNOTSUPP);
}
END_TEST

START_TEST(device_nodes_are_recorded_and_told)
{
	struct statx stx;
	int fd;

	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "sda", S_IFBLK | 0660, makedev(8, 1)), 0);
	ck_assert_int_eq(layers_chown(l, &root, "sda", 0, 6), 0);
	for (int i = 0; i < 2; i++, again()) {
		stx = st("null");
		ck_assert_uint_eq(stx.stx_mode, S_IFCHR | 0666);
		ck_assert_uint_eq(stx.stx_rdev_major, 1);
		ck_assert_uint_eq(stx.stx_rdev_minor, 3);
		stx = st("sda");
		ck_assert_uint_eq(stx.stx_mode, S_IFBLK | 0660);
		ck_assert_uint_eq(stx.stx_rdev_major, 8);
		ck_assert_uint_eq(stx.stx_rdev_minor, 1);
		ck_assert_uint_eq(stx.stx_gid, 6);
	}
	ck_assert(S_ISREG(real_stat("upper/null").st_mode));
	ck_assert_ptr_nonnull(strstr(real_xattr("upper/null", OVERRIDE), ":char-1-3"));
	ck_assert_ptr_nonnull(strstr(real_xattr("upper/sda", OVERRIDE), ":block-8-1"));
	fd = layers_open(l, &root, "null", O_RDWR, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_str_eq(fd_text(fd), "");
	close(fd);
	ck_assert_int_lt(open_result(&root, "sda", O_RDONLY), 0);
	ck_assert_int_eq(layers_mknod(l, &user, "d/n", S_IFCHR | 0666, makedev(1, 3)), -EPERM);
}
END_TEST

/* A program that makes the device 0/0 gets a node, not a hole. */
START_TEST(device_zero_zero_is_no_whiteout)
{
	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "zero", S_IFCHR | 0600, makedev(0, 0)), 0);
	ck_assert_int_eq(lookup("zero"), 1);
	ck_assert_uint_eq(st("zero").stx_mode, S_IFCHR | 0600);
	again();
	ck_assert_int_eq(lookup("zero"), 1);
	ck_assert_ptr_nonnull(strstr(names(""), "zero"));
}
END_TEST

START_TEST(device_node_survives_copies_and_moves)
{
	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(layers_rename(l, &root, "null", "d/null", 0), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d/null", 0600), 0);
	ck_assert_uint_eq(st("d/null").stx_mode, S_IFCHR | 0600);
	layers_destroy(l);
	ephemeral();
	ck_assert_int_eq(layers_chown(l, &root, "d/null", 3, 4), 0);
	ck_assert_uint_eq(st("d/null").stx_mode, S_IFCHR | 0600);
	ck_assert_uint_eq(st("d/null").stx_rdev_minor, 3);
	ck_assert_uint_eq(st("d/null").stx_uid, 3);
}
END_TEST

START_TEST(new_file_is_its_makers)
{
	int fd;

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0777), 0);
	fd = layers_open(l, &user, "d/mine", O_WRONLY | O_CREAT, 04640);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_uint_eq(st("d/mine").stx_uid, 1000);
	ck_assert_uint_eq(st("d/mine").stx_gid, 1000);
	ck_assert_uint_eq(st("d/mine").stx_mode, S_IFREG | 04640);
	ck_assert_int_eq(layers_mkdir(l, &user, "d/md", 0700), 0);
	ck_assert_uint_eq(st("d/md").stx_uid, 1000);
	ck_assert_int_eq(layers_mknod(l, &user, "d/mr", S_IFREG | 0444, 0), 0);
	ck_assert_uint_eq(st("d/mr").stx_uid, 1000);
	ck_assert_uint_eq(st("d/mr").stx_mode, S_IFREG | 0444);
	/* O_CREAT with a mode that would not let one write does let one write */
	fd = layers_open(l, &user, "d/ro", O_WRONLY | O_CREAT, 0444);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	ck_assert_int_eq(open_result(&user, "d/ro", O_WRONLY), -EACCES);
}
END_TEST

START_TEST(set_group_directory_gives_its_group)
{
	int fd;

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "d", 0, 50), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 02777), 0);
	fd = layers_open(l, &user, "d/new", O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(layers_mkdir(l, &user, "d/nd", 0755), 0);
	ck_assert_uint_eq(st("d/new").stx_gid, 50);
	ck_assert_uint_eq(st("d/nd").stx_gid, 50);
	ck_assert_uint_eq(st("d/nd").stx_mode, S_IFDIR | 02755);
}
END_TEST

START_TEST(stat_fd_agrees_with_lookup)
{
	static const char *const at[] = { "f", "x", "d/a", "d/sub/deep", "new", "e" };
	struct statx stx, want;

	ck_assert_int_eq(setxattr(in_top("lower/d/a"), OVERRIDE, "7:8:100600", 10, 0), 0);
	lower_ready();
	cow();
	put("new", "");
	ck_assert_int_eq(layers_chown(l, &root, "new", 9, 9), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "x", 04700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		autoclose int fd = layers_open(l, &root, at[i], O_RDONLY, 0);

		ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
		want = st(at[i]);
		ck_assert_msg(stx.stx_ino == want.stx_ino && stx.stx_uid == want.stx_uid &&
				      stx.stx_gid == want.stx_gid && stx.stx_mode == want.stx_mode,
			      "%s: %u:%u %o, lookup tells %u:%u %o", at[i], stx.stx_uid,
			      stx.stx_gid, stx.stx_mode, want.stx_uid, want.stx_gid, want.stx_mode);
	}
}
END_TEST

/* As with a root file system below: the upper layer and work are inside the base. */
START_TEST(stat_fd_of_a_copy_that_is_in_work)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { top, false } };
	struct statx stx;

	real_dir("in");
	real_file("in/h1", "hard");
	ck_assert_int_eq(linkat(topfd, "in/h1", topfd, "in/h2", 0), 0);
	l = stack(dirs, 2, 0, "work", "shared");
	ck_assert_int_eq(layers_chown(l, &root, "in/h1", 7, 8), 0);
	autoclose int fd = layers_open(l, &root, "in/h2", O_PATH, 0);
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_uid, 7);
	ck_assert_uint_eq(stx.stx_nlink, 2);
}
END_TEST

/* ---- permission ---- */

START_TEST(permission_of_somebody_else)
{
	char bound[PATH_MAX];
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };
	static const struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };

	cow();
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&user, "f", O_WRONLY), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY | O_TRUNC), -EACCES);
	ck_assert_int_eq(open_result(&user, "new", O_WRONLY | O_CREAT), -EACCES);
	ck_assert_int_eq(open_result(&user, "d", O_TMPFILE | O_RDWR), -EACCES);
	ck_assert_int_eq(layers_mkdir(l, &user, "new", 0755), -EACCES);
	ck_assert_int_eq(layers_symlink(l, &user, "f", "new"), -EACCES);
	ck_assert_int_eq(layers_mknod(l, &user, "new", S_IFIFO | 0600, 0), -EACCES);
	ck_assert_int_eq(layers_link(l, &user, "f", "new"), -EACCES);
	ck_assert_int_eq(layers_bind(l, &user, "new", -1, 0755, bound), -EACCES);
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	ck_assert_int_eq(layers_unlink(l, &user, "e", true), -EACCES);
	ck_assert_int_eq(layers_rename(l, &user, "f", "g", 0), -EACCES);
	ck_assert_int_eq(layers_truncate(l, &user, "f", 1), -EACCES);
	ck_assert_int_eq(layers_setxattr(l, &user, "f", "user.a", "b", 1, 0), -EACCES);
	ck_assert_int_eq(layers_utimens(l, &user, "f", now), -EACCES);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), -EPERM);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 1000, KEEP), -EPERM);
	ck_assert_int_eq(layers_access(l, &user, "f", R_OK), 0);
	ck_assert_int_eq(layers_access(l, &user, "f", W_OK), -EACCES);
	ck_assert_int_eq(layers_access(l, &user, "x", X_OK), 0);
	ck_assert_int_eq(layers_access(l, &root, "f", X_OK), -EACCES);
	ck_assert_int_eq(layers_access(l, &root, "f", R_OK | W_OK), 0);
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

/* A refusal copies nothing. */
START_TEST(permission_refused_leaves_the_upper_layer_alone)
{
	cow();
	open_result(&user, "f", O_WRONLY);
	layers_truncate(l, &user, "f", 1);
	layers_rename(l, &user, "d", "g", 0);
	layers_unlink(l, &user, "d/a", false);
	layers_link(l, &user, "f", "g");
	layers_chmod(l, &user, "f", 0);
	layers_chown(l, &user, "x", 1, 1);
	ck_assert_int_eq(unlinkat(topfd, "upper", AT_REMOVEDIR), 0);
	real_dir("upper");
}
END_TEST

START_TEST(permission_of_the_owner)
{
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 1000), 0);
	ck_assert_int_eq(open_result(&user, "f", O_RDWR), 0);
	ck_assert_int_eq(open_result(&other, "f", O_RDWR), -EACCES);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0400), 0);
	ck_assert_int_eq(open_result(&user, "f", O_RDWR), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&other, "f", O_RDONLY), -EACCES);
	ck_assert_int_eq(open_result(&root, "f", O_RDWR), 0);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), 0);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 1);
	ck_assert_int_eq(layers_chmod(l, &other, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 2000, KEEP), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", KEEP, 2000), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", KEEP, 1000), 0);
	/* in a directory of somebody else's the file still cannot be removed */
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	/* set-group-id for a group that one is not in is dropped */
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 2000), 0);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 02755), 0);
	ck_assert_uint_eq(st("f").stx_mode, S_IFREG | 0755);
}
END_TEST

START_TEST(permission_to_search)
{
	struct lnode n;
	size_t prefix;

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0600), 0);
	ck_assert_int_eq(layers_lookup(l, &user, "d", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, &user, "d/a", &n, &prefix), -EACCES);
	ck_assert_int_eq(n.fd, -1);
	ck_assert_int_eq(layers_lookup(l, &user, "d/sub/deep", &n, &prefix), -EACCES);
	ck_assert_int_eq(layers_lookup(l, &root, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, NULL, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0711), 0);
	ck_assert_int_eq(layers_lookup(l, &user, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(open_result(&user, "d/a", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&user, "d", O_RDONLY | O_DIRECTORY), -EACCES);
}
END_TEST

START_TEST(permission_to_search_from_where_one_is)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert_int_eq(layers_search(l, &user, "d", 0), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", 0), -EACCES);
	ck_assert_int_eq(layers_search(l, &user, "d/no/x", 0), -EACCES);
	ck_assert_int_eq(layers_search(l, &root, "d/sub/deep", 0), 0);
	ck_assert_int_eq(layers_search(l, NULL, "d/sub/deep", 0), 0);
	/* the working directory is d/sub: that one counts, d does not */
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d/sub")), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/no", strlen("d/sub")), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d/sub", 0700), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d/sub")), -EACCES);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d")), -EACCES);
}
END_TEST

START_TEST(permission_in_a_sticky_directory)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 01777), 0);
	ck_assert_int_eq(layers_chown(l, &root, "d/a", 1000, 1000), 0);
	ck_assert_int_eq(layers_unlink(l, &other, "d/a", false), -EPERM);
	ck_assert_int_eq(layers_rename(l, &other, "d/a", "d/c", 0), -EPERM);
	ck_assert_int_eq(layers_rename(l, &user, "d/a", "d/b", 0), -EPERM);
	ck_assert_int_eq(layers_rename(l, &user, "d/a", "d/c", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &user, "d/c", false), 0);
}
END_TEST

START_TEST(making_what_is_there_is_eexist_for_everybody)
{
	cow();
	ck_assert_int_eq(layers_mkdir(l, &user, "d", 0755), -EEXIST);
	ck_assert_int_eq(layers_symlink(l, &user, "x", "f"), -EEXIST);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY | O_CREAT | O_EXCL), -EEXIST);
}
END_TEST

/* ---- times, size, extended attributes, sockets ---- */

START_TEST(utimens_of_files_and_symlinks)
{
	static const struct timespec ts[2] = { { 11, 1 }, { 22, 2 } };
	static const struct timespec omit[2] = { { 0, UTIME_OMIT }, { 33, 0 } };

	cow();
	ck_assert_int_eq(layers_utimens(l, &root, "f", ts), 0);
	ck_assert_int_eq(st("f").stx_atime.tv_sec, 11);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 22);
	ck_assert_uint_eq(st("f").stx_mtime.tv_nsec, 2);
	ck_assert_int_eq(layers_utimens(l, &root, "f", omit), 0);
	ck_assert_int_eq(st("f").stx_atime.tv_sec, 11);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 33);
	ck_assert_int_eq(layers_utimens(l, &root, "link", ts), 0);
	ck_assert_int_eq(st("link").stx_mtime.tv_sec, 22);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 33);
	ck_assert_int_eq(layers_utimens(l, &root, "d", ts), 0);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 22);
	ck_assert_int_eq(layers_utimens(l, &root, "f", NULL), 0);
	ck_assert_int_gt(st("f").stx_mtime.tv_sec, 1000000);
}
END_TEST

START_TEST(truncate_of_files)
{
	cow();
	ck_assert_int_eq(layers_truncate(l, &root, "f", 5), 0);
	ck_assert_str_eq(text("f"), "lower");
	ck_assert_int_eq(layers_truncate(l, &root, "x", 0), 0);
	ck_assert_uint_eq(st("x").stx_size, 0);
	ck_assert_int_eq(layers_truncate(l, &root, "h1", 1 << 20), 0);
	ck_assert_uint_eq(st("h1").stx_size, 1 << 20);
	ck_assert_int_eq(layers_truncate(l, &root, "d", 0), -EISDIR);
	ck_assert_int_eq(layers_truncate(l, &root, "no", 0), -ENOENT);
	ck_assert_int_eq(layers_truncate(l, &root, "fifo", 0), -EINVAL);
}
END_TEST

START_TEST(xattrs_are_set_and_listed)
{
	char value[16] = "", list[256];

	cow();
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "one", 3, 0), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "x", 1, XATTR_CREATE), -EEXIST);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.b", "x", 1, XATTR_REPLACE), -ENODATA);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", value, sizeof(value)), 3);
	ck_assert_str_eq(value, "one");
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", NULL, 0), 3);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", value, 1), -ERANGE);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.b", value, 1), -ENODATA);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 7);
	ck_assert_str_eq(list, "user.a");
	ck_assert_int_eq(layers_listxattr(l, &root, "f", NULL, 0), 7);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, 3), -ERANGE);
	ck_assert_int_eq(layers_removexattr(l, &root, "f", "user.a"), 0);
	ck_assert_int_eq(layers_removexattr(l, &root, "f", "user.a"), -ENODATA);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "link", "user.a", "x", 1, 0), -EPERM);
	ck_assert_int_eq(layers_setxattr(l, &root, "d", "user.a", "x", 1, 0), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "fifo", "user.a", "x", 1, 0), -EPERM);
}
END_TEST

START_TEST(xattrs_of_ours_are_invisible)
{
	static const char *const ours[] = { OVERRIDE, OPAQUE, "user.overlay.whiteout",
					    "user.uc.origin" };
	char value[64], list[256];

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 5, 5), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_str_ne(real_xattr("upper/f", OVERRIDE), "");
	ck_assert_str_eq(real_xattr("upper/moved", OPAQUE), "y");
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "moved", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "moved", NULL, 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		ck_assert_int_eq(layers_getxattr(l, &root, "f", ours[i], value, sizeof(value)),
				 -ENODATA);
		ck_assert_int_eq(layers_getxattr(l, &root, "moved", ours[i], value, sizeof(value)),
				 -ENODATA);
		ck_assert_int_eq(layers_setxattr(l, &root, "f", ours[i], "y", 1, 0), -EPERM);
		ck_assert_int_eq(layers_removexattr(l, &root, "f", ours[i]), -EPERM);
	}
	ck_assert_uint_eq(st("f").stx_uid, 5);
}
END_TEST

/* security.capability, version 2, cap_net_raw=ep: the host would refuse it to us. */
START_TEST(xattr_of_file_capabilities_is_recorded)
{
	static const struct vfs_cap_data cap = { .magic_etc = VFS_CAP_REVISION_2 |
							      VFS_CAP_FLAGS_EFFECTIVE,
						 .data = { { 1 << 13, 0 } } };
	struct vfs_cap_data got;
	char list[64] = "";

	cow();
	ck_assert_int_eq(
		layers_setxattr(l, &root, "x", "security.capability", &cap, sizeof(cap), 0), 0);
	ck_assert_int_eq(layers_getxattr(l, &root, "x", "security.capability", &got, sizeof(got)),
			 sizeof(cap));
	ck_assert_mem_eq(&got, &cap, sizeof(cap));
	ck_assert_int_eq(layers_listxattr(l, &root, "x", list, sizeof(list)), 20);
	ck_assert_str_eq(list, "security.capability");
	ck_assert_str_eq(real_xattr("upper/x", "security.capability"), "");
	ck_assert_int_eq(layers_removexattr(l, &root, "x", "security.capability"), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "x", list, sizeof(list)), 0);
}
END_TEST

static int bind_at(const char *rel)
{
	autoclose int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { 0 };
	socklen_t len = sizeof(un);
	char bound[PATH_MAX] = "";
	int ret = layers_bind(l, &root, rel, s, 0755, bound);

	if (ret < 0)
		return ret;
	ck_assert_uint_le(strlen(bound), sizeof(un.sun_path) - 1);
	ck_assert_int_eq(getsockname(s, (struct sockaddr *)&un, &len), 0);
	ck_assert_str_eq(un.sun_path, bound);
	ck_assert(S_ISSOCK(st(rel).stx_mode));
	return 0;
}

START_TEST(bind_of_a_socket)
{
	char deep[256];

	cow();
	ck_assert_int_eq(bind_at("sock"), 0);
	ck_assert_int_eq(bind_at("d/sock"), 0);
	ck_assert_int_eq(bind_at("sock"), -EADDRINUSE);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(bind_at("x"), 0);
	memset(deep, 'l', 120);
	deep[120] = '\0';
	ck_assert_int_eq(layers_mkdir(l, &root, deep, 0755), 0);
	strcat(deep, "/s");
	ck_assert_int_eq(bind_at(deep), 0);
	ck_assert_uint_eq(st("sock").stx_mode, S_IFSOCK | 0755);
	ck_assert_int_eq(open_result(&root, "sock", O_RDONLY), -ENXIO);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, chown_is_recorded_and_told);
	tcase_add_test(t, chown_clears_set_id_bits);
	tcase_add_test(t, chmod_is_recorded_and_told);
	tcase_add_test(t, device_nodes_are_recorded_and_told);
	tcase_add_test(t, device_zero_zero_is_no_whiteout);
	tcase_add_test(t, device_node_survives_copies_and_moves);
	tcase_add_test(t, new_file_is_its_makers);
	tcase_add_test(t, set_group_directory_gives_its_group);
	tcase_add_test(t, stat_fd_agrees_with_lookup);
	tcase_add_test(t, stat_fd_of_a_copy_that_is_in_work);
	tcase_add_test(t, permission_of_somebody_else);
	tcase_add_test(t, permission_refused_leaves_the_upper_layer_alone);
	tcase_add_test(t, permission_of_the_owner);
	tcase_add_test(t, permission_to_search);
	tcase_add_test(t, permission_to_search_from_where_one_is);
	tcase_add_test(t, permission_in_a_sticky_directory);
	tcase_add_test(t, making_what_is_there_is_eexist_for_everybody);
	tcase_add_test(t, utimens_of_files_and_symlinks);
	tcase_add_test(t, truncate_of_files);
	tcase_add_test(t, xattrs_are_set_and_listed);
	tcase_add_test(t, xattrs_of_ours_are_invisible);
	tcase_add_test(t, xattr_of_file_capabilities_is_recorded);
	tcase_add_test(t, bind_of_a_socket);
}

int main(void)
{
	return layers_main("layers_attr", add_tests);
}
