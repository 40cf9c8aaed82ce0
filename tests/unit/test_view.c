// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The path walk over a view of four entries:
 *
 *	/		cow: upper over lower
 *	/a/b		tmp
 *	/etc/conf	one file of a host directory, read-only
 *	/proc		synthetic
 */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "util.h"
#include "view.h"

#define LINKS_MAX 40 /* path_resolution(7) */
#define WALKERS	  4

static char all[64], top[80], buf[2 * PATH_MAX]; /* all: of every test, removed in the end */
static struct view *view;
static struct cred root, user;
static struct walker walker;
static struct vnode node;
static int topfd;

/* ---- making ---- */

static const char *in_top(const char *rel)
{
	static char path[8][PATH_MAX];
	static unsigned i;

	i = (i + 1) % ARRAY_SIZE(path);
	snprintf(path[i], sizeof(path[i]), "%s/%s", top, rel);
	return path[i];
}

static void dir(const char *rel)
{
	ck_assert_int_eq(mkdir_p(topfd, rel, 0755), 0);
}

static void file(const char *rel, const char *text)
{
	autoclose int fd = openat(topfd, rel, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
}

static void symlink_to(const char *target, const char *rel)
{
	ck_assert_int_eq(symlinkat(target, topfd, rel), 0);
}

static struct layers *stack(const char *upper, const char *lower, const char *work,
			    const char *shared, unsigned flags)
{
	struct layer_dir dirs[2];
	struct layers_config cfg = {
		.dirs = dirs, .flags = flags, .host_uid = geteuid(), .host_gid = getegid()
	};
	struct layers *l = NULL;

	if (upper)
		dirs[cfg.ndirs++] = (struct layer_dir){ in_top(upper), true };
	if (lower)
		dirs[cfg.ndirs++] = (struct layer_dir){ in_top(lower), false };
	cfg.work = work ? in_top(work) : NULL;
	cfg.shared = shared ? in_top(shared) : NULL;
	ck_assert_int_eq(layers_create(&l, &cfg), 0);
	return l;
}

static int add_tmp(const char *target, const char *rel)
{
	struct entry_spec spec = { .target = target, .source = "tmp", .fstype = "tmpfs" };

	return view_add_layers(view, &spec, stack(rel, NULL, NULL, NULL, 0));
}

/* A small /proc: "self" is a plain link in truth, "exe" and "cwd" magic ones, "pipe" has no name.
 */
static int synth_lookup(void *arg, const struct walker *w, const char *rel, bool follow,
			struct vnode *n, size_t *prefix_len)
{
	static const struct {
		const char *name, *path;
		bool soft;
	} links[] = { { "self", "/proc/dir", true },
		      { "exe", "/file", false },
		      { "cwd", "/a/b", false } };
	size_t len = strcspn(rel, "/");
	bool last = !rel[len];

	ck_assert_ptr_eq(arg, &root);
	ck_assert_ptr_eq(w, &walker);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (strlen(links[i].name) == len && !memcmp(rel, links[i].name, len) &&
		    (follow || !last)) {
			*prefix_len = len;
			strcpy(n->path, links[i].path);
			n->soft = links[i].soft;
			return VIEW_JUMP;
		}
	if (strncmp(rel, "pipe", 4) == 0 && (follow || !last)) {
		*prefix_len = len;
		strcpy(n->path, "pipe:[1]");
		n->n.fd = openat(topfd, "lower/file", O_PATH | O_CLOEXEC);
		n->reopen = O_RDONLY;
		return VIEW_JUMP;
	}
	if (!*rel || strcmp(rel, "dir") == 0)
		n->n.fd = openat(topfd, "lower/dir", O_PATH | O_CLOEXEC);
	else if (strcmp(rel, "dir/status") == 0)
		n->n.fd = openat(topfd, "lower/file", O_PATH | O_CLOEXEC);
	else if (strcmp(rel, "gone") == 0 || strcmp(rel, "dir/gone") == 0)
		return 0;
	else
		return -ENOENT;
	return statx(n->n.fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &n->n.stx) < 0 ? -errno : 0;
}

static int synth_from_host(void *arg, const char *host, char *rel)
{
	const char *rest = path_under(host, in_top("synthetic"));

	if (!rest)
		return -ENOENT;
	snprintf(rel, PATH_MAX, "%s", rest);
	return 0;
}

static const struct synth_ops synth = { .lookup = synth_lookup, .from_host = synth_from_host };

static void fill(void)
{
	dir("lower/a/b");
	dir("lower/dir/sub/deep");
	dir("lower/etc");
	dir("lower/proc");
	dir("upper");
	dir("work");
	dir("tmp/t");
	dir("host");
	file("lower/file", "file");
	file("lower/a/c", "c");
	file("lower/a/b/covered", "covered");
	file("lower/dir/sub/f", "f");
	file("lower/etc/conf", "lower");
	file("tmp/t/x", "x");
	file("tmp/y", "y");
	file("host/conf", "host");
	file("host/other", "other");
	symlink_to("/dir/sub", "lower/abs");
	symlink_to("dir/sub", "lower/rel");
	symlink_to("../sub/f", "lower/dir/tof");
	symlink_to("sub/f", "lower/dir/f");
	symlink_to("/a/b/t", "lower/dir/tot");
	symlink_to("../../dir", "tmp/out");
	symlink_to("/nowhere/x", "lower/dangling");
	symlink_to("missing", "lower/dir/tomissing");
	symlink_to("loop", "lower/loop");
	symlink_to("ping", "lower/pong");
	symlink_to("pong", "lower/ping");
	symlink_to("dir/", "lower/slashed");
	symlink_to("../../../..", "lower/dir/sub/up");
}

static void setup(void)
{
	struct entry_spec cow = {
		.target = "/", .source = "cow", .fstype = "cow", .private_sockets = true
	};
	struct entry_spec conf = { .target = "/etc/conf",
				   .source = "conf",
				   .fstype = "bind",
				   .file = "conf",
				   .rdonly = true };

	umask(022);
	snprintf(top, sizeof(top), "%s/XXXXXX", all);
	ck_assert_ptr_nonnull(mkdtemp(top));
	topfd = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fill();
	cred_init_root(&root);
	user = root;
	ck_assert_int_eq(cred_setresgid(&user, 1000, 1000, 1000), 0);
	ck_assert_int_eq(cred_setresuid(&user, 1000, 1000, 1000), 0);
	ck_assert_int_eq(view_create(&view), 0);
	ck_assert_int_eq(view_add_layers(view, &cow, stack("upper", "lower", "work", "shared", 0)),
			 0);
	ck_assert_int_eq(add_tmp("/a/b", "tmp"), 0);
	ck_assert_int_eq(
		view_add_layers(view, &conf,
				stack(NULL, "host", NULL, NULL, LAYERS_RDONLY | LAYERS_HOST)),
		0);
	ck_assert_int_eq(view_add_synth(view, "/proc", &synth, &root, "proc"), 0);
	walker = (struct walker){ .view = view, .who = &root, .root = "/" };
}

static void teardown(void)
{
	view_destroy(view);
	close(topfd);
	ck_assert_int_eq(remove_tree(AT_FDCWD, top), 0);
}

/* ---- asking ---- */

static int walk_from(const char *base, const char *path, unsigned flags)
{
	int ret = view_walk(&walker, base, path, flags, &node);

	if (ret == 0)
		return 0;
	ck_assert_int_lt(ret, 0);
	return ret;
}

/* Walk that fails; or its node is given back at once. */
static int walk_result(const char *base, const char *path, unsigned flags)
{
	int ret = walk_from(base, path, flags);

	if (ret == 0)
		view_node_finish(&node);
	return ret;
}

/* @path leads to the existing @canonical in the entry at @target. */
static void leads(const char *base, const char *path, unsigned flags, const char *canonical,
		  const char *target)
{
	int ret = walk_from(base, path, flags);

	ck_assert_msg(ret == 0, "%s: %s", path, strerror(-ret));
	ck_assert_str_eq(node.path, canonical);
	ck_assert_ptr_nonnull(node.entry);
	ck_assert_str_eq(node.entry->target, target);
	ck_assert_int_ge(node.n.fd, 0);
	view_node_finish(&node);
	ck_assert_int_eq(node.n.fd, -1);
	ck_assert_ptr_null(node.entry);
}

/* Only the last component of @path is missing; @canonical is where it would be. */
static void lacks(const char *base, const char *path, unsigned flags, const char *canonical)
{
	int ret = walk_from(base, path, flags);

	ck_assert_msg(ret == 0, "%s: %s", path, strerror(-ret));
	ck_assert_int_eq(node.n.fd, -1);
	ck_assert_str_eq(node.path, canonical);
	ck_assert_ptr_nonnull(node.entry);
	view_node_finish(&node);
}

/* ---- plain paths ---- */

START_TEST(walk_plain_names)
{
	leads("/", "/", 0, "/", "");
	leads("/", "/file", 0, "/file", "");
	leads("/", "file", 0, "/file", "");
	leads("/", "//dir///sub//f", 0, "/dir/sub/f", "");
	leads("/", "./dir/./sub/.", 0, "/dir/sub", "");
	leads("/dir", "sub/f", 0, "/dir/sub/f", "");
	leads("/dir", ".", 0, "/dir", "");
	leads("/dir", "/file", 0, "/file", "");
	leads("/", ".", 0, "/", "");
}
END_TEST

START_TEST(walk_into_nested_entries)
{
	leads("/", "/a", 0, "/a", "");
	leads("/", "/a/c", 0, "/a/c", "");
	leads("/", "/a/b", 0, "/a/b", "/a/b");
	leads("/", "/a/b/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a", "b/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a/b", "t/x", 0, "/a/b/t/x", "/a/b");
	lacks("/", "/a/b/covered", 0, "/a/b/covered");
	leads("/", "/proc", 0, "/proc", "/proc");
	leads("/", "/proc/dir/status", 0, "/proc/dir/status", "/proc");
	/* a name that only begins like a target */
	lacks("/", "/a/bb", 0, "/a/bb");
	ck_assert_int_eq(walk_from("/", "/a/bb", 0), 0);
	ck_assert_str_eq(node.entry->target, "");
	ck_assert_str_eq(node.rel, "a/bb");
	view_node_finish(&node);
}
END_TEST

START_TEST(walk_tells_the_path_in_the_entry)
{
	static const struct {
		const char *path, *rel;
	} cases[] = {
		{ "/", "" },
		{ "/file", "file" },
		{ "/dir/sub", "dir/sub" },
		{ "/a/b", "" },
		{ "/a/b/t", "t" },
		{ "/a/b/t/x", "t/x" },
		{ "/etc/conf", "conf" },
		{ "/proc", "" },
		{ "/proc/dir", "dir" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(walk_from("/", cases[i].path, 0), 0);
		ck_assert_str_eq(node.rel, cases[i].rel);
		view_node_finish(&node);
	}
}
END_TEST

START_TEST(walk_to_one_file_entry)
{
	leads("/", "/etc/conf", 0, "/etc/conf", "/etc/conf");
	ck_assert_int_eq(walk_from("/", "/etc/conf", 0), 0);
	ck_assert_uint_eq(node.n.stx.stx_size, strlen("host"));
	ck_assert(node.entry->rdonly);
	view_node_finish(&node);
	ck_assert_int_eq(walk_result("/", "/etc/conf/x", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/etc/conf/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/etc/conf/..", 0), -ENOTDIR);
	lacks("/", "/etc/other", 0, "/etc/other");
}
END_TEST

START_TEST(walk_missing_or_not_a_directory)
{
	lacks("/", "/new", 0, "/new");
	lacks("/dir", "new", 0, "/dir/new");
	lacks("/", "/proc/gone", 0, "/proc/gone");
	ck_assert_int_eq(walk_result("/", "/no/new", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/no/new/er", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/new", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/file/new/er", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/a/b/t/x/y", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/gone", "x", 0), -ENOENT);
}
END_TEST

START_TEST(walk_empty_is_enoent)
{
	ck_assert_int_eq(walk_result("/", "", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/dir", "", WALK_PARENT), -ENOENT);
}
END_TEST

START_TEST(walk_long_paths)
{
	/* "/./././...file": 4095 bytes are the longest that open(2) takes */
	for (size_t len = PATH_MAX - 2; len <= PATH_MAX; len++) {
		size_t at = 0;

		buf[at++] = '/';
		if (len % 2 == 0)
			buf[at++] = '/';
		while (at < len - 4) {
			buf[at++] = '.';
			buf[at++] = '/';
		}
		strcpy(buf + at, "file");
		ck_assert_uint_eq(strlen(buf), len);
		if (len < PATH_MAX)
			leads("/", buf, 0, "/file", "");
		else
			ck_assert_int_eq(walk_result("/", buf, 0), -ENAMETOOLONG);
	}
}
END_TEST

START_TEST(walk_deep_tree_of_4095_bytes)
{
	char part[256];
	int fd = openat(topfd, "lower", O_PATH | O_CLOEXEC), next;
	size_t len = 0;

	/* sixteen directories of 250 bytes, then whatever is left: "/" * 17 + 4000 + 78 */
	memset(part, 'n', sizeof(part));
	for (unsigned i = 0; i < 17; i++) {
		part[i < 16 ? 250 : 78] = '\0';
		len += snprintf(buf + len, sizeof(buf) - len, "/%s", part);
		ck_assert_int_eq(mkdirat(fd, part, 0755), 0);
		next = openat(fd, part, O_PATH | O_CLOEXEC);
		close(fd);
		fd = next;
		ck_assert_int_ge(fd, 0);
	}
	close(fd);
	ck_assert_uint_eq(len, PATH_MAX - 1);
	leads("/", buf, 0, buf, "");
	buf[len++] = 'x';
	buf[len] = '\0';
	ck_assert_int_eq(walk_result("/", buf, 0), -ENAMETOOLONG);
}
END_TEST

START_TEST(walk_long_name)
{
	memset(buf, 'n', NAME_MAX + 1);
	buf[NAME_MAX] = '\0';
	ck_assert_int_eq(walk_result("/dir", buf, 0), 0);
	buf[NAME_MAX] = 'n';
	buf[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(walk_result("/dir", buf, 0), -ENAMETOOLONG);
	ck_assert_int_eq(walk_result("/a/b", buf, 0), -ENAMETOOLONG);
}
END_TEST

/* ---- dots ---- */

START_TEST(dotdot_across_entries)
{
	leads("/", "/a/b/..", 0, "/a", "");
	leads("/a/b", "..", 0, "/a", "");
	leads("/a/b/t", "../..", 0, "/a", "");
	leads("/a/b", "../c", 0, "/a/c", "");
	leads("/a/b", "../b/t/../t/x", 0, "/a/b/t/x", "/a/b");
	leads("/", "/proc/../file", 0, "/file", "");
	leads("/", "/a/../a/b/../../dir/sub", 0, "/dir/sub", "");
}
END_TEST

START_TEST(dotdot_stops_at_the_root)
{
	leads("/", "/..", 0, "/", "");
	leads("/", "/../../../file", 0, "/file", "");
	leads("/dir/sub", "../../../../..", 0, "/", "");
	leads("/", "/dir/sub/up/file", 0, "/file", "");
}
END_TEST

START_TEST(dotdot_needs_a_directory_that_exists)
{
	ck_assert_int_eq(walk_result("/", "/no/..", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/no/../file", 0), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/..", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/file/.", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/no/.", 0), 0); /* missing, and to be a directory */
}
END_TEST

START_TEST(dotdot_after_a_symlink_is_the_targets_parent)
{
	leads("/", "/abs/..", 0, "/dir", "");
	leads("/", "/rel/../sub/f", 0, "/dir/sub/f", "");
	leads("/", "/dir/tot/..", 0, "/a/b", "/a/b");
	leads("/", "/dir/tot/../..", 0, "/a", "");
}
END_TEST

/* ---- symlinks ---- */

START_TEST(symlink_absolute_and_relative)
{
	leads("/", "/abs", 0, "/dir/sub", "");
	leads("/", "/rel", 0, "/dir/sub", "");
	leads("/", "/abs/f", 0, "/dir/sub/f", "");
	leads("/", "/rel/./f", 0, "/dir/sub/f", "");
	leads("/dir", "f", 0, "/dir/sub/f", "");
	leads("/", "/rel/../f", 0, "/dir/sub/f", "");
	leads("/", "/slashed/sub", 0, "/dir/sub", "");
}
END_TEST

START_TEST(symlink_across_entries)
{
	leads("/", "/dir/tot", 0, "/a/b/t", "/a/b");
	leads("/", "/dir/tot/x", 0, "/a/b/t/x", "/a/b");
	/* "../../dir" in the root of the entry at /a/b */
	leads("/", "/a/b/out", 0, "/dir", "");
	leads("/", "/a/b/out/sub/f", 0, "/dir/sub/f", "");
}
END_TEST

START_TEST(symlink_dangling)
{
	ck_assert_int_eq(walk_result("/", "/dangling", 0), -ENOENT);
	lacks("/", "/dir/tomissing", 0, "/dir/missing");
	ck_assert_int_eq(walk_result("/", "/dir/tomissing/x", 0), -ENOENT);
	leads("/", "/dangling", WALK_NOFOLLOW, "/dangling", "");
}
END_TEST

START_TEST(symlink_loop_is_eloop)
{
	ck_assert_int_eq(walk_result("/", "/loop", 0), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/ping", 0), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/loop/x", 0), -ELOOP);
	leads("/", "/loop", WALK_NOFOLLOW, "/loop", "");
}
END_TEST

START_TEST(symlink_chain_of_40_but_not_41)
{
	char name[32], target[32];

	symlink_to("../file", "lower/dir/l1");
	for (unsigned i = 2; i <= LINKS_MAX + 1; i++) {
		snprintf(name, sizeof(name), "lower/dir/l%u", i);
		snprintf(target, sizeof(target), "l%u", i - 1);
		symlink_to(target, name);
	}
	leads("/", "/dir/l1", 0, "/file", "");
	leads("/", "/dir/l40", 0, "/file", "");
	ck_assert_int_eq(walk_result("/", "/dir/l41", 0), -ELOOP);
	leads("/", "/dir/l41", WALK_NOFOLLOW, "/dir/l41", "");
}
END_TEST

/* The limit counts the whole walk, not one component. */
START_TEST(symlink_count_is_for_the_whole_path)
{
	size_t at = 0;

	symlink_to(".", "lower/dir/here");
	at += sprintf(buf, "/dir");
	for (unsigned i = 0; i < LINKS_MAX; i++)
		at += sprintf(buf + at, "/here");
	leads("/", buf, 0, "/dir", "");
	sprintf(buf + at, "/here");
	ck_assert_int_eq(walk_result("/", buf, 0), -ELOOP);
}
END_TEST

START_TEST(nofollow_is_for_the_last_component_only)
{
	leads("/", "/abs", WALK_NOFOLLOW, "/abs", "");
	leads("/", "/abs/f", WALK_NOFOLLOW, "/dir/sub/f", "");
	/* a slash behind a link asks for what it leads to */
	leads("/", "/abs/", WALK_NOFOLLOW, "/dir/sub", "");
	leads("/", "/abs/.", WALK_NOFOLLOW, "/dir/sub", "");
	ck_assert_int_eq(walk_from("/", "/abs", WALK_NOFOLLOW), 0);
	ck_assert(S_ISLNK(node.n.stx.stx_mode));
	view_node_finish(&node);
}
END_TEST

/* ---- trailing slashes and WALK_PARENT ---- */

START_TEST(trailing_slash_wants_a_directory)
{
	leads("/", "/dir/", 0, "/dir", "");
	leads("/", "/dir///", 0, "/dir", "");
	leads("/", "/abs/", 0, "/dir/sub", "");
	leads("/", "/a/b/", 0, "/a/b", "/a/b");
	ck_assert_int_eq(walk_result("/", "/file/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_result("/", "/dir/f/", 0), -ENOTDIR);
	ck_assert_int_eq(walk_from("/", "/new/", 0), 0);
	ck_assert(node.want_dir);
	ck_assert_int_eq(node.n.fd, -1);
	view_node_finish(&node);
	ck_assert_int_eq(walk_from("/", "/new", 0), 0);
	ck_assert(!node.want_dir);
	view_node_finish(&node);
	ck_assert_int_eq(walk_from("/", "/dir/", 0), 0);
	ck_assert(node.want_dir);
	view_node_finish(&node);
}
END_TEST

START_TEST(parent_does_not_follow_even_with_a_slash)
{
	leads("/", "/abs", WALK_PARENT, "/abs", "");
	leads("/", "/abs/", WALK_PARENT, "/abs", "");
	leads("/", "/abs/f", WALK_PARENT, "/dir/sub/f", "");
	leads("/", "/file/", WALK_PARENT, "/file", "");
	lacks("/", "/new/", WALK_PARENT, "/new");
	ck_assert_int_eq(walk_from("/", "/abs/", WALK_PARENT), 0);
	ck_assert(node.want_dir);
	view_node_finish(&node);
	ck_assert_int_eq(walk_result("/", "/no/new", WALK_PARENT), -ENOENT);
	ck_assert_int_eq(walk_result("/", "/file/new", WALK_PARENT), -ENOTDIR);
}
END_TEST

START_TEST(last_component_is_told)
{
	static const struct {
		const char *path;
		enum last_component last;
	} cases[] = {
		{ "/", LAST_ROOT },
		{ "//", LAST_ROOT },
		{ "/dir", LAST_NAME },
		{ "/dir/", LAST_NAME },
		{ ".", LAST_DOT },
		{ "/.", LAST_DOT },
		{ "/dir/.", LAST_DOT },
		{ "/dir/./", LAST_DOT },
		{ "..", LAST_DOTDOT },
		{ "/dir/..", LAST_DOTDOT },
		{ "/dir/../", LAST_DOTDOT },
		{ "/dir/../.", LAST_DOT },
		{ "/dir/../dir", LAST_NAME },
		{ "/new", LAST_NAME },
		{ "/dir/...", LAST_NAME },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(walk_from("/", cases[i].path, WALK_PARENT), 0);
		ck_assert_msg(node.last == cases[i].last, "%s: %d", cases[i].path, node.last);
		view_node_finish(&node);
	}
}
END_TEST

/* ---- openat2's flags ---- */

START_TEST(beneath_stays_or_is_exdev)
{
	leads("/dir", "sub/f", WALK_BENEATH, "/dir/sub/f", "");
	leads("/dir", "sub/../sub", WALK_BENEATH, "/dir/sub", "");
	leads("/dir", "f", WALK_BENEATH, "/dir/sub/f", "");
	leads("/dir", "sub/..", WALK_BENEATH, "/dir", "");
	lacks("/dir", "new", WALK_BENEATH, "/dir/new");
	leads("/", "a/b/t", WALK_BENEATH, "/a/b/t", "/a/b");
	ck_assert_int_eq(walk_result("/dir", "..", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "sub/../..", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "../dir/sub", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "/dir/sub", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/", "abs", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "tof", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "sub/up", WALK_BENEATH), -EXDEV);
	ck_assert_int_eq(walk_result("/", "..", WALK_BENEATH), -EXDEV);
}
END_TEST

START_TEST(in_root_is_a_chroot_for_one_walk)
{
	leads("/dir", "/sub/f", WALK_IN_ROOT, "/dir/sub/f", "");
	leads("/dir", "/", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "..", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "../../sub", WALK_IN_ROOT, "/dir/sub", "");
	leads("/dir", "sub/up", WALK_IN_ROOT, "/dir", "");
	leads("/dir", "f", WALK_IN_ROOT, "/dir/sub/f", "");
	symlink_to("/sub/f", "lower/dir/inroot");
	leads("/dir", "inroot", WALK_IN_ROOT, "/dir/sub/f", "");
	ck_assert_int_eq(walk_result("/dir", "/file", WALK_IN_ROOT), 0);
	lacks("/dir", "/file", WALK_IN_ROOT, "/dir/file");
	ck_assert_int_eq(walk_result("/dir", "tot", WALK_IN_ROOT), -ENOENT);
	leads("/", "/abs", WALK_IN_ROOT, "/dir/sub", "");
}
END_TEST

START_TEST(no_symlinks_is_eloop)
{
	leads("/", "/dir/sub/f", WALK_NO_SYMLINKS, "/dir/sub/f", "");
	ck_assert_int_eq(walk_result("/", "/abs", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/abs/f", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/abs/f", WALK_NO_SYMLINKS | WALK_NOFOLLOW), -ELOOP);
	leads("/", "/abs", WALK_NO_SYMLINKS | WALK_NOFOLLOW, "/abs", "");
	ck_assert_int_eq(walk_result("/", "/proc/self", WALK_NO_SYMLINKS), -ELOOP);
	ck_assert_int_eq(walk_result("/", "/proc/exe", WALK_NO_SYMLINKS), -ELOOP);
}
END_TEST

START_TEST(no_xdev_stays_in_the_entry)
{
	leads("/", "/dir/sub", WALK_NO_XDEV, "/dir/sub", "");
	leads("/a/b", "t/x", WALK_NO_XDEV, "/a/b/t/x", "/a/b");
	leads("/a/b", "t/../t/x", WALK_NO_XDEV, "/a/b/t/x", "/a/b");
	ck_assert_int_eq(walk_result("/a/b", "..", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a/b", "../c", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a/b", "out", WALK_NO_XDEV), -EXDEV);
}
END_TEST

/* openat2(2): "disallow traversal of mount points", down as well as up */
START_TEST(no_xdev_does_not_go_down_either)
{
	ck_assert_int_eq(walk_result("/", "a/b/t/x", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "a/b", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/a", "b", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/dir", "tot", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "etc/conf", WALK_NO_XDEV), -EXDEV);
	ck_assert_int_eq(walk_result("/", "proc/dir", WALK_NO_XDEV), -EXDEV);
}
END_TEST

/* openat2(2): an absolute path may begin in another entry than the directory's, and stays in that
 * one. */
START_TEST(no_xdev_with_an_absolute_path)
{
	leads("/dir", "/file", WALK_NO_XDEV, "/file", "");
	leads("/a/b", "/file", WALK_NO_XDEV, "/file", "");
	ck_assert_int_eq(walk_result("/a/b", "/a/b/t", WALK_NO_XDEV), -EXDEV);
	leads("/dir", "/abs", WALK_NO_XDEV, "/dir/sub", "");
}
END_TEST

/* ---- chroot ---- */

START_TEST(chroot_is_not_left)
{
	walker.root = "/dir";
	leads("/dir", "/", 0, "/dir", "");
	leads("/dir", "/sub/f", 0, "/dir/sub/f", "");
	leads("/dir", "/..", 0, "/dir", "");
	leads("/dir/sub", "../../../..", 0, "/dir", "");
	leads("/dir", "/sub/up/sub", 0, "/dir/sub", "");
	lacks("/dir", "/file", 0, "/dir/file");
	ck_assert_int_eq(walk_result("/dir", "/tot", 0), -ENOENT);
	ck_assert_int_eq(walk_from("/dir", "/", WALK_PARENT), 0);
	ck_assert_int_eq(node.last, LAST_ROOT);
	view_node_finish(&node);
}
END_TEST

START_TEST(chroot_into_another_entry)
{
	walker.root = "/a/b";
	leads("/a/b", "/t/x", 0, "/a/b/t/x", "/a/b");
	leads("/a/b", "..", 0, "/a/b", "/a/b");
	/* a link "../../dir" stops at the root as well */
	ck_assert_int_eq(walk_result("/a/b", "/out", 0), 0);
	lacks("/a/b", "/out", 0, "/a/b/dir");
}
END_TEST

/* As after fchdir(2) to a descriptor from before: the root does not hold what is outside of it. */
START_TEST(chroot_with_the_base_outside)
{
	walker.root = "/dir/sub";
	leads("/a", "..", 0, "/", "");
	leads("/a/b", "../../file", 0, "/file", "");
	leads("/a", "/f", 0, "/dir/sub/f", "");
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

/* ---- permission ---- */

START_TEST(permission_to_search_is_asked)
{
	walker.who = &user;
	leads("/", "/dir/sub/f", 0, "/dir/sub/f", "");
	ck_assert_int_eq(fchmodat(topfd, "lower/dir/sub", 0700, 0), 0);
	leads("/", "/dir/sub", 0, "/dir/sub", "");
	ck_assert_int_eq(walk_result("/", "/dir/sub/f", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/new", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/f", 0), -EACCES);
	walker.who = &root;
	leads("/", "/dir/sub/f", 0, "/dir/sub/f", "");
}
END_TEST

/* "." and ".." are names in that directory: path_resolution(7) */
START_TEST(permission_to_search_for_dots)
{
	walker.who = &user;
	ck_assert_int_eq(fchmodat(topfd, "lower/dir/sub", 0700, 0), 0);
	ck_assert_int_eq(walk_result("/", "/dir/sub/..", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/../f", 0), -EACCES);
	ck_assert_int_eq(walk_result("/", "/dir/sub/.", 0), -EACCES);
	leads("/", "/dir/sub/", 0, "/dir/sub", "");
}
END_TEST

/* What is above the working directory is not asked: whoever is there is there. */
START_TEST(permission_above_the_base_does_not_matter)
{
	walker.who = &user;
	ck_assert_int_eq(fchmodat(topfd, "lower/dir", 0700, 0), 0);
	ck_assert_int_eq(walk_result("/", "/dir/sub/f", 0), -EACCES);
	leads("/dir/sub", "f", 0, "/dir/sub/f", "");
	leads("/dir/sub", ".", 0, "/dir/sub", "");
}
END_TEST

/* ---- entries ---- */

START_TEST(target_is_told)
{
	ck_assert(view_is_target(view, "/a/b"));
	ck_assert(view_is_target(view, "/etc/conf"));
	ck_assert(view_is_target(view, "/proc"));
	ck_assert(view_is_target(view, "/"));
	ck_assert(!view_is_target(view, "/a/b/t"));
	ck_assert(!view_is_target(view, "/a/bb"));
	ck_assert(!view_is_target(view, "/dir"));
	ck_assert(!view_is_target(view, "/etc/con"));
}
END_TEST

START_TEST(target_root_alone_is_told)
{
	ck_assert_int_eq(view_remove(view, "/a/b"), 0);
	ck_assert_int_eq(view_remove(view, "/etc/conf"), 0);
	ck_assert_int_eq(view_remove(view, "/proc"), 0);
	ck_assert(view_is_target(view, "/"));
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

static void add_walk_tests(TCase *t)
{
	tcase_add_test(t, walk_plain_names);
	tcase_add_test(t, walk_into_nested_entries);
	tcase_add_test(t, walk_tells_the_path_in_the_entry);
	tcase_add_test(t, walk_to_one_file_entry);
	tcase_add_test(t, walk_missing_or_not_a_directory);
	tcase_add_test(t, walk_empty_is_enoent);
	tcase_add_test(t, walk_long_paths);
	tcase_add_test(t, walk_deep_tree_of_4095_bytes);
	tcase_add_test(t, walk_long_name);
	tcase_add_test(t, dotdot_across_entries);
	tcase_add_test(t, dotdot_stops_at_the_root);
	tcase_add_test(t, dotdot_needs_a_directory_that_exists);
	tcase_add_test(t, dotdot_after_a_symlink_is_the_targets_parent);
	tcase_add_test(t, symlink_absolute_and_relative);
	tcase_add_test(t, symlink_across_entries);
	tcase_add_test(t, symlink_dangling);
	tcase_add_test(t, symlink_loop_is_eloop);
	tcase_add_test(t, symlink_chain_of_40_but_not_41);
	tcase_add_test(t, symlink_count_is_for_the_whole_path);
	tcase_add_test(t, nofollow_is_for_the_last_component_only);
	tcase_add_test(t, trailing_slash_wants_a_directory);
	tcase_add_test(t, parent_does_not_follow_even_with_a_slash);
	tcase_add_test(t, last_component_is_told);
}

static void add_flag_tests(TCase *t)
{
	tcase_add_test(t, beneath_stays_or_is_exdev);
	tcase_add_test(t, in_root_is_a_chroot_for_one_walk);
	tcase_add_test(t, no_symlinks_is_eloop);
	tcase_add_test(t, no_xdev_stays_in_the_entry);
	tcase_add_test(t, no_xdev_does_not_go_down_either);
	tcase_add_test(t, no_xdev_with_an_absolute_path);
	tcase_add_test(t, chroot_is_not_left);
	tcase_add_test(t, chroot_into_another_entry);
	tcase_add_test(t, chroot_with_the_base_outside);
	tcase_add_test(t, jump_to_a_name);
	tcase_add_test(t, jump_to_a_file_with_a_slash_is_enotdir);
	tcase_add_test(t, jump_leaves_a_chroot);
	tcase_add_test(t, jump_to_a_nameless_object);
	tcase_add_test(t, jump_and_flags);
	tcase_add_test(t, permission_to_search_is_asked);
	tcase_add_test(t, permission_to_search_for_dots);
	tcase_add_test(t, permission_above_the_base_does_not_matter);
}

static void add_entry_tests(TCase *t)
{
	tcase_add_test(t, target_is_told);
	tcase_add_test(t, target_root_alone_is_told);
	tcase_add_test(t, entry_later_one_covers_and_uncovers);
	tcase_add_test(t, entry_with_holes_leaves_them_to_others);
	tcase_add_test(t, entry_remove_with_others_below_is_ebusy);
	tcase_add_test(t, entry_removed_lives_until_its_node_is_finished);
	tcase_add_test(t, entry_each_has_its_own_id_outermost_last);
	tcase_add_test(t, entry_none_at_all_is_enoent);
	tcase_add_test(t, from_host_is_the_name_in_the_view);
	tcase_add_test(t, from_host_of_what_has_no_name_is_enoent);
	tcase_add_test(t, from_host_gives_a_reference);
	tcase_add_test(t, entries_come_and_go_while_others_walk);
}

int main(void)
{
	Suite *s = suite_create("view");
	TCase *t = tcase_create("view");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	add_walk_tests(t);
	add_flag_tests(t);
	add_entry_tests(t);
	suite_add_tcase(s, t);
	strcpy(all, "/tmp/test_view.XXXXXX");
	if (!mkdtemp(all))
		return EXIT_FAILURE;
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	/* also what tests that failed have left */
	failed += remove_tree(AT_FDCWD, all) < 0;
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
