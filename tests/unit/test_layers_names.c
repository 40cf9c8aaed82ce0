// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of layers: removing, copying up, listing. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "layers_fixture.h"
#include "util.h"

/* ---- removing and whiteouts ---- */

START_TEST(unlink_below_leaves_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "link", false), 0);
	ck_assert(real_whiteout("upper/f"));
	ck_assert(real_whiteout("upper/d/a"));
	ck_assert(real_whiteout("upper/e"));
	ck_assert(real_whiteout("upper/link"));
	ck_assert_str_eq(names(""), "d dlink fifo h1 h2 x");
	ck_assert_str_eq(names("d"), "b sub");
	ck_assert_int_eq(open_result(&root, "f", O_RDONLY), -ENOENT);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -ENOENT);
	again();
	ck_assert_str_eq(names(""), "d dlink fifo h1 h2 x");
	ck_assert_str_eq(names("d"), "b sub");
}
END_TEST

START_TEST(unlink_above_leaves_nothing)
{
	cow();
	put("new", "");
	put("d/new", "");
	ck_assert_int_eq(layers_unlink(l, &root, "new", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/new", false), 0);
	ck_assert(!real_there("upper/new"));
	ck_assert(!real_there("upper/d/new"));
}
END_TEST

START_TEST(unlink_of_a_copied_file_leaves_a_whiteout)
{
	cow();
	put("f", "changed");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert(real_whiteout("upper/f"));
	put("f", "again");
	ck_assert_str_eq(text("f"), "again");
	again();
	ck_assert_str_eq(text("f"), "again");
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(unlink_wrong_kind)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d", false), -EISDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "f", true), -ENOTDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "dlink", true), -ENOTDIR);
	ck_assert(!real_there("upper/d"));
}
END_TEST

START_TEST(rmdir_when_all_is_removed)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub", true), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), 0);
	ck_assert(real_whiteout("upper/d"));
	ck_assert_int_eq(lookup("d"), 0);
}
END_TEST

START_TEST(mkdir_over_a_whiteout_is_opaque)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "f", 0755), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "away", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(names("f"), "");
	ck_assert_str_eq(real_xattr("upper/d", OPAQUE), "y");
	put("d/a", "mine");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert(!real_there("upper/d/a"));
	again();
	ck_assert_str_eq(names("d"), "");
	ck_assert_int_eq(lookup("d/sub/deep"), -ENOENT);
}
END_TEST

START_TEST(every_kind_over_a_whiteout)
{
	static const char *const at[] = { "f", "x", "h1", "link", "e", "fifo" };

	cow();
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		ck_assert_int_eq(layers_unlink(l, &root, at[i], strcmp(at[i], "e") == 0), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "t", "f"), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "x", S_IFIFO | 0600, 0), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "h1", S_IFCHR | 0600, makedev(1, 3)), 0);
	put("link", "a file now");
	put("e", "a file now");
	ck_assert_int_eq(layers_mkdir(l, &root, "fifo", 0755), 0);
	ck_assert(S_ISLNK(st("f").stx_mode));
	ck_assert(S_ISFIFO(st("x").stx_mode));
	ck_assert(S_ISCHR(st("h1").stx_mode));
	ck_assert_str_eq(text("link"), "a file now");
	ck_assert_str_eq(text("e"), "a file now");
	ck_assert_str_eq(names("fifo"), "");
	ck_assert_str_eq(names(""), LOWER_NAMES);
	again();
	ck_assert(S_ISCHR(st("h1").stx_mode));
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(unlink_of_an_open_file_keeps_it)
{
	int low, up, rw;

	cow();
	put("new", "new");
	low = layers_open(l, &root, "f", O_RDONLY, 0);
	up = layers_open(l, &root, "new", O_RDONLY, 0);
	rw = layers_open(l, &root, "x", O_RDWR, 0);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "new", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_str_eq(fd_text(low), "lower f");
	ck_assert_str_eq(fd_text(up), "new");
	ck_assert_int_eq(pwrite(rw, "y", 1, 0), 1);
	ck_assert_str_eq(fd_text(rw), "y");
	ck_assert(layers_owns_fd(l, rw));
	ck_assert(!layers_owns_fd(l, low));
	ck_assert_int_eq(layers_fchmod(l, &root, rw, 0400), 0);
	ck_assert_int_eq(layers_fchmod(l, &root, low, 0400), -EROFS);
	close(low);
	close(up);
	close(rw);
}
END_TEST

/* ---- copying up ---- */

START_TEST(write_copies_up)
{
	cow();
	write_to("f", 0, "UPPER");
	ck_assert_str_eq(text("f"), "UPPER f");
	write_to("d/sub/deep", O_APPEND, "er");
	ck_assert_str_eq(text("d/sub/deep"), "deeper");
	ck_assert_str_eq(real_text("upper/d/sub/deep"), "deeper");
	ck_assert(!real_there("upper/d/a"));
	put("x", "");
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_uint_eq(st("x").stx_size, 0);
	ck_assert_int_eq(open_result(&root, "h1", O_RDONLY | O_CREAT), 0);
	ck_assert(!real_there("upper/h1"));
}
END_TEST

START_TEST(open_for_reading_before_keeps_the_old_content)
{
	int fd;

	cow();
	fd = layers_open(l, &root, "f", O_RDONLY, 0);
	put("f", "changed");
	ck_assert_str_eq(fd_text(fd), "lower f");
	ck_assert_str_eq(text("f"), "changed");
	close(fd);
}
END_TEST

START_TEST(copy_up_keeps_attributes)
{
	static const struct timespec ts[2] = { { 1000, 1001 }, { 2000, 2002 } };
	char value[16] = "";
	struct statx before, after;

	ck_assert_int_eq(utimensat(topfd, "lower/x", ts, 0), 0);
	ck_assert_int_eq(setxattr(in_top("lower/x"), "user.colour", "blue", 4, 0), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/link", ts, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/d/sub", ts, 0), 0);
	lower_ready();
	cow();
	before = st("x");
	ck_assert_int_eq(layers_copy_up(l, "x"), 0);
	ck_assert_int_eq(layers_copy_up(l, "link"), 0);
	ck_assert_int_eq(layers_copy_up(l, "d/sub"), 0);
	after = st("x");
	ck_assert(real_there("upper/x"));
	ck_assert_uint_eq(after.stx_mode, before.stx_mode);
	ck_assert_uint_eq(after.stx_uid, before.stx_uid);
	ck_assert_uint_eq(after.stx_size, before.stx_size);
	ck_assert_int_eq(after.stx_mtime.tv_sec, 2000);
	ck_assert_uint_eq(after.stx_mtime.tv_nsec, 2002);
	ck_assert_int_eq(after.stx_atime.tv_sec, 1000);
	ck_assert_uint_eq(after.stx_ino, before.stx_ino);
	ck_assert_uint_eq(after.stx_dev_minor, before.stx_dev_minor);
	ck_assert_int_eq(layers_getxattr(l, &root, "x", "user.colour", value, sizeof(value)), 4);
	ck_assert_str_eq(value, "blue");
	ck_assert_int_eq(st("link").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(st("d/sub").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(layers_copy_up(l, "x"), 0);
	ck_assert_int_eq(layers_copy_up(l, "no"), -ENOENT);
}
END_TEST

/* What happens to a file is no change of its directory: overlayfs sets the times back. */
START_TEST(copy_up_keeps_the_parents_times)
{
	static const struct timespec ts[2] = { { 1000, 0 }, { 2000, 0 } };

	ck_assert_int_eq(utimensat(topfd, "lower/d/sub", ts, 0), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/d", ts, 0), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d/sub/deep", 0600), 0);
	ck_assert_int_eq(st("d/sub").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(layers_chmod(l, &root, "d/a", 0600), 0);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 2000);
	put("d/new", "");
	ck_assert_int_ne(st("d").stx_mtime.tv_sec, 2000);
}
END_TEST

START_TEST(copy_up_keeps_holes)
{
	static const off_t size = 64 << 20, at = 32 << 20;
	autoclose int fd = openat(topfd, "lower/sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char buf[8] = "";

	ck_assert_int_eq(pwrite(fd, "middle", 6, at), 6);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(fsync(fd), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "sparse", 0600), 0);
	ck_assert_int_eq(real_stat("upper/sparse").st_size, size);
	ck_assert_int_lt(real_stat("upper/sparse").st_blocks, 1024);
	autoclose int up = openat(topfd, "upper/sparse", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(pread(up, buf, 6, at), 6);
	ck_assert_str_eq(buf, "middle");
}
END_TEST

START_TEST(copy_up_of_every_kind)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	autoclose int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", in_top("lower/sock"));
	ck_assert_int_eq(bind(s, (struct sockaddr *)&un, sizeof(un)), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "fifo", 0622), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "sock", 0622), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert(S_ISFIFO(real_stat("upper/fifo").st_mode));
	ck_assert(S_ISSOCK(real_stat("upper/sock").st_mode));
	ck_assert(S_ISFIFO(st("fifo").stx_mode));
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 0700);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_copy_up(l, "link"), 0);
	ck_assert(S_ISLNK(st("link").stx_mode));
}
END_TEST

START_TEST(directory_keeps_its_inode_number)
{
	uint64_t ino;

	cow();
	ino = st("d").stx_ino;
	put("d/new", "");
	ck_assert_uint_eq(st("d").stx_ino, ino);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert_uint_eq(st("d").stx_ino, ino);
}
END_TEST

START_TEST(work_is_left_empty)
{
	cow();
	put("f", "changed");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	put("f", "again");
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), 0);
	ck_assert_int_eq(layers_rename(l, &root, "x", "moved/b", 0), 0);
	ck_assert_int_eq(layers_link(l, &root, "moved/b", "x"), 0);
	ck_assert_uint_eq(real_stat("work").st_nlink, 2);
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

/* ---- listing ---- */

static void many(const char *prefix, unsigned n)
{
	char name[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%u", prefix, i);
		put(name, "");
	}
}

START_TEST(list_missing_or_not_a_directory)
{
	struct reading *r = reading_create();

	cow();
	put("uf", "");
	ck_assert_int_eq(read_on(r, "no", 10), -ENOENT);
	ck_assert_int_eq(read_on(r, "f", 10), -ENOTDIR);
	ck_assert_int_eq(read_on(r, "uf", 10), -ENOTDIR);
	ck_assert_uint_eq(r->n, 0);
	reading_destroy(r);
}
END_TEST

START_TEST(list_in_small_pieces_is_whole)
{
	struct reading *whole = reading_create(), *r = reading_create();

	cow();
	many("d/n", 100);
	ck_assert_int_eq(read_on(whole, "d", NAMES_MAX), 0);
	ck_assert_uint_eq(whole->n, 105);
	for (unsigned before = 1; before != r->n;) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 7), 0);
	}
	ck_assert_uint_eq(r->n, whole->n);
	for (unsigned i = 0; i < r->n; i++) {
		ck_assert_str_eq(r->name[i], whole->name[i]);
		ck_assert_uint_eq(r->cookie[i], whole->cookie[i]);
	}
	reading_destroy(whole);
	reading_destroy(r);
}
END_TEST

START_TEST(list_resumes_at_any_cookie)
{
	struct reading *whole = reading_create();

	cow();
	many("d/n", 20);
	ck_assert_int_eq(read_on(whole, "d", NAMES_MAX), 0);
	for (unsigned i = 0; i + 1 < whole->n; i++) {
		struct reading *r = reading_create();

		r->at = whole->cookie[i];
		ck_assert_int_eq(read_on(r, "d", 1), 0);
		ck_assert_str_eq(r->name[0], whole->name[i + 1]);
		reading_destroy(r);
	}
	reading_destroy(whole);
}
END_TEST

/* Names come and go, also over the front, and other readers start over: each that stays is told
 * once. */
START_TEST(list_while_names_come_and_go)
{
	struct reading *r = reading_create();
	unsigned round = 0;
	char name[64];

	cow();
	many("d/stay", 60);
	many("d/go", 60);
	for (unsigned before = 1; before != r->n; round++) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 10), 0);
		for (unsigned i = round * 5; i < round * 5 + 5 && i < 60; i++) {
			snprintf(name, sizeof(name), "d/go%u", i);
			ck_assert_int_eq(layers_unlink(l, &root, name, false), 0);
			snprintf(name, sizeof(name), "d/new%u", i);
			put(name, "");
		}
		if (round == 3)
			ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
		names("d");
	}
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "stay%u", i);
		ck_assert_msg(times_seen(r, name) == 1, "%s %u times", name, times_seen(r, name));
		snprintf(name, sizeof(name), "new%u", i);
		ck_assert_uint_le(times_seen(r, name), 1);
	}
	ck_assert_uint_eq(times_seen(r, "b"), 1);
	ck_assert_uint_eq(times_seen(r, "."), 1);
	reading_destroy(r);
}
END_TEST

/* rm -r of a wide tree: what was read is removed, hundreds of directories are listed on the way. */
START_TEST(list_goes_on_after_many_other_listings)
{
	struct reading *r = reading_create();
	char name[64];
	unsigned left = 600, before = 1;

	cow();
	for (unsigned i = 0; i < left; i++) {
		snprintf(name, sizeof(name), "d/dir%u", i);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
	}
	for (unsigned at = 0; before != r->n; at = r->n) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 300), 0);
		for (unsigned i = at; i < r->n; i++) {
			if (strncmp(r->name[i], "dir", 3) != 0)
				continue;
			snprintf(name, sizeof(name), "d/%s", r->name[i]);
			ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
			left--;
		}
	}
	ck_assert_uint_eq(left, 0);
	reading_destroy(r);
}
END_TEST

START_TEST(list_of_a_directory_made_again_is_fresh)
{
	cow();
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "old", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/only", "");
	ck_assert_str_eq(names("d"), "only");
	ck_assert_str_eq(names("old"), "a b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "old", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_str_eq(names("old"), "only");
}
END_TEST

START_TEST(list_tells_inode_numbers_and_types_of_stat)
{
	struct reading *r = reading_create();
	char path[300];

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0600), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	put("new", "");
	ck_assert_int_eq(read_on(r, "", NAMES_MAX), 0);
	for (unsigned i = 2; i < r->n; i++) {
		struct statx stx;

		snprintf(path, sizeof(path), "%s", r->name[i]);
		stx = st(path);
		ck_assert_msg(r->ino[i] == stx.stx_ino, "%s: %lu, stat tells %llu", path,
			      (unsigned long)r->ino[i], (unsigned long long)stx.stx_ino);
		ck_assert_int_eq(r->type[i], IFTODT(stx.stx_mode));
	}
	reading_destroy(r);
}
END_TEST

START_TEST(list_tells_device_nodes_as_such)
{
	struct reading *r = reading_create();

	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "d/null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(read_on(r, "d", NAMES_MAX), 0);
	for (unsigned i = 0; i < r->n; i++)
		if (strcmp(r->name[i], "null") == 0)
			ck_assert(r->type[i] == DT_CHR || r->type[i] == DT_UNKNOWN);
	ck_assert_uint_eq(times_seen(r, "null"), 1);
	reading_destroy(r);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, unlink_below_leaves_a_whiteout);
	tcase_add_test(t, unlink_above_leaves_nothing);
	tcase_add_test(t, unlink_of_a_copied_file_leaves_a_whiteout);
	tcase_add_test(t, unlink_wrong_kind);
	tcase_add_test(t, rmdir_when_all_is_removed);
	tcase_add_test(t, mkdir_over_a_whiteout_is_opaque);
	tcase_add_test(t, every_kind_over_a_whiteout);
	tcase_add_test(t, unlink_of_an_open_file_keeps_it);
	tcase_add_test(t, write_copies_up);
	tcase_add_test(t, open_for_reading_before_keeps_the_old_content);
	tcase_add_test(t, copy_up_keeps_attributes);
	tcase_add_test(t, copy_up_keeps_the_parents_times);
	tcase_add_test(t, copy_up_keeps_holes);
	tcase_add_test(t, copy_up_of_every_kind);
	tcase_add_test(t, directory_keeps_its_inode_number);
	tcase_add_test(t, work_is_left_empty);
	tcase_add_test(t, list_missing_or_not_a_directory);
	tcase_add_test(t, list_in_small_pieces_is_whole);
	tcase_add_test(t, list_resumes_at_any_cookie);
	tcase_add_test(t, list_while_names_come_and_go);
	tcase_add_test(t, list_goes_on_after_many_other_listings);
	tcase_add_test(t, list_of_a_directory_made_again_is_fresh);
	tcase_add_test(t, list_tells_inode_numbers_and_types_of_stat);
	tcase_add_test(t, list_tells_device_nodes_as_such);
}

int main(void)
{
	return layers_main("layers_names", add_tests);
}
