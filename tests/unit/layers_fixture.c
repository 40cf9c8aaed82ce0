// SPDX-License-Identifier: GPL-2.0-or-later
#include "layers_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "suite.h"
#include "util.h"

static char all[64]; /* of every test, removed in the end */
char top[80];
int topfd;
struct layers *l;
struct cred root, user, other;
static char *lower_before;

/* ---- from outside: real files ---- */

const char *in_top(const char *rel)
{
	static char path[8][PATH_MAX];
	static unsigned i;

	i = (i + 1) % ARRAY_SIZE(path);
	snprintf(path[i], sizeof(path[i]), "%s/%s", top, rel);
	return path[i];
}

void real_dir(const char *rel)
{
	ck_assert_int_eq(mkdir_p(topfd, rel, 0755), 0);
}

void real_file(const char *rel, const char *text)
{
	autoclose int fd = openat(topfd, rel, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
}

struct stat real_stat(const char *rel)
{
	struct stat st;

	ck_assert_msg(fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0, "%s: %m", rel);
	return st;
}

bool real_there(const char *rel)
{
	struct stat st;

	return fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool real_whiteout(const char *rel)
{
	struct stat st;

	return fstatat(topfd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(0, 0);
}

const char *real_xattr(const char *rel, const char *name)
{
	static char value[256];
	ssize_t n = lgetxattr(in_top(rel), name, value, sizeof(value) - 1);

	value[n < 0 ? 0 : n] = '\0';
	return value;
}

const char *real_text(const char *rel)
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

char *snapshot(const char *rel)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	describe(f, in_top(rel));
	fclose(f);
	return text;
}

/* ---- from inside ---- */

struct statx st(const char *rel)
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
int lookup(const char *rel)
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

int open_result(const struct cred *who, const char *rel, int flags)
{
	int fd = layers_open(l, who, rel, flags, 0644);

	if (fd < 0)
		return fd;
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	return 0;
}

const char *fd_text(int fd)
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

const char *text(const char *rel)
{
	autoclose int fd = layers_open(l, &root, rel, O_RDONLY, 0);

	ck_assert_msg(fd >= 0, "%s: %s", rel, strerror(-fd));
	return fd_text(fd);
}

void write_to(const char *rel, int flags, const char *what)
{
	autoclose int fd = layers_open(l, &root, rel, O_WRONLY | flags, 0644);

	ck_assert_msg(fd >= 0, "%s: %s", rel, strerror(-fd));
	ck_assert_int_eq(write_all(fd, what, strlen(what)), 0);
}

/* echo what > rel */
void put(const char *rel, const char *what)
{
	write_to(rel, O_CREAT | O_TRUNC, what);
}

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
int read_on(struct reading *r, const char *rel, unsigned count)
{
	r->max = r->n + count;
	return layers_list(l, rel, r->at, take, r);
}

struct reading *reading_create(void)
{
	return calloc(1, sizeof(struct reading));
}

void reading_destroy(struct reading *r)
{
	for (unsigned i = 0; i < r->n; i++)
		free(r->name[i]);
	free(r);
}

unsigned times_seen(const struct reading *r, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++)
		n += strcmp(r->name[i], name) == 0;
	return n;
}

int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of a directory, sorted, without the dots: "a b sub" */
const char *names(const char *rel)
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

struct layers *stack(const struct layer_dir *dirs, unsigned n, unsigned flags, const char *work,
		     const char *shared)
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

struct layers *cow_session(void)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { in_top("lower"), false } };

	return stack(dirs, 2, 0, "work", "shared");
}

void cow(void)
{
	l = cow_session();
}

void again(void)
{
	layers_destroy(l);
	cow();
}

void tmp(void)
{
	l = stack(&(struct layer_dir){ in_top("upper"), true }, 1, 0, NULL, NULL);
}

void bind_rw(void)
{
	l = stack(&(struct layer_dir){ in_top("host"), false }, 1, LAYERS_HOST, NULL, NULL);
}

void bind_ro(void)
{
	l = stack(&(struct layer_dir){ in_top("lower"), false }, 1, LAYERS_HOST | LAYERS_RDONLY,
		  NULL, NULL);
}

void ephemeral(void)
{
	struct layer_dir dirs[] = { { in_top("upper2"), true },
				    { in_top("upper"), true },
				    { in_top("lower"), false } };

	struct layer_sharing below[3] = { [1] = { in_top("work"), in_top("shared") } };
	struct layers_config cfg = { .dirs = dirs,
				     .ndirs = 3,
				     .work = in_top("work2"),
				     .below = below,
				     .host_uid = geteuid(),
				     .host_gid = getegid() };

	ck_assert_int_eq(layers_create(&l, &cfg), 0);
}

void merge(void)
{
	struct layer_dir dirs[] = { { in_top("host"), false }, { in_top("lower"), false } };

	l = stack(dirs, 2, LAYERS_RDONLY, NULL, NULL);
}

void mincow(void)
{
	struct layer_dir dirs[] = { { in_top("upper"), true }, { in_top("host"), false } };

	l = stack(dirs, 2, LAYERS_MINCOW, "work", "shared");
}

struct cred somebody(uid_t id)
{
	struct cred c;

	cred_init_root(&c);
	ck_assert_int_eq(cred_setgroups(&c, NULL, 0), 0);
	ck_assert_int_eq(cred_setresgid(&c, id, id, id), 0);
	ck_assert_int_eq(cred_setresuid(&c, id, id, id), 0);
	return c;
}

void fill(const char *in)
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
void lower_ready(void)
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

int layers_main(const char *name, void (*add_tests)(TCase *t))
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);
	int ret;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	add_tests(t);
	suite_add_tcase(s, t);
	strcpy(all, "/tmp/test_layers.XXXXXX");
	if (!mkdtemp(all))
		return EXIT_FAILURE;
	ret = suite_run(s);
	/* also what tests that failed have left */
	return remove_tree(AT_FDCWD, all) < 0 ? EXIT_FAILURE : ret;
}
