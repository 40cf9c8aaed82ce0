// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "loaders_fixture.h"
#include "suite.h"
#include "util.h"

#define TIMEOUT_S 120

static char dir[64];
bool same;

static void setup(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	same = true;
	strcpy(dir, "/tmp/test_loaders.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(symlink(self, "i"), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(remove_tree(AT_FDCWD, dir), 0);
}

void file_make(const char *name, const void *data, size_t len, mode_t mode)
{
	autoclose int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, data, len), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
}

void script_make(const char *name, const char *text)
{
	file_make(name, text, strlen(text), 0755);
}

int fds_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- a view that is the host ---- */

int file_open(const char *path, struct loader_file *out)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (out->fd < 0)
		return -errno;
	ck_assert_int_eq(fstat(out->fd, &st), 0);
	snprintf(out->view, sizeof(out->view), "%s", path);
	ck_assert_ptr_nonnull(realpath(path, out->host));
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	return 0;
}

static int open_exec(void *arg, const char *path, struct loader_file *out)
{
	struct stat st;

	/* the kernel finds the cwd by an empty interpreter name, and that is no file */
	if (!*path)
		path = ".";
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -EACCES;
	return file_open(path, out);
}

static bool same_as_host(void *arg, const char *path, dev_t dev, ino_t ino)
{
	return same;
}

const struct loader_ops host_ops = { .open_exec = open_exec, .same_as_host = same_as_host };

int plan(const char *path, struct exec_plan *p)
{
	struct loader_file file;

	ck_assert_int_eq(file_open(path, &file), 0);
	return loader_plan(&host_ops, NULL, &file, p);
}

/* ---- running things ---- */

int run(const char *path, int fd, char *const argv[], char *const envp[], char *text)
{
	int fds[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		alarm(20);
		/* whoever runs the tests may have left us descriptors */
		close_range(3, FD_PROG - 1, CLOSE_RANGE_CLOEXEC);
		close_range(FD_INTERP + 1, ~0U, CLOSE_RANGE_CLOEXEC);
		if (fd >= 0)
			fexecve(fd, argv, envp);
		else
			execve(path, argv, envp);
		dprintf(STDOUT_FILENO, "errno %d\n", errno);
		_exit(STATUS_NO_EXEC);
	}
	close(fds[1]);
	while (len < TEXT_BYTES - 1 && (n = read(fds[0], text + len, TEXT_BYTES - 1 - len)) > 0)
		len += n;
	text[len] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

void text_add_arg(char *text, const char *arg)
{
	size_t len = strlen(text);

	snprintf(text + len, TEXT_BYTES - len, "<%s>\n", arg);
}

/* What "i" says when it is called so. */
static int tell_arguments(int argc, char **argv)
{
	static char text[TEXT_BYTES];

	for (int i = 0; i < argc; i++)
		text_add_arg(text, argv[i]);
	return write_all(STDOUT_FILENO, text, strlen(text)) < 0;
}

int loaders_main(const char *name, struct loaders_case *cases, int argc, char **argv)
{
	Suite *s;

	if (argc > 0 && strcmp(basename(argv[0]), "i") == 0)
		return tell_arguments(argc, argv);
	s = suite_create(name);
	for (; cases->name; cases++) {
		TCase *t = tcase_create(cases->name);

		tcase_add_checked_fixture(t, setup, teardown);
		tcase_set_timeout(t, TIMEOUT_S);
		cases->add_tests(t);
		suite_add_tcase(s, t);
	}
	return suite_run(s);
}
