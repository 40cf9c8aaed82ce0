// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "suite.h"
#include "util.h"

static char dir[64];
static int dirfd_;

static void setup(void)
{
	strcpy(dir, "/tmp/test_util.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dirfd_, 0);
}

static void teardown(void)
{
	close(dirfd_);
	ck_assert_int_eq(remove_tree(AT_FDCWD, dir), 0);
	ck_assert_int_lt(access(dir, F_OK), 0);
}

/* ---- log ---- */

/* What a child that runs @fn puts on stderr. */
static size_t stderr_of(void (*fn)(void), char *buf, size_t size)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	/* A packet pipe: one read(2) gives what one write(2) wrote. */
	ck_assert_int_eq(pipe2(fds, O_DIRECT | O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(fds[1]);
	n = read(fds[0], buf, size - 1);
	ck_assert_int_ge(n, 0);
	buf[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return n;
}

static void say_warning(void)
{
	log_name("uc");
	errno = EACCES;
	log_warn("task: %s: %m", "open");
}

START_TEST(log_line_is_one_write_with_name_and_newline)
{
	char buf[256];

	stderr_of(say_warning, buf, sizeof(buf));
	ck_assert_str_eq(buf, "uc: task: open: Permission denied\n");
}
END_TEST

static void say_long(void)
{
	static char text[9000];

	memset(text, 'x', sizeof(text) - 1);
	log_err("%s", text);
}

START_TEST(log_long_text_is_cut_to_one_line)
{
	char buf[8192];
	size_t n = stderr_of(say_long, buf, sizeof(buf));

	ck_assert_uint_le(n, 4096);
	ck_assert_int_eq(strncmp(buf, "ucrun: xxx", 10), 0);
	ck_assert_ptr_eq(strchr(buf, '\n'), buf + n - 1);
}
END_TEST

static void say_below_level(void)
{
	log_info("nobody asked");
	log_debug("nobody asked");
	log_set_level(LOG_ERR);
	log_warn("nobody asked");
}

START_TEST(log_below_level_is_silent)
{
	char buf[64];

	ck_assert_uint_eq(stderr_of(say_below_level, buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(log_keeps_errno)
{
	errno = ENOSPC;
	log_info("silent");
	ck_assert_int_eq(errno, ENOSPC);
}
END_TEST

/* ---- io ---- */

START_TEST(read_file_of_any_length_is_whole_or_efbig)
{
	static const struct {
		size_t size, max;
		ssize_t ret;
	} cases[] = {
		{ 0, 0, 0 },
		{ 1, 0, -EFBIG },
		{ 10, 10, 10 },
		{ 11, 10, -EFBIG },
		{ 5000, 1 << 20, 5000 },
		{ 4096, 4096, 4096 },
		{ 4097, 4096, -EFBIG },
	};
	static char data[8192];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = 'a' + i % 26;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *out = NULL;
		ssize_t n;

		ck_assert_int_eq(write_file_at(dirfd_, "f", data, cases[i].size, 0600), 0);
		n = read_file_at(dirfd_, "f", cases[i].max, &out);
		ck_assert_msg(n == cases[i].ret, "case %zu: %zd", i, n);
		if (n >= 0) {
			ck_assert_int_eq(memcmp(out, data, n), 0);
			ck_assert_int_eq(out[n], '\0');
		}
	}
}
END_TEST

START_TEST(read_file_in_proc_is_whole)
{
	autofree char *out = NULL;

	ck_assert_int_gt(read_file_at(AT_FDCWD, "/proc/self/status", 1 << 16, &out), 100);
	ck_assert_ptr_nonnull(strstr(out, "CapEff"));
}
END_TEST

START_TEST(read_file_missing_is_enoent)
{
	autofree char *out = NULL;

	ck_assert_int_eq(read_file_at(dirfd_, "none", 10, &out), -ENOENT);
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(write_file_replaces_content_and_mode)
{
	autofree char *out = NULL;
	struct stat st;

	ck_assert_int_eq(write_file_at(dirfd_, "f", "old text", 8, 0600), 0);
	ck_assert_int_eq(write_file_at(dirfd_, "f", "new", 3, 0666), 0);
	ck_assert_int_eq(read_file_at(dirfd_, "f", 100, &out), 3);
	ck_assert_str_eq(out, "new");
	ck_assert_int_eq(fstatat(dirfd_, "f", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0666);
}
END_TEST

START_TEST(write_file_that_fails_leaves_nothing)
{
	ck_assert_int_eq(mkdirat(dirfd_, "d", 0700), 0);
	ck_assert_int_eq(write_file_at(dirfd_, "d", "x", 1, 0600), -EISDIR);
	ck_assert_int_eq(unlinkat(dirfd_, "d", AT_REMOVEDIR), 0);
	ck_assert_int_eq(write_file_at(dirfd_, "no/f", "x", 1, 0600), -ENOENT);
	ck_assert_int_eq(rmdir(dir), 0); /* so it is empty */
	ck_assert_int_eq(mkdir(dir, 0700), 0);
}
END_TEST

START_TEST(mkdir_p_any_spelling_makes_the_directory)
{
	static const char *const cases[] = { "a", "a", "a/b/c", "b//c/", "./d/e", "a/b/c/d" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(mkdir_p(dirfd_, cases[i], 0700) == 0, "%s", cases[i]);
		ck_assert_int_eq(fstatat(dirfd_, cases[i], &st, 0), 0);
		ck_assert(S_ISDIR(st.st_mode));
	}
	ck_assert_int_eq(mkdir_p(AT_FDCWD, dir, 0700), 0);
	ck_assert_int_eq(mkdir_p(AT_FDCWD, "/proc/self", 0700), 0);
}
END_TEST

START_TEST(mkdir_p_below_a_file_is_enotdir)
{
	ck_assert_int_eq(write_file_at(dirfd_, "f", "", 0, 0600), 0);
	ck_assert_int_eq(mkdir_p(dirfd_, "f", 0700), -ENOTDIR);
	ck_assert_int_eq(mkdir_p(dirfd_, "f/x", 0700), -ENOTDIR);
}
END_TEST

START_TEST(remove_tree_missing_is_fine)
{
	ck_assert_int_eq(remove_tree(dirfd_, "none"), 0);
}
END_TEST

START_TEST(remove_tree_symlink_is_not_followed)
{
	struct stat st;

	ck_assert_int_eq(mkdir_p(dirfd_, "keep", 0700), 0);
	ck_assert_int_eq(write_file_at(dirfd_, "keep/f", "x", 1, 0600), 0);
	ck_assert_int_eq(mkdir_p(dirfd_, "gone/sub", 0700), 0);
	ck_assert_int_eq(symlinkat("../keep", dirfd_, "gone/link"), 0);
	ck_assert_int_eq(symlinkat("keep", dirfd_, "link"), 0);
	ck_assert_int_eq(remove_tree(dirfd_, "gone"), 0);
	ck_assert_int_eq(remove_tree(dirfd_, "link"), 0);
	ck_assert_int_eq(fstatat(dirfd_, "keep/f", &st, 0), 0);
	ck_assert_int_lt(fstatat(dirfd_, "gone", &st, 0), 0);
}
END_TEST

START_TEST(remove_tree_with_closed_directories_goes)
{
	ck_assert_int_eq(mkdir_p(dirfd_, "t/a/b", 0700), 0);
	ck_assert_int_eq(write_file_at(dirfd_, "t/a/b/f", "x", 1, 0), 0);
	ck_assert_int_eq(mkdir_p(dirfd_, "t/c", 0700), 0);
	ck_assert_int_eq(fchmodat(dirfd_, "t/a/b", 0500, 0), 0);
	ck_assert_int_eq(fchmodat(dirfd_, "t/a", 0, 0), 0);
	ck_assert_int_eq(fchmodat(dirfd_, "t", 0100, 0), 0);
	ck_assert_int_eq(remove_tree(dirfd_, "t"), 0);
	ck_assert_int_lt(faccessat(dirfd_, "t", F_OK, 0), 0);
}
END_TEST

START_TEST(remove_tree_very_deep_goes)
{
	int at = dup(dirfd_), next;

	for (int i = 0; i < 5000; i++) {
		ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		if (i % 100 == 0)
			ck_assert_int_eq(symlinkat("x", at, "s"), 0);
		close(at);
		at = next;
	}
	close(at);
	ck_assert_int_eq(remove_tree(dirfd_, "d"), 0);
	ck_assert_int_lt(faccessat(dirfd_, "d", F_OK, 0), 0);
}
END_TEST

START_TEST(write_all_to_a_full_device_is_enospc)
{
	autoclose int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_eq(write_all(fd, "x", 1), -ENOSPC);
}
END_TEST

/* ---- str ---- */

START_TEST(str_printf_formats)
{
	autofree char *s = str_printf("%s-%d", "a", 7);

	ck_assert_str_eq(s, "a-7");
}
END_TEST

START_TEST(str_escape_of_any_bytes_is_one_safe_line)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a b\\c", "a b\\c" },
		{ "line\nline", "line\\x0aline" },
		{ "\x1b[31m", "\\x1b[31m" },
		{ "\x7f", "\\x7f" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc3", "\\xc3" },
		{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xc2\x9b", "\\xc2\\x9b" }, /* C1: CSI */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" }, /* right-to-left override */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *s = str_escape(cases[i].in);

		ck_assert_str_eq(s, cases[i].out);
	}
}
END_TEST

START_TEST(str_json_of_any_bytes_is_a_json_string)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\n\t\x01", "\"\\u000a\\u0009\\u0001\"" },
		{ "gr\xc3\xbc", "\"gr\xc3\xbc\"" },
		{ "\xff", "\"\\u00ff\"" },
		{ "\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *s = NULL;
		size_t size;
		FILE *f = open_memstream(&s, &size);

		str_json(f, cases[i].in);
		fclose(f);
		ck_assert_str_eq(s, cases[i].out);
	}
}
END_TEST

START_TEST(path_under_prefix_is_the_rest)
{
	static const struct {
		const char *path, *prefix, *rest;
	} cases[] = {
		{ "/a/b", "/a", "b" },	   { "/a", "/a", "" },	   { "/ab", "/a", NULL },
		{ "/a/b/c", "/a/b", "c" }, { "/a", "/a/b", NULL }, { "/x", "/", "x" },
		{ "/", "/", "" },	   { "/x/y", "", "x/y" },  { "", "", "" },
		{ "a/b", "a", "b" },	   { "/a/b", "/a/", "b" }, { "/b", "/a", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *rest = path_under(cases[i].path, cases[i].prefix);

		if (cases[i].rest)
			ck_assert_str_eq(rest, cases[i].rest);
		else
			ck_assert_ptr_null(rest);
	}
}
END_TEST

static Suite *util_suite(void)
{
	Suite *s = suite_create("util");
	TCase *log = tcase_create("log"), *io = tcase_create("io"), *str = tcase_create("str");

	tcase_add_test(log, log_line_is_one_write_with_name_and_newline);
	tcase_add_test(log, log_long_text_is_cut_to_one_line);
	tcase_add_test(log, log_below_level_is_silent);
	tcase_add_test(log, log_keeps_errno);
	suite_add_tcase(s, log);

	tcase_add_checked_fixture(io, setup, teardown);
	tcase_set_timeout(io, 30);
	tcase_add_test(io, read_file_of_any_length_is_whole_or_efbig);
	tcase_add_test(io, read_file_in_proc_is_whole);
	tcase_add_test(io, read_file_missing_is_enoent);
	tcase_add_test(io, write_file_replaces_content_and_mode);
	tcase_add_test(io, write_file_that_fails_leaves_nothing);
	tcase_add_test(io, write_all_to_a_full_device_is_enospc);
	tcase_add_test(io, mkdir_p_any_spelling_makes_the_directory);
	tcase_add_test(io, mkdir_p_below_a_file_is_enotdir);
	tcase_add_test(io, remove_tree_missing_is_fine);
	tcase_add_test(io, remove_tree_symlink_is_not_followed);
	tcase_add_test(io, remove_tree_with_closed_directories_goes);
	tcase_add_test(io, remove_tree_very_deep_goes);
	suite_add_tcase(s, io);

	tcase_add_test(str, str_printf_formats);
	tcase_add_test(str, str_escape_of_any_bytes_is_one_safe_line);
	tcase_add_test(str, str_json_of_any_bytes_is_a_json_string);
	tcase_add_test(str, path_under_prefix_is_the_rest);
	suite_add_tcase(s, str);
	return s;
}

int main(void)
{
	return suite_run(util_suite());
}
