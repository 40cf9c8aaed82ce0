// SPDX-License-Identifier: GPL-2.0-or-later
/* The path walk. */
#include <fcntl.h>
#include <sys/stat.h>

#include "util.h"
#include "view_fixture.h"

#define LINKS_MAX 40 /* path_resolution(7) */

/* ---- plain paths ---- */

START_TEST(walk_plain_names)
{
	leads("/", "/", 0, "/", "");
	leads("/", "/file", 0, "/file", "");
	leads("/", "file", 0, "/file", "");
	leads("/", "//dir///sub//f", 0, "/dir/sub/f", "");
	leads("/", "./dir/./sub/.", 0, "/dir/sub", "");
	leads("/dir", "sub/f", 0, "/dir/sub/f", "");
	leads("/dir", ".", 0, "/dir", "");
	leads("/dir", "/file", 0, "/file", "");
	leads("/", ".", 0, "/", "");
}
END_TEST

START_TEST(walk_into_nested_entries)
{
	leads("/", "/a", 0, "/a", "");
	leads("/", "/a/c", 0, "/a/c", "");
	leads("/", "/a/b", 0, "/a/b", "/a/b");
	leads("/", "/a/b/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a", "b/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a/b", "t/x", 0, "/a/b/t/x", "/a/b");
	lacks("/", "/a/b/covered", 0, "/a/b/covered");
	leads("/", "/proc", 0, "/proc", "/proc");
	leads("/", "/proc/dir/status", 0, "/proc/dir/status", "/proc");
	/* a name that only begins like a target */
	lacks("/", "/a/bb", 0, "/a/bb");
	ck_assert_int_eq(walk_from("/", "/a/bb", 0), 0);
	ck_assert_str_eq(node.entry->target, "");
	ck_assert_str_eq(node.rel, "a/bb");
	view_node_finish(&node);
}
END_TEST

START_TEST(walk_tells_the_path_in_the_entry)
{
	static const struct {
		const char *path, *rel;
	} cases[] = {
		{ "/", "" },
		{ "/file", "file" },
		{ "/dir/sub", "dir/sub" },
		{ "/a/b", "" },
		{ "/a/b/t", "t" },
		{ "/a/b/t/x", "t/x" },
		{ "/etc/conf", "conf" },
		{ "/proc", "" },
		{ "/proc/dir", "dir" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(walk_from("/", cases[i].path, 0), 0);
		ck_assert_str_eq(node.rel, cases[i].rel);
		view_node_finish(&node);
	}
}
END_TEST

START_TEST(walk_to_one_file_entry)
{
	leads("/", "/etc/conf", 0, "/etc/conf", "/etc/conf");
	ck_assert_int_eq(walk_from("/", "/etc/conf", 0), 0);
	ck_assert_uint_eq(node.n.stx.stx_size, strlen("host"));
	ck_assert(node.entry->rdonly);
	view_node_finish(&node);
	ck_assert_int_eq(walk_result("/", "/etc/conf/x", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/etc/conf/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/etc/conf/..", 0), -ENOTDIR);
	lacks("/", "/etc/other", 0, "/etc/other");
}
END_TEST

START_TEST(walk_missing_or_not_a_directory)
{
	lacks("/", "/new", 0, "/new");
	lacks("/dir", "new", 0, "/dir/new");
	lacks("/", "/proc/gone", 0, "/proc/gone");
	ck_assert_int_eq(walk_result("/", "/no/new", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/no/new/er", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/new", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/file/new/er", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/a/b/t/x/y", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/gone", "x", 0), -ENOENT);
}
END_TEST

START_TEST(walk_empty_is_enoent)
{
	ck_assert_int_eq(walk_result("/", "", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/dir", "", WALK_PARENT), -ENOENT);
}
END_TEST

START_TEST(walk_long_paths)
{
	/* "/./././...file": 4095 bytes are the longest that open(2) takes */
	for (size_t len = PATH_MAX - 2; len <= PATH_MAX; len++) {
		size_t at = 0;

		buf[at++] = '/';
		if (len % 2 == 0)
			buf[at++] = '/';
		while (at < len - 4) {
			buf[at++] = '.';
			buf[at++] = '/';
		}
		strcpy(buf + at, "file");
		ck_assert_uint_eq(strlen(buf), len);
		if (len < PATH_MAX)
			leads("/", buf, 0, "/file", "");
		else
			ck_assert_int_eq(walk_result("/", buf, 0), -ENAMETOOLONG);
	}
}
END_TEST

START_TEST(walk_deep_tree_of_4095_bytes)
{
	char part[256];
	int fd = openat(topfd, "lower", O_PATH | O_CLOEXEC), next;
	size_t len = 0;

	/* sixteen directories of 250 bytes, then whatever is left: "/" * 17 + 4000 + 78 */
	memset(part, 'n', sizeof(part));
	for (unsigned i = 0; i < 17; i++) {
		part[i < 16 ? 250 : 78] = '\0';
		len += snprintf(buf + len, sizeof(buf) - len, "/%s", part);
		ck_assert_int_eq(mkdirat(fd, part, 0755), 0);
		next = openat(fd, part, O_PATH | O_CLOEXEC);
		close(fd);
		fd = next;
		ck_assert_int_ge(fd, 0);
	}
	close(fd);
	ck_assert_uint_eq(len, PATH_MAX - 1);
	leads("/", buf, 0, buf, "");
	buf[len++] = 'x';
	buf[len] = '\0';
	ck_assert_int_eq(walk_result("/", buf, 0), -ENAMETOOLONG);
}
END_TEST

START_TEST(walk_long_name)
{
	memset(buf, 'n', NAME_MAX + 1);
	buf[NAME_MAX] = '\0';
	ck_assert_int_eq(walk_result("/dir", buf, 0), 0);
	buf[NAME_MAX] = 'n';
	buf[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(walk_result("/dir", buf, 0), -ENAMETOOLONG);
	ck_assert_int_eq(walk_result("/a/b", buf, 0), -ENAMETOOLONG);
}
END_TEST

/* ---- dots ---- */

START_TEST(dotdot_across_entries)
{
	leads("/", "/a/b/..", 0, "/a", "");
	leads("/a/b", "..", 0, "/a", "");
	leads("/a/b/t", "../..", 0, "/a", "");
	leads("/a/b", "../c", 0, "/a/c", "");
	leads("/a/b", "../b/t/../t/x", 0, "/a/b/t/x", "/a/b");
	leads("/", "/proc/../file", 0, "/file", "");
	leads("/", "/a/../a/b/../../dir/sub", 0, "/dir/sub", "");
}
END_TEST

START_TEST(dotdot_stops_at_the_root)
{
	leads("/", "/..", 0, "/", "");
	leads("/", "/../../../file", 0, "/file", "");
	leads("/dir/sub", "../../../../..", 0, "/", "");
	leads("/", "/dir/sub/up/file", 0, "/file", "");
}
END_TEST

START_TEST(dotdot_needs_a_directory_that_exists)
{
	ck_assert_int_eq(walk_result("/", "/no/..", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/no/../file", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/..", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/file/.", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/no/.", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/no/.", WALK_PARENT), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/.", WALK_PARENT), -ENOTDIR);
}
END_TEST

START_TEST(dotdot_after_a_symlink_is_the_targets_parent)
{
	leads("/", "/abs/..", 0, "/dir", "");
	leads("/", "/rel/../sub/f", 0, "/dir/sub/f", "");
	leads("/", "/dir/tot/..", 0, "/a/b", "/a/b");
	leads("/", "/dir/tot/../..", 0, "/a", "");
}
END_TEST

/* ---- symlinks ---- */

START_TEST(symlink_absolute_and_relative)
{
	leads("/", "/abs", 0, "/dir/sub", "");
	leads("/", "/rel", 0, "/dir/sub", "");
	leads("/", "/abs/f", 0, "/dir/sub/f", "");
	leads("/", "/rel/./f", 0, "/dir/sub/f", "");
	leads("/dir", "f", 0, "/dir/sub/f", "");
	leads("/", "/rel/../f", 0, "/dir/sub/f", "");
	leads("/", "/slashed/sub", 0, "/dir/sub", "");
}
END_TEST

START_TEST(symlink_across_entries)
{
	leads("/", "/dir/tot", 0, "/a/b/t", "/a/b");
	leads("/", "/dir/tot/x", 0, "/a/b/t/x", "/a/b");
	/* "../../dir" in the root of the entry at /a/b */
	leads("/", "/a/b/out", 0, "/dir", "");
	leads("/", "/a/b/out/sub/f", 0, "/dir/sub/f", "");
}
END_TEST

START_TEST(symlink_dangling)
{
	ck_assert_int_eq(walk_result("/", "/dangling", 0), -ENOENT);
	lacks("/", "/dir/tomissing", 0, "/dir/missing");
	ck_assert_int_eq(walk_result("/", "/dir/tomissing/x", 0), -ENOENT);
	leads("/", "/dangling", WALK_NOFOLLOW, "/dangling", "");
}
END_TEST

START_TEST(symlink_loop_is_eloop)
{
	ck_assert_int_eq(walk_result("/", "/loop", 0), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/ping", 0), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/loop/x", 0), -ELOOP);
	leads("/", "/loop", WALK_NOFOLLOW, "/loop", "");
}
END_TEST

START_TEST(symlink_chain_of_40_but_not_41)
{
	char name[32], target[32];

	symlink_to("../file", "lower/dir/l1");
	for (unsigned i = 2; i <= LINKS_MAX + 1; i++) {
		snprintf(name, sizeof(name), "lower/dir/l%u", i);
		snprintf(target, sizeof(target), "l%u", i - 1);
		symlink_to(target, name);
	}
	leads("/", "/dir/l1", 0, "/file", "");
	leads("/", "/dir/l40", 0, "/file", "");
	ck_assert_int_eq(walk_result("/", "/dir/l41", 0), -ELOOP);
	leads("/", "/dir/l41", WALK_NOFOLLOW, "/dir/l41", "");
}
END_TEST

/* The limit counts the whole walk, not one component. */
START_TEST(symlink_count_is_for_the_whole_path)
{
	size_t at = 0;

	symlink_to(".", "lower/dir/here");
	at += sprintf(buf, "/dir");
	for (unsigned i = 0; i < LINKS_MAX; i++)
		at += sprintf(buf + at, "/here");
	leads("/", buf, 0, "/dir", "");
	sprintf(buf + at, "/here");
	ck_assert_int_eq(walk_result("/", buf, 0), -ELOOP);
}
END_TEST

START_TEST(nofollow_is_for_the_last_component_only)
{
	leads("/", "/abs", WALK_NOFOLLOW, "/abs", "");
	leads("/", "/abs/f", WALK_NOFOLLOW, "/dir/sub/f", "");
	/* a slash behind a link asks for what it leads to */
	leads("/", "/abs/", WALK_NOFOLLOW, "/dir/sub", "");
	leads("/", "/abs/.", WALK_NOFOLLOW, "/dir/sub", "");
	ck_assert_int_eq(walk_from("/", "/abs", WALK_NOFOLLOW), 0);
	ck_assert(S_ISLNK(node.n.stx.stx_mode));
	view_node_finish(&node);
}
END_TEST

/* ---- trailing slashes and WALK_PARENT ---- */

START_TEST(trailing_slash_wants_a_directory)
{
	leads("/", "/dir/", 0, "/dir", "");
	leads("/", "/dir///", 0, "/dir", "");
	leads("/", "/abs/", 0, "/dir/sub", "");
	leads("/", "/a/b/", 0, "/a/b", "/a/b");
	ck_assert_int_eq(walk_result("/", "/file/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/dir/f/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_from("/", "/new/", 0), 0);
	ck_assert(node.want_dir);
	ck_assert_int_eq(node.n.fd, -1);
	view_node_finish(&node);
	ck_assert_int_eq(walk_from("/", "/new", 0), 0);
	ck_assert(!node.want_dir);
	view_node_finish(&node);
	ck_assert_int_eq(walk_from("/", "/dir/", 0), 0);
	ck_assert(node.want_dir);
	view_node_finish(&node);
}
END_TEST

START_TEST(parent_does_not_follow_even_with_a_slash)
{
	leads("/", "/abs", WALK_PARENT, "/abs", "");
	leads("/", "/abs/", WALK_PARENT, "/abs", "");
	leads("/", "/abs/f", WALK_PARENT, "/dir/sub/f", "");
	leads("/", "/file/", WALK_PARENT, "/file", "");
	lacks("/", "/new/", WALK_PARENT, "/new");
	ck_assert_int_eq(walk_from("/", "/abs/", WALK_PARENT), 0);
	ck_assert(node.want_dir);
	view_node_finish(&node);
	ck_assert_int_eq(walk_result("/", "/no/new", WALK_PARENT), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/new", WALK_PARENT), -ENOTDIR);
}
END_TEST

START_TEST(last_component_is_told)
{
	static const struct {
		const char *path;
		enum last_component last;
	} cases[] = {
		{ "/", LAST_ROOT },
		{ "//", LAST_ROOT },
		{ "/dir", LAST_NAME },
		{ "/dir/", LAST_NAME },
		{ ".", LAST_DOT },
		{ "/.", LAST_DOT },
		{ "/dir/.", LAST_DOT },
		{ "/dir/./", LAST_DOT },
		{ "..", LAST_DOTDOT },
		{ "/dir/..", LAST_DOTDOT },
		{ "/dir/../", LAST_DOTDOT },
		{ "/dir/../.", LAST_DOT },
		{ "/dir/../dir", LAST_NAME },
		{ "/new", LAST_NAME },
		{ "/dir/...", LAST_NAME },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(walk_from("/", cases[i].path, WALK_PARENT), 0);
		ck_assert_msg(node.last == cases[i].last, "%s: %d", cases[i].path, node.last);
		view_node_finish(&node);
	}
}
END_TEST

/* ---- openat2's flags ---- */

START_TEST(beneath_stays_or_is_exdev)
{
	leads("/dir", "sub/f", WALK_BENEATH, "/dir/sub/f", "");
	leads("/dir", "sub/../sub", WALK_BENEATH, "/dir/sub", "");
	leads("/dir", "f", WALK_BENEATH, "/dir/sub/f", "");
	leads("/dir", "sub/..", WALK_BENEATH, "/dir", "");
	lacks("/dir", "new", WALK_BENEATH, "/dir/new");
	leads("/", "a/b/t", WALK_BENEATH, "/a/b/t", "/a/b");
	ck_assert_int_eq(walk_result("/dir", "..", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "sub/../..", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "../dir/sub", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "/dir/sub", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/", "abs", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "tof", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "sub/up", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/", "..", WALK_BENEATH), -EXDEV);
}
END_TEST

START_TEST(in_root_is_a_chroot_for_one_walk)
{
	leads("/dir", "/sub/f", WALK_IN_ROOT, "/dir/sub/f", "");
	leads("/dir", "/", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "..", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "../../sub", WALK_IN_ROOT, "/dir/sub", "");
	leads("/dir", "sub/up", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "f", WALK_IN_ROOT, "/dir/sub/f", "");
	symlink_to("/sub/f", "lower/dir/inroot");
	leads("/dir", "inroot", WALK_IN_ROOT, "/dir/sub/f", "");
	ck_assert_int_eq(walk_result("/dir", "/file", WALK_IN_ROOT), 0);
	lacks("/dir", "/file", WALK_IN_ROOT, "/dir/file");
	ck_assert_int_eq(walk_result("/dir", "tot", WALK_IN_ROOT), -ENOENT);
	leads("/", "/abs", WALK_IN_ROOT, "/dir/sub", "");
}
END_TEST

START_TEST(no_symlinks_is_eloop)
{
	leads("/", "/dir/sub/f", WALK_NO_SYMLINKS, "/dir/sub/f", "");
	ck_assert_int_eq(walk_result("/", "/abs", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/abs/f", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/abs/f", WALK_NO_SYMLINKS | WALK_NOFOLLOW), -ELOOP);
	leads("/", "/abs", WALK_NO_SYMLINKS | WALK_NOFOLLOW, "/abs", "");
	ck_assert_int_eq(walk_result("/", "/proc/self", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/proc/exe", WALK_NO_SYMLINKS), -ELOOP);
}
END_TEST

START_TEST(no_xdev_stays_in_the_entry)
{
	leads("/", "/dir/sub", WALK_NO_XDEV, "/dir/sub", "");
	leads("/a/b", "t/x", WALK_NO_XDEV, "/a/b/t/x", "/a/b");
	leads("/a/b", "t/../t/x", WALK_NO_XDEV, "/a/b/t/x", "/a/b");
	ck_assert_int_eq(walk_result("/a/b", "..", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a/b", "../c", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a/b", "out", WALK_NO_XDEV), -EXDEV);
}
END_TEST

/* openat2(2): "disallow traversal of mount points", down as well as up */
START_TEST(no_xdev_does_not_go_down_either)
{
	ck_assert_int_eq(walk_result("/", "a/b/t/x", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "a/b", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a", "b", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "tot", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "etc/conf", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "proc/dir", WALK_NO_XDEV), -EXDEV);
}
END_TEST

/* openat2(2): an absolute path may begin in another entry than the directory's, and stays in that
 * one. */
START_TEST(no_xdev_with_an_absolute_path)
{
	leads("/dir", "/file", WALK_NO_XDEV, "/file", "");
	leads("/a/b", "/file", WALK_NO_XDEV, "/file", "");
	ck_assert_int_eq(walk_result("/a/b", "/a/b/t", WALK_NO_XDEV), -EXDEV);
	leads("/dir", "/abs", WALK_NO_XDEV, "/dir/sub", "");
}
END_TEST

/* ---- chroot ---- */

START_TEST(chroot_is_not_left)
{
	walker.root = "/dir";
	leads("/dir", "/", 0, "/dir", "");
	leads("/dir", "/sub/f", 0, "/dir/sub/f", "");
	leads("/dir", "/..", 0, "/dir", "");
	leads("/dir/sub", "../../../..", 0, "/dir", "");
	leads("/dir", "/sub/up/sub", 0, "/dir/sub", "");
	lacks("/dir", "/file", 0, "/dir/file");
	ck_assert_int_eq(walk_result("/dir", "/tot", 0), -ENOENT);
	ck_assert_int_eq(walk_from("/dir", "/", WALK_PARENT), 0);
	ck_assert_int_eq(node.last, LAST_ROOT);
	view_node_finish(&node);
}
END_TEST

START_TEST(chroot_into_another_entry)
{
	walker.root = "/a/b";
	leads("/a/b", "/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a/b", "..", 0, "/a/b", "/a/b");
	/* a link "../../dir" stops at the root as well */
	ck_assert_int_eq(walk_result("/a/b", "/out", 0), 0);
	lacks("/a/b", "/out", 0, "/a/b/dir");
}
END_TEST

/* As after fchdir(2) to a descriptor from before: the root does not hold what is outside of it. */
START_TEST(chroot_with_the_base_outside)
{
	walker.root = "/dir/sub";
	leads("/a", "..", 0, "/", "");
	leads("/a/b", "../../file", 0, "/file", "");
	leads("/a", "/f", 0, "/dir/sub/f", "");
}
END_TEST

/* ---- permission ---- */

START_TEST(permission_to_search_is_asked)
{
	walker.who = &user;
	leads("/", "/dir/sub/f", 0, "/dir/sub/f", "");
	ck_assert_int_eq(fchmodat(topfd, "lower/dir/sub", 0700, 0), 0);
	leads("/", "/dir/sub", 0, "/dir/sub", "");
	ck_assert_int_eq(walk_result("/", "/dir/sub/f", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/new", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/f", 0), -EACCES);
	walker.who = &root;
	leads("/", "/dir/sub/f", 0, "/dir/sub/f", "");
}
END_TEST

/* "." and ".." are names in that directory: path_resolution(7) */
START_TEST(permission_to_search_for_dots)
{
	walker.who = &user;
	ck_assert_int_eq(fchmodat(topfd, "lower/dir/sub", 0700, 0), 0);
	ck_assert_int_eq(walk_result("/", "/dir/sub/..", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/../f", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/.", 0), -EACCES);
	leads("/", "/dir/sub/", 0, "/dir/sub", "");
}
END_TEST

/* What is above the working directory is not asked: whoever is there is there. */
START_TEST(permission_above_the_base_does_not_matter)
{
	walker.who = &user;
	ck_assert_int_eq(fchmodat(topfd, "lower/dir", 0700, 0), 0);
	ck_assert_int_eq(walk_result("/", "/dir/sub/f", 0), -EACCES);
	leads("/dir/sub", "f", 0, "/dir/sub/f", "");
	leads("/dir/sub", ".", 0, "/dir/sub", "");
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, walk_plain_names);
	tcase_add_test(t, walk_into_nested_entries);
	tcase_add_test(t, walk_tells_the_path_in_the_entry);
	tcase_add_test(t, walk_to_one_file_entry);
	tcase_add_test(t, walk_missing_or_not_a_directory);
	tcase_add_test(t, walk_empty_is_enoent);
	tcase_add_test(t, walk_long_paths);
	tcase_add_test(t, walk_deep_tree_of_4095_bytes);
	tcase_add_test(t, walk_long_name);
	tcase_add_test(t, dotdot_across_entries);
	tcase_add_test(t, dotdot_stops_at_the_root);
	tcase_add_test(t, dotdot_needs_a_directory_that_exists);
	tcase_add_test(t, dotdot_after_a_symlink_is_the_targets_parent);
	tcase_add_test(t, symlink_absolute_and_relative);
	tcase_add_test(t, symlink_across_entries);
	tcase_add_test(t, symlink_dangling);
	tcase_add_test(t, symlink_loop_is_eloop);
	tcase_add_test(t, symlink_chain_of_40_but_not_41);
	tcase_add_test(t, symlink_count_is_for_the_whole_path);
	tcase_add_test(t, nofollow_is_for_the_last_component_only);
	tcase_add_test(t, trailing_slash_wants_a_directory);
	tcase_add_test(t, parent_does_not_follow_even_with_a_slash);
	tcase_add_test(t, last_component_is_told);
	tcase_add_test(t, beneath_stays_or_is_exdev);
	tcase_add_test(t, in_root_is_a_chroot_for_one_walk);
	tcase_add_test(t, no_symlinks_is_eloop);
	tcase_add_test(t, no_xdev_stays_in_the_entry);
	tcase_add_test(t, no_xdev_does_not_go_down_either);
	tcase_add_test(t, no_xdev_with_an_absolute_path);
	tcase_add_test(t, chroot_is_not_left);
	tcase_add_test(t, chroot_into_another_entry);
	tcase_add_test(t, chroot_with_the_base_outside);
	tcase_add_test(t, permission_to_search_is_asked);
	tcase_add_test(t, permission_to_search_for_dots);
	tcase_add_test(t, permission_above_the_base_does_not_matter);
}

int main(void)
{
	return view_main("view", add_tests);
}
