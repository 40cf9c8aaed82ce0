// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks of layers, by what layers.h promises and overlayfs does. One file for one header: the tree
 * below, and the helpers that look at it from inside and outside, serve all tests.
 *
 * The directory "lower" is looked at before and after every test: nothing may have changed in it.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "layers.h"
#include "util.h"

#define NAMES_MAX 2048
#define OVERRIDE  "user.containers.override_stat"
#define OPAQUE	  "user.overlay.opaque"
#define KEEP	  ((uid_t)-1)

static char all[64], top[80]; /* all: of every test, removed in the end */
static int topfd;
static struct layers *l;
static struct cred root, user, other;
static char *lower_before;

/* ---- from outside: real files ---- */

static const char *in_top(const char *rel)
{
	static char path[8][PATH_MAX];
	static unsigned i;

	i = (i + 1) % ARRAY_SIZE(path);
	snprintf(path[i], sizeof(path[i]), "%s/%s", top, rel);
	return path[i];
}

static void real_dir(const char *rel)
{
	ck_assert_int_eq(mkdir_p(topfd, rel, 0755), 0);
}

static void real_file(const char *rel, const char *text)
{
	autoclose int fd = openat(topfd, rel, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
}

static struct stat real_stat(const char *rel)
{
	struct stat st;

	ck_assert_msg(fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0, "%s: %m", rel);
	return st;
}

static bool real_there(const char *rel)
{
	struct stat st;

	return fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool real_whiteout(const char *rel)
{
	struct stat st;

	return fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(0, 0);
}

static const char *real_xattr(const char *rel, const char *name)
{
	static char value[256];
	ssize_t n = lgetxattr(in_top(rel), name, value, sizeof(value) - 1);

	value[n < 0 ? 0 : n] = '\0';
	return value;
}

static const char *real_text(const char *rel)
{
	static char text[256];
	autoclose int fd = openat(topfd, rel, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* Everything about a tree that a change could leave a mark on, as lines of text. */
static void describe(FILE *out, const char *path)
{
	struct dirent **names = NULL;
	char list[1024], value[256], child[PATH_MAX];
	struct stat st;
	ssize_t len;
	int n;

	ck_assert_int_eq(lstat(path, &st), 0);
	fprintf(out, "%s %lu %o %u:%u %lu %ld %ld.%ld %ld.%ld", path, st.st_ino, st.st_mode,
		st.st_uid, st.st_gid, st.st_nlink, (long)st.st_size, st.st_mtim.tv_sec,
		st.st_mtim.tv_nsec, st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	len = llistxattr(path, list, sizeof(list));
	for (char *p = list; len > 0 && p < list + len; p += strlen(p) + 1)
		fprintf(out, " %s=%.*s", p, (int)lgetxattr(path, p, value, sizeof(value)), value);
	fputc('\n', out);
	n = S_ISDIR(st.st_mode) ? scandir(path, &names, NULL, alphasort) : 0;
	for (int i = 0; i < n; i++) {
		snprintf(child, sizeof(child), "%s/%s", path, names[i]->d_name);
		if (strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0)
			describe(out, child);
		free(names[i]);
	}
	free(names);
}

static char *snapshot(const char *rel)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	describe(f, in_top(rel));
	fclose(f);
	return text;
}

/* ---- from inside ---- */

static struct statx st(const char *rel)
{
	size_t prefix = 0;
	struct statx stx;
	struct lnode n;
	int ret = layers_lookup(l, NULL, rel, &n, &prefix);

	ck_assert_msg(ret == 0 && n.fd >= 0, "%s: %d, fd %d", rel, ret, n.fd);
	stx = n.stx;
	layers_node_finish(&n);
	ck_assert_int_eq(n.fd, -1);
	return stx;
}

/* 1: there; 0: only the last component is missing; -errno */
static int lookup(const char *rel)
{
	size_t prefix = 0;
	struct lnode n;
	int ret = layers_lookup(l, NULL, rel, &n, &prefix);

	if (ret < 0) {
		ck_assert_int_eq(n.fd, -1);
		return ret;
	}
	ck_assert_int_eq(ret, 0);
	ret = n.fd >= 0;
	layers_node_finish(&n);
	return ret;
}

static int open_result(const struct cred *who, const char *rel, int flags)
{
	int fd = layers_open(l, who, rel, flags, 0644);

	if (fd < 0)
		return fd;
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	return 0;
}

static const char *fd_text(int fd)
{
	static char text[4][256];
	static unsigned i;
	ssize_t n;

	i = (i + 1) % ARRAY_SIZE(text);
	n = pread(fd, text[i], sizeof(text[i]) - 1, 0);
	ck_assert_int_ge(n, 0);
	text[i][n] = '\0';
	return text[i];
}

static const char *text(const char *rel)
{
	autoclose int fd = layers_open(l, &root, rel, O_RDONLY, 0);

	ck_assert_msg(fd >= 0, "%s: %s", rel, strerror(-fd));
	return fd_text(fd);
}

static void write_to(const char *rel, int flags, const char *what)
{
	autoclose int fd = layers_open(l, &root, rel, O_WRONLY | flags, 0644);

	ck_assert_msg(fd >= 0, "%s: %s", rel, strerror(-fd));
	ck_assert_int_eq(write_all(fd, what, strlen(what)), 0);
}

/* echo what > rel */
static void put(const char *rel, const char *what)
{
	write_to(rel, O_CREAT | O_TRUNC, what);
}

struct reading {
	char *name[NAMES_MAX];
	unsigned char type[NAMES_MAX];
	uint64_t ino[NAMES_MAX], cookie[NAMES_MAX];
	unsigned n, max;
	uint64_t at;
};

static bool take(void *arg, const struct ldirent *d)
{
	struct reading *r = arg;

	if (r->n == r->max)
		return false;
	ck_assert_uint_lt(r->n, NAMES_MAX);
	ck_assert_uint_gt(d->cookie, 0);
	r->name[r->n] = strdup(d->name);
	r->type[r->n] = d->type;
	r->ino[r->n] = d->ino;
	r->cookie[r->n++] = d->cookie;
	r->at = d->cookie;
	return true;
}

/* Read @count names more. */
static int read_on(struct reading *r, const char *rel, unsigned count)
{
	r->max = r->n + count;
	return layers_list(l, rel, r->at, take, r);
}

static struct reading *reading_create(void)
{
	return calloc(1, sizeof(struct reading));
}

static void reading_destroy(struct reading *r)
{
	for (unsigned i = 0; i < r->n; i++)
		free(r->name[i]);
	free(r);
}

static unsigned times_seen(const struct reading *r, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++)
		n += strcmp(r->name[i], name) == 0;
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of a directory, sorted, without the dots: "a b sub" */
static const char *names(const char *rel)
{
	static char text[2][4096];
	static unsigned which;
	struct reading *r = reading_create();
	char *out = text[which ^= 1];
	int ret = read_on(r, rel, NAMES_MAX);

	ck_assert_msg(ret == 0, "%s: %d", rel, ret);
	ck_assert_uint_ge(r->n, 2);
	ck_assert_str_eq(r->name[0], ".");
	ck_assert_str_eq(r->name[1], "..");
	qsort(r->name + 2, r->n - 2, sizeof(r->name[0]), by_text);
	out[0] = '\0';
	for (unsigned i = 2; i < r->n; i++) {
		ck_assert_uint_lt(strlen(out) + strlen(r->name[i]) + 2, sizeof(text[0]));
		sprintf(out + strlen(out), "%s%s", i > 2 ? " " : "", r->name[i]);
	}
	reading_destroy(r);
	return out;
}

/* ---- stacks ---- */

static struct layers *stack(const struct layer_dir *dirs, unsigned n, unsigned flags,
			    const char *work, const char *shared)
{
	struct layers_config cfg = { .dirs = dirs,
				     .ndirs = n,
				     .flags = flags,
				     .work = work ? in_top(work) : NULL,
				     .host_uid = geteuid(),
				     .host_gid = getegid(),
				     .shared = shared ? in_top(shared) : NULL };
	struct layers *made = NULL;
	int ret = layers_create(&made, &cfg);

	ck_assert_msg(ret == 0, "layers_create: %s", strerror(-ret));
	return made;
}

static struct layers *cow_session(void)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { in_top("lower"), false } };

	return stack(dirs, 2, 0, "work", "shared");
}

static void cow(void)
{
	l = cow_session();
}

static void again(void)
{
	layers_destroy(l);
	cow();
}

static void tmp(void)
{
	l = stack(&(struct layer_dir){ in_top("upper"), true }, 1, 0, NULL, NULL);
}

static void bind_rw(void)
{
	l = stack(&(struct layer_dir){ in_top("host"), false }, 1, LAYERS_HOST, NULL, NULL);
}

static void bind_ro(void)
{
	l = stack(&(struct layer_dir){ in_top("lower"), false }, 1, LAYERS_HOST | LAYERS_RDONLY,
		  NULL, NULL);
}

static void ephemeral(void)
{
	struct layer_dir dirs[] = { { in_top("upper2"), true },
				    { in_top("upper"), true },
				    { in_top("lower"), false } };

	l = stack(dirs, 3, 0, "work2", NULL);
}

static void merge(void)
{
	struct layer_dir dirs[] = { { in_top("host"), false }, { in_top("lower"), false } };

	l = stack(dirs, 2, LAYERS_RDONLY, NULL, NULL);
}

static void mincow(void)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { in_top("host"), false } };

	l = stack(dirs, 2, LAYERS_MINCOW, "work", "shared");
}

static struct cred somebody(uid_t id)
{
	struct cred c;

	cred_init_root(&c);
	ck_assert_int_eq(cred_setgroups(&c, NULL, 0), 0);
	ck_assert_int_eq(cred_setresgid(&c, id, id, id), 0);
	ck_assert_int_eq(cred_setresuid(&c, id, id, id), 0);
	return c;
}

static void fill(const char *in)
{
	char path[64];
	static const struct {
		const char *name, *text;
	} files[] = { { "f", "lower f" },	{ "x", "x" },	 { "d/a", "a" }, { "d/b", "b" },
		      { "d/sub/deep", "deep" }, { "h1", "hard" } };
	static const char *const dirs[] = { "d/sub", "e" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", in, dirs[i]);
		real_dir(path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", in, files[i].name);
		real_file(path, files[i].text);
	}
	autoclose int fd = openat(topfd, in, O_PATH | O_CLOEXEC);
	ck_assert_int_eq(linkat(fd, "h1", fd, "h2", 0), 0);
	ck_assert_int_eq(symlinkat("f", fd, "link"), 0);
	ck_assert_int_eq(symlinkat("d", fd, "dlink"), 0);
	ck_assert_int_eq(mkfifoat(fd, "fifo", 0644), 0);
	ck_assert_int_eq(fchmodat(fd, "x", 0755, 0), 0);
}

static void setup(void)
{
	static const char *const dirs[] = { "lower", "upper", "upper2", "work", "work2", "host" };

	umask(022);
	snprintf(top, sizeof(top), "%s/XXXXXX", all);
	ck_assert_ptr_nonnull(mkdtemp(top));
	topfd = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		real_dir(dirs[i]);
	fill("lower");
	cred_init_root(&root);
	user = somebody(1000);
	other = somebody(2000);
	lower_before = snapshot("lower");
}

/* The test has changed the lower directory itself: from here on it is not to change. */
static void lower_ready(void)
{
	free(lower_before);
	lower_before = snapshot("lower");
}

static void teardown(void)
{
	autofree char *after = snapshot("lower");

	ck_assert_str_eq(after, lower_before);
	free(lower_before);
	layers_destroy(l);
	close(topfd);
	ck_assert_int_eq(remove_tree(AT_FDCWD, top), 0);
}

/* ---- looking up ---- */

#define LOWER_NAMES "d dlink e f fifo h1 h2 link x"

START_TEST(cow_shows_what_is_below)
{
	cow();
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_str_eq(text("d/sub/deep"), "deep");
	ck_assert_uint_eq(st("f").stx_ino, real_stat("lower/f").st_ino);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_uint_eq(st("f").stx_uid, 0);
	ck_assert_uint_eq(st("f").stx_gid, 0);
	ck_assert(S_ISLNK(st("link").stx_mode));
	ck_assert(S_ISFIFO(st("fifo").stx_mode));
	ck_assert_str_eq(real_text("upper/f"), "");
}
END_TEST

static void root_is_a_directory(void)
{
	struct reading *r = reading_create();
	struct lnode n;
	size_t prefix;
	int fd;

	ck_assert_int_eq(layers_lookup(l, &root, "", &n, &prefix), 0);
	ck_assert_int_ge(n.fd, 0);
	ck_assert(S_ISDIR(n.stx.stx_mode));
	layers_node_finish(&n);
	fd = layers_open(l, &root, "", O_RDONLY | O_DIRECTORY, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(open_result(&root, "", O_PATH), 0);
	ck_assert_int_eq(open_result(&root, "", O_WRONLY), -EISDIR);
	ck_assert_int_eq(open_result(&root, "", O_RDONLY | O_CREAT), -EISDIR);
	ck_assert_int_eq(read_on(r, "", NAMES_MAX), 0);
	ck_assert_uint_ge(r->n, 2);
	ck_assert_int_eq(r->type[0], DT_DIR);
	reading_destroy(r);
	layers_destroy(l);
	l = NULL;
}

START_TEST(root_of_every_stack)
{
	static void (*const make[])(
		void) = { cow, tmp, bind_rw, bind_ro, ephemeral, merge, mincow };

	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		make[i]();
		root_is_a_directory();
	}
}
END_TEST

START_TEST(missing_enoent_or_enotdir)
{
	cow();
	put("uf", "");
	ck_assert_int_eq(layers_mkdir(l, &root, "ud", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	static const struct {
		const char *rel;
		int ret;
	} cases[] = {
		{ "no", 0 },
		{ "d/no", 0 },
		{ "ud/no", 0 },
		{ "x", 0 },
		{ "e", 0 },
		{ "no/y", -ENOENT },
		{ "no/y/z", -ENOENT },
		{ "d/no/y", -ENOENT },
		{ "ud/no/y", -ENOENT },
		{ "x/y", -ENOENT },
		{ "e/y", -ENOENT },
		{ "e/y/z", -ENOENT },
		{ "f/y", -ENOTDIR },
		{ "f/y/z", -ENOTDIR },
		{ "uf/y", -ENOTDIR },
		{ "uf/y/z", -ENOTDIR },
		{ "d/a/y", -ENOTDIR },
		{ "fifo/y", -ENOTDIR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = cases[i].ret;

		ck_assert_msg(lookup(cases[i].rel) == ret, "%s: %d", cases[i].rel,
			      lookup(cases[i].rel));
		ck_assert_int_eq(open_result(&root, cases[i].rel, O_RDONLY), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_unlink(l, &root, cases[i].rel, false), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_chmod(l, &root, cases[i].rel, 0), ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_rename(l, &root, cases[i].rel, "to", 0),
				 ret ? ret : -ENOENT);
		ck_assert_int_eq(layers_access(l, &root, cases[i].rel, F_OK), ret ? ret : -ENOENT);
		if (ret == 0)
			continue;
		ck_assert_int_eq(open_result(&root, cases[i].rel, O_WRONLY | O_CREAT), ret);
		ck_assert_int_eq(layers_mkdir(l, &root, cases[i].rel, 0755), ret);
		ck_assert_int_eq(layers_symlink(l, &root, "t", cases[i].rel), ret);
		ck_assert_int_eq(layers_rename(l, &root, "f", cases[i].rel, 0), ret);
		ck_assert_int_eq(layers_link(l, &root, "f", cases[i].rel), ret);
	}
}
END_TEST

START_TEST(missing_in_a_tmp_stack)
{
	tmp();
	put("f", "");
	ck_assert_int_eq(lookup("no"), 0);
	ck_assert_int_eq(lookup("no/y"), -ENOENT);
	ck_assert_int_eq(lookup("f/y"), -ENOTDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "no", false), -ENOENT);
}
END_TEST

START_TEST(symlink_on_the_way_is_told_with_its_length)
{
	static const struct {
		const char *rel;
		size_t prefix;
	} cases[] = {
		{ "dlink/a", 5 }, { "dlink/sub/deep", 5 }, { "ud/up/x", 5 }, { "link/y", 4 }
	};
	struct lnode n;
	size_t prefix;

	cow();
	ck_assert_int_eq(layers_mkdir(l, &root, "ud", 0755), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "../d", "ud/up"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		prefix = 0;
		ck_assert_int_eq(layers_lookup(l, &root, cases[i].rel, &n, &prefix),
				 LAYERS_SYMLINK);
		ck_assert_uint_eq(prefix, cases[i].prefix);
		ck_assert_int_ge(n.fd, 0);
		ck_assert(S_ISLNK(n.stx.stx_mode));
		layers_node_finish(&n);
	}
	ck_assert_int_eq(open_result(&root, "link", O_RDONLY), -ELOOP);
	ck_assert_int_eq(open_result(&root, "link", O_PATH), 0);
}
END_TEST

START_TEST(readlink_of_each_layer)
{
	char buf[64] = "";

	cow();
	ck_assert_int_eq(layers_symlink(l, &root, "some/where", "ul"), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "dd", "d/two"), 0);
	ck_assert_int_eq(layers_readlink(l, &root, "d/two", buf, sizeof(buf)), 2);
	ck_assert_int_eq(layers_readlink(l, &root, "ul", buf, sizeof(buf)), 10);
	ck_assert_int_eq(memcmp(buf, "some/where", 10), 0);
	ck_assert_int_eq(layers_readlink(l, &root, "ul", buf, 4), 4);
	ck_assert_int_eq(layers_readlink(l, &root, "f", buf, sizeof(buf)), -EINVAL);
	ck_assert_int_eq(layers_readlink(l, &root, "d", buf, sizeof(buf)), -EINVAL);
	ck_assert_int_eq(layers_readlink(l, &root, "no", buf, sizeof(buf)), -ENOENT);
}
END_TEST

START_TEST(readlink_of_one_byte)
{
	char buf[64] = "";

	cow();
	ck_assert_int_eq(layers_readlink(l, &root, "link", buf, sizeof(buf)), 1);
	ck_assert_int_eq(buf[0], 'f');
}
END_TEST

START_TEST(long_names)
{
	char name[NAME_MAX + 2], to[NAME_MAX + 1];
	static void (*const make[])(void) = { cow, tmp, bind_rw };

	memset(name, 'n', sizeof(name));
	memset(to, 't', sizeof(to));
	name[NAME_MAX + 1] = to[NAME_MAX] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		make[i]();
		ck_assert_int_eq(lookup(name), -ENAMETOOLONG);
		ck_assert_int_eq(open_result(&root, name, O_WRONLY | O_CREAT), -ENAMETOOLONG);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), -ENAMETOOLONG);
		name[NAME_MAX] = '\0';
		put(name, "long");
		ck_assert_str_eq(text(name), "long");
		ck_assert_ptr_nonnull(strstr(names(""), name));
		ck_assert_int_eq(layers_rename(l, &root, name, to, 0), 0);
		ck_assert_str_eq(text(to), "long");
		ck_assert_int_eq(layers_unlink(l, &root, to, false), 0);
		ck_assert_int_eq(lookup(to), 0);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
		ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
		name[NAME_MAX] = 'n';
		layers_destroy(l);
	}
	l = NULL;
}
END_TEST

START_TEST(long_name_below_is_hidden_and_made_again)
{
	char name[NAME_MAX + 1], path[NAME_MAX + 16];

	memset(name, 'n', sizeof(name));
	name[NAME_MAX] = '\0';
	snprintf(path, sizeof(path), "lower/%s", name);
	real_dir(path);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
	ck_assert_int_eq(lookup(name), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
	ck_assert_str_eq(names(name), "");
}
END_TEST

/* ---- kinds of stacks ---- */

START_TEST(tmp_starts_empty_and_keeps)
{
	tmp();
	ck_assert_str_eq(names(""), "");
	put("f", "1");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/g", "2");
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", 0), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "e/l"), 0);
	ck_assert_str_eq(names("e"), "g l");
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "e/g", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e/l", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	ck_assert_str_eq(names(""), "f");
	ck_assert(!real_there("upper/e")); /* no whiteouts: there is nothing below */
}
END_TEST

START_TEST(bind_rw_changes_the_host)
{
	fill("host");
	bind_rw();
	put("f", "changed");
	put("new", "new");
	ck_assert_int_eq(layers_mkdir(l, &root, "nd", 0750), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "nd/d", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "h1", 0600), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "f", "s"), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "f2"), 0);
	ck_assert_str_eq(real_text("host/f"), "changed");
	ck_assert_str_eq(real_text("host/f2"), "changed");
	ck_assert_str_eq(real_text("host/new"), "new");
	ck_assert_uint_eq(real_stat("host/nd").st_mode, S_IFDIR | 0750);
	ck_assert_str_eq(real_text("host/nd/d/sub/deep"), "deep");
	ck_assert(!real_there("host/x"));
	ck_assert_uint_eq(real_stat("host/h1").st_mode, S_IFREG | 0600);
	ck_assert_str_eq(names(""), "dlink e f f2 fifo h1 h2 link nd new s");
	ck_assert(layers_owns_fd(l, topfd));
}
END_TEST

START_TEST(bind_rw_writes_no_records)
{
	fill("host");
	bind_rw();
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0400), 0);
	ck_assert_uint_eq(real_stat("host/f").st_mode, S_IFREG | 0400);
	ck_assert_str_eq(real_xattr("host/f", OVERRIDE), "");
	if (geteuid() != 0)
		ck_assert_int_eq(layers_chown(l, &root, "f", 1234, 1234), -EPERM);
	ck_assert_int_eq(layers_chown(l, &root, "f", 0, 0), 0);
	ck_assert_str_eq(real_xattr("host/f", OVERRIDE), "");
	ck_assert_uint_eq(real_stat("host/f").st_uid, geteuid());
}
END_TEST

/* rmdir(2) asks the parent, and whether it is empty; nobody must be able to read it. */
START_TEST(bind_rw_rmdir_of_a_closed_directory)
{
	fill("host");
	bind_rw();
	ck_assert_int_eq(layers_chmod(l, &root, "e", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
}
END_TEST

START_TEST(bind_ro_is_erofs)
{
	static const struct timespec ts[2];
	char bound[PATH_MAX];

	bind_ro();
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_int_eq(open_result(&root, "f", O_WRONLY), -EROFS);
	ck_assert_int_eq(open_result(&root, "f", O_RDWR), -EROFS);
	ck_assert_int_eq(open_result(&root, "f", O_RDONLY | O_TRUNC), -EROFS);
	ck_assert_int_eq(open_result(&root, "new", O_WRONLY | O_CREAT), -EROFS);
	ck_assert_int_eq(open_result(&root, "d", O_TMPFILE | O_RDWR), -EROFS);
	ck_assert_int_eq(layers_mkdir(l, &root, "new", 0755), -EROFS);
	ck_assert_int_eq(layers_mknod(l, &root, "new", S_IFREG | 0644, 0), -EROFS);
	ck_assert_int_eq(layers_symlink(l, &root, "f", "new"), -EROFS);
	ck_assert_int_eq(layers_link(l, &root, "f", "new"), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), -EROFS);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", 0), -EROFS);
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0), -EROFS);
	ck_assert_int_eq(layers_chown(l, &root, "f", 1, 1), -EROFS);
	ck_assert_int_eq(layers_utimens(l, &root, "f", ts), -EROFS);
	ck_assert_int_eq(layers_truncate(l, &root, "f", 0), -EROFS);
	ck_assert_int_eq(layers_truncate(l, &root, "f", 3), -EROFS);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "b", 1, 0), -EROFS);
	ck_assert_int_eq(layers_access(l, &root, "f", W_OK), -EROFS);
	ck_assert_int_eq(layers_access(l, &root, "f", R_OK), 0);
	ck_assert_int_eq(layers_bind(l, &root, "new", -1, 0755, bound), -EROFS);
	/* the kernel looks first: these fail elsewhere in the same way */
	ck_assert_int_eq(layers_unlink(l, &root, "no", false), -ENOENT);
	ck_assert_int_eq(open_result(&root, "f", O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
}
END_TEST

START_TEST(making_what_is_there_is_eexist_even_read_only)
{
	bind_ro();
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), -EEXIST);
	ck_assert_int_eq(layers_symlink(l, &root, "x", "f"), -EEXIST);
	ck_assert_int_eq(layers_link(l, &root, "x", "f"), -EEXIST);
}
END_TEST

START_TEST(ephemeral_hides_both_below)
{
	cow();
	put("f", "upper f");
	put("d/u", "u");
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	layers_destroy(l);
	autofree char *before = snapshot("upper");

	ephemeral();
	ck_assert_str_eq(text("f"), "upper f");
	ck_assert_int_eq(lookup("x"), 0);
	ck_assert_str_eq(names("d"), "a b sub u");
	put("f", "session f");
	put("x", "session x");
	ck_assert_int_eq(layers_unlink(l, &root, "d/u", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_str_eq(names("d"), "b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_str_eq(names("moved"), "b sub");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(text("f"), "session f");
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link moved x");
	autofree char *after = snapshot("upper");

	ck_assert_str_eq(before, after);
	layers_destroy(l);
	ephemeral();
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link moved x");
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(names("moved"), "b sub");
}
END_TEST

START_TEST(ephemeral_opaque_and_files_in_the_middle)
{
	real_dir("upper/d");
	ck_assert_int_eq(setxattr(in_top("upper/d"), OPAQUE, "y", 1, 0), 0);
	real_file("upper/d/m", "m");
	real_file("upper/e", "a file over a directory");
	real_dir("upper/f");
	real_file("upper/f/in", "a directory over a file");
	real_dir("upper2/d");
	real_file("upper2/d/t", "t");
	real_dir("upper2/e");
	ephemeral();
	ck_assert_str_eq(names("d"), "m t");
	ck_assert_int_eq(lookup("d/a"), 0);
	ck_assert_int_eq(lookup("d/sub/deep"), -ENOENT);
	ck_assert_str_eq(names("e"), "");
	ck_assert_str_eq(names("f"), "in");
	put("d/a", "new a");
	ck_assert_str_eq(text("d/a"), "new a");
}
END_TEST

START_TEST(merge_is_the_first_over_the_second_and_fixed)
{
	real_file("host/f", "host f");
	real_dir("host/d");
	real_file("host/d/h", "h");
	real_file("host/only", "only");
	real_file("host/e", "a file over a directory");
	merge();
	ck_assert_str_eq(text("f"), "host f");
	ck_assert_str_eq(text("x"), "x");
	ck_assert_str_eq(names("d"), "a b h sub");
	ck_assert_str_eq(names(""), "d dlink e f fifo h1 h2 link only x");
	ck_assert(S_ISREG(st("e").stx_mode));
	ck_assert_int_eq(open_result(&root, "only", O_WRONLY), -EROFS);
	ck_assert_int_eq(open_result(&root, "x", O_WRONLY), -EROFS);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -EROFS);
	ck_assert_int_eq(layers_chmod(l, &root, "x", 0), -EROFS);
}
END_TEST

/* Neither directory is in overlayfs's format: what looks like it means itself. */
START_TEST(merge_of_plain_directories_knows_no_records)
{
	real_dir("host/d");
	real_file("host/d/h", "h");
	ck_assert_int_eq(setxattr(in_top("host/d"), OPAQUE, "y", 1, 0), 0);
	real_file("host/f", "");
	ck_assert_int_eq(setxattr(in_top("host/f"), OVERRIDE, "7:7:100600", 10, 0), 0);
	merge();
	ck_assert_str_eq(names("d"), "a b h sub");
	ck_assert_uint_eq(st("f").stx_uid, 0);
}
END_TEST

START_TEST(mincow_writes_through)
{
	fill("host");
	mincow();
	write_to("f", 0, "HOST");
	ck_assert_str_eq(real_text("host/f"), "HOSTr f");
	ck_assert_str_eq(text("f"), "HOSTr f");
	ck_assert(!real_there("upper/f"));
	put("d/a", "through");
	ck_assert_str_eq(real_text("host/d/a"), "through");
}
END_TEST

START_TEST(mincow_copies_what_the_host_refuses)
{
	if (geteuid() == 0)
		return; /* the host refuses root nothing */
	fill("host");
	ck_assert_int_eq(fchmodat(topfd, "host/f", 0444, 0), 0);
	mincow();
	put("f", "mine");
	ck_assert_str_eq(text("f"), "mine");
	ck_assert_str_eq(real_text("host/f"), "lower f");
	ck_assert_str_eq(real_text("upper/f"), "mine");
}
END_TEST

/* "Changes reach the host where it lets you": changes of names and attributes are changes, too. */
START_TEST(mincow_changes_names_on_the_host)
{
	fill("host");
	mincow();
	put("new", "new");
	ck_assert_int_eq(layers_mkdir(l, &root, "nd", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "h1", "h3", 0), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0600), 0);
	ck_assert_str_eq(names(""), "d dlink e f fifo h2 h3 link nd new");
	ck_assert(real_there("host/new"));
	ck_assert(real_there("host/nd"));
	ck_assert(!real_there("host/x"));
	ck_assert(real_there("host/h3"));
	ck_assert_uint_eq(real_stat("host/f").st_mode & 0777, 0600);
}
END_TEST

START_TEST(mincow_asks_for_permission_inside)
{
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };

	fill("host");
	autofree char *before = snapshot("host");

	mincow();
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 1000, KEEP), -EPERM);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), -EPERM);
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	ck_assert_int_eq(layers_rename(l, &user, "f", "g", 0), -EACCES);
	ck_assert_int_eq(layers_mkdir(l, &user, "n", 0755), -EACCES);
	ck_assert_int_eq(open_result(&user, "n", O_WRONLY | O_CREAT), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_WRONLY), -EACCES);
	ck_assert_int_eq(layers_setxattr(l, &user, "f", "user.a", "b", 1, 0), -EACCES);
	autofree char *after = snapshot("host");

	ck_assert_str_eq(before, after);
}
END_TEST

/* ---- removing and whiteouts ---- */

START_TEST(unlink_below_leaves_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e", true), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "link", false), 0);
	ck_assert(real_whiteout("upper/f"));
	ck_assert(real_whiteout("upper/d/a"));
	ck_assert(real_whiteout("upper/e"));
	ck_assert(real_whiteout("upper/link"));
	ck_assert_str_eq(names(""), "d dlink fifo h1 h2 x");
	ck_assert_str_eq(names("d"), "b sub");
	ck_assert_int_eq(open_result(&root, "f", O_RDONLY), -ENOENT);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), -ENOENT);
	again();
	ck_assert_str_eq(names(""), "d dlink fifo h1 h2 x");
	ck_assert_str_eq(names("d"), "b sub");
}
END_TEST

START_TEST(unlink_above_leaves_nothing)
{
	cow();
	put("new", "");
	put("d/new", "");
	ck_assert_int_eq(layers_unlink(l, &root, "new", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/new", false), 0);
	ck_assert(!real_there("upper/new"));
	ck_assert(!real_there("upper/d/new"));
}
END_TEST

START_TEST(unlink_of_a_copied_file_leaves_a_whiteout)
{
	cow();
	put("f", "changed");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert(real_whiteout("upper/f"));
	put("f", "again");
	ck_assert_str_eq(text("f"), "again");
	again();
	ck_assert_str_eq(text("f"), "again");
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(unlink_wrong_kind)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d", false), -EISDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "f", true), -ENOTDIR);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "dlink", true), -ENOTDIR);
	ck_assert(!real_there("upper/d"));
}
END_TEST

START_TEST(rmdir_when_all_is_removed)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub", true), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), 0);
	ck_assert(real_whiteout("upper/d"));
	ck_assert_int_eq(lookup("d"), 0);
}
END_TEST

START_TEST(mkdir_over_a_whiteout_is_opaque)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "f", 0755), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "away", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_str_eq(names("d"), "");
	ck_assert_str_eq(names("f"), "");
	ck_assert_str_eq(real_xattr("upper/d", OPAQUE), "y");
	put("d/a", "mine");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert(!real_there("upper/d/a"));
	again();
	ck_assert_str_eq(names("d"), "");
	ck_assert_int_eq(lookup("d/sub/deep"), -ENOENT);
}
END_TEST

START_TEST(every_kind_over_a_whiteout)
{
	static const char *const at[] = { "f", "x", "h1", "link", "e", "fifo" };

	cow();
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		ck_assert_int_eq(layers_unlink(l, &root, at[i], strcmp(at[i], "e") == 0), 0);
	ck_assert_int_eq(layers_symlink(l, &root, "t", "f"), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "x", S_IFIFO | 0600, 0), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "h1", S_IFCHR | 0600, makedev(1, 3)), 0);
	put("link", "a file now");
	put("e", "a file now");
	ck_assert_int_eq(layers_mkdir(l, &root, "fifo", 0755), 0);
	ck_assert(S_ISLNK(st("f").stx_mode));
	ck_assert(S_ISFIFO(st("x").stx_mode));
	ck_assert(S_ISCHR(st("h1").stx_mode));
	ck_assert_str_eq(text("link"), "a file now");
	ck_assert_str_eq(text("e"), "a file now");
	ck_assert_str_eq(names("fifo"), "");
	ck_assert_str_eq(names(""), LOWER_NAMES);
	again();
	ck_assert(S_ISCHR(st("h1").stx_mode));
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(unlink_of_an_open_file_keeps_it)
{
	int low, up, rw;

	cow();
	put("new", "new");
	low = layers_open(l, &root, "f", O_RDONLY, 0);
	up = layers_open(l, &root, "new", O_RDONLY, 0);
	rw = layers_open(l, &root, "x", O_RDWR, 0);
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "new", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_str_eq(fd_text(low), "lower f");
	ck_assert_str_eq(fd_text(up), "new");
	ck_assert_int_eq(pwrite(rw, "y", 1, 0), 1);
	ck_assert_str_eq(fd_text(rw), "y");
	ck_assert(layers_owns_fd(l, rw));
	ck_assert(!layers_owns_fd(l, low));
	ck_assert_int_eq(layers_fchmod(l, &root, rw, 0400), 0);
	ck_assert_int_eq(layers_fchmod(l, &root, low, 0400), -EROFS);
	close(low);
	close(up);
	close(rw);
}
END_TEST

/* ---- copying up ---- */

START_TEST(write_copies_up)
{
	cow();
	write_to("f", 0, "UPPER");
	ck_assert_str_eq(text("f"), "UPPER f");
	write_to("d/sub/deep", O_APPEND, "er");
	ck_assert_str_eq(text("d/sub/deep"), "deeper");
	ck_assert_str_eq(real_text("upper/d/sub/deep"), "deeper");
	ck_assert(!real_there("upper/d/a"));
	put("x", "");
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_uint_eq(st("x").stx_size, 0);
	ck_assert_int_eq(open_result(&root, "h1", O_RDONLY | O_CREAT), 0);
	ck_assert(!real_there("upper/h1"));
}
END_TEST

START_TEST(open_for_reading_before_keeps_the_old_content)
{
	int fd;

	cow();
	fd = layers_open(l, &root, "f", O_RDONLY, 0);
	put("f", "changed");
	ck_assert_str_eq(fd_text(fd), "lower f");
	ck_assert_str_eq(text("f"), "changed");
	close(fd);
}
END_TEST

START_TEST(copy_up_keeps_attributes)
{
	static const struct timespec ts[2] = { { 1000, 1001 }, { 2000, 2002 } };
	char value[16] = "";
	struct statx before, after;

	ck_assert_int_eq(utimensat(topfd, "lower/x", ts, 0), 0);
	ck_assert_int_eq(setxattr(in_top("lower/x"), "user.colour", "blue", 4, 0), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/link", ts, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/d/sub", ts, 0), 0);
	lower_ready();
	cow();
	before = st("x");
	ck_assert_int_eq(layers_copy_up(l, "x"), 0);
	ck_assert_int_eq(layers_copy_up(l, "link"), 0);
	ck_assert_int_eq(layers_copy_up(l, "d/sub"), 0);
	after = st("x");
	ck_assert(real_there("upper/x"));
	ck_assert_uint_eq(after.stx_mode, before.stx_mode);
	ck_assert_uint_eq(after.stx_uid, before.stx_uid);
	ck_assert_uint_eq(after.stx_size, before.stx_size);
	ck_assert_int_eq(after.stx_mtime.tv_sec, 2000);
	ck_assert_uint_eq(after.stx_mtime.tv_nsec, 2002);
	ck_assert_int_eq(after.stx_atime.tv_sec, 1000);
	ck_assert_uint_eq(after.stx_ino, before.stx_ino);
	ck_assert_uint_eq(after.stx_dev_minor, before.stx_dev_minor);
	ck_assert_int_eq(layers_getxattr(l, &root, "x", "user.colour", value, sizeof(value)), 4);
	ck_assert_str_eq(value, "blue");
	ck_assert_int_eq(st("link").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(st("d/sub").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(layers_copy_up(l, "x"), 0);
	ck_assert_int_eq(layers_copy_up(l, "no"), -ENOENT);
}
END_TEST

/* What happens to a file is no change of its directory: overlayfs sets the times back. */
START_TEST(copy_up_keeps_the_parents_times)
{
	static const struct timespec ts[2] = { { 1000, 0 }, { 2000, 0 } };

	ck_assert_int_eq(utimensat(topfd, "lower/d/sub", ts, 0), 0);
	ck_assert_int_eq(utimensat(topfd, "lower/d", ts, 0), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d/sub/deep", 0600), 0);
	ck_assert_int_eq(st("d/sub").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 2000);
	ck_assert_int_eq(layers_chmod(l, &root, "d/a", 0600), 0);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 2000);
	put("d/new", "");
	ck_assert_int_ne(st("d").stx_mtime.tv_sec, 2000);
}
END_TEST

START_TEST(copy_up_keeps_holes)
{
	static const off_t size = 64 << 20, at = 32 << 20;
	autoclose int fd = openat(topfd, "lower/sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char buf[8] = "";

	ck_assert_int_eq(pwrite(fd, "middle", 6, at), 6);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(fsync(fd), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "sparse", 0600), 0);
	ck_assert_int_eq(real_stat("upper/sparse").st_size, size);
	ck_assert_int_lt(real_stat("upper/sparse").st_blocks, 1024);
	autoclose int up = openat(topfd, "upper/sparse", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(pread(up, buf, 6, at), 6);
	ck_assert_str_eq(buf, "middle");
}
END_TEST

START_TEST(copy_up_of_every_kind)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	autoclose int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", in_top("lower/sock"));
	ck_assert_int_eq(bind(s, (struct sockaddr *)&un, sizeof(un)), 0);
	lower_ready();
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "fifo", 0622), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "sock", 0622), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert(S_ISFIFO(real_stat("upper/fifo").st_mode));
	ck_assert(S_ISSOCK(real_stat("upper/sock").st_mode));
	ck_assert(S_ISFIFO(st("fifo").stx_mode));
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 0700);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_copy_up(l, "link"), 0);
	ck_assert(S_ISLNK(st("link").stx_mode));
}
END_TEST

START_TEST(directory_keeps_its_inode_number)
{
	uint64_t ino;

	cow();
	ino = st("d").stx_ino;
	put("d/new", "");
	ck_assert_uint_eq(st("d").stx_ino, ino);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert_uint_eq(st("d").stx_ino, ino);
}
END_TEST

START_TEST(work_is_left_empty)
{
	cow();
	put("f", "changed");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	put("f", "again");
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "d", true), 0);
	ck_assert_int_eq(layers_rename(l, &root, "x", "moved/b", 0), 0);
	ck_assert_int_eq(layers_link(l, &root, "moved/b", "x"), 0);
	ck_assert_uint_eq(real_stat("work").st_nlink, 2);
	ck_assert_int_eq(unlinkat(topfd, "work", AT_REMOVEDIR), 0);
	real_dir("work");
}
END_TEST

/* ---- listing ---- */

static void many(const char *prefix, unsigned n)
{
	char name[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%u", prefix, i);
		put(name, "");
	}
}

START_TEST(list_missing_or_not_a_directory)
{
	struct reading *r = reading_create();

	cow();
	put("uf", "");
	ck_assert_int_eq(read_on(r, "no", 10), -ENOENT);
	ck_assert_int_eq(read_on(r, "f", 10), -ENOTDIR);
	ck_assert_int_eq(read_on(r, "uf", 10), -ENOTDIR);
	ck_assert_uint_eq(r->n, 0);
	reading_destroy(r);
}
END_TEST

START_TEST(list_in_small_pieces_is_whole)
{
	struct reading *whole = reading_create(), *r = reading_create();

	cow();
	many("d/n", 100);
	ck_assert_int_eq(read_on(whole, "d", NAMES_MAX), 0);
	ck_assert_uint_eq(whole->n, 105);
	for (unsigned before = 1; before != r->n;) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 7), 0);
	}
	ck_assert_uint_eq(r->n, whole->n);
	for (unsigned i = 0; i < r->n; i++) {
		ck_assert_str_eq(r->name[i], whole->name[i]);
		ck_assert_uint_eq(r->cookie[i], whole->cookie[i]);
	}
	reading_destroy(whole);
	reading_destroy(r);
}
END_TEST

START_TEST(list_resumes_at_any_cookie)
{
	struct reading *whole = reading_create();

	cow();
	many("d/n", 20);
	ck_assert_int_eq(read_on(whole, "d", NAMES_MAX), 0);
	for (unsigned i = 0; i + 1 < whole->n; i++) {
		struct reading *r = reading_create();

		r->at = whole->cookie[i];
		ck_assert_int_eq(read_on(r, "d", 1), 0);
		ck_assert_str_eq(r->name[0], whole->name[i + 1]);
		reading_destroy(r);
	}
	reading_destroy(whole);
}
END_TEST

/* Names come and go, also over the front, and other readers start over: each that stays is told
 * once. */
START_TEST(list_while_names_come_and_go)
{
	struct reading *r = reading_create();
	unsigned round = 0;
	char name[64];

	cow();
	many("d/stay", 60);
	many("d/go", 60);
	for (unsigned before = 1; before != r->n; round++) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 10), 0);
		for (unsigned i = round * 5; i < round * 5 + 5 && i < 60; i++) {
			snprintf(name, sizeof(name), "d/go%u", i);
			ck_assert_int_eq(layers_unlink(l, &root, name, false), 0);
			snprintf(name, sizeof(name), "d/new%u", i);
			put(name, "");
		}
		if (round == 3)
			ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
		names("d");
	}
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "stay%u", i);
		ck_assert_msg(times_seen(r, name) == 1, "%s %u times", name, times_seen(r, name));
		snprintf(name, sizeof(name), "new%u", i);
		ck_assert_uint_le(times_seen(r, name), 1);
	}
	ck_assert_uint_eq(times_seen(r, "b"), 1);
	ck_assert_uint_eq(times_seen(r, "."), 1);
	reading_destroy(r);
}
END_TEST

/* rm -r of a wide tree: what was read is removed, hundreds of directories are listed on the way. */
START_TEST(list_goes_on_after_many_other_listings)
{
	struct reading *r = reading_create();
	char name[64];
	unsigned left = 600, before = 1;

	cow();
	for (unsigned i = 0; i < left; i++) {
		snprintf(name, sizeof(name), "d/dir%u", i);
		ck_assert_int_eq(layers_mkdir(l, &root, name, 0755), 0);
	}
	for (unsigned at = 0; before != r->n; at = r->n) {
		before = r->n;
		ck_assert_int_eq(read_on(r, "d", 300), 0);
		for (unsigned i = at; i < r->n; i++) {
			if (strncmp(r->name[i], "dir", 3) != 0)
				continue;
			snprintf(name, sizeof(name), "d/%s", r->name[i]);
			ck_assert_int_eq(layers_unlink(l, &root, name, true), 0);
			left--;
		}
	}
	ck_assert_uint_eq(left, 0);
	reading_destroy(r);
}
END_TEST

START_TEST(list_of_a_directory_made_again_is_fresh)
{
	cow();
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "old", 0), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/only", "");
	ck_assert_str_eq(names("d"), "only");
	ck_assert_str_eq(names("old"), "a b sub");
	ck_assert_int_eq(layers_rename(l, &root, "d", "old", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_str_eq(names("old"), "only");
}
END_TEST

START_TEST(list_tells_inode_numbers_and_types_of_stat)
{
	struct reading *r = reading_create();
	char path[300];

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "f", 0600), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	put("new", "");
	ck_assert_int_eq(read_on(r, "", NAMES_MAX), 0);
	for (unsigned i = 2; i < r->n; i++) {
		struct statx stx;

		snprintf(path, sizeof(path), "%s", r->name[i]);
		stx = st(path);
		ck_assert_msg(r->ino[i] == stx.stx_ino, "%s: %lu, stat tells %llu", path,
			      (unsigned long)r->ino[i], (unsigned long long)stx.stx_ino);
		ck_assert_int_eq(r->type[i], IFTODT(stx.stx_mode));
	}
	reading_destroy(r);
}
END_TEST

START_TEST(list_tells_device_nodes_as_such)
{
	struct reading *r = reading_create();

	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "d/null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(read_on(r, "d", NAMES_MAX), 0);
	for (unsigned i = 0; i < r->n; i++)
		if (strcmp(r->name[i], "null") == 0)
			ck_assert(r->type[i] == DT_CHR || r->type[i] == DT_UNKNOWN);
	ck_assert_uint_eq(times_seen(r, "null"), 1);
	reading_destroy(r);
}
END_TEST

/* ---- renaming ---- */

START_TEST(rename_file_of_each_layer)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "d/g", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "link", "link2", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "fifo", "fifo2", 0), 0);
	ck_assert_str_eq(text("new2"), "new");
	ck_assert_str_eq(text("d/g"), "lower f");
	ck_assert(S_ISLNK(st("link2").stx_mode));
	ck_assert(S_ISFIFO(st("fifo2").stx_mode));
	ck_assert(real_whiteout("upper/f"));
	ck_assert(!real_there("upper/new"));
	ck_assert_str_eq(names(""), "d dlink e fifo2 h1 h2 link2 new2 x");
	again();
	ck_assert_str_eq(names(""), "d dlink e fifo2 h1 h2 link2 new2 x");
	ck_assert_str_eq(names("d"), "a b g sub");
}
END_TEST

START_TEST(rename_keeps_the_inode_number)
{
	uint64_t ino;

	cow();
	ino = st("f").stx_ino;
	ck_assert_int_eq(layers_rename(l, &root, "f", "g", 0), 0);
	ck_assert_uint_eq(st("g").stx_ino, ino);
	put("new", "");
	ino = st("new").stx_ino;
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_uint_eq(st("new2").stx_ino, ino);
}
END_TEST

START_TEST(rename_over_a_file)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", 0), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_int_eq(layers_rename(l, &root, "x", "f", 0), 0);
	ck_assert_str_eq(text("f"), "x");
	ck_assert_int_eq(lookup("x"), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "link", 0), 0);
	ck_assert_str_eq(text("link"), "x");
	ck_assert_str_eq(names(""), "d dlink e fifo h1 h2 link");
}
END_TEST

START_TEST(rename_over_a_whiteout_and_back)
{
	cow();
	ck_assert_int_eq(layers_rename(l, &root, "f", "g", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "g", "f", 0), 0);
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_int_eq(lookup("g"), 0);
	ck_assert(!real_there("upper/g"));
	ck_assert_int_eq(layers_rename(l, &root, "d", "dd", 0), 0);
	ck_assert_int_eq(layers_rename(l, &root, "dd", "d", 0), 0);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_unlink(l, &root, "d/a", false), 0);
	ck_assert_str_eq(names("d"), "b sub");
	again();
	ck_assert_str_eq(names(""), LOWER_NAMES);
	ck_assert_str_eq(names("d"), "b sub");
}
END_TEST

START_TEST(rename_directory_with_content_below)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/b", false), 0);
	put("d/new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/moved", 0), 0);
	ck_assert_int_eq(lookup("d"), 0);
	ck_assert_int_eq(lookup("d/a"), -ENOENT);
	ck_assert_str_eq(names("e/moved"), "a new sub");
	ck_assert_str_eq(text("e/moved/sub/deep"), "deep");
	ck_assert_str_eq(text("e/moved/new"), "new");
	ck_assert(real_whiteout("upper/d"));
	again();
	ck_assert_str_eq(names("e/moved"), "a new sub");
	ck_assert_str_eq(text("e/moved/sub/deep"), "deep");
	ck_assert_str_eq(names(""), "dlink e f fifo h1 h2 link x");
}
END_TEST

START_TEST(rename_directory_of_the_upper_layer)
{
	cow();
	ck_assert_int_eq(layers_mkdir(l, &root, "u", 0755), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "u/v", 0755), 0);
	put("u/v/w", "w");
	ck_assert_int_eq(layers_rename(l, &root, "u", "d/u", 0), 0);
	ck_assert_str_eq(text("d/u/v/w"), "w");
	ck_assert_int_eq(lookup("u"), 0);
	ck_assert(!real_there("upper/u"));
}
END_TEST

START_TEST(rename_directory_over_a_directory)
{
	cow();
	ck_assert_int_eq(layers_rename(l, &root, "e", "d", 0), -ENOTEMPTY);
	ck_assert_int_eq(layers_rename(l, &root, "d", "f", 0), -ENOTDIR);
	ck_assert_int_eq(layers_rename(l, &root, "f", "d", 0), -EISDIR);
	ck_assert_int_eq(layers_rename(l, &root, "d", "d/sub/in", 0), -EINVAL);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", 0), 0);
	ck_assert_str_eq(names("e"), "a b sub");
	ck_assert_int_eq(layers_mkdir(l, &root, "d", 0755), 0);
	put("d/x", "");
	ck_assert_int_eq(layers_unlink(l, &root, "e/a", false), 0);
	ck_assert_int_eq(layers_unlink(l, &root, "e/b", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/sub", 0), -ENOTEMPTY);
	ck_assert_int_eq(layers_unlink(l, &root, "e/sub/deep", false), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e/sub", 0), 0);
	ck_assert_str_eq(names("e/sub"), "x");
	ck_assert_str_eq(names("e"), "sub");
}
END_TEST

/* The directory below still has names, but each is whited out above: it is empty. */
START_TEST(rename_over_a_directory_of_whiteouts)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "d/sub/deep", false), 0);
	ck_assert_int_eq(layers_mkdir(l, &root, "new", 0755), 0);
	put("new/n", "n");
	ck_assert_int_eq(layers_rename(l, &root, "new", "d/sub", 0), 0);
	ck_assert_str_eq(names("d/sub"), "n");
	again();
	ck_assert_str_eq(names("d/sub"), "n");
}
END_TEST

START_TEST(rename_noreplace)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "d", "e", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", RENAME_NOREPLACE), -EEXIST);
	ck_assert_int_eq(layers_rename(l, &root, "no", "n", RENAME_NOREPLACE), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "new", "n", RENAME_NOREPLACE), 0);
	ck_assert_int_eq(layers_rename(l, &root, "f", "new", RENAME_NOREPLACE), 0);
	ck_assert_int_eq(layers_rename(l, &root, "n", "f", RENAME_NOREPLACE), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_str_eq(text("new"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "f", "q", RENAME_WHITEOUT), -EINVAL);
}
END_TEST

START_TEST(rename_exchange)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_rename(l, &root, "f", "no", RENAME_EXCHANGE), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "new", "f", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("f"), "new");
	ck_assert_str_eq(text("new"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "x", "h1", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("x"), "hard");
	ck_assert_int_eq(layers_rename(l, &root, "d", "x", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(text("d"), "hard");
	ck_assert_str_eq(names("x"), "a b sub");
	ck_assert_str_eq(text("x/sub/deep"), "deep");
	ck_assert_int_eq(layers_rename(l, &root, "x", "e", RENAME_EXCHANGE), 0);
	ck_assert_str_eq(names("x"), "");
	ck_assert_str_eq(names("e"), "a b sub");
	again();
	ck_assert_str_eq(names("x"), "");
	ck_assert_str_eq(names("e"), "a b sub");
	ck_assert_str_eq(text("d"), "hard");
}
END_TEST

START_TEST(rename_to_another_name_of_the_same_file_does_nothing)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_link(l, &root, "new", "new2"), 0);
	ck_assert_int_eq(layers_rename(l, &root, "new", "new2", 0), 0);
	ck_assert_int_eq(lookup("new"), 1);
	ck_assert_int_eq(lookup("new2"), 1);
	ck_assert_int_eq(layers_rename(l, &root, "f", "f", 0), 0);
	ck_assert_str_eq(text("f"), "lower f");
	ck_assert_int_eq(layers_rename(l, &root, "h1", "h2", 0), 0);
	ck_assert_int_eq(lookup("h1"), 1);
}
END_TEST

START_TEST(rename_is_found_again_from_the_host)
{
	char rel[PATH_MAX];
	autoclose int fd = openat(topfd, "lower/d", O_PATH | O_CLOEXEC);

	cow();
	ck_assert_int_eq(layers_from_host(l, in_top("lower/d/a"), -1, rel), 1);
	ck_assert_str_eq(rel, "d/a");
	ck_assert_int_eq(layers_from_host(l, in_top("upper"), -1, rel), 0);
	ck_assert_str_eq(rel, "");
	ck_assert_int_eq(layers_from_host(l, in_top("uppermost"), -1, rel), -ENOENT);
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d"), fd, rel), 0);
	ck_assert_str_eq(rel, "moved");
	/* somebody's working directory is still the old one: where is it after the second rename?
	 */
	ck_assert_int_eq(layers_rename(l, &root, "moved", "again", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d"), fd, rel), 0);
	ck_assert_str_eq(rel, "again");
}
END_TEST

START_TEST(rename_of_a_parent_is_found_again_from_the_host)
{
	char rel[PATH_MAX];
	autoclose int fd = openat(topfd, "lower/d/sub", O_PATH | O_CLOEXEC);

	cow();
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_int_ge(layers_from_host(l, in_top("lower/d/sub"), fd, rel), 0);
	ck_assert_str_eq(rel, "moved/sub");
}
END_TEST

START_TEST(host_path_of_a_node)
{
	char buf[PATH_MAX];
	struct lnode n;
	size_t prefix;

	cow();
	put("new", "");
	ck_assert_int_eq(layers_lookup(l, NULL, "d/a", &n, &prefix), 0);
	ck_assert_int_eq(layers_host_path(l, &n, "d/a", buf), 0);
	ck_assert_str_eq(buf, in_top("lower/d/a"));
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, NULL, "new", &n, &prefix), 0);
	ck_assert_int_eq(layers_host_path(l, &n, "new", buf), 0);
	ck_assert_str_eq(buf, in_top("upper/new"));
	layers_node_finish(&n);
}
END_TEST

/* ---- links ---- */

START_TEST(link_is_one_file)
{
	cow();
	ck_assert_int_eq(layers_link(l, &root, "f", "d/f2"), 0);
	ck_assert_uint_eq(st("f").stx_ino, st("d/f2").stx_ino);
	ck_assert_uint_eq(st("f").stx_nlink, 2);
	put("f", "both");
	ck_assert_str_eq(text("d/f2"), "both");
	ck_assert_int_eq(layers_unlink(l, &root, "f", false), 0);
	ck_assert_str_eq(text("d/f2"), "both");
	ck_assert_uint_eq(st("d/f2").stx_nlink, 1);
	ck_assert_int_eq(layers_link(l, &root, "link", "link2"), 0);
	ck_assert(S_ISLNK(st("link2").stx_mode));
	ck_assert_int_eq(layers_link(l, &root, "d", "d2"), -EPERM);
	ck_assert_int_eq(layers_link(l, &root, "no", "n"), -ENOENT);
}
END_TEST

/* Two names of one lower file: a change through one is seen through the other, as without us. */
START_TEST(link_of_a_lower_file_survives_the_copy)
{
	uint64_t ino;

	cow();
	ino = st("h1").stx_ino;
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	put("h1", "changed");
	for (int i = 0; i < 2; i++, again()) {
		ck_assert_str_eq(text("h2"), "changed");
		ck_assert_uint_eq(st("h1").stx_ino, ino);
		ck_assert_uint_eq(st("h2").stx_ino, ino);
		ck_assert_uint_eq(st("h1").stx_nlink, 2);
		ck_assert_uint_eq(st("h2").stx_nlink, 2);
	}
	put("h2", "back");
	ck_assert_str_eq(text("h1"), "back");
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	ck_assert_int_eq(layers_chmod(l, &root, "h2", 0600), 0);
	ck_assert_uint_eq(st("h1").stx_mode, S_IFREG | 0600);
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

START_TEST(link_of_a_lower_file_is_counted)
{
	cow();
	put("h1", "changed");
	ck_assert_int_eq(layers_link(l, &root, "h1", "h3"), 0);
	ck_assert_uint_eq(st("h3").stx_nlink, 3);
	ck_assert_uint_eq(st("h2").stx_nlink, 3);
	ck_assert_int_eq(layers_unlink(l, &root, "h2", false), 0);
	ck_assert_uint_eq(st("h1").stx_nlink, 2);
	ck_assert_int_eq(layers_unlink(l, &root, "h1", false), 0);
	ck_assert_uint_eq(st("h3").stx_nlink, 1);
	ck_assert_str_eq(text("h3"), "changed");
	ck_assert_int_eq(lookup("h2"), 0);
}
END_TEST

START_TEST(link_of_a_lower_file_is_renamed_and_seen_by_sessions)
{
	struct layers *a, *b;

	cow();
	a = l;
	b = cow_session();
	l = b;
	ck_assert_str_eq(text("h2"), "hard");
	l = a;
	ck_assert_int_eq(layers_rename(l, &root, "h1", "d/h1", 0), 0);
	put("d/h1", "by a");
	l = b;
	ck_assert_str_eq(text("h2"), "by a");
	put("h2", "by b");
	layers_destroy(b);
	l = a;
	ck_assert_str_eq(text("d/h1"), "by b");
	ck_assert_uint_eq(st("d/h1").stx_nlink, 2);
}
END_TEST

/* The host has removed the file, and another one got its inode number: that is not our copy. */
START_TEST(link_of_another_file_with_the_same_number)
{
	ino_t ino = real_stat("lower/h1").st_ino;
	bool same = false;
	char name[64];

	cow();
	put("h1", "changed");
	layers_destroy(l);
	ck_assert_int_eq(unlinkat(topfd, "lower/h1", 0), 0);
	ck_assert_int_eq(unlinkat(topfd, "lower/h2", 0), 0);
	for (unsigned i = 0; i < 200 && !same; i++) {
		snprintf(name, sizeof(name), "lower/n%u", i);
		real_file(name, "fresh");
		same = real_stat(name).st_ino == ino;
	}
	ck_assert_int_eq(linkat(topfd, name, topfd, "lower/new", 0), 0);
	lower_ready();
	cow();
	ck_assert_str_eq(text("new"), "fresh"); /* where numbers are not used again, so it is */
	ck_assert_uint_eq(st("new").stx_nlink, 2);
}
END_TEST

START_TEST(link_onto_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link(l, &root, "f", "x"), 0);
	ck_assert_str_eq(text("x"), "lower f");
	again();
	ck_assert_str_eq(text("x"), "lower f");
}
END_TEST

START_TEST(link_of_a_symlink_onto_a_whiteout)
{
	cow();
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link(l, &root, "link", "x"), 0);
	ck_assert(S_ISLNK(st("x").stx_mode));
}
END_TEST

START_TEST(link_onto_an_upper_name_is_eexist)
{
	cow();
	put("new", "new");
	ck_assert_int_eq(layers_link(l, &root, "f", "new"), -EEXIST);
	ck_assert_int_eq(layers_link(l, &root, "link", "new"), -EEXIST);
	ck_assert_str_eq(text("new"), "new");
}
END_TEST

START_TEST(link_onto_a_lower_name_is_eexist)
{
	cow();
	ck_assert_int_eq(layers_link(l, &root, "f", "x"), -EEXIST);
	ck_assert_str_eq(text("x"), "x");
	ck_assert_int_eq(layers_link(l, &root, "f", "d"), -EEXIST);
	ck_assert_str_eq(names("d"), "a b sub");
	ck_assert_int_eq(layers_link(l, &root, "link", "x"), -EEXIST);
	ck_assert_str_eq(text("x"), "x");
}
END_TEST

START_TEST(make_onto_any_name_is_eexist)
{
	static const char *const at[] = { "f", "d", "e", "link", "fifo", "new" };

	cow();
	put("new", "");
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		ck_assert_int_eq(layers_mkdir(l, &root, at[i], 0755), -EEXIST);
		ck_assert_int_eq(layers_symlink(l, &root, "t", at[i]), -EEXIST);
		ck_assert_int_eq(layers_mknod(l, &root, at[i], S_IFIFO | 0600, 0), -EEXIST);
		ck_assert_int_eq(open_result(&root, at[i], O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
	}
}
END_TEST

START_TEST(tmpfile_gets_a_name)
{
	struct statx stx;
	int fd;

	cow();
	fd = layers_open(l, &root, "d/sub", O_TMPFILE | O_RDWR, 0640);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, "tmp", 3), 0);
	ck_assert_str_eq(names("d/sub"), "deep");
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_mode, S_IFREG | 0640);
	ck_assert(layers_owns_fd(l, fd));
	ck_assert_int_eq(layers_fchown(l, &root, fd, 1000, 1000), 0);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "d/sub/named"), 0);
	ck_assert_str_eq(text("d/sub/named"), "tmp");
	ck_assert_uint_eq(st("d/sub/named").stx_uid, 1000);
	ck_assert_uint_eq(st("d/sub/named").stx_mode, S_IFREG | 0640);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "d/sub/named"), -EEXIST);
	close(fd);
	ck_assert_int_eq(open_result(&root, "f", O_TMPFILE | O_RDWR), -ENOTDIR);
	ck_assert_int_eq(open_result(&root, "no", O_TMPFILE | O_RDWR), -ENOENT);
}
END_TEST

START_TEST(tmpfile_onto_whiteouts_and_lower_names)
{
	int fd;

	cow();
	fd = layers_open(l, &root, "", O_TMPFILE | O_RDWR, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "x"), 0);
	ck_assert_uint_eq(st("x").stx_size, 0);
	close(fd);
	fd = layers_open(l, &root, "", O_TMPFILE | O_RDWR, 0600);
	ck_assert_int_eq(layers_link_fd(l, &root, fd, "f"), -EEXIST);
	ck_assert_str_eq(text("f"), "lower f");
	close(fd);
}
END_TEST

/* ---- owners, modes, devices ---- */

START_TEST(chown_is_recorded_and_told)
{
	unsigned uid, gid, mode;
	struct statx stx;
	int fd;

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 1001), 0);
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("f").stx_gid, 1001);
	ck_assert_uint_eq(real_stat("upper/f").st_uid, geteuid());
	ck_assert_int_eq(sscanf(real_xattr("upper/f", OVERRIDE), "%u:%u:%o", &uid, &gid, &mode), 3);
	ck_assert_uint_eq(uid, 1000);
	ck_assert_uint_eq(gid, 1001);
	ck_assert_uint_eq(mode & 07777, 0644);
	ck_assert_int_eq(layers_chown(l, &root, "f", KEEP, 5), 0);
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("f").stx_gid, 5);
	ck_assert_int_eq(layers_chown(l, &root, "d", 7, 8), 0);
	ck_assert_uint_eq(st("d").stx_uid, 7);
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 0755);
	fd = layers_open(l, &root, "f", O_RDONLY, 0);
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_uid, 1000);
	close(fd);
	again();
	ck_assert_uint_eq(st("f").stx_uid, 1000);
	ck_assert_uint_eq(st("d").stx_gid, 8);
	ck_assert_int_eq(layers_chown(l, &root, "f", 0, 0), 0);
	ck_assert_uint_eq(st("f").stx_uid, 0);
}
END_TEST

START_TEST(chown_clears_set_id_bits)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "x", 06755), 0);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 06755);
	ck_assert_int_eq(layers_chown(l, &root, "x", 1, 1), 0);
	ck_assert_uint_eq(st("x").stx_mode, S_IFREG | 0755);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 02755), 0);
	ck_assert_int_eq(layers_chown(l, &root, "d", 1, 1), 0);
	ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | 02755);
}
END_TEST

START_TEST(chmod_is_recorded_and_told)
{
	static const mode_t modes[] = {
		0, 0400, 0111, 0644, 0755, 04755, 02755, 06711, 01777, 07777
	};

	cow();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		ck_assert_int_eq(layers_chmod(l, &root, "f", modes[i]), 0);
		ck_assert_uint_eq(st("f").stx_mode, S_IFREG | modes[i]);
		ck_assert_int_eq(layers_chmod(l, &root, "d", modes[i]), 0);
		ck_assert_uint_eq(st("d").stx_mode, S_IFDIR | modes[i]);
		/* never a set-id program of ours on the host; and always ours to open */
		ck_assert_uint_eq(real_stat("upper/f").st_mode & 06000, 0);
		ck_assert_uint_eq(real_stat("upper/f").st_mode & 0600, 0600);
		ck_assert_uint_eq(real_stat("upper/d").st_mode & 0700, 0700);
		ck_assert_str_eq(text("f"), "lower f");
		ck_assert_str_eq(names("d"), "a b sub");
	}
	ck_assert_int_eq(layers_chmod(l, &root, "link", 0600), -EOPNOTSUPP);
}
END_TEST

START_TEST(device_nodes_are_recorded_and_told)
{
	struct statx stx;
	int fd;

	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(layers_mknod(l, &root, "sda", S_IFBLK | 0660, makedev(8, 1)), 0);
	ck_assert_int_eq(layers_chown(l, &root, "sda", 0, 6), 0);
	for (int i = 0; i < 2; i++, again()) {
		stx = st("null");
		ck_assert_uint_eq(stx.stx_mode, S_IFCHR | 0666);
		ck_assert_uint_eq(stx.stx_rdev_major, 1);
		ck_assert_uint_eq(stx.stx_rdev_minor, 3);
		stx = st("sda");
		ck_assert_uint_eq(stx.stx_mode, S_IFBLK | 0660);
		ck_assert_uint_eq(stx.stx_rdev_major, 8);
		ck_assert_uint_eq(stx.stx_rdev_minor, 1);
		ck_assert_uint_eq(stx.stx_gid, 6);
	}
	ck_assert(S_ISREG(real_stat("upper/null").st_mode));
	ck_assert_ptr_nonnull(strstr(real_xattr("upper/null", OVERRIDE), ":char-1-3"));
	ck_assert_ptr_nonnull(strstr(real_xattr("upper/sda", OVERRIDE), ":block-8-1"));
	fd = layers_open(l, &root, "null", O_RDWR, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_str_eq(fd_text(fd), "");
	close(fd);
	ck_assert_int_lt(open_result(&root, "sda", O_RDONLY), 0);
	ck_assert_int_eq(layers_mknod(l, &user, "d/n", S_IFCHR | 0666, makedev(1, 3)), -EPERM);
}
END_TEST

/* A program that makes the device 0/0 gets a node, not a hole. */
START_TEST(device_zero_zero_is_no_whiteout)
{
	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "zero", S_IFCHR | 0600, makedev(0, 0)), 0);
	ck_assert_int_eq(lookup("zero"), 1);
	ck_assert_uint_eq(st("zero").stx_mode, S_IFCHR | 0600);
	again();
	ck_assert_int_eq(lookup("zero"), 1);
	ck_assert_ptr_nonnull(strstr(names(""), "zero"));
}
END_TEST

START_TEST(device_node_survives_copies_and_moves)
{
	cow();
	ck_assert_int_eq(layers_mknod(l, &root, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	ck_assert_int_eq(layers_rename(l, &root, "null", "d/null", 0), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d/null", 0600), 0);
	ck_assert_uint_eq(st("d/null").stx_mode, S_IFCHR | 0600);
	layers_destroy(l);
	ephemeral();
	ck_assert_int_eq(layers_chown(l, &root, "d/null", 3, 4), 0);
	ck_assert_uint_eq(st("d/null").stx_mode, S_IFCHR | 0600);
	ck_assert_uint_eq(st("d/null").stx_rdev_minor, 3);
	ck_assert_uint_eq(st("d/null").stx_uid, 3);
}
END_TEST

START_TEST(new_file_is_its_makers)
{
	int fd;

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0777), 0);
	fd = layers_open(l, &user, "d/mine", O_WRONLY | O_CREAT, 04640);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_uint_eq(st("d/mine").stx_uid, 1000);
	ck_assert_uint_eq(st("d/mine").stx_gid, 1000);
	ck_assert_uint_eq(st("d/mine").stx_mode, S_IFREG | 04640);
	ck_assert_int_eq(layers_mkdir(l, &user, "d/md", 0700), 0);
	ck_assert_uint_eq(st("d/md").stx_uid, 1000);
	ck_assert_int_eq(layers_mknod(l, &user, "d/mr", S_IFREG | 0444, 0), 0);
	ck_assert_uint_eq(st("d/mr").stx_uid, 1000);
	ck_assert_uint_eq(st("d/mr").stx_mode, S_IFREG | 0444);
	/* O_CREAT with a mode that would not let one write does let one write */
	fd = layers_open(l, &user, "d/ro", O_WRONLY | O_CREAT, 0444);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	ck_assert_int_eq(open_result(&user, "d/ro", O_WRONLY), -EACCES);
}
END_TEST

START_TEST(set_group_directory_gives_its_group)
{
	int fd;

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "d", 0, 50), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 02777), 0);
	fd = layers_open(l, &user, "d/new", O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(layers_mkdir(l, &user, "d/nd", 0755), 0);
	ck_assert_uint_eq(st("d/new").stx_gid, 50);
	ck_assert_uint_eq(st("d/nd").stx_gid, 50);
	ck_assert_uint_eq(st("d/nd").stx_mode, S_IFDIR | 02755);
}
END_TEST

START_TEST(stat_fd_agrees_with_lookup)
{
	static const char *const at[] = { "f", "x", "d/a", "d/sub/deep", "new", "e" };
	struct statx stx, want;

	ck_assert_int_eq(setxattr(in_top("lower/d/a"), OVERRIDE, "7:8:100600", 10, 0), 0);
	lower_ready();
	cow();
	put("new", "");
	ck_assert_int_eq(layers_chown(l, &root, "new", 9, 9), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "x", 04700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		autoclose int fd = layers_open(l, &root, at[i], O_RDONLY, 0);

		ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
		want = st(at[i]);
		ck_assert_msg(stx.stx_ino == want.stx_ino && stx.stx_uid == want.stx_uid &&
				      stx.stx_gid == want.stx_gid && stx.stx_mode == want.stx_mode,
			      "%s: %u:%u %o, lookup tells %u:%u %o", at[i], stx.stx_uid,
			      stx.stx_gid, stx.stx_mode, want.stx_uid, want.stx_gid, want.stx_mode);
	}
}
END_TEST

/* As with a root file system below: the upper layer and work are inside the base. */
START_TEST(stat_fd_of_a_copy_that_is_in_work)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { top, false } };
	struct statx stx;

	real_dir("in");
	real_file("in/h1", "hard");
	ck_assert_int_eq(linkat(topfd, "in/h1", topfd, "in/h2", 0), 0);
	l = stack(dirs, 2, 0, "work", "shared");
	ck_assert_int_eq(layers_chown(l, &root, "in/h1", 7, 8), 0);
	autoclose int fd = layers_open(l, &root, "in/h2", O_PATH, 0);
	ck_assert_int_eq(layers_stat_fd(l, fd, &stx), 0);
	ck_assert_uint_eq(stx.stx_uid, 7);
	ck_assert_uint_eq(stx.stx_nlink, 2);
}
END_TEST

/* ---- permission ---- */

START_TEST(permission_of_somebody_else)
{
	char bound[PATH_MAX];
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };
	static const struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };

	cow();
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&user, "f", O_WRONLY), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY | O_TRUNC), -EACCES);
	ck_assert_int_eq(open_result(&user, "new", O_WRONLY | O_CREAT), -EACCES);
	ck_assert_int_eq(open_result(&user, "d", O_TMPFILE | O_RDWR), -EACCES);
	ck_assert_int_eq(layers_mkdir(l, &user, "new", 0755), -EACCES);
	ck_assert_int_eq(layers_symlink(l, &user, "f", "new"), -EACCES);
	ck_assert_int_eq(layers_mknod(l, &user, "new", S_IFIFO | 0600, 0), -EACCES);
	ck_assert_int_eq(layers_link(l, &user, "f", "new"), -EACCES);
	ck_assert_int_eq(layers_bind(l, &user, "new", -1, 0755, bound), -EACCES);
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	ck_assert_int_eq(layers_unlink(l, &user, "e", true), -EACCES);
	ck_assert_int_eq(layers_rename(l, &user, "f", "g", 0), -EACCES);
	ck_assert_int_eq(layers_truncate(l, &user, "f", 1), -EACCES);
	ck_assert_int_eq(layers_setxattr(l, &user, "f", "user.a", "b", 1, 0), -EACCES);
	ck_assert_int_eq(layers_utimens(l, &user, "f", now), -EACCES);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), -EPERM);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 1000, KEEP), -EPERM);
	ck_assert_int_eq(layers_access(l, &user, "f", R_OK), 0);
	ck_assert_int_eq(layers_access(l, &user, "f", W_OK), -EACCES);
	ck_assert_int_eq(layers_access(l, &user, "x", X_OK), 0);
	ck_assert_int_eq(layers_access(l, &root, "f", X_OK), -EACCES);
	ck_assert_int_eq(layers_access(l, &root, "f", R_OK | W_OK), 0);
	ck_assert_str_eq(names(""), LOWER_NAMES);
}
END_TEST

/* A refusal copies nothing. */
START_TEST(permission_refused_leaves_the_upper_layer_alone)
{
	cow();
	open_result(&user, "f", O_WRONLY);
	layers_truncate(l, &user, "f", 1);
	layers_rename(l, &user, "d", "g", 0);
	layers_unlink(l, &user, "d/a", false);
	layers_link(l, &user, "f", "g");
	layers_chmod(l, &user, "f", 0);
	layers_chown(l, &user, "x", 1, 1);
	ck_assert_int_eq(unlinkat(topfd, "upper", AT_REMOVEDIR), 0);
	real_dir("upper");
}
END_TEST

START_TEST(permission_of_the_owner)
{
	static const struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 1000), 0);
	ck_assert_int_eq(open_result(&user, "f", O_RDWR), 0);
	ck_assert_int_eq(open_result(&other, "f", O_RDWR), -EACCES);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 0400), 0);
	ck_assert_int_eq(open_result(&user, "f", O_RDWR), -EACCES);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&other, "f", O_RDONLY), -EACCES);
	ck_assert_int_eq(open_result(&root, "f", O_RDWR), 0);
	ck_assert_int_eq(layers_utimens(l, &user, "f", ts), 0);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 1);
	ck_assert_int_eq(layers_chmod(l, &other, "f", 0777), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", 2000, KEEP), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", KEEP, 2000), -EPERM);
	ck_assert_int_eq(layers_chown(l, &user, "f", KEEP, 1000), 0);
	/* in a directory of somebody else's the file still cannot be removed */
	ck_assert_int_eq(layers_unlink(l, &user, "f", false), -EACCES);
	/* set-group-id for a group that one is not in is dropped */
	ck_assert_int_eq(layers_chown(l, &root, "f", 1000, 2000), 0);
	ck_assert_int_eq(layers_chmod(l, &user, "f", 02755), 0);
	ck_assert_uint_eq(st("f").stx_mode, S_IFREG | 0755);
}
END_TEST

START_TEST(permission_to_search)
{
	struct lnode n;
	size_t prefix;

	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0600), 0);
	ck_assert_int_eq(layers_lookup(l, &user, "d", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, &user, "d/a", &n, &prefix), -EACCES);
	ck_assert_int_eq(n.fd, -1);
	ck_assert_int_eq(layers_lookup(l, &user, "d/sub/deep", &n, &prefix), -EACCES);
	ck_assert_int_eq(layers_lookup(l, &root, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_lookup(l, NULL, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0711), 0);
	ck_assert_int_eq(layers_lookup(l, &user, "d/a", &n, &prefix), 0);
	layers_node_finish(&n);
	ck_assert_int_eq(open_result(&user, "d/a", O_RDONLY), 0);
	ck_assert_int_eq(open_result(&user, "d", O_RDONLY | O_DIRECTORY), -EACCES);
}
END_TEST

START_TEST(permission_to_search_from_where_one_is)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 0700), 0);
	ck_assert_int_eq(layers_search(l, &user, "d", 0), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", 0), -EACCES);
	ck_assert_int_eq(layers_search(l, &user, "d/no/x", 0), -EACCES);
	ck_assert_int_eq(layers_search(l, &root, "d/sub/deep", 0), 0);
	ck_assert_int_eq(layers_search(l, NULL, "d/sub/deep", 0), 0);
	/* the working directory is d/sub: that one counts, d does not */
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d/sub")), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/no", strlen("d/sub")), 0);
	ck_assert_int_eq(layers_chmod(l, &root, "d/sub", 0700), 0);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d/sub")), -EACCES);
	ck_assert_int_eq(layers_search(l, &user, "d/sub/deep", strlen("d")), -EACCES);
}
END_TEST

START_TEST(permission_in_a_sticky_directory)
{
	cow();
	ck_assert_int_eq(layers_chmod(l, &root, "d", 01777), 0);
	ck_assert_int_eq(layers_chown(l, &root, "d/a", 1000, 1000), 0);
	ck_assert_int_eq(layers_unlink(l, &other, "d/a", false), -EPERM);
	ck_assert_int_eq(layers_rename(l, &other, "d/a", "d/c", 0), -EPERM);
	ck_assert_int_eq(layers_rename(l, &user, "d/a", "d/b", 0), -EPERM);
	ck_assert_int_eq(layers_rename(l, &user, "d/a", "d/c", 0), 0);
	ck_assert_int_eq(layers_unlink(l, &user, "d/c", false), 0);
}
END_TEST

START_TEST(making_what_is_there_is_eexist_for_everybody)
{
	cow();
	ck_assert_int_eq(layers_mkdir(l, &user, "d", 0755), -EEXIST);
	ck_assert_int_eq(layers_symlink(l, &user, "x", "f"), -EEXIST);
	ck_assert_int_eq(open_result(&user, "f", O_RDONLY | O_CREAT | O_EXCL), -EEXIST);
}
END_TEST

/* ---- times, size, extended attributes, sockets ---- */

START_TEST(utimens_of_files_and_symlinks)
{
	static const struct timespec ts[2] = { { 11, 1 }, { 22, 2 } };
	static const struct timespec omit[2] = { { 0, UTIME_OMIT }, { 33, 0 } };

	cow();
	ck_assert_int_eq(layers_utimens(l, &root, "f", ts), 0);
	ck_assert_int_eq(st("f").stx_atime.tv_sec, 11);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 22);
	ck_assert_uint_eq(st("f").stx_mtime.tv_nsec, 2);
	ck_assert_int_eq(layers_utimens(l, &root, "f", omit), 0);
	ck_assert_int_eq(st("f").stx_atime.tv_sec, 11);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 33);
	ck_assert_int_eq(layers_utimens(l, &root, "link", ts), 0);
	ck_assert_int_eq(st("link").stx_mtime.tv_sec, 22);
	ck_assert_int_eq(st("f").stx_mtime.tv_sec, 33);
	ck_assert_int_eq(layers_utimens(l, &root, "d", ts), 0);
	ck_assert_int_eq(st("d").stx_mtime.tv_sec, 22);
	ck_assert_int_eq(layers_utimens(l, &root, "f", NULL), 0);
	ck_assert_int_gt(st("f").stx_mtime.tv_sec, 1000000);
}
END_TEST

START_TEST(truncate_of_files)
{
	cow();
	ck_assert_int_eq(layers_truncate(l, &root, "f", 5), 0);
	ck_assert_str_eq(text("f"), "lower");
	ck_assert_int_eq(layers_truncate(l, &root, "x", 0), 0);
	ck_assert_uint_eq(st("x").stx_size, 0);
	ck_assert_int_eq(layers_truncate(l, &root, "h1", 1 << 20), 0);
	ck_assert_uint_eq(st("h1").stx_size, 1 << 20);
	ck_assert_int_eq(layers_truncate(l, &root, "d", 0), -EISDIR);
	ck_assert_int_eq(layers_truncate(l, &root, "no", 0), -ENOENT);
	ck_assert_int_eq(layers_truncate(l, &root, "fifo", 0), -EINVAL);
}
END_TEST

START_TEST(xattrs_are_set_and_listed)
{
	char value[16] = "", list[256];

	cow();
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "one", 3, 0), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.a", "x", 1, XATTR_CREATE), -EEXIST);
	ck_assert_int_eq(layers_setxattr(l, &root, "f", "user.b", "x", 1, XATTR_REPLACE), -ENODATA);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", value, sizeof(value)), 3);
	ck_assert_str_eq(value, "one");
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", NULL, 0), 3);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.a", value, 1), -ERANGE);
	ck_assert_int_eq(layers_getxattr(l, &root, "f", "user.b", value, 1), -ENODATA);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 7);
	ck_assert_str_eq(list, "user.a");
	ck_assert_int_eq(layers_listxattr(l, &root, "f", NULL, 0), 7);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, 3), -ERANGE);
	ck_assert_int_eq(layers_removexattr(l, &root, "f", "user.a"), 0);
	ck_assert_int_eq(layers_removexattr(l, &root, "f", "user.a"), -ENODATA);
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "link", "user.a", "x", 1, 0), -EPERM);
	ck_assert_int_eq(layers_setxattr(l, &root, "d", "user.a", "x", 1, 0), 0);
	ck_assert_int_eq(layers_setxattr(l, &root, "fifo", "user.a", "x", 1, 0), -EPERM);
}
END_TEST

START_TEST(xattrs_of_ours_are_invisible)
{
	static const char *const ours[] = { OVERRIDE, OPAQUE, "user.overlay.whiteout",
					    "user.uc.origin" };
	char value[64], list[256];

	cow();
	ck_assert_int_eq(layers_chown(l, &root, "f", 5, 5), 0);
	ck_assert_int_eq(layers_rename(l, &root, "d", "moved", 0), 0);
	ck_assert_str_ne(real_xattr("upper/f", OVERRIDE), "");
	ck_assert_str_eq(real_xattr("upper/moved", OPAQUE), "y");
	ck_assert_int_eq(layers_listxattr(l, &root, "f", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "moved", list, sizeof(list)), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "moved", NULL, 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		ck_assert_int_eq(layers_getxattr(l, &root, "f", ours[i], value, sizeof(value)),
				 -ENODATA);
		ck_assert_int_eq(layers_getxattr(l, &root, "moved", ours[i], value, sizeof(value)),
				 -ENODATA);
		ck_assert_int_eq(layers_setxattr(l, &root, "f", ours[i], "y", 1, 0), -EPERM);
		ck_assert_int_eq(layers_removexattr(l, &root, "f", ours[i]), -EPERM);
	}
	ck_assert_uint_eq(st("f").stx_uid, 5);
}
END_TEST

/* security.capability, version 2, cap_net_raw=ep: the host would refuse it to us. */
START_TEST(xattr_of_file_capabilities_is_recorded)
{
	static const struct vfs_cap_data cap = { .magic_etc = VFS_CAP_REVISION_2 |
							      VFS_CAP_FLAGS_EFFECTIVE,
						 .data = { { 1 << 13, 0 } } };
	struct vfs_cap_data got;
	char list[64] = "";

	cow();
	ck_assert_int_eq(
		layers_setxattr(l, &root, "x", "security.capability", &cap, sizeof(cap), 0), 0);
	ck_assert_int_eq(layers_getxattr(l, &root, "x", "security.capability", &got, sizeof(got)),
			 sizeof(cap));
	ck_assert_mem_eq(&got, &cap, sizeof(cap));
	ck_assert_int_eq(layers_listxattr(l, &root, "x", list, sizeof(list)), 20);
	ck_assert_str_eq(list, "security.capability");
	ck_assert_str_eq(real_xattr("upper/x", "security.capability"), "");
	ck_assert_int_eq(layers_removexattr(l, &root, "x", "security.capability"), 0);
	ck_assert_int_eq(layers_listxattr(l, &root, "x", list, sizeof(list)), 0);
}
END_TEST

static int bind_at(const char *rel)
{
	autoclose int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { 0 };
	socklen_t len = sizeof(un);
	char bound[PATH_MAX] = "";
	int ret = layers_bind(l, &root, rel, s, 0755, bound);

	if (ret < 0)
		return ret;
	ck_assert_uint_le(strlen(bound), sizeof(un.sun_path) - 1);
	ck_assert_int_eq(getsockname(s, (struct sockaddr *)&un, &len), 0);
	ck_assert_str_eq(un.sun_path, bound);
	ck_assert(S_ISSOCK(st(rel).stx_mode));
	return 0;
}

START_TEST(bind_of_a_socket)
{
	char deep[256];

	cow();
	ck_assert_int_eq(bind_at("sock"), 0);
	ck_assert_int_eq(bind_at("d/sock"), 0);
	ck_assert_int_eq(bind_at("sock"), -EADDRINUSE);
	ck_assert_int_eq(layers_unlink(l, &root, "x", false), 0);
	ck_assert_int_eq(bind_at("x"), 0);
	memset(deep, 'l', 120);
	deep[120] = '\0';
	ck_assert_int_eq(layers_mkdir(l, &root, deep, 0755), 0);
	strcat(deep, "/s");
	ck_assert_int_eq(bind_at(deep), 0);
	ck_assert_uint_eq(st("sock").stx_mode, S_IFSOCK | 0755);
	ck_assert_int_eq(open_result(&root, "sock", O_RDONLY), -ENXIO);
}
END_TEST

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

static void add_kinds_tests(TCase *t)
{
	tcase_add_test(t, cow_shows_what_is_below);
	tcase_add_test(t, root_of_every_stack);
	tcase_add_test(t, missing_enoent_or_enotdir);
	tcase_add_test(t, missing_in_a_tmp_stack);
	tcase_add_test(t, symlink_on_the_way_is_told_with_its_length);
	tcase_add_test(t, readlink_of_each_layer);
	tcase_add_test(t, readlink_of_one_byte);
	tcase_add_test(t, long_names);
	tcase_add_test(t, long_name_below_is_hidden_and_made_again);
	tcase_add_test(t, tmp_starts_empty_and_keeps);
	tcase_add_test(t, bind_rw_changes_the_host);
	tcase_add_test(t, bind_rw_writes_no_records);
	tcase_add_test(t, bind_rw_rmdir_of_a_closed_directory);
	tcase_add_test(t, bind_ro_is_erofs);
	tcase_add_test(t, making_what_is_there_is_eexist_even_read_only);
	tcase_add_test(t, ephemeral_hides_both_below);
	tcase_add_test(t, ephemeral_opaque_and_files_in_the_middle);
	tcase_add_test(t, merge_is_the_first_over_the_second_and_fixed);
	tcase_add_test(t, merge_of_plain_directories_knows_no_records);
	tcase_add_test(t, mincow_writes_through);
	tcase_add_test(t, mincow_copies_what_the_host_refuses);
	tcase_add_test(t, mincow_changes_names_on_the_host);
	tcase_add_test(t, mincow_asks_for_permission_inside);
}

static void add_name_tests(TCase *t)
{
	tcase_add_test(t, unlink_below_leaves_a_whiteout);
	tcase_add_test(t, unlink_above_leaves_nothing);
	tcase_add_test(t, unlink_of_a_copied_file_leaves_a_whiteout);
	tcase_add_test(t, unlink_wrong_kind);
	tcase_add_test(t, rmdir_when_all_is_removed);
	tcase_add_test(t, mkdir_over_a_whiteout_is_opaque);
	tcase_add_test(t, every_kind_over_a_whiteout);
	tcase_add_test(t, unlink_of_an_open_file_keeps_it);
	tcase_add_test(t, write_copies_up);
	tcase_add_test(t, open_for_reading_before_keeps_the_old_content);
	tcase_add_test(t, copy_up_keeps_attributes);
	tcase_add_test(t, copy_up_keeps_the_parents_times);
	tcase_add_test(t, copy_up_keeps_holes);
	tcase_add_test(t, copy_up_of_every_kind);
	tcase_add_test(t, directory_keeps_its_inode_number);
	tcase_add_test(t, work_is_left_empty);
	tcase_add_test(t, list_missing_or_not_a_directory);
	tcase_add_test(t, list_in_small_pieces_is_whole);
	tcase_add_test(t, list_resumes_at_any_cookie);
	tcase_add_test(t, list_while_names_come_and_go);
	tcase_add_test(t, list_goes_on_after_many_other_listings);
	tcase_add_test(t, list_of_a_directory_made_again_is_fresh);
	tcase_add_test(t, list_tells_inode_numbers_and_types_of_stat);
	tcase_add_test(t, list_tells_device_nodes_as_such);
}

static void add_rename_tests(TCase *t)
{
	tcase_add_test(t, rename_file_of_each_layer);
	tcase_add_test(t, rename_keeps_the_inode_number);
	tcase_add_test(t, rename_over_a_file);
	tcase_add_test(t, rename_over_a_whiteout_and_back);
	tcase_add_test(t, rename_directory_with_content_below);
	tcase_add_test(t, rename_directory_of_the_upper_layer);
	tcase_add_test(t, rename_directory_over_a_directory);
	tcase_add_test(t, rename_over_a_directory_of_whiteouts);
	tcase_add_test(t, rename_noreplace);
	tcase_add_test(t, rename_exchange);
	tcase_add_test(t, rename_to_another_name_of_the_same_file_does_nothing);
	tcase_add_test(t, rename_is_found_again_from_the_host);
	tcase_add_test(t, rename_of_a_parent_is_found_again_from_the_host);
	tcase_add_test(t, host_path_of_a_node);
	tcase_add_test(t, link_is_one_file);
	tcase_add_test(t, link_of_a_lower_file_survives_the_copy);
	tcase_add_test(t, link_of_a_lower_file_is_counted);
	tcase_add_test(t, link_of_a_lower_file_is_renamed_and_seen_by_sessions);
	tcase_add_test(t, link_of_another_file_with_the_same_number);
	tcase_add_test(t, link_onto_a_whiteout);
	tcase_add_test(t, link_of_a_symlink_onto_a_whiteout);
	tcase_add_test(t, link_onto_an_upper_name_is_eexist);
	tcase_add_test(t, link_onto_a_lower_name_is_eexist);
	tcase_add_test(t, make_onto_any_name_is_eexist);
	tcase_add_test(t, tmpfile_gets_a_name);
	tcase_add_test(t, tmpfile_onto_whiteouts_and_lower_names);
}

static void add_attr_tests(TCase *t)
{
	tcase_add_test(t, chown_is_recorded_and_told);
	tcase_add_test(t, chown_clears_set_id_bits);
	tcase_add_test(t, chmod_is_recorded_and_told);
	tcase_add_test(t, device_nodes_are_recorded_and_told);
	tcase_add_test(t, device_zero_zero_is_no_whiteout);
	tcase_add_test(t, device_node_survives_copies_and_moves);
	tcase_add_test(t, new_file_is_its_makers);
	tcase_add_test(t, set_group_directory_gives_its_group);
	tcase_add_test(t, stat_fd_agrees_with_lookup);
	tcase_add_test(t, stat_fd_of_a_copy_that_is_in_work);
	tcase_add_test(t, permission_of_somebody_else);
	tcase_add_test(t, permission_refused_leaves_the_upper_layer_alone);
	tcase_add_test(t, permission_of_the_owner);
	tcase_add_test(t, permission_to_search);
	tcase_add_test(t, permission_to_search_from_where_one_is);
	tcase_add_test(t, permission_in_a_sticky_directory);
	tcase_add_test(t, making_what_is_there_is_eexist_for_everybody);
	tcase_add_test(t, utimens_of_files_and_symlinks);
	tcase_add_test(t, truncate_of_files);
	tcase_add_test(t, xattrs_are_set_and_listed);
	tcase_add_test(t, xattrs_of_ours_are_invisible);
	tcase_add_test(t, xattr_of_file_capabilities_is_recorded);
	tcase_add_test(t, bind_of_a_socket);
}

static void add_session_tests(TCase *t)
{
	tcase_add_test(t, format_of_another_writer_is_read);
	tcase_add_test(t, format_look_alikes_are_not_taken);
	tcase_add_test(t, format_is_what_kernel_overlayfs_reads);
	tcase_add_test(t, sessions_see_each_others_changes);
	tcase_add_test(t, session_of_another_process_is_seen);
	tcase_add_test(t, session_killed_leaves_a_usable_layer);
	tcase_add_test(t, threads_change_names_at_once);
	tcase_add_test(t, threads_copy_one_file_up_at_once);
	tcase_add_test(t, create_of_a_stack_without_directories_fails);
}

int main(void)
{
	Suite *s = suite_create("layers");
	TCase *t = tcase_create("layers");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	add_kinds_tests(t);
	add_name_tests(t);
	add_rename_tests(t);
	add_attr_tests(t);
	add_session_tests(t);
	suite_add_tcase(s, t);
	strcpy(all, "/tmp/test_layers.XXXXXX");
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
