// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of a view: which one answers, how they come and go, the way back from host names. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "util.h"
#include "view_fixture.h"

#define WALKERS 4

/* ---- entries ---- */

START_TEST(target_is_told)
{
	ck_assert(view_is_target(view, "/a/b"));
	ck_assert(view_is_target(view, "/etc/conf"));
	ck_assert(view_is_target(view, "/proc"));
	ck_assert(view_is_target(view, "/"));
	ck_assert(!view_is_target(view, "/a"));
	ck_assert(!view_is_target(view, "/etc"));
	ck_assert(!view_is_target(view, "/a/b/t"));
	ck_assert(!view_is_target(view, "/a/bb"));
	ck_assert(!view_is_target(view, "/dir"));
	ck_assert(!view_is_target(view, "/etc/con"));
}
END_TEST

START_TEST(target_below_is_told)
{
	ck_assert(view_holds_target(view, "/"));
	ck_assert(view_holds_target(view, "/a"));
	ck_assert(view_holds_target(view, "/etc"));
	ck_assert(!view_holds_target(view, "/a/b"));
	ck_assert(!view_holds_target(view, "/etc/conf"));
	ck_assert(!view_holds_target(view, "/et"));
	ck_assert(!view_holds_target(view, "/dir"));
	ck_assert_int_eq(add_tmp("/a/b/t", "host"), 0);
	ck_assert(view_holds_target(view, "/a/b"));
}
END_TEST

START_TEST(target_root_alone_is_told)
{
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	ck_assert_int_eq(view_remove(view, "/etc/conf"), 0);
	ck_assert_int_eq(view_remove(view, "/proc"), 0);
	ck_assert(view_is_target(view, "/"));
	ck_assert(!view_holds_target(view, "/"));
	ck_assert(!view_is_target(view, "/a/b"));
	ck_assert(!view_is_target(view, "/a"));
}
END_TEST

START_TEST(entry_later_one_covers_and_uncovers)
{
	dir("tmp2");
	file("tmp2/two", "two");
	ck_assert_int_eq(add_tmp("/a/b", "tmp2"), 0);
	leads("/", "/a/b/two", 0, "/a/b/two", "/a/b");
	lacks("/", "/a/b/t", 0, "/a/b/t");
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	leads("/", "/a/b/t", 0, "/a/b/t", "/a/b");
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	leads("/", "/a/b/covered", 0, "/a/b/covered", "");
	ck_assert_int_eq(view_remove(view, "/a/b"), -EINVAL);
}
END_TEST

START_TEST(entry_with_holes_leaves_them_to_others)
{
	char *holes[] = { "/dir/sub", "/dir/f", NULL };
	struct entry_spec spec = {
		.target = "/dir", .source = "t", .fstype = "tmpfs", .except = holes
	};

	dir("tmp4/sub");
	file("tmp4/mine", "");
	ck_assert_int_eq(view_add_layers(view, &spec, stack("tmp4", NULL, NULL, NULL, 0)), 0);
	leads("/", "/dir/mine", 0, "/dir/mine", "/dir");
	leads("/", "/dir/sub", 0, "/dir/sub", "");
	leads("/", "/dir/sub/f", 0, "/dir/sub/f", "");
	leads("/", "/dir/sub/../mine", 0, "/dir/mine", "/dir");
	leads("/", "/dir/f", WALK_NOFOLLOW, "/dir/f", "");
	lacks("/", "/dir/subway", 0, "/dir/subway");
	ck_assert_int_eq(view_from_host(view, in_top("lower/dir/sub/f"), -1, buf, NULL), 0);
	ck_assert_str_eq(buf, "/dir/sub/f");
	ck_assert_int_eq(view_from_host(view, in_top("tmp4/sub"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_remove(view, "/dir"), 0);
}
END_TEST

START_TEST(entry_remove_with_others_below_is_ebusy)
{
	ck_assert_int_eq(add_tmp("/a", "tmp"), 0);
	ck_assert_int_eq(view_remove(view, "/a"), -EBUSY);
	ck_assert_int_eq(view_remove(view, "/"), -EBUSY);
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	ck_assert_int_eq(view_remove(view, "/a"), 0);
	ck_assert_int_eq(view_remove(view, "/nothing"), -EINVAL);
	ck_assert_int_eq(view_remove(view, "/dir"), -EINVAL);
}
END_TEST

START_TEST(entry_removed_lives_until_its_node_is_finished)
{
	struct statx stx;
	int fd;

	ck_assert_int_eq(walk_from("/", "/a/b/t/x", 0), 0);
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	ck_assert_str_eq(node.entry->source, "tmp");
	fd = layers_open(node.entry->layers, NULL, node.rel, O_RDONLY, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(layers_stat_fd(node.entry->layers, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_size, 1);
	close(fd);
	view_node_finish(&node);
}
END_TEST

static void count_entry(void *arg, const struct entry *e)
{
	struct {
		unsigned n, ids;
		size_t longest;
	} *seen = arg;

	ck_assert_uint_le(e->target_len, seen->longest);
	seen->longest = e->target_len;
	seen->n++;
	ck_assert_int_gt(e->id, 0);
	ck_assert_int_lt(e->id, 32);
	ck_assert(!(seen->ids & 1U << e->id));
	seen->ids |= 1U << e->id;
}

START_TEST(entry_each_has_its_own_id_outermost_last)
{
	struct {
		unsigned n, ids;
		size_t longest;
	} seen = { .longest = SIZE_MAX };

	view_each(view, count_entry, &seen);
	ck_assert_uint_eq(seen.n, 4);
	ck_assert_uint_eq(seen.longest, 0);
}
END_TEST

START_TEST(entry_none_at_all_is_enoent)
{
	struct view *empty;

	ck_assert_int_eq(view_create(&empty), 0);
	walker.view = empty;
	ck_assert_int_eq(walk_result("/", "/", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/x", 0), -ENOENT);
	view_destroy(empty);
	view_destroy(NULL);
}
END_TEST

/* ---- synthetic entries ---- */

START_TEST(jump_to_a_name)
{
	leads("/", "/proc/self", 0, "/proc/dir", "/proc");
	leads("/", "/proc/self/status", 0, "/proc/dir/status", "/proc");
	leads("/", "/proc/exe", 0, "/file", "");
	leads("/", "/proc/cwd", 0, "/a/b", "/a/b");
	leads("/", "/proc/cwd/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/", "/proc/cwd/", 0, "/a/b", "/a/b");
	leads("/", "/proc/cwd/../c", 0, "/a/c", "");
	lacks("/", "/proc/self/gone", 0, "/proc/dir/gone");
	ck_assert_int_eq(walk_result("/", "/proc/exe/x", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/proc/nothing/x", 0), -ENOENT);
}
END_TEST

START_TEST(jump_to_a_file_with_a_slash_is_enotdir)
{
	ck_assert_int_eq(walk_result("/", "/proc/exe/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/proc/exe/.", 0), -ENOTDIR);
}
END_TEST

START_TEST(jump_leaves_a_chroot)
{
	walker.root = "/proc";
	leads("/proc", "/cwd/t", 0, "/a/b/t", "/a/b");
}
END_TEST

START_TEST(jump_to_a_nameless_object)
{
	ck_assert_int_eq(walk_from("/", "/proc/pipe", 0), 0);
	ck_assert_ptr_null(node.entry);
	ck_assert_int_ge(node.n.fd, 0);
	ck_assert_str_eq(node.path, "pipe:[1]");
	ck_assert_int_eq(node.reopen, O_RDONLY);
	view_node_finish(&node);
	ck_assert_int_eq(walk_result("/", "/proc/pipe/x", 0), -ENOTDIR);
}
END_TEST

START_TEST(jump_and_flags)
{
	ck_assert_int_eq(walk_result("/", "/proc/exe", WALK_NO_MAGICLINKS), -ELOOP);
	leads("/", "/proc/self/status", WALK_NO_MAGICLINKS, "/proc/dir/status", "/proc");
	leads("/", "/abs", WALK_NO_MAGICLINKS, "/dir/sub", "");
	ck_assert_int_eq(walk_result("/", "proc/exe", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/", "proc/exe", WALK_IN_ROOT), -EXDEV);
	ck_assert_int_eq(walk_result("/proc", "cwd", WALK_NO_XDEV), -EXDEV);
}
END_TEST

/* ---- back from the host's names ---- */

START_TEST(from_host_is_the_name_in_the_view)
{
	static const struct {
		const char *host, *path;
	} cases[] = {
		{ "lower", "/" },
		{ "lower/file", "/file" },
		{ "lower/dir/sub", "/dir/sub" },
		{ "upper/new", "/new" },
		{ "upper", "/" },
		{ "tmp", "/a/b" },
		{ "tmp/t/x", "/a/b/t/x" },
		{ "host/conf", "/etc/conf" },
		{ "synthetic", "/proc" },
		{ "synthetic/dir", "/proc/dir" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = view_from_host(view, in_top(cases[i].host), -1, buf, NULL);

		ck_assert_msg(ret == 0, "%s: %d", cases[i].host, ret);
		ck_assert_str_eq(buf, cases[i].path);
	}
}
END_TEST

START_TEST(from_host_of_what_has_no_name_is_enoent)
{
	ck_assert_int_eq(view_from_host(view, in_top("host/other"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, in_top("host"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, in_top("lowerish"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, top, -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, "/", -1, buf, NULL), -ENOENT);
	/* other entries cover these */
	ck_assert_int_eq(view_from_host(view, in_top("lower/a/b"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, in_top("lower/a/b/covered"), -1, buf, NULL), -ENOENT);
	ck_assert_int_eq(view_from_host(view, in_top("lower/etc/conf"), -1, buf, NULL), -ENOENT);
}
END_TEST

START_TEST(from_host_gives_a_reference)
{
	struct entry *e = NULL;

	ck_assert_int_eq(view_from_host(view, in_top("tmp/t"), -1, buf, &e), 0);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	ck_assert_str_eq(e->target, "/a/b");
	entry_put(e);
	entry_put(NULL);
}
END_TEST

/* ---- while entries come and go ---- */

static bool stop;

static void *walk_on(void *arg)
{
	struct walker w = { .view = view, .who = &root, .root = "/" };
	struct vnode *n = malloc(sizeof(*n));
	long wrong = n ? 0 : 1;

	while (n && !__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		if (view_walk(&w, "/", "/dir/sub/f", 0, n) != 0) {
			wrong++;
			continue;
		}
		/* 1 byte below, 3 in the entry that comes and goes: the node fits its entry */
		if (n->n.fd < 0 || strcmp(n->path, "/dir/sub/f") != 0 ||
		    n->n.stx.stx_size != (n->entry->target_len ? 3 : 1))
			wrong++;
		view_node_finish(n);
		wrong += view_walk(&w, "/", "/abs/../sub/../f", 0, n) != 0;
		view_node_finish(n);
		view_is_target(view, "/dir/sub");
	}
	free(n);
	return (void *)wrong;
}

START_TEST(entries_come_and_go_while_others_walk)
{
	pthread_t threads[WALKERS];
	void *wrong;

	dir("tmp3");
	file("tmp3/f", "fff");
	stop = false;
	for (unsigned i = 0; i < WALKERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, walk_on, NULL), 0);
	for (unsigned i = 0; i < 500; i++) {
		ck_assert_int_eq(add_tmp("/dir/sub", "tmp3"), 0);
		sched_yield();
		ck_assert_int_eq(view_remove(view, "/dir/sub"), 0);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < WALKERS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_int_eq((long)wrong, 0);
	}
}
END_TEST

static void add_tests(TCase *t)
{
	tcase_add_test(t, target_is_told);
	tcase_add_test(t, target_below_is_told);
	tcase_add_test(t, target_root_alone_is_told);
	tcase_add_test(t, entry_later_one_covers_and_uncovers);
	tcase_add_test(t, entry_with_holes_leaves_them_to_others);
	tcase_add_test(t, entry_remove_with_others_below_is_ebusy);
	tcase_add_test(t, entry_removed_lives_until_its_node_is_finished);
	tcase_add_test(t, entry_each_has_its_own_id_outermost_last);
	tcase_add_test(t, entry_none_at_all_is_enoent);
	tcase_add_test(t, jump_to_a_name);
	tcase_add_test(t, jump_to_a_file_with_a_slash_is_enotdir);
	tcase_add_test(t, jump_leaves_a_chroot);
	tcase_add_test(t, jump_to_a_nameless_object);
	tcase_add_test(t, jump_and_flags);
	tcase_add_test(t, from_host_is_the_name_in_the_view);
	tcase_add_test(t, from_host_of_what_has_no_name_is_enoent);
	tcase_add_test(t, from_host_gives_a_reference);
	tcase_add_test(t, entries_come_and_go_while_others_walk);
}

int main(void)
{
	return view_main("view_entries", add_tests);
}
