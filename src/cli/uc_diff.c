// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uc diff: an upper layer against the host's directories below it.
 *
 * Both are walked side by side, by descriptors and without following a link. A name is modified
 * when its content, type, owner or mode is another one than the host's: being copied up alone is no
 * change, and neither is a new time stamp.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "uc.h"
#include "upper.h"

#define COMPARE_BYTES (64 << 10)
#define LINK_BYTES    4096

enum change_kind { CHANGE_ADDED, CHANGE_MODIFIED, CHANGE_DELETED, CHANGE_KINDS };

static const char *const kind_names[] = { "added", "modified", "deleted" };
_Static_assert(ARRAY_SIZE(kind_names) == CHANGE_KINDS, "a name for each kind");

struct change {
	enum change_kind kind;
	mode_t mode; /* of what is there now, or of what was deleted */
	char *path;
};

struct diff {
	const struct compartment *c;
	const char *under; /* NULL: everything */
	const char *hidden; /* host path of the state directory: not a change */
	struct change *list;
	size_t n, room;
	int error;
};

static void emit(struct diff *d, enum change_kind kind, mode_t mode, const char *path)
{
	if (d->under && !path_under(path, d->under))
		return;
	if (d->n == d->room) {
		size_t room = d->room ? d->room * 2 : 64;
		void *p = realloc(d->list, room * sizeof(*d->list));

		if (!p) {
			d->error = -ENOMEM;
			return;
		}
		d->list = p;
		d->room = room;
	}
	d->list[d->n] = (struct change){ kind, mode, strdup(path) };
	if (d->list[d->n].path)
		d->n++;
	else
		d->error = -ENOMEM;
}

static void diff_failed(struct diff *d, const char *path, int err)
{
	autofree char *shown = str_escape(path);

	log_err("%s: %s", shown ? shown : "?", strerror(-err));
	if (!d->error)
		d->error = err;
}

static bool same_content(int a, int b)
{
	static char x[COMPARE_BYTES], y[COMPARE_BYTES];
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(a, x, sizeof(x), at), m = pread(b, y, sizeof(y), at);

		if (n < 0 || n != m)
			return false;
		if (n == 0)
			return true;
		if (memcmp(x, y, n) != 0)
			return false;
		at += n;
	}
}

static bool same_link(int upper, int lower, const char *name)
{
	char x[LINK_BYTES], y[LINK_BYTES];
	ssize_t n = readlinkat(upper, name, x, sizeof(x)),
		m = readlinkat(lower, name, y, sizeof(y));

	return n >= 0 && n == m && memcmp(x, y, n) == 0;
}

/* One name that both layers have. @fd: the upper's, or -1 where it is not to be opened. */
struct pair {
	int upper, lower, fd;
	const char *name;
	struct stat ust, lst;
	struct upper_attr ua, la;
};

static bool pair_differs(const struct pair *p)
{
	autoclose int fd = -1;

	if ((p->ua.mode & S_IFMT) != (p->la.mode & S_IFMT))
		return true;
	if (S_ISLNK(p->ua.mode)) /* a link's owner and mode have no place to be kept, nor a meaning
				  */
		return !same_link(p->upper, p->lower, p->name);
	if (p->ua.mode != p->la.mode || p->ua.uid != p->la.uid || p->ua.gid != p->la.gid ||
	    p->ua.rdev != p->la.rdev)
		return true;
	if (!S_ISREG(p->ua.mode))
		return false;
	if (p->ust.st_size != p->lst.st_size)
		return true;
	fd = upper_open(p->lower, p->name, p->lst.st_mode);
	return fd < 0 || p->fd < 0 || !same_content(p->fd, fd);
}

static void walk(struct diff *d, int upper, int lower, const char *path, const char *host);

/* @host: the host path that this name would have below, NULL when that is not known. */
static void visit(struct diff *d, int upper, int lower, const char *name, const char *path,
		  const char *host)
{
	struct pair p = { .upper = upper, .lower = lower, .fd = -1, .name = name };
	bool below, below_dir;
	autoclose int ufd = -1, lfd = -1;

	if (host && !strcmp(host, d->hidden))
		return;
	if (fstatat(upper, name, &p.ust, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT) /* a session may be at work */
			diff_failed(d, path, -errno);
		return;
	}
	below = lower >= 0 && fstatat(lower, name, &p.lst, AT_SYMLINK_NOFOLLOW) == 0;
	if (upper_is_whiteout(&p.ust)) {
		if (below)
			emit(d, CHANGE_DELETED, p.lst.st_mode, path);
		return;
	}
	if (S_ISREG(p.ust.st_mode) || S_ISDIR(p.ust.st_mode)) {
		ufd = p.fd = upper_open(upper, name, p.ust.st_mode);
		if (ufd < 0) {
			diff_failed(d, path, ufd);
			return;
		}
	}
	upper_attr(d->c, ufd, &p.ust, &p.ua);
	if (below)
		upper_attr(d->c, -1, &p.lst, &p.la);
	if (!below)
		emit(d, CHANGE_ADDED, p.ua.mode, path);
	else if (pair_differs(&p))
		emit(d, CHANGE_MODIFIED, p.ua.mode, path);
	if (!S_ISDIR(p.ust.st_mode))
		return;
	below_dir = below && S_ISDIR(p.lst.st_mode);
	/* O_PATH: one may pass through a host directory without being allowed to list it. */
	lfd = below_dir ? openat(lower, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	walk(d, ufd, lfd, path, host);
}

/* What an opaque directory hides. */
static void emit_hidden(struct diff *d, int upper, int lower, const char *path)
{
	char **names = NULL;
	struct stat st;

	if (upper_names(lower, &names) < 0)
		return; /* what its owner may not list, nobody inside could see */
	for (char **p = names; *p; p++) {
		autofree char *full = str_printf("%s/%s", path, *p);

		if (fstatat(upper, *p, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
		    fstatat(lower, *p, &st, AT_SYMLINK_NOFOLLOW) == 0 && full)
			emit(d, CHANGE_DELETED, st.st_mode, full);
	}
	upper_names_free(names);
}

/* @path: the view's, without a slash at the end: "" for the root. */
static void walk(struct diff *d, int upper, int lower, const char *path, const char *host)
{
	char **names = NULL;
	int ret = upper_names(upper, &names);

	if (ret < 0) {
		diff_failed(d, path, ret);
		return;
	}
	if (lower >= 0 && upper_is_opaque(upper))
		emit_hidden(d, upper, lower, path);
	for (char **p = names; *p && d->error != -ENOMEM; p++) {
		autofree char *full = str_printf("%s/%s", path, *p);
		autofree char *below =
			host ? str_printf("%s/%s", strcmp(host, "/") ? host : "", *p) : NULL;

		if (full)
			visit(d, upper, lower, *p, full, below);
	}
	upper_names_free(names);
}

static void diff_layer(struct diff *d, const struct upper_layer *l)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	autoclose int upper = openat(d->c->dirfd, l->upper, flags | O_NOFOLLOW);
	autoclose int lower = l->source ? open(l->source, flags) : -1;

	if (upper < 0 && errno == ENOENT)
		return;
	if (upper < 0) {
		diff_failed(d, l->upper, -errno);
		return;
	}
	if (lower < 0) {
		autofree char *shown = str_escape(*l->target ? l->target : "/");

		log_warn("%s: what it was made over is gone: all of it counts as added", shown);
	}
	walk(d, upper, lower, l->target, l->source);
}

static int change_compare(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	}
	return "unknown";
}

static void print(const struct diff *d, bool json)
{
	if (json)
		putchar('[');
	for (size_t i = 0; i < d->n; i++) {
		const struct change *ch = &d->list[i];
		autofree char *shown = str_escape(ch->path);

		if (!json) {
			printf("%c %s\n", kind_names[ch->kind][0] - 'a' + 'A', shown ? shown : "?");
			continue;
		}
		fputs(i ? ",\n{" : "\n{", stdout);
		json_str(stdout, true, "change", kind_names[ch->kind]);
		json_str(stdout, false, "path", ch->path);
		json_str(stdout, false, "type", type_name(ch->mode));
		putchar('}');
	}
	if (json)
		printf("%s]\n", d->n ? "\n" : "");
}

int uc_diff(const struct uc_args *a)
{
	struct compartment *c;
	struct diff d = { 0 };
	struct upper_layer *layers;
	autofree char *under = NULL;
	int n;

	if (strchr(a->argv[0], '/')) {
		log_err("%s: was made over the view of a session, with which it cannot be compared "
			"here: see uc export",
			a->argv[0]);
		return UC_FAILED;
	}
	d.c = c = uc_open_to_read(a->argv[0]);
	if (!c)
		return UC_FAILED;
	if (a->argc > 1) {
		under = str_printf("%s%s", a->argv[1][0] == '/' ? "" : "/", a->argv[1]);
		d.under = under;
	}
	d.hidden = c->state;
	n = upper_layers(c, a->root, &layers);
	if (n < 0) {
		log_err("%s: %s", a->root ? a->root : c->path, strerror(-n));
		compartment_destroy(c);
		return UC_FAILED;
	}
	for (int i = 0; i < n; i++)
		diff_layer(&d, &layers[i]);
	upper_layers_free(layers, n);
	if (d.n > 0)
		qsort(d.list, d.n, sizeof(*d.list), change_compare);
	print(&d, a->json);
	for (size_t i = 0; i < d.n; i++)
		free(d.list[i].path);
	free(d.list);
	compartment_destroy(c);
	return d.error ? UC_FAILED : UC_OK;
}
