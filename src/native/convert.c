// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The two forms of a layer.
 *
 * At path level everything on disk is the host user's, and what she could not set for real
 * is recorded: "uid:gid:mode" in user.containers.override_stat (see layers.h). At native level ids
 * and modes are real, of the compartment's range. Here one becomes the other.
 *
 * It can be killed at any step and be done again: a record, where there is one, is the truth in
 * both directions. Towards native it goes last, after what it says was made real; towards path it
 * comes first. So an object is always whole in one of the two forms, and the file "level" says
 * "converting" while there may be both. Either direction copes with a mixture.
 *
 * What stays recorded at native level: device nodes, which nobody may make in a user namespace, and
 * owners outside the range. Symlinks, FIFOs and sockets have their record in work (owner.h).
 *
 * It runs in a child inside the user namespace, where the range's ids are ours to set. No session
 * lives meanwhile; a process of the same host user might, so every object is held by a descriptor,
 * and no link is followed.
 */
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "internal.h"
#include "owner.h"

#define XATTR_OVERRIDE	 "user.containers.override_stat"
#define XATTR_CAPABILITY "user.uc.capability"
#define XATTR_KERNEL_CAP "security.capability"
#define CAPABILITY_MAX	 64

#define OPEN_NODE (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_LIST (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* As layer_acl.c keeps them. */
static const char *const acl_names[][2] = {
	{ "user.uc.acl.access", "system.posix_acl_access" },
	{ "user.uc.acl.default", "system.posix_acl_default" },
};

struct conversion {
	enum uc_level to;
	int work; /* -1: owners of symlinks and the like stay as they are */
	unsigned temp; /* for names in work */
};

struct record {
	unsigned uid, gid, mode;
	bool is_device;
};

static bool record_read(const char *name, struct record *r)
{
	char text[128];
	ssize_t len = getxattr(name, XATTR_OVERRIDE, text, sizeof(text) - 1);
	int n = 0;

	if (len <= 0)
		return false;
	text[len] = '\0';
	if (sscanf(text, "%u:%u:%o%n", &r->uid, &r->gid, &r->mode, &n) < 3)
		return false;
	r->mode &= 07777;
	r->is_device = text[n] == ':';
	return true;
}

static void capability_move(const char *name, const char *from, const char *to)
{
	char value[CAPABILITY_MAX];
	ssize_t n = getxattr(name, from, value, sizeof(value));

	/* What the kernel does not take (a capability of a newer form) stays where it is. */
	if (n > 0 && setxattr(name, to, value, n, 0) == 0)
		removexattr(name, from);
}

/* Set before the mode is, which has what was changed since. Return: was there one? */
static bool acl_move(const char *name, bool to_native)
{
	autofree char *value = malloc(65536);
	bool any = false;

	for (size_t i = 0; value && i < ARRAY_SIZE(acl_names); i++) {
		const char *from = acl_names[i][!to_native], *to = acl_names[i][to_native];
		ssize_t n = getxattr(name, from, value, 65536);

		if (n > 0 && setxattr(name, to, value, n, 0) == 0) {
			removexattr(name, from);
			any = true;
		}
	}
	return any;
}

/* What carries no attributes of ours: in work there may be a word about it. */
static int other_to_native(const struct conversion *c, int fd, const char *name, mode_t type)
{
	struct statx stx;
	struct owner o;

	if (c->work < 0 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx) < 0 ||
	    !owner_get(c->work, &stx, &o))
		return 0;
	if (fchownat(fd, "", o.uid, o.gid, AT_EMPTY_PATH) < 0)
		return errno == EINVAL ? 0 : -errno; /* not in the range: it stays recorded */
	if (type != S_IFLNK && chmod(name, o.mode & 07777) < 0)
		return -errno;
	owner_drop(c->work, &stx);
	return 0;
}

static int other_to_path(struct conversion *c, int fd, const struct stat *st)
{
	struct owner o = { st->st_uid, st->st_gid, st->st_mode & 07777 }, old;
	struct statx stx;
	char tmp[32];

	if (c->work < 0 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx) < 0 ||
	    owner_get(c->work, &stx, &old))
		return 0;
	snprintf(tmp, sizeof(tmp), "tmp.owner.%u", c->temp++);
	return owner_set(c->work, fd, &o, tmp);
}

static int node_to_native(const struct conversion *c, int fd, const char *name,
			  const struct stat *st)
{
	struct record r;

	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return other_to_native(c, fd, name, st->st_mode & S_IFMT);
	if (!record_read(name, &r) || r.is_device) {
		if (acl_move(name, true) && chmod(name, st->st_mode & 07777) < 0)
			return -errno;
		if (S_ISREG(st->st_mode))
			capability_move(name, XATTR_CAPABILITY, XATTR_KERNEL_CAP);
		return 0;
	}
	if (fchownat(fd, "", r.uid, r.gid, AT_EMPTY_PATH) < 0)
		return errno == EINVAL ? 0 : -errno; /* not in the range: it stays recorded */
	acl_move(name, true);
	if (chmod(name, r.mode) < 0)
		return -errno;
	if (S_ISREG(st->st_mode))
		capability_move(name, XATTR_CAPABILITY, XATTR_KERNEL_CAP);
	return removexattr(name, XATTR_OVERRIDE) < 0 && errno != ENODATA ? -errno : 0;
}

static int node_to_path(struct conversion *c, int fd, const char *name, const struct stat *st)
{
	mode_t real = (st->st_mode & 01777) | (S_ISDIR(st->st_mode) ? 0700 : 0600);
	bool can_record = S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
	struct record r;
	char text[64];

	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		return 0; /* a whiteout: nobody's */
	if (can_record && record_read(name, &r)) {
		real = (r.mode & 01777) | (S_ISDIR(st->st_mode) ? 0700 : 0600);
	} else if (can_record && (st->st_uid || st->st_gid || (st->st_mode & 07777) != real)) {
		snprintf(text, sizeof(text), "%u:%u:%o", st->st_uid, st->st_gid,
			 st->st_mode & 07777);
		if (setxattr(name, XATTR_OVERRIDE, text, strlen(text), 0) < 0)
			return -errno;
	} else if (!can_record && (st->st_uid || st->st_gid)) {
		int ret = other_to_path(c, fd, st);

		if (ret < 0)
			return ret;
	}
	if (can_record)
		acl_move(name, false);
	if (S_ISREG(st->st_mode))
		capability_move(name, XATTR_KERNEL_CAP, XATTR_CAPABILITY);
	if ((st->st_uid || st->st_gid) && fchownat(fd, "", 0, 0, AT_EMPTY_PATH) < 0)
		return -errno;
	if (!S_ISLNK(st->st_mode) && (st->st_mode & 07777) != real && chmod(name, real) < 0)
		return -errno;
	return 0;
}

static int node_convert(struct conversion *c, int fd, struct stat *st)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (fstatat(fd, "", st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return c->to == UC_NATIVE ? node_to_native(c, fd, name, st) : node_to_path(c, fd, name, st);
}

static int directory_convert(struct conversion *c, int fd);

static int entry_convert(struct conversion *c, int dirfd, const char *name)
{
	autoclose int node = openat(dirfd, name, OPEN_NODE);
	autoclose int dir = -1;
	struct stat st;
	int ret;

	if (node < 0)
		return -errno;
	ret = node_convert(c, node, &st);
	if (ret < 0 || !S_ISDIR(st.st_mode))
		return ret;
	dir = openat(node, ".", OPEN_LIST);
	return dir < 0 ? -errno : directory_convert(c, dir);
}

static int directory_convert(struct conversion *c, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), ret = 0;
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *ent;

	if (!d) {
		util_close_fd(&copy);
		return -errno;
	}
	while (ret == 0 && (ent = readdir(d)))
		if (strcmp(ent->d_name, ".") && strcmp(ent->d_name, ".."))
			ret = entry_convert(c, fd, ent->d_name);
	closedir(d);
	return ret;
}

/* Run @fn as inside root; its result. */
static int in_userns(int userns, int (*fn)(int base, int arg), int base, int arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		struct rlimit rl;
		int ret;

		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
			rl.rlim_cur = rl.rlim_max; /* one descriptor per level of depth */
			setrlimit(RLIMIT_NOFILE, &rl);
		}
		ret = userns_enter(userns);
		umask(0);
		if (ret == 0)
			ret = fn(base, arg);
		_exit(ret < 0 ? (-ret & 0xff) : 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

static int layer_convert(int base, int to)
{
	autoclose int work = openat(base, "work", OPEN_NODE | O_DIRECTORY);
	struct conversion c = { .to = to, .work = work };
	int ret = layer_level_set(base, -1);

	if (ret == 0)
		ret = entry_convert(&c, base, "upper");
	return ret < 0 ? ret : layer_level_set(base, to);
}

int convert_layer(int userns, int base, enum uc_level to, struct nerr e)
{
	int ret = in_userns(userns, layer_convert, base, to);

	return ret < 0 ? nfail(e, ret, "the layer for changes cannot be brought to %s level: %s",
			       uc_level_names[to], strerror(-ret))
		       : 0;
}

/* What is half emptied is still in native form; and on a full disk nothing can be noted before. */
static int layer_clear(int base, int arg)
{
	static const char *const gone[] = { "upper", "work" };
	int ret = 0;

	(void)arg;
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(gone); i++) {
		ret = remove_tree(base, gone[i]);
		if (ret == 0 && mkdirat(base, gone[i], 0700) < 0)
			ret = -errno;
	}
	return ret < 0 ? ret : layer_level_set(base, UC_PATH);
}

int convert_clear(int userns, int base, struct nerr e)
{
	int ret = in_userns(userns, layer_clear, base, 0);

	return ret < 0 ? nfail(e, ret, "the layer for changes cannot be emptied: %s",
			       strerror(-ret))
		       : 0;
}

int convert_made(int upper, const char *rel)
{
	autofree char *path = rel ? strdup(rel) : NULL;
	struct conversion c = { .to = UC_NATIVE, .work = -1 };
	struct stat st;
	char *part, *save = NULL;
	int at = upper, next, ret = node_convert(&c, upper, &st);

	for (part = path ? strtok_r(path, "/", &save) : NULL; ret == 0 && part;
	     part = strtok_r(NULL, "/", &save)) {
		next = openat(at, part, OPEN_NODE);
		if (at != upper)
			close(at);
		at = next;
		if (at < 0)
			return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
		ret = node_convert(&c, at, &st);
		if (!S_ISDIR(st.st_mode))
			break;
	}
	if (at != upper)
		close(at);
	return ret;
}
