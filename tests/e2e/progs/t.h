/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the test programs. A program holds named tests; "PROG NAME" runs one. A test prints
 * what each call answered, in a form that does not depend on where it runs, so that the output of a
 * run outside a compartment and of one inside can be compared.
 */
#ifndef T_H
#define T_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIP 77

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

static struct test *tests;

#define TEST(id)                                                \
	static void id(void);                                   \
	static struct test test_##id = { #id, id, NULL };       \
	__attribute__((constructor)) static void add_##id(void) \
	{                                                       \
		test_##id.next = tests;                         \
		tests = &test_##id;                             \
	}                                                       \
	static void id(void)

static inline const char *result(long r)
{
	static char buf[64];
	const char *name;

	if (r >= 0) {
		snprintf(buf, sizeof(buf), "%ld", r);
		return buf;
	}
	name = strerrorname_np(errno);
	return name ? name : "E?";
}

/* R: a call and its number; F: a call that makes a descriptor: the number itself does not matter */
#define R(call)                                         \
	({                                              \
		errno = 0;                              \
		long r_ = (long)(call);                 \
		printf("%s = %s\n", #call, result(r_)); \
		r_;                                     \
	})
#define F(call)                                                          \
	({                                                               \
		errno = 0;                                               \
		long f_ = (long)(call);                                  \
		printf("%s = %s\n", #call, f_ >= 0 ? "fd" : result(f_)); \
		(int)f_;                                                 \
	})
/* must hold: an escape attempt that worked, or a broken promise */
#define MUST(cond)                                                                         \
	do {                                                                               \
		if (!(cond)) {                                                             \
			printf("FAILED %s:%d: %s (errno %s)\n", __FILE__, __LINE__, #cond, \
			       errno ? strerrorname_np(errno) : "0");                      \
			exit(1);                                                           \
		}                                                                          \
	} while (0)

static inline void skip(const char *why)
{
	printf("%s\n", why);
	exit(SKIP);
}

/* What a descriptor's file holds, from its start. */
static inline void show_fd(const char *what, int fd)
{
	char buf[201];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	if (n < 0) {
		printf("%s: %s\n", what, result(n));
		return;
	}
	buf[n] = 0;
	for (char *p = buf; *p; p++)
		if (*p == '\n')
			*p = '|';
	printf("%s: \"%s\"\n", what, buf);
}

static inline void show(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("%s: %s\n", path, result(-1));
		return;
	}
	show_fd(path, fd);
	close(fd);
}

static inline void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	MUST(fd >= 0);
	MUST(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static inline const char *type_of(mode_t m)
{
	return S_ISREG(m)    ? "reg"
	       : S_ISDIR(m)  ? "dir"
	       : S_ISLNK(m)  ? "lnk"
	       : S_ISFIFO(m) ? "fifo"
	       : S_ISSOCK(m) ? "sock"
	       : S_ISCHR(m)  ? "chr"
	       : S_ISBLK(m)  ? "blk"
			     : "?";
}

static inline void show_stat(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		printf("lstat %s: %s\n", path, result(-1));
		return;
	}
	printf("lstat %s: %s %04o nlink %ld size %ld\n", path, type_of(st.st_mode),
	       st.st_mode & 07777, S_ISDIR(st.st_mode) ? 0L : (long)st.st_nlink,
	       S_ISDIR(st.st_mode) ? 0L : (long)st.st_size);
}

static inline int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names and types of a directory, sorted. */
static inline void show_dir(const char *path)
{
	DIR *d = opendir(path);
	char *names[4096];
	int n = 0;
	struct dirent *e;

	if (!d) {
		printf("opendir %s: %s\n", path, result(-1));
		return;
	}
	while ((e = readdir(d)) && n < 4096)
		if (asprintf(&names[n], "%s/%d", e->d_name, e->d_type) > 0)
			n++;
	closedir(d);
	qsort(names, n, sizeof(names[0]), by_name);
	printf("%s:", path);
	for (int i = 0; i < n; i++) {
		printf(" %s", names[i]);
		free(names[i]);
	}
	printf("\n");
}

/* "<cwd>/name", for the absolute form of a path */
static inline const char *absolute(const char *name)
{
	static char buf[2][PATH_MAX * 2];
	static int turn;
	char cwd[PATH_MAX];

	turn = !turn;
	MUST(getcwd(cwd, sizeof(cwd)));
	snprintf(buf[turn], sizeof(buf[turn]), "%s/%s", cwd, name);
	return buf[turn];
}

/* Run a test body in a child; its status is printed. */
#define CHILD(body)                                                   \
	({                                                            \
		int st_;                                              \
		pid_t pid_ = fork();                                  \
		if (pid_ == 0) {                                      \
			body;                                         \
			_exit(0);                                     \
		}                                                     \
		MUST(pid_ > 0 && waitpid(pid_, &st_, 0) == pid_);     \
		if (WIFSIGNALED(st_))                                 \
			printf("child: signal %d\n", WTERMSIG(st_));  \
		else                                                  \
			printf("child: exit %d\n", WEXITSTATUS(st_)); \
		st_;                                                  \
	})

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGPIPE, SIG_IGN);
	for (struct test *t = tests; t; t = t->next) {
		if (argc < 2)
			printf("%s\n", t->name);
		else if (strcmp(t->name, argv[1]) == 0) {
			t->run();
			return 0;
		}
	}
	if (argc >= 2)
		fprintf(stderr, "no test %s\n", argv[1]);
	return argc < 2 ? 0 : 2;
}

#endif
