// SPDX-License-Identifier: GPL-2.0-or-later
#include "upper.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layer_dirs.h"
#include "util.h"

#define LAYER_PIECE    "%3A" /* ":" escaped: a layer of an inner compartment over an outer entry */
#define XATTR_OVERRIDE "user.containers.override_stat"
#define XATTR_OPAQUE   "user.overlay.opaque"

bool upper_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

bool upper_is_opaque(int dirfd)
{
	char value = 0;

	return fgetxattr(dirfd, XATTR_OPAQUE, &value, 1) == 1 && value == 'y';
}

bool upper_is_ours(const char *xattr)
{
	return !strncmp(xattr, "user.overlay.", strlen("user.overlay.")) ||
	       !strncmp(xattr, "user.containers.", strlen("user.containers.")) ||
	       !strncmp(xattr, "user.uc.", strlen("user.uc."));
}

/* "uid:gid:octal mode[:char-MAJ-MIN|:block-MAJ-MIN]" and the other words that fuse-overlayfs has.
 */
static void override_parse(const char *text, struct upper_attr *out)
{
	unsigned uid, gid, mode, maj, min;
	int used = 0;

	if (sscanf(text, "%u:%u:%o%n", &uid, &gid, &mode, &used) != 3)
		return;
	out->uid = uid;
	out->gid = gid;
	out->mode = (out->mode & S_IFMT) | (mode & 07777);
	if (sscanf(text + used, ":char-%u-%u", &maj, &min) == 2) {
		out->mode = S_IFCHR | (mode & 07777);
		out->rdev = makedev(maj, min);
	} else if (sscanf(text + used, ":block-%u-%u", &maj, &min) == 2) {
		out->mode = S_IFBLK | (mode & 07777);
		out->rdev = makedev(maj, min);
	} else if (!strcmp(text + used, ":pipe")) {
		out->mode = S_IFIFO | (mode & 07777);
	} else if (!strcmp(text + used, ":socket")) {
		out->mode = S_IFSOCK | (mode & 07777);
	}
}

void upper_attr(const struct compartment *c, int fd, const struct stat *st, struct upper_attr *out)
{
	char text[128];
	ssize_t n;

	*out = (struct upper_attr){
		.mode = st->st_mode,
		.uid = st->st_uid == c->host_uid ? 0 : st->st_uid,
		.gid = st->st_gid == c->host_gid ? 0 : st->st_gid,
		.rdev = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? st->st_rdev : 0,
	};
	n = fd < 0 ? -1 : fgetxattr(fd, XATTR_OVERRIDE, text, sizeof(text) - 1);
	if (n < 0)
		return;
	text[n] = '\0';
	override_parse(text, out);
}

int upper_open(int dirfd, const char *name, mode_t mode)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = -1;
	struct stat st;

	if (!S_ISREG(mode) && !S_ISDIR(mode))
		return -EINVAL;
	fd = openat(dirfd, name, flags | (S_ISDIR(mode) ? O_DIRECTORY : 0));
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) != (mode & S_IFMT))
		return -ESTALE;
	return steal_fd(&fd);
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int upper_names(int dirfd, char ***out)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char **list = calloc(1, sizeof(*list)), **bigger;
	struct dirent *ent;
	size_t n = 0;

	if (!d || !list) {
		ret = d ? -ENOMEM : -errno;
		if (!d)
			util_close_fd(&fd);
	}
	while (ret == 0 && (ent = readdir(d))) {
		if (!strcmp(ent->d_name, ".") || !strcmp(ent->d_name, ".."))
			continue;
		bigger = realloc(list, (n + 2) * sizeof(*list));
		if (bigger)
			list = bigger;
		if (!bigger || !(list[n] = strdup(ent->d_name)))
			ret = -ENOMEM;
		else
			list[++n] = NULL;
	}
	if (d)
		closedir(d);
	if (ret < 0) {
		upper_names_free(list);
		return ret;
	}
	qsort(list, n, sizeof(*list), name_compare);
	*out = list;
	return 0;
}

void upper_names_free(char **names)
{
	for (char **p = names; p && *p; p++)
		free(*p);
	free(names);
}

/* ---- layers ---- */

static int layer_add(struct upper_layer **list, int *n, char *upper, char *source, char *target)
{
	struct upper_layer *bigger = realloc(*list, (*n + 1) * sizeof(**list));

	if (bigger)
		*list = bigger;
	if (!bigger || !upper || !target) {
		free(upper);
		free(source);
		free(target);
		return -ENOMEM;
	}
	bigger[(*n)++] = (struct upper_layer){ upper, source, target };
	return 0;
}

static int add_root(const char *root, struct upper_layer **list, int *n)
{
	autofree char *real = root ? realpath(root, NULL) : NULL;
	autofree char *esc = NULL;

	if (!root)
		return layer_add(list, n, strdup("upper"), strdup("/"), strdup(""));
	if (!real)
		return -errno;
	esc = layer_escape(real);
	if (!esc)
		return -ENOMEM;
	return layer_add(list, n, str_printf("layers/" LAYER_ROOT "%s/upper", esc), steal(&real),
			 strdup(""));
}

static int add_entry(const struct compartment *c, const char *name, struct upper_layer **list,
		     int *n)
{
	autofree char *target = strdup(name);
	autofree char *file = str_printf("layers/%s/" LAYER_SOURCE, name);
	char *source = NULL;

	if (!target || !file)
		return -ENOMEM;
	if (!strncmp(target, LAYER_PIECE, strlen(LAYER_PIECE)))
		memmove(target, target + strlen(LAYER_PIECE),
			strlen(target) - strlen(LAYER_PIECE) + 1);
	if (read_file_at(c->dirfd, file, PATH_MAX, &source) < 0)
		source = NULL;
	layer_unescape(target);
	return layer_add(list, n, str_printf("layers/%s/upper", name), source, steal(&target));
}

int upper_layers(const struct compartment *c, const char *root, struct upper_layer **out)
{
	autoclose int fd =
		openat(c->dirfd, "layers", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct upper_layer *list = NULL;
	char **names = NULL;
	int n = 0, ret = add_root(root, &list, &n);

	if (ret == 0 && fd >= 0)
		ret = upper_names(fd, &names);
	for (char **p = names; ret == 0 && p && *p; p++)
		if (!strncmp(*p, "%2F", 3) ||
		    !strncmp(*p, LAYER_PIECE "%2F", strlen(LAYER_PIECE "%2F")))
			ret = add_entry(c, *p, &list, &n);
	upper_names_free(names);
	if (ret < 0) {
		upper_layers_free(list, n);
		return ret;
	}
	*out = list;
	return n;
}

void upper_layers_free(struct upper_layer *list, int n)
{
	for (int i = 0; i < n; i++) {
		free(list[i].upper);
		free(list[i].source);
		free(list[i].target);
	}
	free(list);
}
