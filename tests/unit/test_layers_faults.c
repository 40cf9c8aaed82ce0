// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks of layers: each operation is cut short after each of its steps, by kill -9 and by a full
 * disk. What programs see is what was before or what was to be, and nothing is left in work.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "fault.h"
#include "layers_fixture.h"
#include "util.h"

#define STEPS_MAX 400

/* ---- what programs see ---- */

static unsigned char type_of(const struct reading *r, const char *name)
{
	unsigned i = 0;

	while (strcmp(r->name[i], name) != 0)
		ck_assert_uint_lt(++i, r->n);
	return r->type[i];
}

static void tell(FILE *out, const char *rel)
{
	struct reading *r = reading_create(), *unsorted = reading_create();
	char child[PATH_MAX];

	ck_assert_int_eq(read_on(r, rel, NAMES_MAX), 0);
	ck_assert_int_eq(read_on(unsorted, rel, NAMES_MAX), 0);
	qsort(r->name + 2, r->n - 2, sizeof(r->name[0]), by_text);
	for (unsigned i = 2; i < r->n; i++) {
		struct statx stx;

		snprintf(child, sizeof(child), "%s%s%s", rel, *rel ? "/" : "", r->name[i]);
		stx = st(child);
		ck_assert_msg(type_of(unsorted, r->name[i]) == IFTODT(stx.stx_mode),
			      "%s is listed as another type", child);
		fprintf(out, "%s %o %u:%u %u,%u", child, stx.stx_mode, stx.stx_uid, stx.stx_gid,
			stx.stx_rdev_major, stx.stx_rdev_minor);
		if (S_ISREG(stx.stx_mode)) {
			/* not by layers_open(): it would make a linked name one of the upper's */
			char path[64], value[256];
			struct lnode n;
			size_t prefix;
			ssize_t len;

			ck_assert_int_eq(layers_lookup(l, NULL, child, &n, &prefix), 0);
			snprintf(path, sizeof(path), "/proc/self/fd/%d", n.fd);
			autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
			len = read(fd, value, sizeof(value));
			fprintf(out, " \"%.*s\"", (int)(len < 0 ? 0 : len), value);
			len = layers_getxattr(l, &root, child, "user.told", value, sizeof(value));
			fprintf(out, " %.*s", (int)(len < 0 ? 0 : len), value);
			layers_node_finish(&n);
		}
		fputc('\n', out);
		if (S_ISDIR(stx.stx_mode))
			tell(out, child);
	}
	reading_destroy(unsorted);
	reading_destroy(r);
}

/* The number of links may be told one too high after a kill: see layer_links.c. */
static char *told(void)
{
	char *text_ = NULL;
	size_t size;
	FILE *f = open_memstream(&text_, &size);

	tell(f, "");
	fclose(f);
	return text_;
}

/* ---- the child ---- */

static void come(void)
{
	cow();
	free(told()); /* everything in memory */
}

/* "told" is what the session that met the fault sees: its memory must agree with the disk. */
static int report(int ret)
{
	autofree char *mine = told();

	real_file("told", mine);
	return ret == 0 ? 0 : 1;
}

/* ---- one operation, at each of its steps ---- */

static const char *const parts[] = { "upper", "work", "shared", "told" };

static void start_again(void (*before)(void))
{
	layers_destroy(l);
	l = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		ck_assert_int_eq(remove_tree(topfd, parts[i]), 0);
	real_dir("upper");
	real_dir("work");
	cow();
	before();
}

static void nothing(void)
{
}

static void work_is_clean(unsigned step)
{
	struct reading *r = reading_create();
	struct layers *mine = l;

	l = stack(&(struct layer_dir){ in_top("work"), false }, 1, LAYERS_HOST | LAYERS_RDONLY,
		  NULL, NULL);
	ck_assert_int_eq(read_on(r, "", NAMES_MAX), 0);
	for (unsigned i = 2; i < r->n; i++)
		ck_assert_msg(strncmp(r->name[i], "link.", 5) == 0, "step %u: work has %s", step,
			      r->name[i]);
	reading_destroy(r);
	layers_destroy(l);
	l = mine;
}

static void one_fault(void (*before)(void), int (*change)(void), const char *old, const char *new,
		      enum fault_kind kind, unsigned step, int status)
{
	autofree char *seen = told(); /* by a session that was there all the time */
	autofree char *fresh = NULL;

	if (kind == FAULT_NOSPC) {
		autofree char *theirs = NULL;

		ck_assert_msg(status <= 1, "step %u: status %d", step, status);
		ck_assert_int_ge(read_file_at(topfd, "told", 1 << 16, &theirs), 0);
		ck_assert_msg(strcmp(theirs, status ? old : new) == 0,
			      "step %u, answer %d: the session sees\n%s\nexpected\n%s", step,
			      status, theirs, status ? old : new);
	}
	ck_assert_msg(strcmp(seen, old) == 0 || strcmp(seen, new) == 0,
		      "step %u: others see\n%s\nbefore it was\n%s", step, seen, old);
	again();
	fresh = told();
	ck_assert_msg(strcmp(fresh, seen) == 0, "step %u: the next session sees\n%s\nothers\n%s",
		      step, fresh, seen);
	work_is_clean(step);
}

static void at_each_step(void (*before)(void), int (*change)(void), enum fault_kind kind)
{
	autofree char *old = NULL, *new = NULL;
	int status;

	start_again(before);
	old = told();
	ck_assert_int_eq(change(), 0);
	new = told();
	for (unsigned step = 1;; step++) {
		ck_assert_uint_lt(step, STEPS_MAX);
		start_again(before);
		free(told());
		if (!fault_run(come, change, report, kind, step, &status)) {
			ck_assert_int_eq(status, 0);
			ck_assert(step > 1 || kind == FAULT_NOSPC);
			break;
		}
		one_fault(before, change, old, new, kind, step, status);
	}
	layers_destroy(l);
	l = NULL;
}

static void faults(void (*before)(void), int (*change)(void))
{
	at_each_step(before, change, FAULT_KILL);
#ifdef __x86_64__
	at_each_step(before, change, FAULT_NOSPC);
#endif
}

/* ---- copy-up ---- */

static int copy_up_deep(void)
{
	return layers_copy_up(l, "d/sub/deep");
}

static int copy_up_hard(void)
{
	return layers_copy_up(l, "h1");
}

static int chmod_hard(void)
{
	return layers_chmod(l, &root, "h2", 0400);
}

static void hard_copied(void)
{
	put("h1", "copied");
	ck_assert_int_eq(layers_chown(l, &root, "h1", 1000, 1000), 0);
}

static int copy_up_other_name(void)
{
	return layers_copy_up(l, "h2");
}

START_TEST(faults_in_copy_up)
{
	faults(nothing, copy_up_deep);
	faults(nothing, copy_up_hard);
	faults(nothing, chmod_hard);
	faults(hard_copied, copy_up_other_name);
}
END_TEST

static int truncate_lower(void)
{
	return open_result(&root, "d/a", O_WRONLY | O_TRUNC);
}

START_TEST(faults_in_open_with_truncation)
{
	faults(nothing, truncate_lower);
}
END_TEST

/* ---- making ---- */

static void emptied(void)
{
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub", true), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
}

static int create_by_user(void)
{
	return open_result(&user, "e/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int create_over_whiteout(void)
{
	return open_result(&user, "x", O_WRONLY | O_CREAT | O_EXCL);
}

static int mkdir_over_whiteout(void)
{
	return layers_mkdir(l, &user, "d/sub", 0700);
}

static int mknod_over_whiteout(void)
{
	return layers_mknod(l, &root, "x", S_IFCHR | 0640, makedev(1, 3));
}

static int link_of_device(void)
{
	return layers_link(l, &root, "null", "d/null");
}

static int rename_of_device(void)
{
	return layers_rename(l, &root, "null", "d/a", 0);
}

static void with_device(void)
{
	ck_assert_int_eq(layers_mknod(l, &root, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
}

static int symlink_over_whiteout(void)
{
	return layers_symlink(l, &root, "there", "x");
}

static int link_over_whiteout(void)
{
	return layers_link(l, &root, "d/a", "x");
}

static void everybodys(void)
{
	emptied();
	ck_assert_int_eq(layers_chmod(l, &root, "", 0777), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "e", 0777), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0777), 0);
}

START_TEST(faults_in_making)
{
	faults(everybodys, create_by_user);
	faults(everybodys, create_over_whiteout);
	faults(everybodys, mkdir_over_whiteout);
	faults(emptied, mknod_over_whiteout);
	faults(with_device, link_of_device);
	faults(with_device, rename_of_device);
	faults(emptied, symlink_over_whiteout);
	faults(emptied, link_over_whiteout);
}
END_TEST

static int bind_over_whiteout(void)
{
	autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bound[PATH_MAX];

	return layers_bind(l, &root, "x", sock, 0700, bound);
}

/* Not the kill: see bind_over(). */
START_TEST(faults_in_bind)
{
#ifdef __x86_64__
	at_each_step(emptied, bind_over_whiteout, FAULT_NOSPC);
#endif
}
END_TEST

START_TEST(bind_that_fails_leaves_the_name_removed)
{
	autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bound[PATH_MAX];

	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_bind(l, &root, "e/s", sock, 0700, bound), 0);
	ck_assert_int_eq(layers_bind(l, &root, "x", sock, 0700, bound), -EINVAL);
	ck_assert_int_eq(lookup("x"), 0);
	ck_assert(real_whiteout("upper/x"));
	again();
	ck_assert_int_eq(lookup("x"), 0);
}
END_TEST

/* ---- removing ---- */

static int unlink_lower(void)
{
	return layers_unlink(l, &root, "d/a", false);
}

static void copied(void)
{
	put("d/a", "copied");
}

static int unlink_other_name(void)
{
	return layers_unlink(l, &root, "h2", false);
}

static int unlink_copied_name(void)
{
	return layers_unlink(l, &root, "h1", false);
}

START_TEST(faults_in_unlink)
{
	faults(nothing, unlink_lower);
	faults(copied, unlink_lower);
	faults(hard_copied, unlink_other_name);
	faults(hard_copied, unlink_copied_name);
}
END_TEST

/* upper/d/sub has a whiteout of lower/d/sub/deep */
static void looks_empty(void)
{
	put("d/sub/mine", "");
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/mine", false), 0);
}

static int rmdir_of_whiteouts(void)
{
	return layers_unlink(l, &root, "d/sub", true);
}

START_TEST(faults_in_rmdir)
{
	faults(looks_empty, rmdir_of_whiteouts);
}
END_TEST

/* ---- renaming ---- */

static int rename_lower_file(void)
{
	return layers_rename(l, &root, "d/a", "e/b", 0);
}

static int rename_over_file(void)
{
	return layers_rename(l, &root, "f", "d/a", 0);
}

static int rename_over_other_name(void)
{
	return layers_rename(l, &root, "f", "h2", 0);
}

static int rename_over_whiteout(void)
{
	return layers_rename(l, &root, "f", "x", 0);
}

static int rename_tree(void)
{
	return layers_rename(l, &root, "d", "e/d", 0);
}

static int rename_tree_over_whiteouts(void)
{
	return layers_rename(l, &root, "e", "d/sub", 0);
}

static int rename_exchange_trees(void)
{
	return layers_rename(l, &root, "d", "e", RENAME_EXCHANGE);
}

static void more_in_e(void)
{
	put("e/mine", "mine");
	put("d/sub/deep", "copied");
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
}

START_TEST(faults_in_rename_of_files)
{
	faults(nothing, rename_lower_file);
	faults(copied, rename_over_file);
	faults(hard_copied, rename_over_other_name);
	faults(emptied, rename_over_whiteout);
}
END_TEST

START_TEST(faults_in_rename_of_trees)
{
	faults(more_in_e, rename_tree);
	faults(looks_empty, rename_tree_over_whiteouts);
	faults(more_in_e, rename_exchange_trees);
}
END_TEST

/* ---- coming ---- */

static void leave(void)
{
	layers_destroy(l);
	l = NULL;
}

static int arrive(void)
{
	cow();
	return 0;
}

static int leave_it_at_that(int ret)
{
	return ret;
}

static uint32_t magic(void)
{
	autoclose int fd = openat(topfd, "shared", O_RDONLY | O_CLOEXEC);
	uint32_t got = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, &got, sizeof(got)), sizeof(got));
	return got;
}

/* Whoever is killed while it comes: the next one finds work swept and a lock to use. */
START_TEST(faults_in_coming)
{
	int status;

	for (unsigned step = 1;; step++) {
		bool happened;

		ck_assert_uint_lt(step, STEPS_MAX);
		start_again(nothing);
		leave();
		ck_assert_int_eq(remove_tree(topfd, "shared"), 0);
		real_file("work/tmp.1.1", "left");
		happened = fault_run(nothing, arrive, leave_it_at_that, FAULT_KILL, step, &status);
		cow();
		ck_assert_uint_ne(magic(), 0);
		work_is_clean(step);
		put("f", "changed");
		ck_assert_str_eq(text("f"), "changed");
		leave();
		if (!happened)
			break;
	}
}
END_TEST

/* ---- attributes ---- */

static int close_file(void)
{
	return layers_chmod(l, &root, "d/a", 0);
}

static int chown_file(void)
{
	return layers_chown(l, &root, "d/a", 1000, 2000);
}

static void recorded(void)
{
	copied();
	ck_assert_int_eq(layers_chmod(l, &root, "d/a", 04001), 0);
}

static int open_file(void)
{
	return layers_chmod(l, &root, "d/a", 0755);
}

static int set_xattr(void)
{
	return layers_setxattr(l, &root, "d/a", "user.told", "value", 5, 0);
}

START_TEST(faults_in_attributes)
{
	faults(copied, close_file);
	faults(copied, chown_file);
	faults(recorded, open_file);
	faults(recorded, chown_file);
	faults(nothing, set_xattr);
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, faults_in_copy_up);
	tcase_add_test(t, faults_in_open_with_truncation);
	tcase_add_test(t, faults_in_making);
	tcase_add_test(t, faults_in_bind);
	tcase_add_test(t, bind_that_fails_leaves_the_name_removed);
	tcase_add_test(t, faults_in_unlink);
	tcase_add_test(t, faults_in_rmdir);
	tcase_add_test(t, faults_in_rename_of_files);
	tcase_add_test(t, faults_in_rename_of_trees);
	tcase_add_test(t, faults_in_coming);
	tcase_add_test(t, faults_in_attributes);
}

int main(void)
{
	return layers_main("layers_faults", add_tests);
}
