// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The directories of copy-on-write layers, and how a layer hides the state directory: the way to it
 * is copied up (directories only, with the host's owner and mode as overlayfs and we keep them),
 * and its end is an opaque directory. A compartment that finds STATE there may do with it as with
 * any directory; whatever it does, the host's is never seen, because a name once opaque or whited
 * out in the upper layer stays so.
 */
#include "layer_dirs.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "internal.h"
#include "session.h"

#define HIDDEN_MODE "0:0:700" /* the empty directory that stands for STATE */

char *layer_escape(const char *path)
{
	char *out = malloc(strlen(path) * 3 + 1), *q = out;

	if (!out)
		return NULL;
	for (; *path; path++) {
		if (*path == '/' || *path == '%')
			q += sprintf(q, "%%%02X", *path);
		else
			*q++ = *path;
	}
	*q = '\0';
	return out;
}

void layer_unescape(char *name)
{
	char *q = name;

	for (char *p = name; *p; p++) {
		if (!strncmp(p, "%2F", 3)) {
			*q++ = '/';
			p += 2;
		} else if (!strncmp(p, "%25", 3)) {
			*q++ = '%';
			p += 2;
		} else {
			*q++ = *p;
		}
	}
	*q = '\0';
}

int layer_level(int base)
{
	char text[32];
	ssize_t n = read_own_file(base, LAYER_LEVEL, text, sizeof(text));

	if (n == -ENOENT)
		return UC_PATH;
	if (n < 0)
		return n;
	text[strcspn(text, "\n")] = '\0';
	for (int i = 0; i < UC_LEVEL_COUNT; i++)
		if (!strcmp(text, uc_level_names[i]))
			return i;
	return -EINPROGRESS;
}

int layer_level_set(int base, int level)
{
	char text[32];

	snprintf(text, sizeof(text), "%s\n", level < 0 ? LAYER_CHANGES : uc_level_names[level]);
	return write_file_at(base, LAYER_LEVEL, text, strlen(text), 0600);
}

/* Record for a directory of upper what the host's has: inside, the host user is root. */
static int copy_attributes(const struct compartment *c, int fd, const char *source)
{
	struct timespec times[2];
	struct stat st;
	char text[64];

	if (stat(source, &st) < 0)
		return -errno;
	snprintf(text, sizeof(text), "%u:%u:%o", st.st_uid == c->host_uid ? 0 : st.st_uid,
		 st.st_gid == c->host_gid ? 0 : st.st_gid, st.st_mode & 07777);
	if (fsetxattr(fd, XATTR_OVERRIDE, text, strlen(text), 0) < 0)
		return -errno;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	futimens(fd, times);
	return 0;
}

/* Open a directory; make it first if need be. @made tells. */
static int open_or_make(int dirfd, const char *name, bool *made)
{
	int fd;

	*made = mkdirat(dirfd, name, 0700) == 0;
	if (!*made && errno != EEXIST)
		return -errno;
	fd = openat(dirfd, name, OPEN_DIR);
	return fd < 0 ? -errno : fd;
}

static bool is_opaque(int fd)
{
	char value = 0;

	return fgetxattr(fd, XATTR_OPAQUE, &value, 1) == 1 && value == 'y';
}

/* @rel: STATE relative to @source. @upper: the layer's upper directory. */
static int hide_state(const struct compartment *c, int upper, const char *source, const char *rel)
{
	autofree char *path = str_printf("%s/%s", strcmp(source, "/") ? source : "", rel);
	autoclose int at = dup(upper);
	char *p, *end;
	bool made;
	int ret;

	if (!path)
		return -ENOMEM;
	if (at < 0)
		return -errno;
	p = path + strlen(path) - strlen(rel);
	for (;; p = end + 1) {
		char saved;
		int fd;

		end = p + strcspn(p, "/");
		saved = *end;
		*end = '\0';
		fd = open_or_make(at, p, &made);
		if (fd == -ENOTDIR || fd == -ELOOP)
			return 0; /* a whiteout or something of the compartment's: hidden already */
		if (fd < 0)
			return fd;
		close(at);
		at = fd;
		if (saved == '\0')
			break;
		ret = made ? copy_attributes(c, at, path) : 0;
		if (ret < 0)
			return ret;
		*end = saved;
		if (is_opaque(at))
			return 0;
	}
	if (fsetxattr(at, XATTR_OPAQUE, "y", 1, 0) < 0)
		return -errno;
	if (made && fsetxattr(at, XATTR_OVERRIDE, HIDDEN_MODE, strlen(HIDDEN_MODE), 0) < 0)
		return -errno;
	return 0;
}

/* What the root of an upper layer looks like is recorded once, from what it lies over. */
static int copy_override(int fd, const char *from)
{
	char text[64];
	ssize_t n = getxattr(from, XATTR_OVERRIDE, text, sizeof(text));

	if (n < 0 && errno == ENODATA)
		return 0; /* of a native layer: the carrier copies what is real */
	return n < 0 || fsetxattr(fd, XATTR_OVERRIDE, text, n, 0) < 0 ? -errno : 0;
}

/*
 * @below: the upper layer under this one, which hides STATE already; NULL: @source itself is.
 */
static int prepare_upper(const struct compartment *c, int base, const char *source,
			 const char *below)
{
	autofree char *real = realpath(source, NULL);
	autoclose int upper = -1, work = -1;
	const char *rel;
	bool made;
	int ret = 0;

	if (!real)
		return -errno;
	work = open_or_make(base, "work", &made);
	if (work < 0)
		return work;
	upper = open_or_make(base, "upper", &made);
	if (upper < 0)
		return upper;
	if (below)
		return copy_override(upper, below);
	/* In a native layer what is real counts, once it was made. */
	if (made || (layer_level(base) == UC_PATH && fgetxattr(upper, XATTR_OVERRIDE, NULL, 0) < 0))
		ret = copy_attributes(c, upper, real);
	rel = path_under(c->state, real);
	return ret == 0 && rel && *rel ? hide_state(c, upper, real, rel) : ret;
}

static int fill(struct session_layer *out, const char *path)
{
	*out = (struct session_layer){
		.upper = str_printf("%s/upper", path),
		.work = str_printf("%s/work", path),
		.shared = str_printf("%s/shared", path),
	};
	return out->upper && out->work && out->shared ? 0 : -ENOMEM;
}

/*
 * What an upper layer lies over is known to nobody else: "uc diff" wants to compare. Should it be
 * lost in a crash, the next session writes it again.
 */
static int note_source(int base, const char *source)
{
	char known[PATH_MAX];

	if (read_own_file(base, LAYER_SOURCE, known, sizeof(known)) >= 0 &&
	    strcmp(known, source) == 0)
		return 0;
	return write_note_at(base, LAYER_SOURCE, source, strlen(source), 0600);
}

/* @path: where the descriptor @dirfd is. @esc NULL: the layer is right there. */
static int layer_make(const struct compartment *c, int dirfd, const char *path, const char *esc,
		      const char *source, const char *below, struct session_layer *out)
{
	autofree char *full = esc ? str_printf("%s/layers/%s", path, esc) : strdup(path);
	autoclose int parent = -1, base = -1;
	bool made;
	int ret;

	*out = (struct session_layer){ 0 };
	if (!full)
		return -ENOMEM;
	if (esc) {
		parent = open_or_make(dirfd, "layers", &made);
		if (parent < 0)
			return parent;
		base = open_or_make(parent, esc, &made);
		if (base < 0)
			return base;
	}
	ret = prepare_upper(c, esc ? base : dirfd, source, below);
	/* a directory of a session's says nothing to the next one */
	if (ret == 0 && esc && !below && !path_under(source, c->path))
		ret = note_source(base, source);
	return ret < 0 ? ret : fill(out, full);
}

int session_layer_dirs(const struct compartment *c, const char *esc, const char *source,
		       struct session_layer *out, char *err, size_t errlen)
{
	int ret = layer_make(c, c->dirfd, c->path, esc, source, NULL, out);

	if (ret < 0)
		session_layer_finish(out);
	return ret < 0 ? fail_path((struct err){ err, errlen }, ret, c->path) : 0;
}

int session_layer_private(struct session *s, const char *esc, const struct session_layer *below,
			  struct session_layer *out, char *err, size_t errlen)
{
	int ret = layer_make(session_compartment(s), session_dirfd(s), session_path(s),
			     esc ? esc : "%2F", "/", below->upper, out);

	if (ret < 0)
		session_layer_finish(out);
	return ret < 0 ? fail_path((struct err){ err, errlen }, ret, session_path(s)) : 0;
}

/* What a new upper directory looks like; one that is there keeps its looks. */
static int prepare_over(int base, const struct statx *looks)
{
	autoclose int upper = -1, work = -1;
	char text[64];
	bool made;

	work = open_or_make(base, "work", &made);
	if (work < 0)
		return work;
	upper = open_or_make(base, "upper", &made);
	if (upper < 0)
		return upper;
	if (!made && fgetxattr(upper, XATTR_OVERRIDE, NULL, 0) >= 0)
		return 0;
	snprintf(text, sizeof(text), "%u:%u:%o", looks->stx_uid, looks->stx_gid,
		 looks->stx_mode & 07777);
	return fsetxattr(upper, XATTR_OVERRIDE, text, strlen(text), 0) < 0 ? -errno : 0;
}

int session_layer_over(const struct compartment *c, const char *esc, const struct statx *looks,
		       struct session_layer *out, char *err, size_t errlen)
{
	autofree char *full = esc ? str_printf("%s/layers/%s", c->path, esc) : strdup(c->path);
	autoclose int layers = -1, base = -1;
	bool made;
	int ret = full ? 0 : -ENOMEM;

	*out = (struct session_layer){ 0 };
	if (ret == 0 && esc) {
		layers = ret = open_or_make(c->dirfd, "layers", &made);
		base = layers < 0 ? -1 : (ret = open_or_make(layers, esc, &made));
	}
	if (ret >= 0)
		ret = prepare_over(esc ? base : c->dirfd, looks);
	if (ret == 0)
		ret = fill(out, full);
	if (ret < 0)
		session_layer_finish(out);
	return ret < 0 ? fail_path((struct err){ err, errlen }, ret, c->path) : 0;
}

void session_layer_finish(struct session_layer *l)
{
	free(l->upper);
	free(l->work);
	free(l->shared);
	*l = (struct session_layer){ 0 };
}
