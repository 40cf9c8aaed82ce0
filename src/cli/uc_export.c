// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uc export: the changes of a compartment as a container image layer, a POSIX pax archive.
 *
 * Deletions are in the form that OCI images have from AUFS: an empty file .wh.NAME for a name that
 * is gone, .wh..wh..opq in a directory that hides what is below it. Owners, modes and device nodes
 * are those seen inside; extended attributes go along, but for those that are our format.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "session.h"
#include "uc.h"
#include "upper.h"

#define XATTR_CAPABILITY "user.uc.capability" /* where layers keep security.capability */
#define COPY_BYTES	 (64 << 10)
#define XATTRS_BYTES	 (64 << 10) /* XATTR_LIST_MAX, XATTR_SIZE_MAX */
#define LINK_BYTES	 4096
#define WHITEOUT	 ".wh."
#define WHITEOUT_OPQ	 ".wh..wh..opq"

struct export
{
	const struct compartment *c;
	struct archive *ar;
	struct archive_entry_linkresolver *links;
	const char *hidden; /* view path of the state directory */
	int error;
};

static void export_failed(struct export *x, const char *path, const char *why)
{
	autofree char *shown = str_escape(path);

	if (!x->error)
		log_err("%s: %s", shown ? shown : "?", why);
	x->error = -EIO;
}

static void put_header(struct export *x, struct archive_entry *e)
{
	if (archive_write_header(x->ar, e) < ARCHIVE_WARN)
		export_failed(x, archive_entry_pathname(e), archive_error_string(x->ar));
}

/* An empty file that tells something about @dir. */
static void put_mark(struct export *x, const char *dir, const char *prefix, const char *name,
		     const struct stat *st)
{
	autofree char *path = str_printf("%s%s%s%s", dir, *dir ? "/" : "", prefix, name);
	struct archive_entry *e = archive_entry_new();

	if (path && e) {
		archive_entry_set_pathname(e, path);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0);
		archive_entry_set_size(e, 0);
		archive_entry_set_mtime(e, st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
		put_header(x, e);
	} else {
		export_failed(x, name, strerror(ENOMEM));
	}
	archive_entry_free(e);
}

static void add_xattrs(struct archive_entry *e, int fd)
{
	static char names[XATTRS_BYTES], value[XATTRS_BYTES];
	ssize_t len = fd < 0 ? -1 : flistxattr(fd, names, sizeof(names)), n;

	for (char *p = names; len > 0 && p < names + len; p += strlen(p) + 1) {
		/* The compartment's root may give file capabilities; the host user may not. */
		const char *name = strcmp(p, XATTR_CAPABILITY) ? p : "security.capability";

		if (upper_is_ours(name) || !strncmp(p, "system.", strlen("system.")))
			continue;
		n = fgetxattr(fd, p, value, sizeof(value));
		if (n >= 0)
			archive_entry_xattr_add_entry(e, name, value, n);
	}
}

static void put_data(struct export *x, const char *path, int fd, off_t size)
{
	static char buf[COPY_BYTES];

	while (size > 0) {
		ssize_t n = read(fd, buf, size < (off_t)sizeof(buf) ? size : (off_t)sizeof(buf));

		if (n <= 0) { /* libarchive fills the rest of a file that shrank with zeros */
			export_failed(x, path, n < 0 ? strerror(errno) : "shrank meanwhile");
			return;
		}
		if (archive_write_data(x->ar, buf, n) < 0) {
			export_failed(x, path, archive_error_string(x->ar));
			return;
		}
		size -= n;
	}
}

/* One object but its content below. @fd: see upper_attr(). */
static void put_object(struct export *x, int dirfd, const char *name, const char *path, int fd,
		       const struct stat *st)
{
	struct archive_entry *e = archive_entry_new(), *sparse = NULL;
	char link[LINK_BYTES];
	struct upper_attr a;
	ssize_t n;

	if (!e) {
		export_failed(x, path, strerror(ENOMEM));
		return;
	}
	upper_attr(x->c, fd, st, &a);
	archive_entry_set_pathname(e, path);
	archive_entry_set_mode(e, a.mode);
	archive_entry_set_uid(e, a.uid);
	archive_entry_set_gid(e, a.gid);
	archive_entry_set_mtime(e, st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	archive_entry_set_dev(e, st->st_dev);
	archive_entry_set_ino(e, st->st_ino);
	archive_entry_set_nlink(e, S_ISDIR(st->st_mode) ? 1 : st->st_nlink);
	archive_entry_set_size(e, S_ISREG(a.mode) ? st->st_size : 0);
	if (S_ISCHR(a.mode) || S_ISBLK(a.mode))
		archive_entry_set_rdev(e, a.rdev);
	if (S_ISLNK(a.mode)) {
		n = readlinkat(dirfd, name, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = '\0';
		archive_entry_set_symlink(e, link);
	}
	add_xattrs(e, fd);
	archive_entry_linkify(x->links, &e, &sparse);
	put_header(x, e);
	if (!x->error && S_ISREG(a.mode) && archive_entry_size(e) > 0)
		put_data(x, path, fd, archive_entry_size(e));
	archive_entry_free(e);
}

static void export_dir(struct export *x, int dirfd, const char *path);

static void export_one(struct export *x, int dirfd, const char *name, const char *dir)
{
	autofree char *path = str_printf("%s%s%s", dir, *dir ? "/" : "", name);
	autoclose int fd = -1;
	struct stat st;

	if (!path) {
		export_failed(x, name, strerror(ENOMEM));
		return;
	}
	if (!strcmp(path, x->hidden) || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (upper_is_whiteout(&st)) {
		put_mark(x, dir, WHITEOUT, name, &st);
		return;
	}
	if (S_ISSOCK(st.st_mode))
		return;
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) {
		fd = upper_open(dirfd, name, st.st_mode);
		if (fd < 0) {
			export_failed(x, path, strerror(-fd));
			return;
		}
	}
	put_object(x, dirfd, name, path, fd, &st);
	if (!S_ISDIR(st.st_mode))
		return;
	if (upper_is_opaque(fd))
		put_mark(x, path, "", WHITEOUT_OPQ, &st);
	export_dir(x, fd, path);
}

/* @path: without slashes around: "" for the root. */
static void export_dir(struct export *x, int dirfd, const char *path)
{
	char **names = NULL;
	int ret = upper_names(dirfd, &names);

	if (ret < 0) {
		export_failed(x, path, strerror(-ret));
		return;
	}
	for (char **p = names; *p && !x->error; p++)
		export_one(x, dirfd, *p, path);
	upper_names_free(names);
}

static void export_layers(struct export *x, const char *root)
{
	struct upper_layer *layers;
	int n = upper_layers(x->c, root, &layers);

	if (n < 0) {
		export_failed(x, root ? root : x->c->path, strerror(-n));
		return;
	}
	for (int i = 0; i < n && !x->error; i++) {
		const struct upper_layer *l = &layers[i];
		const char *rel = l->source ? path_under(x->c->state, l->source) : NULL;
		const char *target = l->target + strspn(l->target, "/");
		autofree char *hidden =
			str_printf("%s%s%s", target, *target ? "/" : "", rel ? rel : "//");
		autoclose int fd = openat(x->c->dirfd, l->upper,
					  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		x->hidden = hidden ? hidden : "";
		if (fd >= 0)
			export_dir(x, fd, target);
		else if (errno != ENOENT)
			export_failed(x, l->upper, strerror(errno));
	}
	upper_layers_free(layers, n);
}

static int export_to(const struct compartment *c, const char *root, int fd, const char *name)
{
	struct export x = { .c = c, .ar = archive_write_new() };

	x.links = archive_entry_linkresolver_new();
	if (!x.ar || !x.links) {
		log_err("out of memory");
		return UC_FAILED;
	}
	archive_write_set_format_pax(x.ar);
	archive_entry_linkresolver_set_strategy(x.links, archive_format(x.ar));
	if (archive_write_open_fd(x.ar, fd) != ARCHIVE_OK)
		export_failed(&x, name, archive_error_string(x.ar));
	if (!x.error)
		export_layers(&x, root);
	if (archive_write_close(x.ar) != ARCHIVE_OK && !x.error)
		export_failed(&x, name, archive_error_string(x.ar));
	archive_write_free(x.ar);
	archive_entry_linkresolver_free(x.links);
	return x.error ? UC_FAILED : UC_OK;
}

int uc_export(const struct uc_args *a)
{
	const char *name = a->output && strcmp(a->output, "-") != 0 ? a->output : NULL;
	autoclose int out = -1;
	struct compartment *c;
	struct session_info *list;
	int status, live;

	if (!name && isatty(STDOUT_FILENO)) {
		log_err("standard output: is a terminal: name a file with -o, or redirect it");
		return UC_USAGE;
	}
	c = uc_nested_open(a->argv[0]);
	if (!c)
		return UC_FAILED;
	/* With our rights, before we give them up. */
	out = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
		   : dup(STDOUT_FILENO);
	if (out < 0) {
		log_err("%s: %s", name ? name : "standard output", strerror(errno));
		compartment_destroy(c);
		return UC_FAILED;
	}
	live = session_list(c, &list);
	if (live > 0) {
		log_warn("%s: a session runs: the archive may hold half of what it is doing",
			 a->argv[0]);
		session_list_free(list, live);
	}
	compartment_destroy(c);
	c = uc_open_to_read(a->argv[0]);
	if (!c)
		return UC_FAILED;
	status = export_to(c, a->root, out, name ? name : "standard output");
	if (name && close(steal_fd(&out)) < 0) {
		log_err("%s: %s", name, strerror(errno));
		status = UC_FAILED;
	}
	compartment_destroy(c);
	return status;
}
