// SPDX-License-Identifier: GPL-2.0-or-later
#include <check.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "compartment.h"
#include "layer_dirs.h"
#include "session.h"
#include "uids.h"
#include "util.h"

static char top[64], home[80];
static char err[COMPARTMENT_ERR_BYTES];
static int statefd;

static void setup(void)
{
	strcpy(top, "/tmp/test_uc.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	chmod(top, 0711); /* root's compartments belong to others, who must get there */
	snprintf(home, sizeof(home), "%s/state", top);
	ck_assert_int_eq(mkdir(home, 0711), 0);
	setenv("UC_HOME", home, 1);
	statefd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(statefd, 0);
}

static void teardown(void)
{
	close(statefd);
	ck_assert_int_eq(remove_tree(AT_FDCWD, top), 0);
}

static struct compartment *made(const char *name)
{
	struct compartment *c = NULL;
	int ret = compartment_open(&c, name, COMPARTMENT_CREATE, err, sizeof(err));

	ck_assert_msg(ret == 0, "%d: %s", ret, err);
	return c;
}

static int open_result(const char *name, unsigned flags)
{
	struct compartment *c = NULL;
	int ret = compartment_open(&c, name, flags, err, sizeof(err));

	compartment_destroy(c);
	if (ret < 0) {
		ck_assert_str_ne(err, "");
		ck_assert_ptr_null(strchr(err, '\n'));
	}
	return ret;
}

/* Run @fn as the compartment's user in a child; its result is the child's exit status. */
static int as_owner(struct compartment *c, int (*fn)(struct compartment *c))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(compartment_become(c, err, sizeof(err)) < 0 ? 99 : fn(c));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool there(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

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

/* ---- layers ---- */

static int layers_hide_state(struct compartment *c)
{
	struct session_layer l, again, other, under;
	autofree char *hidden = NULL;
	char value[64];
	struct stat st;

	if (session_layer_dirs(c, NULL, "/", &l, err, sizeof(err)) < 0)
		return 1;
	hidden = str_printf("%s%s", l.upper, home);
	if (getxattr(hidden, "user.overlay.opaque", value, sizeof(value)) != 1 || value[0] != 'y')
		return 2;
	*strrchr(hidden, '/') = '\0';
	if (getxattr(hidden, "user.overlay.opaque", value, sizeof(value)) >= 0)
		return 3;
	/* the host's owner and mode, as seen inside */
	memset(value, 0, sizeof(value));
	if (getxattr(hidden, "user.containers.override_stat", value, sizeof(value)) < 0 ||
	    strcmp(strrchr(value, ':'), ":711"))
		return 4;
	if (session_layer_dirs(c, NULL, "/", &again, err, sizeof(err)) < 0)
		return 5;
	if (session_layer_dirs(c, "%2Fmnt", top, &other, err, sizeof(err)) < 0)
		return 6;
	free(hidden);
	hidden = str_printf("%s/state", other.upper);
	if (getxattr(hidden, "user.overlay.opaque", value, sizeof(value)) != 1)
		return 7;
	if (session_layer_dirs(c, "%2Fusr", "/usr", &under, err, sizeof(err)) < 0)
		return 8;
	if (stat(under.work, &st) < 0 || rmdir(under.upper) < 0) /* empty */
		return 9;
	session_layer_finish(&l);
	session_layer_finish(&again);
	session_layer_finish(&other);
	session_layer_finish(&under);
	return 0;
}

START_TEST(layer_over_the_state_directory_hides_it)
{
	struct compartment *c = made("a");

	ck_assert_int_eq(as_owner(c, layers_hide_state), 0);
	compartment_destroy(c);
}
END_TEST

static int whiteout_stays(struct compartment *c)
{
	autofree char *path = str_printf("%s/upper%s", c->path, top);
	struct session_layer l;
	struct stat st;

	if (session_layer_dirs(c, NULL, "/", &l, err, sizeof(err)) < 0)
		return 1;
	session_layer_finish(&l);
	if (remove_tree(AT_FDCWD, path) < 0 || mknod(path, S_IFCHR, 0) < 0)
		return 2;
	if (session_layer_dirs(c, NULL, "/", &l, err, sizeof(err)) < 0)
		return 3;
	session_layer_finish(&l);
	return lstat(path, &st) < 0 || !S_ISCHR(st.st_mode) ? 4 : 0;
}

START_TEST(layer_with_the_way_whited_out_stays_so)
{
	struct compartment *c = made("a");

	ck_assert_int_eq(as_owner(c, whiteout_stays), 0);
	compartment_destroy(c);
}
END_TEST

/* ---- sessions ---- */

static char *const command[] = { "sh", "-c", "echo \x1b[1m\n", NULL };

static int begin_and_end(struct compartment *c)
{
	struct session_layer below, l;
	struct session_info *list;
	struct session *s = NULL;
	struct stat st;
	int n;

	if (session_begin(&s, c, UC_PATH, command, err, sizeof(err)) < 0)
		return 1;
	if (stat(session_tmp(s), &st) < 0 || (st.st_mode & 07777) != 0700)
		return 2;
	n = session_list(c, &list);
	if (n != 1 || list[0].pid != getpid() || !list[0].start || !list[0].started ||
	    strcmp(list[0].command, "sh -c echo \\x1b[1m\\x0a") != 0)
		return 3;
	session_list_free(list, n);
	if (session_layer_dirs(c, NULL, "/", &below, err, sizeof(err)) < 0 ||
	    session_layer_private(s, NULL, &below, &l, err, sizeof(err)) < 0)
		return 4;
	if (!path_under(l.upper, session_path(s)) || stat(l.upper, &st) < 0 ||
	    stat(l.work, &st) < 0)
		return 5;
	session_layer_finish(&l);
	session_layer_finish(&below);
	session_end(s);
	n = session_list(c, &list);
	return n == 0 ? 0 : 6;
}

START_TEST(session_begins_is_listed_and_ends)
{
	struct compartment *c = made("a");

	ck_assert_int_eq(as_owner(c, begin_and_end), 0);
	compartment_destroy(c);
}
END_TEST

static int begin_and_crash(struct compartment *c)
{
	struct session *s = NULL;

	if (session_begin(&s, c, UC_PATH, command, err, sizeof(err)) < 0)
		return 1;
	return mkdir_p(AT_FDCWD, session_tmp(s), 0) < 0;
}

static int stale_is_swept(struct compartment *c)
{
	struct session_info *list;
	struct session *s = NULL;
	int n = session_list(c, &list);

	if (n != 0 || session_begin(&s, c, UC_PATH, command, err, sizeof(err)) < 0)
		return 1;
	session_end(s);
	/* nothing but the lock is left */
	return unlinkat(c->dirfd, "sessions/.lock", 0) < 0 ||
	       unlinkat(c->dirfd, "sessions", AT_REMOVEDIR) < 0;
}

START_TEST(session_that_crashed_is_swept)
{
	struct compartment *c = made("a");

	ck_assert_int_eq(as_owner(c, begin_and_crash), 0);
	ck_assert_int_eq(as_owner(c, stale_is_swept), 0);
	compartment_destroy(c);
}
END_TEST

START_TEST(session_by_anybody_else_is_eperm)
{
	struct compartment *c = made("a");
	struct session *s = NULL;

	c->host_uid++;
	ck_assert_int_eq(session_begin(&s, c, UC_PATH, command, err, sizeof(err)), -EPERM);
	compartment_destroy(c);
}
END_TEST

/* A child that holds a session until it is told to go. */
static pid_t session_child(struct compartment *c, int *tell)
{
	int ready[2], go[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready) | pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		struct session *s = NULL;

		close(go[1]);
		if (compartment_become(c, err, sizeof(err)) < 0 ||
		    session_begin(&s, c, UC_PATH, command, err, sizeof(err)) < 0)
			_exit(1);
		if (write(ready[1], "x", 1) == 1 && read(go[0], &byte, 1) == 0)
			session_end(s);
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*tell = go[1];
	return pid;
}

START_TEST(reset_and_remove_while_a_session_runs_are_ebusy)
{
	struct compartment *c = made("a");
	struct session_info *list;
	int tell, status, n;
	pid_t pid = session_child(c, &tell);

	ck_assert_int_eq(compartment_reset(c, err, sizeof(err)), -EBUSY);
	ck_assert_ptr_nonnull(strstr(err, "1 session of it still runs"));
	ck_assert_int_eq(compartment_remove(c, err, sizeof(err)), -EBUSY);
	n = session_list(c, &list);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(list[0].pid, pid);
	session_list_free(list, n);
	close(tell);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(compartment_remove(c, err, sizeof(err)), 0);
	ck_assert(!there(statefd, "a"));
	compartment_destroy(c);
}
END_TEST

/* ---- list, reset, remove ---- */

START_TEST(list_is_sorted_and_only_compartments)
{
	char **names;

	ck_assert_int_eq(compartment_list(&names, err, sizeof(err)), 0);
	compartment_list_free(names);
	compartment_destroy(made("b"));
	compartment_destroy(made("a"));
	ck_assert_int_eq(mkdir_p(statefd, "foreign/x", 0700), 0);
	ck_assert_int_eq(symlinkat("a", statefd, "link"), 0);
	ck_assert_int_eq(compartment_list(&names, err, sizeof(err)), 2);
	ck_assert_str_eq(names[0], "a");
	ck_assert_str_eq(names[1], "b");
	ck_assert_ptr_null(names[2]);
	compartment_list_free(names);
	ck_assert_int_eq(setenv("UC_HOME", "/nonexistent/uc", 1), 0);
	ck_assert_int_eq(compartment_list(&names, err, sizeof(err)), 0);
	compartment_list_free(names);
}
END_TEST

static int change_things(struct compartment *c)
{
	return mkdir_p(c->dirfd, "upper/d/e", 0700) < 0 ||
	       mkdir_p(c->dirfd, "layers/%2Fx/upper", 0700) < 0 ||
	       symlinkat("/etc", c->dirfd, "upper/d/link") < 0 ||
	       write_file_at(c->dirfd, "shared", "x", 1, 0600) < 0 ||
	       write_file_at(c->dirfd, "uc.conf", "x=1\n", 4, 0600) < 0 ||
	       fchmodat(c->dirfd, "upper/d", 0, 0) < 0;
}

START_TEST(reset_empties_the_layers_and_keeps_the_rest)
{
	struct compartment *c = made("a");
	struct stat st;

	ck_assert_int_eq(as_owner(c, change_things), 0);
	ck_assert_int_eq(compartment_reset(c, err, sizeof(err)), 0);
	ck_assert(there(c->dirfd, "upper") && there(c->dirfd, "work") && there(c->dirfd, "layers"));
	ck_assert(!there(c->dirfd, "upper/d") && !there(c->dirfd, "layers/%2Fx"));
	ck_assert(!there(c->dirfd, "shared") && !there(c->dirfd, ".reset"));
	ck_assert_int_eq(fstatat(c->dirfd, "uc.conf", &st, 0), 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(fstatat(c->dirfd, "upper", &st, 0), 0);
	ck_assert_uint_eq(st.st_uid, c->host_uid);
	ck_assert(there(AT_FDCWD, "/etc/passwd"));
	compartment_destroy(c);
}
END_TEST

static int plant_links(struct compartment *c)
{
	return unlinkat(c->dirfd, "upper", AT_REMOVEDIR) < 0 ||
	       symlinkat(top, c->dirfd, "upper") < 0 ||
	       unlinkat(c->dirfd, "layers", AT_REMOVEDIR) < 0 ||
	       symlinkat(top, c->dirfd, "layers") < 0 || symlinkat(top, c->dirfd, ".reset") < 0;
}

START_TEST(reset_and_remove_never_follow_links)
{
	struct compartment *c = made("a");

	compartment_destroy(made("other"));
	ck_assert_int_eq(as_owner(c, plant_links), 0);
	ck_assert_int_eq(compartment_reset(c, err, sizeof(err)), 0);
	ck_assert(there(statefd, "other/format"));
	ck_assert_int_eq(compartment_remove(c, err, sizeof(err)), 0);
	ck_assert(there(statefd, "other/format"));
	ck_assert(!there(statefd, "a"));
	compartment_destroy(c);
}
END_TEST

static Suite *uc_suite(void)
{
	Suite *s = suite_create("uc");
	TCase *t = tcase_create("uc");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
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
	tcase_add_test(t, layer_over_the_state_directory_hides_it);
	tcase_add_test(t, layer_with_the_way_whited_out_stays_so);
	tcase_add_test(t, session_begins_is_listed_and_ends);
	tcase_add_test(t, session_that_crashed_is_swept);
	tcase_add_test(t, session_by_anybody_else_is_eperm);
	tcase_add_test(t, reset_and_remove_while_a_session_runs_are_ebusy);
	tcase_add_test(t, list_is_sorted_and_only_compartments);
	tcase_add_test(t, reset_empties_the_layers_and_keeps_the_rest);
	tcase_add_test(t, reset_and_remove_never_follow_links);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *sr = srunner_create(uc_suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
