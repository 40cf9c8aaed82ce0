// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of layers: looking up, and what each kind of stack is for. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include "layers_fixture.h"
#include "util.h"

/* ---- looking up ---- */

START_TEST(cow_shows_what_is_below)
{
	cow();
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_str_eq(text("d/sub/deep"), "deep");
	ck_assert_uint_eq(st("f").stx_ino, real_stat("lower/f").st_ino);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_uint_eq(st("f").stx_uid, 0);
	ck_assert_uint_eq(st("f").stx_gid, 0);
	ck_assert(S_ISLNK(st("link").stx_mode));
	ck_assert(S_ISFIFO(st("fifo").stx_mode));
	ck_assert_str_eq(real_text("upper/f"), "");
}
END_TEST

static void root_is_a_directory(void)
{
	struct reading *r = reading_create();
	struct lnode n;
	size_t prefix;
	int fd;

	ck_assert_int_eq(layers_lookup(l, &root, "", &n, &prefix), 0);
	ck_assert_int_ge(n.fd, 0);
	ck_assert(S_ISDIR(n.stx.stx_mode));
	layers_node_finish(&n);
	fd = layers_open(l, &root, "", O_RDONLY | O_DIRECTORY, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(open_result(&root, "", O_PATH), 0);
	ck_assert_int_eq(open_result(&root, "", O_WRONLY), -EISDIR);
	ck_assert_int_eq(open_result(&root, "", O_RDONLY | O_CREAT), -EISDIR);
	ck_assert_int_eq(read_on(r, "", NAMES_MAX), 0);
	ck_assert_uint_ge(r->n, 2);
	ck_assert_int_eq(r->type[0], DT_DIR);
	reading_destroy(r);
	layers_destroy(l);
	l = NULL;
}

START_TEST(root_of_every_stack)
{
	static void (*const make[])(
		void) = { cow, tmp, bind_rw, bind_ro, ephemeral, merge, mincow };

	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		make[i]();
		root_is_a_directory();
	}
}
END_TEST

START_TEST(missing_enoent_or_enotdir)
{
	cow();
	put("uf", "");
	ck_assert_int_eq(layers_mkdir(l, &root, "ud", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	static const struct {
		const char *rel;
		int ret;
	} cases[] = {
		{ "no", 0 },
		{ "d/no", 0 },
		{ "ud/no", 0 },
		{ "x", 0 },
		{ "e", 0 },
		{ "no/y", -ENOENT },
		{ "no/y/z", -ENOENT },
		{ "d/no/y", -ENOENT },
		{ "ud/no/y", -ENOENT },
		{ "x/y", -ENOENT },
		{ "e/y", -ENOENT },
		{ "e/y/z", -ENOENT },
		{ "f/y", -ENOTDIR },
		{ "f/y/z", -ENOTDIR },
		{ "uf/y", -ENOTDIR },
		{ "uf/y/z", -ENOTDIR },
		{ "d/a/y", -ENOTDIR },
		{ "fifo/y", -ENOTDIR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = cases[i].ret;

		ck_assert_msg(lookup(cases[i].rel) == ret, "%s: %d", cases[i].rel,
			      lookup(cases[i].rel));
		ck_assert_int_eq(open_result(&root, cases[i].rel, O_RDONLY), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_unlink(l, &root, cases[i].rel, false), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_chmod(l, &root, cases[i].rel, 0), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_rename(l, &root, cases[i].rel, "to", 0),
				 ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_access(l, &root, cases[i].rel, F_OK), ret ? ret : -ENOENT);
		if (ret == 0)
			continue;
		ck_assert_int_eq(open_result(&root, cases[i].rel, O_WRONLY | O_CREAT), ret);
		ck_assert_int_eq(layers_mkdir(l, &root, cases[i].rel, 0755), ret);
		ck_assert_int_eq(layers_symlink(l, &root, "t", cases[i].rel), ret);
		ck_assert_int_eq(layers_rename(l, &root, "f", cases[i].rel, 0), ret);
		ck_assert_int_eq(layers_link(l, &root, "f", cases[i].rel), ret);
	}
}
END_TEST

START_TEST(missing_in_a_tmp_stack)
{
	tmp();
	put("f", "");
	ck_assert_int_eq(lookup("no"), 0);
	ck_assert_int_eq(lookup("no/y"), -ENOENT);
	ck_assert_int_eq(lookup("f/y"), -ENOTDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "no", false), -ENOENT);
}
END_TEST

START_TEST(symlink_on_the_way_is_told_with_its_length)
{
	static const struct {
		const char *rel;
		size_t prefix;
	} cases[] = {
		{ "dlink/a", 5 }, { "dlink/sub/deep", 5 }, { "ud/up/x", 5 }, { "link/y", 4 }
	};
	struct lnode n;
	size_t prefix;

	cow();
	ck_assert_int_eq(layers_mkdir(l, &root, "ud", 0755), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "../d", "ud/up"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		prefix = 0;
		ck_assert_int_eq(layers_lookup(l, &root, cases[i].rel, &n, &prefix),
				 LAYERS_SYMLINK);
		ck_assert_uint_eq(prefix, cases[i].prefix);
		ck_assert_int_ge(n.fd, 0);
		ck_assert(S_ISLNK(n.stx.stx_mode));
		layers_node_finish(&n);
	}
	ck_assert_int_eq(open_result(&root, "link", O_RDONLY), -ELOOP);
	ck_assert_int_eq(open_result(&root, "link", O_PATH), 0);
}
END_TEST

START_TEST(readlink_of_each_layer)
{
	char buf[64] = "";

	cow();
	ck_assert_int_eq(layers_symlink(l, &root, "some/where", "ul"), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "dd", "d/two"), 0);
	ck_assert_int_eq(layers_readlink(l, &root, "d/two", buf, sizeof(buf)), 2);
	ck_assert_int_eq(layers_readlink(l, &root, "ul", buf, sizeof(buf)), 10);
	ck_assert_int_eq(memcmp(buf, "some/where", 10), 0);
	ck_assert_int_eq(layers_readlink(l, &root, "ul", buf, 4), 4);
	ck_assert_int_eq(layers_readlink(l, &root, "f", buf, sizeof(buf)), -EINVAL);
	ck_assert_int_eq(layers_readlink(l, &root, "d", buf, sizeof(buf)), -EINVAL);
	ck_assert_int_eq(layers_readlink(l, &root, "no", buf, sizeof(buf)), -ENOENT);
}
END_TEST

START_TEST(readlink_of_one_byte)
{
	char buf[64] = "";

	cow();
	ck_assert_int_eq(layers_readlink(l, &root, "link", buf, sizeof(buf)), 1);
	ck_assert_int_eq(buf[0], 'f');
}
END_TEST

START_TEST(long_names)
{
	char name[NAME_MAX + 2], to[NAME_MAX + 1];
	static void (*const make[])(void) = { cow, tmp, bind_rw };

	memset(name, 'n', sizeof(name));
	memset(to, 't', sizeof(to));
	name[NAME_MAX + 1] = to[NAME_MAX] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		make[i]();
		ck_assert_int_eq(lookup(name), -ENAMETOOLONG);
		ck_assert_int_eq(open_result(&root, name, O_WRONLY | O_CREAT), -ENAMETOOLONG);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), -ENAMETOOLONG);
		name[NAME_MAX] = '\0';
		put(name, "long");
		ck_assert_str_eq(text(name), "long");
		ck_assert_ptr_nonnull(strstr(names(""), name));
		ck_assert_int_eq(layers_rename(l, &root, name, to, 0), 0);
		ck_assert_str_eq(text(to), "long");
		ck_assert_int_eq(layers_unlink(l, &root, to, false), 0);
		ck_assert_int_eq(lookup(to), 0);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
		ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
		name[NAME_MAX] = 'n';
		layers_destroy(l);
	}
	l = NULL;
}
END_TEST

START_TEST(long_name_below_is_hidden_and_made_again)
{
	char name[NAME_MAX + 1], path[NAME_MAX + 16];

	memset(name, 'n', sizeof(name));
	name[NAME_MAX] = '\0';
	snprintf(path, sizeof(path), "lower/%s", name);
	real_dir(path);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
	ck_assert_int_eq(lookup(name), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
	ck_assert_str_eq(names(name), "");
}
END_TEST

/* ---- kinds of stacks ---- */

START_TEST(tmp_starts_empty_and_keeps)
{
	tmp();
	ck_assert_str_eq(names(""), "");
	put("f", "1");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/g", "2");
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", 0), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "e/l"), 0);
	ck_assert_str_eq(names("e"), "g l");
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "e/g", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e/l", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	ck_assert_str_eq(names(""), "f");
	ck_assert(!real_there("upper/e")); /* no whiteouts: there is nothing below */
}
END_TEST

START_TEST(bind_rw_changes_the_host)
{
	fill("host");
	bind_rw();
	put("f", "changed");
	put("new", "new");
	ck_assert_int_eq(layers_mkdir(l, &root, "nd", 0750), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "nd/d", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "h1", 0600), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "f", "s"), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "f2"), 0);
	ck_assert_str_eq(real_text("host/f"), "changed");
	ck_assert_str_eq(real_text("host/f2"), "changed");
	ck_assert_str_eq(real_text("host/new"), "new");
	ck_assert_uint_eq(real_stat("host/nd").st_mode, S_IFDIR | 0750);
	ck_assert_str_eq(real_text("host/nd/d/sub/deep"), "deep");
	ck_assert(!real_there("host/x"));
	ck_assert_uint_eq(real_stat("host/h1").st_mode, S_IFREG | 0600);
	ck_assert_str_eq(names(""), "dlink e f f2 fifo h1 h2 link nd new s");
	ck_assert(layers_owns_fd(l, topfd));
}
END_TEST

START_TEST(bind_rw_writes_no_records)
{
	fill("host");
	bind_rw();
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0400), 0);
	ck_assert_uint_eq(real_stat("host/f").st_mode, S_IFREG | 0400);
	ck_assert_str_eq(real_xattr("host/f", OVERRIDE), "");
	if (geteuid() != 0)
		ck_assert_int_eq(layers_chown(l, &root, "f", 1234, 1234), -EPERM);
	ck_assert_int_eq(layers_chown(l, &root, "f", 0, 0), 0);
	ck_assert_str_eq(real_xattr("host/f", OVERRIDE), "");
	ck_assert_uint_eq(real_stat("host/f").st_uid, geteuid());
}
END_TEST

/* rmdir(2) asks the parent, and whether it is empty; nobody must be able to read it. */
START_TEST(bind_rw_rmdir_of_a_closed_directory)
{
	fill("host");
	bind_rw();
	ck_assert_int_eq(layers_chmod(l, &root, "e", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
}
END_TEST

START_TEST(bind_ro_is_erofs)
{
	static const struct timespec ts[2];
	char bound[PATH_MAX];

	bind_ro();
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_int_eq(open_result(&root, "f", O_WRONLY), -EROFS);
	ck_assert_int_eq(open_result(&root, "f", O_RDWR), -EROFS);
	ck_assert_int_eq(open_result(&root, "f", O_RDONLY | O_TRUNC), -EROFS);
	ck_assert_int_eq(open_result(&root, "new", O_WRONLY | O_CREAT), -EROFS);
	ck_assert_int_eq(open_result(&root, "d", O_TMPFILE | O_RDWR), -EROFS);
	ck_assert_int_eq(layers_mkdir(l, &root, "new", 0755), -EROFS);
	ck_assert_int_eq(layers_mknod(l, &root, "new", S_IFREG | 0644, 0), -EROFS);
	ck_assert_int_eq(layers_symlink(l, &root, "f", "new"), -EROFS);
	ck_assert_int_eq(layers_link(l, &root, "f", "new"), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), -EROFS);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", 0), -EROFS);
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0), -EROFS);
	ck_assert_int_eq(layers_chown(l, &root, "f", 1, 1), -EROFS);
	ck_assert_int_eq(layers_utimens(l, &root, "f", ts), -EROFS);
	ck_assert_int_eq(layers_truncate(l, &root, "f", 0), -EROFS);
	ck_assert_int_eq(layers_truncate(l, &root, "f", 3), -EROFS);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "b", 1, 0), -EROFS);
	ck_assert_int_eq(layers_access(l, &root, "f", W_OK), -EROFS);
	ck_assert_int_eq(layers_access(l, &root, "f", R_OK), 0);
	ck_assert_int_eq(layers_bind(l, &root, "new", -1, 0755, bound), -EROFS);
	/* the kernel looks first: these fail elsewhere in the same way */
	ck_assert_int_eq(layers_unlink(l, &root, "no", false), -ENOENT);
	ck_assert_int_eq(open_result(&root, "f", O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
}
END_TEST

START_TEST(making_what_is_there_is_eexist_even_read_only)
{
	bind_ro();
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), -EEXIST);
	ck_assert_int_eq(layers_symlink(l, &root, "x", "f"), -EEXIST);
	ck_assert_int_eq(layers_link(l, &root, "x", "f"), -EEXIST);
}
END_TEST

START_TEST(ephemeral_hides_both_below)
{
	cow();
	put("f", "upper f");
	put("d/u", "u");
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	layers_destroy(l);
	autofree char *before = snapshot("upper");

	ephemeral();
	ck_assert_str_eq(text("f"), "upper f");
	ck_assert_int_eq(lookup("x"), 0);
	ck_assert_str_eq(names("d"), "a b sub u");
	put("f", "session f");
	put("x", "session x");
	ck_assert_int_eq(layers_unlink(l, &root, "d/u", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_str_eq(names("d"), "b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_str_eq(names("moved"), "b sub");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(text("f"), "session f");
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link moved x");
	autofree char *after = snapshot("upper");

	ck_assert_str_eq(before, after);
	layers_destroy(l);
	ephemeral();
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link moved x");
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(names("moved"), "b sub");
}
END_TEST

START_TEST(ephemeral_opaque_and_files_in_the_middle)
{
	real_dir("upper/d");
	ck_assert_int_eq(setxattr(in_top("upper/d"), OPAQUE, "y", 1, 0), 0);
	real_file("upper/d/m", "m");
	real_file("upper/e", "a file over a directory");
	real_dir("upper/f");
	real_file("upper/f/in", "a directory over a file");
	real_dir("upper2/d");
	real_file("upper2/d/t", "t");
	real_dir("upper2/e");
	ephemeral();
	ck_assert_str_eq(names("d"), "m t");
	ck_assert_int_eq(lookup("d/a"), 0);
	ck_assert_int_eq(lookup("d/sub/deep"), -ENOENT);
	ck_assert_str_eq(names("e"), "");
	ck_assert_str_eq(names("f"), "in");
	put("d/a", "new a");
	ck_assert_str_eq(text("d/a"), "new a");
}
END_TEST

START_TEST(merge_is_the_first_over_the_second_and_fixed)
{
	real_file("host/f", "host f");
	real_dir("host/d");
	real_file("host/d/h", "h");
	real_file("host/only", "only");
	real_file("host/e", "a file over a directory");
	merge();
	ck_assert_str_eq(text("f"), "host f");
	ck_assert_str_eq(text("x"), "x");
	ck_assert_str_eq(names("d"), "a b h sub");
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link only x");
	ck_assert(S_ISREG(st("e").stx_mode));
	ck_assert_int_eq(open_result(&root, "only", O_WRONLY), -EROFS);
	ck_assert_int_eq(open_result(&root, "x", O_WRONLY), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -EROFS);
	ck_assert_int_eq(layers_chmod(l, &root, "x", 0), -EROFS);
}
END_TEST

/* Neither directory is in overlayfs's format: what looks like it means itself. */
START_TEST(merge_of_plain_directories_knows_no_records)
{
	real_dir("host/d");
	real_file("host/d/h", "h");
	ck_assert_int_eq(setxattr(in_top("host/d"), OPAQUE, "y", 1, 0), 0);
	real_file("host/f", "");
	ck_assert_int_eq(setxattr(in_top("host/f"), OVERRIDE, "7:7:100600", 10, 0), 0);
	merge();
	ck_assert_str_eq(names("d"), "a b h sub");
	ck_assert_uint_eq(st("f").stx_uid, 0);
}
END_TEST

START_TEST(mincow_writes_through)
{
	fill("host");
	mincow();
	write_to("f", 0, "HOST");
	ck_assert_str_eq(real_text("host/f"), "HOSTr f");
	ck_assert_str_eq(text("f"), "HOSTr f");
	ck_assert(!real_there("upper/f"));
	put("d/a", "through");
	ck_assert_str_eq(real_text("host/d/a"), "through");
}
END_TEST

START_TEST(mincow_copies_what_the_host_refuses)
{
	if (geteuid() == 0)
		return; /* the host refuses root nothing */
	fill("host");
	ck_assert_int_eq(fchmodat(topfd, "host/f", 0444, 0), 0);
	mincow();
	put("f", "mine");
	ck_assert_str_eq(text("f"), "mine");
	ck_assert_str_eq(real_text("host/f"), "lower f");
	ck_assert_str_eq(real_text("upper/f"), "mine");
}
END_TEST

/* "Changes reach the host where it lets you": changes of names and attributes are changes, too. */
START_TEST(mincow_changes_names_on_the_host)
{
	fill("host");
	mincow();
	put("new", "new");
	ck_assert_int_eq(layers_mkdir(l, &root, "nd", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "h1", "h3", 0), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0600), 0);
	ck_assert_str_eq(names(""), "d dlink e f fifo h2 h3 link nd new");
	ck_assert(real_there("host/new"));
	ck_assert(real_there("host/nd"));
	ck_assert(!real_there("host/x"));
	ck_assert(real_there("host/h3"));
	ck_assert_uint_eq(real_stat("host/f").st_mode & 0777, 0600);
}
END_TEST

START_TEST(mincow_asks_for_permission_inside)
{
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };

	fill("host");
	autofree char *before = snapshot("host");

	mincow();
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 1000, KEEP), -EPERM);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), -EPERM);
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	ck_assert_int_eq(layers_rename(l, &user, "f", "g", 0), -EACCES);
	ck_assert_int_eq(layers_mkdir(l, &user, "n", 0755), -EACCES);
	ck_assert_int_eq(open_result(&user, "n", O_WRONLY | O_CREAT), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_WRONLY), -EACCES);
	ck_assert_int_eq(layers_setxattr(l, &user, "f", "user.a", "b", 1, 0), -EACCES);
	autofree char *after = snapshot("host");

	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(host_path_of_a_node)
{
	char buf[PATH_MAX];
	struct lnode n;
	size_t prefix;

	cow();
	put("new", "");
	ck_assert_int_eq(layers_lookup(l, NULL, "d/a", &n, &prefix), 0);
	ck_assert_int_eq(layers_host_path(l, &n, "d/a", buf), 0);
	ck_assert_str_eq(buf, in_top("lower/d/a"));
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, NULL, "new", &n, &prefix), 0);
	ck_assert_int_eq(layers_host_path(l, &n, "new", buf), 0);
	ck_assert_str_eq(buf, in_top("upper/new"));
	layers_node_finish(&n);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, host_path_of_a_node);
	tcase_add_test(t, cow_shows_what_is_below);
	tcase_add_test(t, root_of_every_stack);
	tcase_add_test(t, missing_enoent_or_enotdir);
	tcase_add_test(t, missing_in_a_tmp_stack);
	tcase_add_test(t, symlink_on_the_way_is_told_with_its_length);
	tcase_add_test(t, readlink_of_each_layer);
	tcase_add_test(t, readlink_of_one_byte);
	tcase_add_test(t, long_names);
	tcase_add_test(t, long_name_below_is_hidden_and_made_again);
	tcase_add_test(t, tmp_starts_empty_and_keeps);
	tcase_add_test(t, bind_rw_changes_the_host);
	tcase_add_test(t, bind_rw_writes_no_records);
	tcase_add_test(t, bind_rw_rmdir_of_a_closed_directory);
	tcase_add_test(t, bind_ro_is_erofs);
	tcase_add_test(t, making_what_is_there_is_eexist_even_read_only);
	tcase_add_test(t, ephemeral_hides_both_below);
	tcase_add_test(t, ephemeral_opaque_and_files_in_the_middle);
	tcase_add_test(t, merge_is_the_first_over_the_second_and_fixed);
	tcase_add_test(t, merge_of_plain_directories_knows_no_records);
	tcase_add_test(t, mincow_writes_through);
	tcase_add_test(t, mincow_copies_what_the_host_refuses);
	tcase_add_test(t, mincow_changes_names_on_the_host);
	tcase_add_test(t, mincow_asks_for_permission_inside);
}

int main(void)
{
	return layers_main("layers", add_tests);
}
