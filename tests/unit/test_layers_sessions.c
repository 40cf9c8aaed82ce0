// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of layers: the format on disk, and several sessions and threads at once. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "layers_fixture.h"
#include "util.h"

/* ---- the format of kernel overlayfs ---- */

START_TEST(format_of_another_writer_is_read)
{
	real_dir("upper/d/sub");
	ck_assert_int_eq(mknodat(topfd, "upper/f", S_IFCHR | 0, makedev(0, 0)), 0);
	ck_assert_int_eq(mknodat(topfd, "upper/d/a", S_IFCHR | 0, makedev(0, 0)), 0);
	ck_assert_int_eq(setxattr(in_top("upper/d/sub"), OPAQUE, "y", 1, 0), 0);
	real_file("upper/d/sub/new", "new");
	real_file("upper/e", "over a directory");
	cow();
	ck_assert_str_eq(names(""), "d dlink e fifo h1 h2 link x");
	ck_assert_str_eq(names("d"), "b sub");
	ck_assert_str_eq(names("d/sub"), "new");
	ck_assert_int_eq(lookup("d/sub/deep"), 0);
	ck_assert_str_eq(text("e"), "over a directory");
	ck_assert_int_eq(lookup("e/y"), -ENOTDIR);
}
END_TEST

/* Other values, and whiteouts below, are not what they look like. */
START_TEST(format_look_alikes_are_not_taken)
{
	real_dir("upper/d");
	ck_assert_int_eq(setxattr(in_top("upper/d"), OPAQUE, "n", 1, 0), 0);
	ck_assert_int_eq(setxattr(in_top("lower/d/sub"), OPAQUE, "y", 1, 0), 0);
	lower_ready();
	cow();
	ck_assert_str_eq(names("d"), "a b sub");
	put("d/sub/new", "");
	ck_assert_str_eq(names("d/sub"), "deep new");
}
END_TEST

/* The tree as lines of names, types and contents: by us and by the kernel's overlayfs. */
static void tell_ours(FILE *out, const char *rel)
{
	struct reading *r = reading_create();
	char child[PATH_MAX];

	ck_assert_int_eq(read_on(r, rel, NAMES_MAX), 0);
	qsort(r->name + 2, r->n - 2, sizeof(r->name[0]), by_text);
	for (unsigned i = 2; i < r->n; i++) {
		struct statx stx;

		snprintf(child, sizeof(child), "%s%s%s", rel, *rel ? "/" : "", r->name[i]);
		stx = st(child);
		fprintf(out, "%s %o %s\n", child, stx.stx_mode & S_IFMT,
			S_ISREG(stx.stx_mode) ? text(child) : "");
		if (S_ISDIR(stx.stx_mode))
			tell_ours(out, child);
	}
	reading_destroy(r);
}

static void tell_kernels(FILE *out, int at, const char *rel)
{
	struct dirent **list;
	char child[PATH_MAX], buf[256];
	int n = scandirat(at, *rel ? rel : ".", &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		struct stat s;
		ssize_t len = 0;

		if (strcmp(list[i]->d_name, ".") == 0 || strcmp(list[i]->d_name, "..") == 0)
			continue;
		snprintf(child, sizeof(child), "%s%s%s", rel, *rel ? "/" : "", list[i]->d_name);
		if (fstatat(at, child, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode)) {
			int fd = openat(at, child, O_RDONLY);

			len = read(fd, buf, sizeof(buf));
			close(fd);
		}
		fprintf(out, "%s %o %.*s\n", child, s.st_mode & S_IFMT, (int)len, buf);
		if (S_ISDIR(s.st_mode))
			tell_kernels(out, at, child);
	}
}

/* In a mount namespace of our own. Return: false when the kernel does not let us. */
static bool kernel_told(int fd)
{
	char options[3 * PATH_MAX];
	FILE *out = fdopen(fd, "w");
	int at;

	if (!out || (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0) || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	snprintf(options, sizeof(options),
		 "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work2,userxattr", top, top, top);
	if (mount("overlay", in_top("host"), "overlay", 0, options) < 0)
		return false;
	at = open(in_top("host"), O_RDONLY | O_DIRECTORY);
	tell_kernels(out, at, "");
	return fclose(out) == 0;
}

START_TEST(format_is_what_kernel_overlayfs_reads)
{
	int fds[2], status;
	char theirs[8192];
	char *ours = NULL;
	size_t size, n = 0;
	ssize_t got;
	pid_t pid;

	cow();
	put("f", "changed");
	put("d/sub/new", "new");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d/sub", "e/moved", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d/sub", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "there", "x"), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "h1", RENAME_EXCHANGE), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "h2", false), 0);
	FILE *out = open_memstream(&ours, &size);
	tell_ours(out, "");
	fclose(out);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(kernel_told(fds[1]) ? 0 : 77);
	close(fds[1]);
	while ((got = read(fds[0], theirs + n, sizeof(theirs) - 1 - n)) > 0)
		n += got;
	theirs[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) != 77) /* no overlayfs or no user namespaces here */
		ck_assert_str_eq(ours, theirs);
	free(ours);
	/* overlayfs made a directory without any permission in its workdir */
	ck_assert_int_eq(remove_tree(topfd, "work2"), 0);
}
END_TEST

/* ---- several at once ---- */

START_TEST(sessions_see_each_others_changes)
{
	struct layers *a, *b;

	cow();
	a = l;
	b = cow_session();
	l = b;
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "a b sub");
	l = a;
	put("new", "by a");
	put("f", "by a");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d/sub", "sub", 0), 0);
	l = b;
	ck_assert_str_eq(text("new"), "by a");
	ck_assert_str_eq(text("f"), "by a");
	ck_assert_str_eq(names("d"), "b");
	ck_assert_str_eq(text("sub/deep"), "deep");
	ck_assert_int_eq(lookup("d/a"), 0);
	put("d/a", "by b");
	ck_assert_int_eq(layers_unlink(l, &root, "new", false), 0);
	l = a;
	ck_assert_str_eq(text("d/a"), "by b");
	ck_assert_int_eq(lookup("new"), 0);
	ck_assert_str_eq(names("d"), "a b");
	layers_destroy(b);
	put("after", "");
	ck_assert_int_eq(lookup("after"), 1);
}
END_TEST

START_TEST(session_of_another_process_is_seen)
{
	int status;
	pid_t pid;

	cow();
	ck_assert_str_eq(names("d"), "a b sub");
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct layers *mine = cow_session();
		int ret = layers_unlink(mine, &root, "d/a", false);

		if (ret == 0)
			ret = layers_mkdir(mine, &root, "d/made", 0755);
		layers_destroy(mine);
		_exit(ret == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(names("d"), "b made sub");
	ck_assert_int_eq(layers_mkdir(l, &root, "d/made", 0755), -EEXIST);
}
END_TEST

/* kill -9 in the middle of changes: the lock is given back, every name is whole, work is swept. */
START_TEST(session_killed_leaves_a_usable_layer)
{
	pid_t pid;

	cow();
	for (int round = 0; round < 5; round++) {
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			struct layers *mine = cow_session();

			for (;;) {
				layers_rename(mine, &root, "d", "dd", 0);
				layers_chmod(mine, &root, "f", 0600);
				layers_unlink(mine, &root, "f", false);
				layers_rename(mine, &root, "dd", "d", 0);
				layers_mknod(mine, &root, "f", S_IFREG | 0644, 0);
			}
		}
		usleep(20000);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		put("mine", "still works");
		ck_assert_str_eq(text("mine"), "still works");
		ck_assert_str_eq(names(lookup("d") == 1 ? "d" : "dd"), "a b sub");
	}
	again();
	ck_assert_uint_eq(real_stat("work").st_nlink, 2);
	ck_assert_str_eq(names(lookup("d") == 1 ? "d" : "dd"), "a b sub");
}
END_TEST

static void *busy(void *arg)
{
	char a[32], b[32];
	long wrong = 0, id = (long)arg;

	for (unsigned i = 0; i < 150; i++) {
		int fd;

		snprintf(a, sizeof(a), "d/t%ld.%u", id, i);
		snprintf(b, sizeof(b), "e/t%ld.%u", id, i);
		fd = layers_open(l, &root, a, O_WRONLY | O_CREAT | O_EXCL, 0644);
		wrong += fd < 0;
		if (fd >= 0)
			close(fd);
		wrong += layers_rename(l, &root, a, b, 0) != 0;
		wrong += layers_chmod(l, &root, "d/sub/deep", 0600 + i % 8) != 0;
		wrong += layers_access(l, &root, a, F_OK) != -ENOENT;
		wrong += layers_access(l, &root, b, F_OK) != 0;
		if (i % 2)
			wrong += layers_unlink(l, &root, b, false) != 0;
	}
	return (void *)wrong;
}

/* Another session has the layer under ours as its upper one: what it does there shows here. */
START_TEST(session_below_an_ephemeral_one_is_seen)
{
	struct layers *below, *above;

	below = cow_session();
	ephemeral();
	above = l;
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "a b sub");
	l = below;
	put("new", "below");
	put("f", "below");
	put("d/a", "below");
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
	l = above;
	ck_assert_str_eq(text("new"), "below");
	ck_assert_str_eq(text("f"), "below");
	ck_assert_str_eq(names("d"), "a sub");
	ck_assert_int_eq(lookup("d/b"), 0);
	put("d/a", "above");
	l = below;
	put("d/a", "again");
	put("d/b", "again");
	layers_destroy(below);
	l = above;
	ck_assert_str_eq(text("d/a"), "above");
	ck_assert_str_eq(text("d/b"), "again");
	ck_assert_str_eq(real_text("upper/d/a"), "again");
}
END_TEST

/* The first session of all may be an ephemeral one: the next has a lock that works. */
START_TEST(session_over_an_ephemeral_one_that_was_first)
{
	struct layers *above;

	real_file("work/tmp.1.1", "left");
	ephemeral();
	ck_assert(!real_there("work/tmp.1.1"));
	above = l;
	l = cow_session();
	put("new", "new");
	layers_destroy(l);
	l = above;
	ck_assert_str_eq(text("new"), "new");
}
END_TEST

START_TEST(session_ephemeral_keeps_hard_links)
{
	cow();
	put("h1", "below");
	layers_destroy(l);
	ephemeral();
	ck_assert_str_eq(text("h2"), "below");
	ck_assert_uint_eq(st("h2").stx_nlink, 2);
	put("h2", "above");
	ck_assert_str_eq(text("h1"), "above");
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	ck_assert_uint_eq(st("h1").stx_ino, st("h2").stx_ino);
	ck_assert_str_eq(real_text("upper/h1"), "below");
	layers_destroy(l);
	cow();
	ck_assert_str_eq(text("h2"), "below");
	ck_assert_uint_eq(st("h2").stx_nlink, 2);
}
END_TEST

/* It has found the file locked by the first one, which is killed before it has made the locks. */
START_TEST(session_that_waits_for_one_that_dies)
{
	struct flock coming = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int fd = openat(topfd, "shared", O_RDWR | O_CREAT | O_CLOEXEC, 0600), status;
	uint32_t magic = 0;
	pid_t pid;

	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &coming), 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(fd);
		layers_destroy(cow_session());
		_exit(0);
	}
	usleep(50000);
	ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0);
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	fd = openat(topfd, "shared", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, &magic, sizeof(magic)), sizeof(magic));
	ck_assert_uint_ne(magic, 0);
	close(fd);
}
END_TEST

/* Many at once, each the first or not: all names arrive and no session is swept away. */
START_TEST(sessions_that_come_at_once)
{
	enum { SESSIONS = 8, ROUNDS = 20 };
	pid_t pid[SESSIONS];
	char name[32];
	int status;

	for (int round = 0; round < ROUNDS; round++) {
		ck_assert_int_eq(remove_tree(topfd, "shared"), 0);
		for (int i = 0; i < SESSIONS; i++) {
			pid[i] = fork();
			ck_assert_int_ge(pid[i], 0);
			if (pid[i] == 0) {
				struct layers *mine = cow_session();
				int ret = 0;

				for (int k = 0; k < 4 && ret == 0; k++) {
					snprintf(name, sizeof(name), "e/n%d.%d.%d", round, i, k);
					ret = layers_mknod(mine, &root, name, S_IFREG | 0600, 0);
				}
				layers_destroy(mine);
				_exit(ret ? 1 : 0);
			}
		}
		for (int i = 0; i < SESSIONS; i++) {
			ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
			ck_assert_int_eq(status, 0);
		}
	}
	cow();
	struct reading *r = reading_create();
	ck_assert_int_eq(read_on(r, "e", NAMES_MAX), 0);
	ck_assert_uint_eq(r->n, 2 + ROUNDS * SESSIONS * 4);
	reading_destroy(r);
}
END_TEST

/* Killed within a change, after its rename: those who were there have seen nothing of it yet. */
START_TEST(session_killed_within_a_change_is_noticed)
{
	pid_t pid;

	cow();
	ck_assert_str_eq(names("d"), "a b sub");
	for (int i = 0; i < 50; i++) {
		bool there;

		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			struct layers *mine = cow_session();

			for (;;) {
				layers_mknod(mine, &root, "d/n", S_IFREG | 0600, 0);
				layers_unlink(mine, &root, "d/n", false);
			}
		}
		usleep(2000 + 37 * i);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		there = real_there("upper/d/n");
		ck_assert_str_eq(names("d"), there ? "a b n sub" : "a b sub");
		ck_assert_int_eq(lookup("d/n"), there);
	}
}
END_TEST

START_TEST(threads_change_names_at_once)
{
	struct reading *r = reading_create();
	pthread_t threads[4];
	void *wrong;

	cow();
	for (long i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, busy, (void *)i), 0);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_int_eq((long)wrong, 0);
	}
	ck_assert_int_eq(read_on(r, "e", NAMES_MAX), 0);
	ck_assert_uint_eq(r->n, 2 + 4 * 75);
	ck_assert_str_eq(names("d"), "a b sub");
	reading_destroy(r);
}
END_TEST

static void *copier(void *arg)
{
	return (void *)(long)layers_copy_up(l, "big");
}

START_TEST(threads_copy_one_file_up_at_once)
{
	autoclose int fd = openat(topfd, "lower/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	static char block[1 << 20];
	pthread_t threads[4];
	void *ret;

	memset(block, 'b', sizeof(block));
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(write_all(fd, block, sizeof(block)), 0);
	lower_ready();
	cow();
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, copier, NULL), 0);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &ret), 0);
		ck_assert_int_eq((long)ret, 0);
	}
	ck_assert_int_eq(real_stat("upper/big").st_size, 8 << 20);
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

static void *copier_of_name(void *arg)
{
	return (void *)(long)layers_copy_up(l, arg);
}

/* Two names of one lower file, copied up at once, are names of one copy. */
START_TEST(threads_copy_two_names_of_one_file_up_at_once)
{
	static const char *const name[] = { "big1", "big2", "d/big3", "e/big4" };
	pthread_t threads[ARRAY_SIZE(name)];
	static char block[1 << 20];
	autoclose int fd = openat(topfd, "lower/big1", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	void *ret;

	memset(block, 'b', sizeof(block));
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(write_all(fd, block, sizeof(block)), 0);
	ck_assert_int_eq(linkat(topfd, "lower/big1", topfd, "lower/big2", 0), 0);
	ck_assert_int_eq(linkat(topfd, "lower/big1", topfd, "lower/d/big3", 0), 0);
	ck_assert_int_eq(linkat(topfd, "lower/big1", topfd, "lower/e/big4", 0), 0);
	lower_ready();
	cow();
	for (unsigned i = 0; i < ARRAY_SIZE(name); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, copier_of_name, (void *)name[i]),
				 0);
	for (unsigned i = 0; i < ARRAY_SIZE(name); i++) {
		ck_assert_int_eq(pthread_join(threads[i], &ret), 0);
		ck_assert_int_eq((long)ret, 0);
	}
	ck_assert_uint_eq(real_stat("upper/big1").st_nlink, ARRAY_SIZE(name) + 1);
	for (unsigned i = 0; i < ARRAY_SIZE(name); i++)
		ck_assert_uint_eq(st(name[i]).stx_nlink, ARRAY_SIZE(name));
	for (unsigned i = 0; i < ARRAY_SIZE(name); i++)
		ck_assert_int_eq(layers_unlink(l, &root, name[i], false), 0);
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

START_TEST(create_of_a_stack_without_directories_fails)
{
	struct layers_config cfg = { 0 };
	struct layer_dir missing = { in_top("missing"), true };

	ck_assert_int_eq(layers_create(&l, &cfg), -EINVAL);
	cfg.dirs = &missing;
	cfg.ndirs = 1;
	ck_assert_int_eq(layers_create(&l, &cfg), -ENOENT);
	layers_destroy(NULL);
	l = NULL;
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, format_of_another_writer_is_read);
	tcase_add_test(t, format_look_alikes_are_not_taken);
	tcase_add_test(t, format_is_what_kernel_overlayfs_reads);
	tcase_add_test(t, sessions_see_each_others_changes);
	tcase_add_test(t, session_of_another_process_is_seen);
	tcase_add_test(t, session_killed_leaves_a_usable_layer);
	tcase_add_test(t, session_below_an_ephemeral_one_is_seen);
	tcase_add_test(t, session_over_an_ephemeral_one_that_was_first);
	tcase_add_test(t, session_ephemeral_keeps_hard_links);
	tcase_add_test(t, session_that_waits_for_one_that_dies);
	tcase_add_test(t, sessions_that_come_at_once);
	tcase_add_test(t, session_killed_within_a_change_is_noticed);
	tcase_add_test(t, threads_copy_two_names_of_one_file_up_at_once);
	tcase_add_test(t, threads_change_names_at_once);
	tcase_add_test(t, threads_copy_one_file_up_at_once);
	tcase_add_test(t, create_of_a_stack_without_directories_fails);
}

int main(void)
{
	return layers_main("layers_sessions", add_tests);
}
