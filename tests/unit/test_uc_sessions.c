// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in a compartment: layers and sessions; reset and remove. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "layer_dirs.h"
#include "session.h"
#include "uc_fixture.h"

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
static void add_tests(TCase *t)
{
	tcase_add_test(t, layer_over_the_state_directory_hides_it);
	tcase_add_test(t, layer_with_the_way_whited_out_stays_so);
	tcase_add_test(t, session_begins_is_listed_and_ends);
	tcase_add_test(t, session_that_crashed_is_swept);
	tcase_add_test(t, session_by_anybody_else_is_eperm);
	tcase_add_test(t, reset_and_remove_while_a_session_runs_are_ebusy);
	tcase_add_test(t, list_is_sorted_and_only_compartments);
	tcase_add_test(t, reset_empties_the_layers_and_keeps_the_rest);
	tcase_add_test(t, reset_and_remove_never_follow_links);
}

int main(void)
{
	return uc_main("uc_sessions", add_tests);
}
