// SPDX-License-Identifier: GPL-2.0-or-later
/* Compartments: names, making, opening, becoming. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "layer_dirs.h"
#include "uc_fixture.h"
#include "uids.h"

/* ---- names ---- */

START_TEST(name_valid_or_not)
{
	static const struct {
		const char *name;
		bool valid;
	} cases[] = {
		{ "a", true },
		{ "Alice.b_c-9", true },
		{ "9", true },
		{ "_", true },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ ".hidden", false },
		{ "-x", false },
		{ "a/b", false },
		{ "a b", false },
		{ "a\n", false },
		{ "gr\xc3\xbc", false },
		{ "1234567890123456789012345678901234567890123456789012345678901234", true },
		{ "12345678901234567890123456789012345678901234567890123456789012345", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(compartment_name_valid(cases[i].name), cases[i].valid);
		if (!cases[i].valid)
			ck_assert_int_eq(open_result(cases[i].name, COMPARTMENT_CREATE), -EINVAL);
	}
}
END_TEST

START_TEST(escape_and_back_is_the_same)
{
	static const struct {
		const char *path, *escaped;
	} cases[] = {
		{ "/", "%2F" },
		{ "/mnt/a", "%2Fmnt%2Fa" },
		{ "/50%2F", "%2F50%252F" },
		{ "plain", "plain" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *s = layer_escape(cases[i].path);

		ck_assert_str_eq(s, cases[i].escaped);
		layer_unescape(s);
		ck_assert_str_eq(s, cases[i].path);
	}
}
END_TEST

/* ---- opening ---- */

START_TEST(open_missing_without_create_is_enoent)
{
	ck_assert_int_eq(open_result("none", 0), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err, "uc list"));
	ck_assert_int_eq(rmdir(home), 0);
	ck_assert_int_eq(open_result("none", 0), -ENOENT);
}
END_TEST

START_TEST(open_first_makes_second_finds)
{
	struct compartment *c = made("web");
	uid_t uid = c->host_uid;
	struct stat st;

	ck_assert(c->created);
	ck_assert_uint_ne(c->host_uid, 0);
	ck_assert_uint_ne(c->host_gid, 0);
	ck_assert_int_eq(fstat(c->dirfd, &st), 0);
	ck_assert_uint_eq(st.st_uid, c->host_uid);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert(there(c->dirfd, "upper") && there(c->dirfd, "work") &&
		  there(c->dirfd, "layers") && there(c->dirfd, "sessions") &&
		  there(c->dirfd, "uc.conf"));
	if (geteuid() == 0)
		ck_assert_uint_ge(uid, uid_pool()->first);
	else
		ck_assert_uint_eq(uid, geteuid());
	compartment_destroy(c);
	c = made("web");
	ck_assert(!c->created);
	ck_assert_uint_eq(c->host_uid, uid);
	compartment_destroy(c);
}
END_TEST

START_TEST(uids_are_those_that_are_mapped)
{
	const char *all = "         0          0 4294967295\n";
	const char *container = "0 1000 1\n1 100000 65536\n", *one = "0 1000 1\n";

	ck_assert_uint_eq(uid_pool_of(all, all)->first, 2000000000U);
	ck_assert_uint_eq(uid_pool_of(container, container)->first, 65000);
	ck_assert_uint_eq(uid_pool_of(container, container)->last, 65533);
	/* what only users or only groups have is of no use */
	ck_assert_uint_eq(uid_pool_of(container, one)->first, 2000000000U);
	ck_assert_uint_eq(uid_pool_of("0 0 65533\n", all)->first, 2000000000U);
	ck_assert_uint_eq(uid_pool_of("", "")->first, 2000000000U);
}
END_TEST

START_TEST(open_default_name_is_the_login)
{
	struct compartment *c = made(NULL);

	ck_assert(compartment_name_valid(c->name));
	if (geteuid() == 0)
		ck_assert_str_eq(c->name, "root");
	compartment_destroy(c);
}
END_TEST

START_TEST(open_missing_state_directory_is_made)
{
	autofree char *deep = str_printf("%s/a/b/c", top);

	setenv("UC_HOME", deep, 1);
	ck_assert_int_eq(open_result("x", COMPARTMENT_CREATE), 0);
}
END_TEST

START_TEST(open_closed_state_directory_is_opened_only_when_empty)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(mkdir_p(statefd, "somebodys", 0700), 0);
	ck_assert_int_eq(fchmod(statefd, 0700), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(open_result("a", COMPARTMENT_CREATE), -EACCES);
	ck_assert_int_eq(fstat(statefd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(remove_tree(AT_FDCWD, home), 0);
	ck_assert_int_eq(mkdir(home, 0700), 0);
	ck_assert_int_eq(open_result("a", COMPARTMENT_CREATE), 0);
}
END_TEST

START_TEST(open_two_at_once_both_succeed)
{
	int status, failed = 0;

	for (int i = 0; i < 8; i++)
		if (fork() == 0)
			_exit(open_result("same", COMPARTMENT_CREATE) != 0);
	while (wait(&status) > 0)
		failed += status != 0;
	ck_assert_int_eq(failed, 0);
}
END_TEST

START_TEST(open_foreign_directory_is_refused)
{
	ck_assert_int_eq(mkdir_p(statefd, "foreign/x", 0700), 0);
	ck_assert_int_eq(open_result("foreign", COMPARTMENT_CREATE), -EEXIST);
	ck_assert(there(statefd, "foreign/x"));
	ck_assert_int_eq(mkdir_p(statefd, "empty", 0700), 0);
	ck_assert_int_eq(open_result("empty", COMPARTMENT_CREATE), 0);
	ck_assert_int_eq(symlinkat("empty", statefd, "link"), 0);
	ck_assert_int_eq(open_result("link", COMPARTMENT_CREATE), -EEXIST);
	ck_assert_int_eq(write_file_at(statefd, "file", "", 0, 0600), 0);
	ck_assert_int_eq(open_result("file", COMPARTMENT_CREATE), -EEXIST);
}
END_TEST

START_TEST(open_format_newer_or_unknown_is_refused)
{
	static const struct {
		const char *text;
		int ret;
	} cases[] = {
		{ "ucrun-compartment 1\n", 0 },
		{ "ucrun-compartment 2\n", -EPROTONOSUPPORT },
		{ "ucrun-compartment 99999\n", -EPROTONOSUPPORT },
		{ "ucrun-compartment x\n", -EEXIST },
		{ "ucrun-compartment 1x\n", -EEXIST },
		{ "something else\n", -EEXIST },
		{ "", -EEXIST },
	};

	compartment_destroy(made("f"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(write_file_at(statefd, "f/format", cases[i].text,
					       strlen(cases[i].text), 0600),
				 0);
		ck_assert_msg(open_result("f", COMPARTMENT_CREATE) == cases[i].ret, "case %zu: %s",
			      i, err);
	}
}
END_TEST

START_TEST(open_format_as_link_or_fifo_is_refused)
{
	compartment_destroy(made("f"));
	ck_assert_int_eq(renameat(statefd, "f/format", statefd, "f/real"), 0);
	ck_assert_int_eq(symlinkat("real", statefd, "f/format"), 0);
	ck_assert_int_eq(open_result("f", 0), -ELOOP);
	ck_assert_int_eq(unlinkat(statefd, "f/format", 0), 0);
	ck_assert_int_eq(mkfifoat(statefd, "f/format", 0600), 0);
	ck_assert_int_eq(open_result("f", 0), -EPERM);
}
END_TEST

START_TEST(open_where_others_can_write_is_refused)
{
	compartment_destroy(made("f"));
	ck_assert_int_eq(fchmod(statefd, 0770), 0);
	ck_assert_int_eq(open_result("f", 0), -EPERM);
	ck_assert_int_eq(fchmod(statefd, 0777), 0);
	ck_assert_int_eq(open_result("f", COMPARTMENT_CREATE), -EPERM);
	ck_assert_int_eq(fchmod(statefd, 0711), 0);
	ck_assert_int_eq(fchmodat(statefd, "f", 0720, 0), 0);
	ck_assert_int_eq(open_result("f", 0), -EPERM);
}
END_TEST

START_TEST(open_with_a_forged_owner_is_refused)
{
	static const char *const forged[] = { "0 0\n", "1 1\n", "nonsense\n", "" };

	compartment_destroy(made("f"));
	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		ck_assert_int_eq(
			write_file_at(statefd, "f/owner", forged[i], strlen(forged[i]), 0600), 0);
		ck_assert_int_eq(open_result("f", 0), -EPERM);
	}
}
END_TEST

START_TEST(open_in_somebody_elses_state_is_refused)
{
	setenv("UC_HOME", geteuid() == 0 ? home : "/etc", 1);
	if (geteuid() == 0)
		ck_assert_int_eq(chown(home, 12345, 12345), 0);
	ck_assert_int_eq(open_result("f", COMPARTMENT_CREATE), -EPERM);
}
END_TEST

START_TEST(open_by_root_gives_each_its_own_uid_for_ever)
{
	struct compartment *a, *b;
	uid_t uid;

	if (geteuid() != 0)
		return;
	a = made("a");
	b = made("b");
	ck_assert_uint_ne(a->host_uid, b->host_uid);
	uid = b->host_uid;
	ck_assert_int_eq(compartment_remove(b, err, sizeof(err)), 0);
	compartment_destroy(b);
	b = made("b");
	ck_assert_uint_gt(b->host_uid, uid);
	compartment_destroy(a);
	compartment_destroy(b);
	a = made("daemon"); /* a system user that every Debian has */
	ck_assert_uint_eq(a->host_uid, 1);
	ck_assert_str_eq(a->login, "daemon");
	compartment_destroy(a);
}
END_TEST

static int try_to_get_back(struct compartment *c)
{
	if (geteuid() != c->host_uid || getuid() != c->host_uid || getegid() != c->host_gid)
		return 1;
	return setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0;
}

START_TEST(become_is_for_ever)
{
	struct compartment *c = made("a");

	ck_assert_int_eq(as_owner(c, try_to_get_back), 0);
	compartment_destroy(c);
}
END_TEST
static void add_tests(TCase *t)
{
	tcase_add_test(t, name_valid_or_not);
	tcase_add_test(t, escape_and_back_is_the_same);
	tcase_add_test(t, open_missing_without_create_is_enoent);
	tcase_add_test(t, open_first_makes_second_finds);
	tcase_add_test(t, uids_are_those_that_are_mapped);
	tcase_add_test(t, open_default_name_is_the_login);
	tcase_add_test(t, open_missing_state_directory_is_made);
	tcase_add_test(t, open_closed_state_directory_is_opened_only_when_empty);
	tcase_add_test(t, open_two_at_once_both_succeed);
	tcase_add_test(t, open_foreign_directory_is_refused);
	tcase_add_test(t, open_format_newer_or_unknown_is_refused);
	tcase_add_test(t, open_format_as_link_or_fifo_is_refused);
	tcase_add_test(t, open_where_others_can_write_is_refused);
	tcase_add_test(t, open_with_a_forged_owner_is_refused);
	tcase_add_test(t, open_in_somebody_elses_state_is_refused);
	tcase_add_test(t, open_by_root_gives_each_its_own_uid_for_ever);
	tcase_add_test(t, become_is_for_ever);
}

int main(void)
{
	return uc_main("uc", add_tests);
}
