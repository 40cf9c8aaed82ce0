// SPDX-License-Identifier: GPL-2.0-or-later
/* Host directories as detached mounts, with the host's own mounts below them. */
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "internal.h"

#define MOUNTINFO_MAX (16 << 20)

/* What the view has its own of, or what shows the host's machinery: never taken over. */
static bool is_pseudo(const char *type)
{
	static const char *const pseudo[] = { "proc",	   "sysfs",	 "devtmpfs",	"devpts",
					      "cgroup",	   "cgroup2",	 "mqueue",	"debugfs",
					      "tracefs",   "securityfs", "pstore",	"bpf",
					      "configfs",  "fusectl",	 "binfmt_misc", "hugetlbfs",
					      "efivarfs",  "autofs",	 "rpc_pipefs",	"nsfs",
					      "selinuxfs", "nfsd",	 "functionfs" };

	for (size_t i = 0; i < ARRAY_SIZE(pseudo); i++)
		if (strcmp(type, pseudo[i]) == 0)
			return true;
	return false;
}

static int open_strict(const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
				.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int part_add(struct tree *t, const char *rel, int fd)
{
	struct tree_part *bigger = realloc(t->parts, (t->n + 1) * sizeof(*t->parts));

	if (!bigger)
		return -ENOMEM;
	t->parts = bigger;
	t->parts[t->n] = (struct tree_part){ .rel = strdup(rel), .fd = fd };
	if (!t->parts[t->n].rel)
		return -ENOMEM;
	t->n++;
	return 0;
}

static int part_open(struct tree *t, const char *path, const char *rel, int userns, unsigned flags)
{
	/* nodev: to inside root the host root's device nodes would be her own */
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NODEV,
				   .userns_fd = userns };
	unsigned recursive = flags & TREE_PARTS ? 0 : AT_RECURSIVE;
	autoclose int at = open_strict(path), fd = -1;
	int ret;

	if (at < 0)
		return at;
	fd = open_tree(at, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);
	if (fd < 0)
		return -errno;
	ret = part_add(t, rel, fd);
	if (ret < 0)
		return ret;
	fd = -1; /* the part's */
	if (userns >= 0 && mount_setattr(t->parts[t->n - 1].fd, "", AT_EMPTY_PATH | recursive,
					 &attr, sizeof(attr)) < 0) {
		log_info("%s: cannot be idmapped (%s): foreign owners show as nobody there", path,
			 strerror(errno));
		t->parts[t->n - 1].plain = true;
	}
	if (flags & TREE_RDONLY) {
		attr = (struct mount_attr){ .attr_set = MOUNT_ATTR_RDONLY };
		if (mount_setattr(t->parts[t->n - 1].fd, "", AT_EMPTY_PATH | recursive, &attr,
				  sizeof(attr)) < 0)
			return -errno;
	}
	return 0;
}

/* mountinfo has \040 and friends for space, tab, newline and backslash. */
static void unescape(char *s)
{
	char *w = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*w++ = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
			s += 3;
		} else {
			*w++ = *s;
		}
	}
	*w = '\0';
}

static bool is_visible(const char *path, unsigned long long id)
{
	struct statx stx;

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &stx) ==
		       0 &&
	       stx.stx_mask & STATX_MNT_ID && stx.stx_mnt_id == id;
}

/* The carrier makes these itself. */
static bool is_ours(const char *rel)
{
	return path_under(rel, "proc") || path_under(rel, "sys") || path_under(rel, "dev");
}

/* The next host mount below @path that can be seen, out of mountinfo's text. NULL: no more. */
static const char *next_mount(char **save, char *text, const char *path, char **type)
{
	char *line;

	while ((line = strtok_r(text, "\n", save))) {
		unsigned long long id;
		const char *rel;
		char *at;
		int n = 0;

		text = NULL;
		*type = strstr(line, " - ");
		if (!*type || sscanf(line, "%llu %*u %*s %*s %n", &id, &n) < 1 || !n)
			continue;
		at = line + n;
		at[strcspn(at, " ")] = '\0';
		*type += 3;
		(*type)[strcspn(*type, " ")] = '\0';
		unescape(at);
		rel = path_under(at, path);
		if (!rel || !*rel || is_ours(rel) || !is_visible(at, id))
			continue;
		if (!is_pseudo(*type))
			return rel;
		log_info("%s: %s, not in the view", at, *type);
	}
	return NULL;
}

static int add_submounts(struct tree *t, const char *path, int userns, unsigned flags,
			 struct nerr e)
{
	autofree char *text = NULL;
	char *save = NULL, *from, *type;
	const char *rel;

	if (read_file_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text) < 0)
		return nfail(e, -EIO, "/proc/self/mountinfo cannot be read");
	for (from = text; (rel = next_mount(&save, from, path, &type)); from = NULL) {
		autofree char *at = str_printf("%s/%s", strcmp(path, "/") ? path : "", rel);
		int ret = at ? part_open(t, at, rel, userns, flags) : -ENOMEM;

		if (ret < 0)
			return nfail(e, ret, "%s: the mount cannot be cloned: %s; use --trap path",
				     at ? at : rel, strerror(-ret));
	}
	return 0;
}

bool tree_has_mounts(const char *path)
{
	autofree char *text = NULL;
	char *save = NULL, *type;

	return read_file_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text) < 0 ||
	       next_mount(&save, text, path, &type);
}

int tree_open(struct tree *t, const char *path, int userns, unsigned flags, struct nerr e)
{
	int ret;

	*t = (struct tree){ 0 };
	ret = part_open(t, path, "", userns, flags);
	if (ret < 0)
		nfail(e, ret, "%s: cannot be taken over: %s; use --trap path", path,
		      strerror(-ret));
	else if (userns >= 0 && t->parts[0].plain && flags & TREE_PARTS)
		ret = nfail(e, -EOPNOTSUPP, "%s: its file system cannot be idmapped", path);
	if (ret == 0 && flags & TREE_PARTS)
		ret = add_submounts(t, path, userns, flags, e);
	if (ret < 0)
		tree_finish(t);
	return ret;
}

void tree_finish(struct tree *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		util_close_fd(&t->parts[i].fd);
		free(t->parts[i].rel);
	}
	free(t->parts);
	*t = (struct tree){ 0 };
}
