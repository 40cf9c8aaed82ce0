// SPDX-License-Identifier: GPL-2.0-or-later
/* What the native level needs, tried: see "uc check". */
#include <sched.h>
#include <sys/wait.h>

#include "internal.h"

#define PROBE_ID 2147483646U /* for root: an id that nobody has */

static int in_child(int (*fn)(const void *arg), const void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int ret = fn(arg);

		_exit(ret < 0 ? (-ret & 0xff) : 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

struct question {
	int userns, flags, dirfd;
};

static int try_namespace(const void *arg)
{
	const struct question *q = arg;
	int ret = userns_enter(q->userns);

	if (ret == 0 && q->flags && unshare(q->flags) < 0)
		ret = -errno;
	return ret;
}

/* An overlay over an empty directory, its upper layer in @dirfd; gone with this process. */
static int try_overlay(const void *arg)
{
	/* Not through a descriptor: its mount would be the old namespace's. */
	static const char *const options[][2] = { { "lowerdir", "/proc/self/cwd/lower" },
						  { "upperdir", "/proc/self/cwd/upper" },
						  { "workdir", "/proc/self/cwd/work" },
						  { "userxattr", NULL },
						  { 0 } };
	const struct question *q = arg;
	autoclose int fd = -1;
	int ret = userns_enter(q->userns);

	if (ret == 0 && (fchdir(q->dirfd) < 0 || unshare(CLONE_NEWNS) < 0))
		ret = -errno;
	if (ret < 0)
		return ret;
	fd = fs_make("overlay", options, 0);
	return fd < 0 ? fd : 0;
}

int probe_overlay(const char *dir, const struct id_range *r, int userns)
{
	struct question q = { .userns = userns };
	autofree char *path = str_printf("%s/.uc-probe.%d", dir, getpid());
	static const char *const names[] = { "lower", "upper", "work" };
	int ret = path && mkdir(path, 0700) == 0 ? 0 : -errno;

	if (ret < 0)
		return ret;
	q.dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(names); i++)
		if (mkdirat(q.dirfd, names[i], 0700) < 0 ||
		    (geteuid() == 0 && fchownat(q.dirfd, names[i], r->uid, r->gid, 0) < 0))
			ret = -errno;
	if (ret == 0 && geteuid() == 0 && fchown(q.dirfd, r->uid, r->gid) < 0)
		ret = -errno;
	if (ret == 0)
		ret = in_child(try_overlay, &q);
	util_close_fd(&q.dirfd);
	remove_tree(AT_FDCWD, path);
	return ret;
}

static int probe_idmap(int userns)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = userns };
	autoclose int fd = clone_at(AT_FDCWD, "/", false);

	if (fd < 0)
		return fd;
	return mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ? -errno : 0;
}

void native_probe(const char *dir, struct native_probe *out)
{
	struct compartment self = { .host_uid = geteuid(), .host_gid = getegid(), .name = "you" };
	struct id_range r = { .uid = PROBE_ID,
			      .gid = PROBE_ID,
			      RANGE_FIRST,
			      RANGE_FIRST,
			      RANGE_SIZE - 1,
			      RANGE_SIZE - 1 };
	struct nerr e = { out->range_text, sizeof(out->range_text) };
	struct question q = { .userns = -1, .dirfd = -1 };
	const struct {
		int *to, flag;
	} kinds[] = { { &out->mntns, CLONE_NEWNS },	   { &out->pidns, CLONE_NEWPID },
		      { &out->utsns, CLONE_NEWUTS },	   { &out->ipcns, CLONE_NEWIPC },
		      { &out->cgroupns, CLONE_NEWCGROUP }, { &out->timens, CLONE_NEWTIME },
		      { &out->netns, CLONE_NEWNET } };

	memset(out, 0, sizeof(*out));
	if (geteuid() != 0)
		out->range = compartment_range(&self, &r, e.text, e.size);
	out->nuids = r.nuids + 1;
	if (out->range == 0)
		q.userns = userns_create(&r, e);
	if (q.userns < 0 && out->range == 0)
		out->range = geteuid() == 0 ? 0 : q.userns;
	out->userns = out->range < 0 ? -ECANCELED : q.userns < 0 ? q.userns : 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		q.flags = kinds[i].flag;
		*kinds[i].to = q.userns < 0 ? -ECANCELED : in_child(try_namespace, &q);
	}
	out->overlay = q.userns < 0 || !dir ? -ECANCELED : probe_overlay(dir, &r, q.userns);
	out->idmap = q.userns < 0 ? -ECANCELED : geteuid() == 0 ? probe_idmap(q.userns) : -EPERM;
	out->fuse = access("/dev/fuse", R_OK | W_OK) < 0 ? -errno : 0;
	util_close_fd(&q.userns);
}
