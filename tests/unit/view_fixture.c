// SPDX-License-Identifier: GPL-2.0-or-later
#include "view_fixture.h"
#include "suite.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "util.h"

static char all[64]; /* all: of every test, removed in the end */
char top[80], buf[2 * PATH_MAX];
struct view *view;
struct cred root, user;
struct walker walker;
struct vnode node;
int topfd;

/* ---- making ---- */

const char *in_top(const char *rel)
{
	static char path[8][PATH_MAX];
	static unsigned i;

	i = (i + 1) % ARRAY_SIZE(path);
	snprintf(path[i], sizeof(path[i]), "%s/%s", top, rel);
	return path[i];
}

void dir(const char *rel)
{
	ck_assert_int_eq(mkdir_p(topfd, rel, 0755), 0);
}

void file(const char *rel, const char *text)
{
	autoclose int fd = openat(topfd, rel, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
}

void symlink_to(const char *target, const char *rel)
{
	ck_assert_int_eq(symlinkat(target, topfd, rel), 0);
}

struct layers *stack(const char *upper, const char *lower, const char *work, const char *shared,
		     unsigned flags)
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

int add_tmp(const char *target, const char *rel)
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

const struct synth_ops synth = { .lookup = synth_lookup, .from_host = synth_from_host };

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

int walk_from(const char *base, const char *path, unsigned flags)
{
	int ret = view_walk(&walker, base, path, flags, &node);

	if (ret == 0)
		return 0;
	ck_assert_int_lt(ret, 0);
	return ret;
}

/* Walk that fails; or its node is given back at once. */
int walk_result(const char *base, const char *path, unsigned flags)
{
	int ret = walk_from(base, path, flags);

	if (ret == 0)
		view_node_finish(&node);
	return ret;
}

/* @path leads to the existing @canonical in the entry at @target. */
void leads(const char *base, const char *path, unsigned flags, const char *canonical,
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
void lacks(const char *base, const char *path, unsigned flags, const char *canonical)
{
	int ret = walk_from(base, path, flags);

	ck_assert_msg(ret == 0, "%s: %s", path, strerror(-ret));
	ck_assert_int_eq(node.n.fd, -1);
	ck_assert_str_eq(node.path, canonical);
	ck_assert_ptr_nonnull(node.entry);
	view_node_finish(&node);
}

int view_main(const char *name, void (*add_tests)(TCase *t))
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);
	int ret;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	add_tests(t);
	suite_add_tcase(s, t);
	strcpy(all, "/tmp/test_view.XXXXXX");
	if (!mkdtemp(all))
		return EXIT_FAILURE;
	ret = suite_run(s);
	/* also what tests that failed have left */
	return remove_tree(AT_FDCWD, all) < 0 ? EXIT_FAILURE : ret;
}
