// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "suite.h"
#include "uc_fixture.h"

char top[64], home[80];
char err[COMPARTMENT_ERR_BYTES];
int statefd;

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

struct compartment *made(const char *name)
{
	struct compartment *c = NULL;
	int ret = compartment_open(&c, name, COMPARTMENT_CREATE, err, sizeof(err));

	ck_assert_msg(ret == 0, "%d: %s", ret, err);
	return c;
}

int open_result(const char *name, unsigned flags)
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

int as_owner(struct compartment *c, int (*fn)(struct compartment *c))
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

bool there(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
int uc_main(const char *name, void (*add_tests)(TCase *t))
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	add_tests(t);
	suite_add_tcase(s, t);
	return suite_run(s);
}
