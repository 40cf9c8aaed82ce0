// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of layers: renaming and hard links. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers_fixture.h"
#include "util.h"

/* ---- renaming ---- */

START_TEST(rename_file_of_each_layer)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "d/g", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "link", "link2", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "fifo", "fifo2", 0), 0);
	ck_assert_str_eq(text("new2"), "new");
	ck_assert_str_eq(text("d/g"), "lower f");
	ck_assert(S_ISLNK(st("link2").stx_mode));
	ck_assert(S_ISFIFO(st("fifo2").stx_mode));
	ck_assert(real_whiteout("upper/f"));
	ck_assert(!real_there("upper/new"));
	ck_assert_str_eq(names(""), "d dlink e fifo2 h1 h2 link2 new2 x");
	again();
	ck_assert_str_eq(names(""), "d dlink e fifo2 h1 h2 link2 new2 x");
	ck_assert_str_eq(names("d"), "a b g sub");
}
END_TEST

START_TEST(rename_keeps_the_inode_number)
{
	uint64_t ino;

	cow();
	ino = st("f").stx_ino;
	ck_assert_int_eq(layers_rename(l, &root, "f", "g", 0), 0);
	ck_assert_uint_eq(st("g").stx_ino, ino);
	put("new", "");
	ino = st("new").stx_ino;
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_uint_eq(st("new2").stx_ino, ino);
}
END_TEST

START_TEST(rename_over_a_file)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", 0), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_int_eq(layers_rename(l, &root, "x", "f", 0), 0);
	ck_assert_str_eq(text("f"), "x");
	ck_assert_int_eq(lookup("x"), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "link", 0), 0);
	ck_assert_str_eq(text("link"), "x");
	ck_assert_str_eq(names(""), "d dlink e fifo h1 h2 link");
}
END_TEST

START_TEST(rename_over_a_whiteout_and_back)
{
	cow();
	ck_assert_int_eq(layers_rename(l, &root, "f", "g", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "g", "f", 0), 0);
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_int_eq(lookup("g"), 0);
	ck_assert(!real_there("upper/g"));
	ck_assert_int_eq(layers_rename(l, &root, "d", "dd", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "dd", "d", 0), 0);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_str_eq(names("d"), "b sub");
	again();
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "b sub");
}
END_TEST

START_TEST(rename_directory_with_content_below)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
	put("d/new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/moved", 0), 0);
	ck_assert_int_eq(lookup("d"), 0);
	ck_assert_int_eq(lookup("d/a"), -ENOENT);
	ck_assert_str_eq(names("e/moved"), "a new sub");
	ck_assert_str_eq(text("e/moved/sub/deep"), "deep");
	ck_assert_str_eq(text("e/moved/new"), "new");
	ck_assert(real_whiteout("upper/d"));
	again();
	ck_assert_str_eq(names("e/moved"), "a new sub");
	ck_assert_str_eq(text("e/moved/sub/deep"), "deep");
	ck_assert_str_eq(names(""), "dlink e f fifo h1 h2 link x");
}
END_TEST

START_TEST(rename_directory_of_the_upper_layer)
{
	cow();
	ck_assert_int_eq(layers_mkdir(l, &root, "u", 0755), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "u/v", 0755), 0);
	put("u/v/w", "w");
	ck_assert_int_eq(layers_rename(l, &root, "u", "d/u", 0), 0);
	ck_assert_str_eq(text("d/u/v/w"), "w");
	ck_assert_int_eq(lookup("u"), 0);
	ck_assert(!real_there("upper/u"));
}
END_TEST

START_TEST(rename_directory_over_a_directory)
{
	cow();
	ck_assert_int_eq(layers_rename(l, &root, "e", "d", 0), -ENOTEMPTY);
	ck_assert_int_eq(layers_rename(l, &root, "d", "f", 0), -ENOTDIR);
	ck_assert_int_eq(layers_rename(l, &root, "f", "d", 0), -EISDIR);
	ck_assert_int_eq(layers_rename(l, &root, "d", "d/sub/in", 0), -EINVAL);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", 0), 0);
	ck_assert_str_eq(names("e"), "a b sub");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/x", "");
	ck_assert_int_eq(layers_unlink(l, &root, "e/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e/b", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/sub", 0), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "e/sub/deep", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/sub", 0), 0);
	ck_assert_str_eq(names("e/sub"), "x");
	ck_assert_str_eq(names("e"), "sub");
}
END_TEST

/* The directory below still has names, but each is whited out above: it is empty. */
START_TEST(rename_over_a_directory_of_whiteouts)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "new", 0755), 0);
	put("new/n", "n");
	ck_assert_int_eq(layers_rename(l, &root, "new", "d/sub", 0), 0);
	ck_assert_str_eq(names("d/sub"), "n");
	again();
	ck_assert_str_eq(names("d/sub"), "n");
}
END_TEST

START_TEST(rename_noreplace)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "no", "n", RENAME_NOREPLACE), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "new", "n", RENAME_NOREPLACE), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", RENAME_NOREPLACE), 0);
	ck_assert_int_eq(layers_rename(l, &root, "n", "f", RENAME_NOREPLACE), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_str_eq(text("new"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "f", "q", RENAME_WHITEOUT), -EINVAL);
}
END_TEST

START_TEST(rename_exchange)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "f", "no", RENAME_EXCHANGE), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_str_eq(text("new"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "x", "h1", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("x"), "hard");
	ck_assert_int_eq(layers_rename(l, &root, "d", "x", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("d"), "hard");
	ck_assert_str_eq(names("x"), "a b sub");
	ck_assert_str_eq(text("x/sub/deep"), "deep");
	ck_assert_int_eq(layers_rename(l, &root, "x", "e", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(names("x"), "");
	ck_assert_str_eq(names("e"), "a b sub");
	again();
	ck_assert_str_eq(names("x"), "");
	ck_assert_str_eq(names("e"), "a b sub");
	ck_assert_str_eq(text("d"), "hard");
}
END_TEST

START_TEST(rename_to_another_name_of_the_same_file_does_nothing)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_link(l, &root, "new", "new2"), 0);
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_int_eq(lookup("new"), 1);
	ck_assert_int_eq(lookup("new2"), 1);
	ck_assert_int_eq(layers_rename(l, &root, "f", "f", 0), 0);
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "h1", "h2", 0), 0);
	ck_assert_int_eq(lookup("h1"), 1);
}
END_TEST

/* ... but not of files that only have the number and the minor device in common. */
START_TEST(rename_over_a_file_of_another_device_with_the_same_number)
{
	char origin[2][64];

	for (unsigned i = 0; i < 2; i++)
		snprintf(origin[i], sizeof(origin[i]), "%lx:4711",
			 (unsigned long)makedev(8 + i, 1));
	real_file("upper/one", "one");
	real_file("upper/two", "two");
	ck_assert_int_eq(
		setxattr(in_top("upper/one"), "user.uc.origin", origin[0], strlen(origin[0]), 0),
		0);
	ck_assert_int_eq(
		setxattr(in_top("upper/two"), "user.uc.origin", origin[1], strlen(origin[1]), 0),
		0);
	cow();
	ck_assert_uint_eq(st("one").stx_ino, st("two").stx_ino);
	ck_assert_int_eq(layers_rename(l, &root, "one", "two", 0), 0);
	ck_assert_int_eq(lookup("one"), 0);
	ck_assert_str_eq(text("two"), "one");
}
END_TEST

START_TEST(rename_exchange_is_found_again_from_the_host)
{
	char rel[PATH_MAX];

	cow();
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", RENAME_EXCHANGE), 0);
	ck_assert_int_gt(layers_from_host(l, in_top("lower/d/a"), -1, rel), 0);
	ck_assert_str_eq(rel, "e/a");
	ck_assert_int_gt(layers_from_host(l, in_top("lower/e"), -1, rel), 0);
	ck_assert_str_eq(rel, "d");
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", RENAME_EXCHANGE), 0);
	ck_assert_int_gt(layers_from_host(l, in_top("lower/d/a"), -1, rel), 0);
	ck_assert_str_eq(rel, "d/a");
	ck_assert_int_gt(layers_from_host(l, in_top("lower/e"), -1, rel), 0);
	ck_assert_str_eq(rel, "e");
}
END_TEST

START_TEST(rename_of_a_second_one_of_that_name_is_told_apart)
{
	char rel[PATH_MAX];

	cow();
	ck_assert_int_eq(layers_rename(l, &root, "d/sub", "s", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "first", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "second", 0), 0);
	ck_assert_int_gt(layers_from_host(l, in_top("lower/d/a"), -1, rel), 0);
	ck_assert_str_eq(rel, "first/a");
	ck_assert_int_gt(layers_from_host(l, in_top("lower/d/sub/deep"), -1, rel), 0);
	ck_assert_str_eq(rel, "s/deep");
}
END_TEST

START_TEST(rename_that_fails_moves_nothing)
{
	char rel[PATH_MAX], name[NAME_MAX + 2];

	cow();
	memset(name, 'n', NAME_MAX + 1);
	name[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(layers_rename(l, &root, "d", name, 0), -ENAMETOOLONG);
	ck_assert_int_gt(layers_from_host(l, in_top("lower/d/a"), -1, rel), 0);
	ck_assert_str_eq(rel, "d/a");
	ck_assert_str_eq(names("d"), "a b sub");
}
END_TEST

START_TEST(rename_is_found_again_from_the_host)
{
	char rel[PATH_MAX];
	autoclose int fd = openat(topfd, "lower/d", O_PATH | O_CLOEXEC);

	cow();
	ck_assert_int_eq(layers_from_host(l, in_top("lower/d/a"), -1, rel), 1);
	ck_assert_str_eq(rel, "d/a");
	ck_assert_int_eq(layers_from_host(l, in_top("upper"), -1, rel), 0);
	ck_assert_str_eq(rel, "");
	ck_assert_int_eq(layers_from_host(l, in_top("uppermost"), -1, rel), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d"), fd, rel), 0);
	ck_assert_str_eq(rel, "moved");
	/* somebody's working directory is still the old one: where is it after the second rename?
	 */
	ck_assert_int_eq(layers_rename(l, &root, "moved", "again", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d"), fd, rel), 0);
	ck_assert_str_eq(rel, "again");
}
END_TEST

START_TEST(rename_of_a_parent_is_found_again_from_the_host)
{
	char rel[PATH_MAX];
	autoclose int fd = openat(topfd, "lower/d/sub", O_PATH | O_CLOEXEC);

	cow();
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d/sub"), fd, rel), 0);
	ck_assert_str_eq(rel, "moved/sub");
}
END_TEST

/* ---- links ---- */

START_TEST(link_is_one_file)
{
	cow();
	ck_assert_int_eq(layers_link(l, &root, "f", "d/f2"), 0);
	ck_assert_uint_eq(st("f").stx_ino, st("d/f2").stx_ino);
	ck_assert_uint_eq(st("f").stx_nlink, 2);
	put("f", "both");
	ck_assert_str_eq(text("d/f2"), "both");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_str_eq(text("d/f2"), "both");
	ck_assert_uint_eq(st("d/f2").stx_nlink, 1);
	ck_assert_int_eq(layers_link(l, &root, "link", "link2"), 0);
	ck_assert(S_ISLNK(st("link2").stx_mode));
	ck_assert_int_eq(layers_link(l, &root, "d", "d2"), -EPERM);
	ck_assert_int_eq(layers_link(l, &root, "no", "n"), -ENOENT);
}
END_TEST

/* Two names of one lower file: a change through one is seen through the other, as without us. */
START_TEST(link_of_a_lower_file_survives_the_copy)
{
	uint64_t ino;

	cow();
	ino = st("h1").stx_ino;
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	put("h1", "changed");
	for (int i = 0; i < 2; i++, again()) {
		ck_assert_str_eq(text("h2"), "changed");
		ck_assert_uint_eq(st("h1").stx_ino, ino);
		ck_assert_uint_eq(st("h2").stx_ino, ino);
		ck_assert_uint_eq(st("h1").stx_nlink, 2);
		ck_assert_uint_eq(st("h2").stx_nlink, 2);
	}
	put("h2", "back");
	ck_assert_str_eq(text("h1"), "back");
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	ck_assert_int_eq(layers_chmod(l, &root, "h2", 0600), 0);
	ck_assert_uint_eq(st("h1").stx_mode, S_IFREG | 0600);
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(link_of_a_lower_file_is_counted)
{
	cow();
	put("h1", "changed");
	ck_assert_int_eq(layers_link(l, &root, "h1", "h3"), 0);
	ck_assert_uint_eq(st("h3").stx_nlink, 3);
	ck_assert_uint_eq(st("h2").stx_nlink, 3);
	ck_assert_int_eq(layers_unlink(l, &root, "h2", false), 0);
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	ck_assert_int_eq(layers_unlink(l, &root, "h1", false), 0);
	ck_assert_uint_eq(st("h3").stx_nlink, 1);
	ck_assert_str_eq(text("h3"), "changed");
	ck_assert_int_eq(lookup("h2"), 0);
}
END_TEST

START_TEST(link_of_a_lower_file_is_renamed_and_seen_by_sessions)
{
	struct layers *a, *b;

	cow();
	a = l;
	b = cow_session();
	l = b;
	ck_assert_str_eq(text("h2"), "hard");
	l = a;
	ck_assert_int_eq(layers_rename(l, &root, "h1", "d/h1", 0), 0);
	put("d/h1", "by a");
	l = b;
	ck_assert_str_eq(text("h2"), "by a");
	put("h2", "by b");
	layers_destroy(b);
	l = a;
	ck_assert_str_eq(text("d/h1"), "by b");
	ck_assert_uint_eq(st("d/h1").stx_nlink, 2);
}
END_TEST

START_TEST(link_copy_goes_with_its_last_name)
{
	cow();
	put("h1", "changed");
	ck_assert_int_eq(layers_unlink(l, &root, "h2", false), 0);
	ck_assert_uint_eq(st("h1").stx_nlink, 1);
	ck_assert_int_eq(layers_rename(l, &root, "f", "h1", 0), 0);
	ck_assert_str_eq(text("h1"), "lower f");
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

START_TEST(link_over_a_lower_name_counts)
{
	cow();
	put("h1", "changed");
	ck_assert_int_eq(layers_rename(l, &root, "f", "h2", 0), 0);
	ck_assert_uint_eq(st("h1").stx_nlink, 1);
	ck_assert_int_eq(layers_unlink(l, &root, "h1", false), 0);
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

/* The host has removed the file, and another one got its inode number: that is not our copy. */
START_TEST(link_of_another_file_with_the_same_number)
{
	ino_t ino = real_stat("lower/h1").st_ino;
	bool same = false;
	char name[64];

	cow();
	put("h1", "changed");
	layers_destroy(l);
	ck_assert_int_eq(unlinkat(topfd, "lower/h1", 0), 0);
	ck_assert_int_eq(unlinkat(topfd, "lower/h2", 0), 0);
	for (unsigned i = 0; i < 200 && !same; i++) {
		snprintf(name, sizeof(name), "lower/n%u", i);
		real_file(name, "fresh");
		same = real_stat(name).st_ino == ino;
	}
	ck_assert_int_eq(linkat(topfd, name, topfd, "lower/new", 0), 0);
	lower_ready();
	cow();
	ck_assert_str_eq(text("new"), "fresh"); /* where numbers are not used again, so it is */
	ck_assert_uint_eq(st("new").stx_nlink, 2);
}
END_TEST

START_TEST(link_onto_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "x"), 0);
	ck_assert_str_eq(text("x"), "lower f");
	again();
	ck_assert_str_eq(text("x"), "lower f");
}
END_TEST

START_TEST(link_of_a_symlink_onto_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link(l, &root, "link", "x"), 0);
	ck_assert(S_ISLNK(st("x").stx_mode));
}
END_TEST

START_TEST(link_onto_an_upper_name_is_eexist)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_link(l, &root, "f", "new"), -EEXIST);
	ck_assert_int_eq(layers_link(l, &root, "link", "new"), -EEXIST);
	ck_assert_str_eq(text("new"), "new");
}
END_TEST

START_TEST(link_onto_a_lower_name_is_eexist)
{
	cow();
	ck_assert_int_eq(layers_link(l, &root, "f", "x"), -EEXIST);
	ck_assert_str_eq(text("x"), "x");
	ck_assert_int_eq(layers_link(l, &root, "f", "d"), -EEXIST);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_link(l, &root, "link", "x"), -EEXIST);
	ck_assert_str_eq(text("x"), "x");
}
END_TEST

START_TEST(make_onto_any_name_is_eexist)
{
	static const char *const at[] = { "f", "d", "e", "link", "fifo", "new" };

	cow();
	put("new", "");
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		ck_assert_int_eq(layers_mkdir(l, &root, at[i], 0755), -EEXIST);
		ck_assert_int_eq(layers_symlink(l, &root, "t", at[i]), -EEXIST);
		ck_assert_int_eq(layers_mknod(l, &root, at[i], S_IFIFO | 0600, 0), -EEXIST);
		ck_assert_int_eq(open_result(&root, at[i], O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
	}
}
END_TEST

START_TEST(tmpfile_gets_a_name)
{
	struct statx stx;
	int fd;

	cow();
	fd = layers_open(l, &root, "d/sub", O_TMPFILE | O_RDWR, 0640);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, "tmp", 3), 0);
	ck_assert_str_eq(names("d/sub"), "deep");
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_mode, S_IFREG | 0640);
	ck_assert(layers_owns_fd(l, fd));
	ck_assert_int_eq(layers_fchown(l, &root, fd, 1000, 1000), 0);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "d/sub/named"), 0);
	ck_assert_str_eq(text("d/sub/named"), "tmp");
	ck_assert_uint_eq(st("d/sub/named").stx_uid, 1000);
	ck_assert_uint_eq(st("d/sub/named").stx_mode, S_IFREG | 0640);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "d/sub/named"), -EEXIST);
	close(fd);
	ck_assert_int_eq(open_result(&root, "f", O_TMPFILE | O_RDWR), -ENOTDIR);
	ck_assert_int_eq(open_result(&root, "no", O_TMPFILE | O_RDWR), -ENOENT);
}
END_TEST

START_TEST(tmpfile_onto_whiteouts_and_lower_names)
{
	int fd;

	cow();
	fd = layers_open(l, &root, "", O_TMPFILE | O_RDWR, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "x"), 0);
	ck_assert_uint_eq(st("x").stx_size, 0);
	close(fd);
	fd = layers_open(l, &root, "", O_TMPFILE | O_RDWR, 0600);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "f"), -EEXIST);
	ck_assert_str_eq(text("f"), "lower f");
	close(fd);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, rename_file_of_each_layer);
	tcase_add_test(t, rename_keeps_the_inode_number);
	tcase_add_test(t, rename_over_a_file);
	tcase_add_test(t, rename_over_a_whiteout_and_back);
	tcase_add_test(t, rename_directory_with_content_below);
	tcase_add_test(t, rename_directory_of_the_upper_layer);
	tcase_add_test(t, rename_directory_over_a_directory);
	tcase_add_test(t, rename_over_a_directory_of_whiteouts);
	tcase_add_test(t, rename_noreplace);
	tcase_add_test(t, rename_exchange);
	tcase_add_test(t, rename_to_another_name_of_the_same_file_does_nothing);
	tcase_add_test(t, rename_over_a_file_of_another_device_with_the_same_number);
	tcase_add_test(t, rename_exchange_is_found_again_from_the_host);
	tcase_add_test(t, rename_of_a_second_one_of_that_name_is_told_apart);
	tcase_add_test(t, rename_that_fails_moves_nothing);
	tcase_add_test(t, rename_is_found_again_from_the_host);
	tcase_add_test(t, rename_of_a_parent_is_found_again_from_the_host);
	tcase_add_test(t, link_is_one_file);
	tcase_add_test(t, link_of_a_lower_file_survives_the_copy);
	tcase_add_test(t, link_of_a_lower_file_is_counted);
	tcase_add_test(t, link_of_a_lower_file_is_renamed_and_seen_by_sessions);
	tcase_add_test(t, link_copy_goes_with_its_last_name);
	tcase_add_test(t, link_over_a_lower_name_counts);
	tcase_add_test(t, link_of_another_file_with_the_same_number);
	tcase_add_test(t, link_onto_a_whiteout);
	tcase_add_test(t, link_of_a_symlink_onto_a_whiteout);
	tcase_add_test(t, link_onto_an_upper_name_is_eexist);
	tcase_add_test(t, link_onto_a_lower_name_is_eexist);
	tcase_add_test(t, make_onto_any_name_is_eexist);
	tcase_add_test(t, tmpfile_gets_a_name);
	tcase_add_test(t, tmpfile_onto_whiteouts_and_lower_names);
}

int main(void)
{
	return layers_main("layers_rename", add_tests);
}
