// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev of a native session: a tmpfs with the few devices that a program needs, bound from the host;
 * its own pseudo-terminals, shared memory and message queues.
 *
 * The user's terminal is one of the host's pseudo-terminals, and ttyname(3) wants to find it under
 * the number that it has outside. A devpts can hold no foreign names, but it can be mounted upon:
 * we allocate terminals until one has that number, keep it, and put the user's over it.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "internal.h"

#define TTY_TRIES 4096

static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };

/* In the pool the nodes are at /dev too. */
static int node_bind(int dev, const char *name)
{
	autofree char *path = str_printf("/dev/%s", name);
	autoclose int fd = path ? clone_at(AT_FDCWD, path, false) : -ENOMEM, at = -1;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	at = openat(dev, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return at < 0 ? -errno : attach(fd, at);
}

int dev_pool(int top)
{
	autoclose int dev = -1;
	int ret = mkdirat(top, "dev", 0755) < 0 ? -errno : 0;

	dev = openat(top, "dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(nodes); i++)
		ret = node_bind(dev, nodes[i]);
	return ret;
}

static int sub_mount(int dev, const char *name, int fd)
{
	autoclose int own = fd, at = -1;

	if (own < 0)
		return own;
	if (mkdirat(dev, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	at = openat(dev, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at < 0 ? -errno : attach(own, at);
}

static void tty_bind(int dev, int tty, unsigned number)
{
	autofree char *name = str_printf("pts/%u", number);
	autoclose int at = -1;
	int held[TTY_TRIES], n = 0, fd;
	unsigned got;

	if (!name || number >= TTY_TRIES)
		return;
	while (n < TTY_TRIES) {
		fd = openat(dev, "pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, TIOCGPTN, &got) < 0) {
			util_close_fd(&fd);
			break;
		}
		held[n++] = fd;
		if (got >= number)
			break;
	}
	/* The one with our number stays open as long as we live: nobody else gets it. */
	while (n > 0) {
		fd = held[--n];
		if (ioctl(fd, TIOCGPTN, &got) < 0 || got != number)
			close(fd);
	}
	at = openat(dev, name, O_PATH | O_CLOEXEC);
	if (at >= 0)
		attach(tty, at);
}

int dev_build(int root, struct luggage *bags, struct nerr e)
{
	static const char *const tmpfs[][2] = { { "mode", "0755" }, { 0 } };
	static const char *const shm[][2] = { { "mode", "1777" }, { 0 } };
	static const char *const pts[][2] = {
		{ "mode", "0620" }, { "ptmxmode", "0666" }, { "gid", "5" }, { 0 }
	};
	static const char *const links[][2] = { { "fd", "/proc/self/fd" },
						{ "stdin", "/proc/self/fd/0" },
						{ "stdout", "/proc/self/fd/1" },
						{ "stderr", "/proc/self/fd/2" },
						{ "ptmx", "pts/ptmx" } };
	const unsigned safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	autoclose int dev = fs_make("tmpfs", tmpfs, MOUNT_ATTR_NOSUID), at = -1;
	int ret;

	if (dev < 0)
		return nfail(e, dev, "/dev: %s", strerror(-dev));
	at = target_open(root, "/dev", true);
	ret = at < 0 ? at : attach(dev, at);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(nodes); i++)
		ret = node_bind(dev, nodes[i]);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(links); i++)
		ret = symlinkat(links[i][1], dev, links[i][0]) < 0 ? -errno : 0;
	if (ret == 0)
		ret = sub_mount(dev, "pts", fs_make("devpts", pts, safe));
	if (ret == 0)
		ret = sub_mount(dev, "shm", fs_make("tmpfs", shm, safe | MOUNT_ATTR_NODEV));
	if (ret == 0)
		sub_mount(dev, "mqueue", fs_make("mqueue", NULL, safe | MOUNT_ATTR_NODEV));
	if (ret < 0)
		return nfail(e, ret, "/dev cannot be made: %s", strerror(-ret));
	for (unsigned i = 0; i < TERMINALS; i++)
		if (bags->tty[i] >= 0)
			tty_bind(dev, bags->tty[i], bags->number[i]);
	return 0;
}
