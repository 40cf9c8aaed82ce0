// SPDX-License-Identifier: GPL-2.0-or-later
/* Layers that a native session left behind, for whoever reads the path level's form: see convert.c
 */
#include <dirent.h>

#include "internal.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int layers_each(int dirfd, int (*fn)(int base, void *arg), void *arg)
{
	int ret = fn(dirfd, arg), fd;
	struct dirent *ent;
	DIR *d;

	if (ret != 0)
		return ret;
	fd = openat(dirfd, "layers", OPEN_DIR);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		util_close_fd(&fd);
		return 0;
	}
	while (ret == 0 && (ent = readdir(d))) {
		autoclose int base = ent->d_name[0] == '.' ? -1 : openat(fd, ent->d_name, OPEN_DIR);

		if (base >= 0)
			ret = fn(base, arg);
	}
	closedir(d);
	return ret;
}

/* Also those of the sessions in its sessions: they are in one form with it. */
static int all_layers_each(int dirfd, int (*fn)(int base, void *arg), void *arg)
{
	int ret = layers_each(dirfd, fn, arg), fd = -1;
	struct dirent *ent;
	DIR *d;

	if (ret == 0)
		fd = openat(dirfd, NESTED_DIR, OPEN_DIR);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		util_close_fd(&fd);
		return ret;
	}
	while (ret == 0 && (ent = readdir(d))) {
		autoclose int dir = ent->d_name[0] == '.' ? -1 : openat(fd, ent->d_name, OPEN_DIR);

		if (dir >= 0)
			ret = all_layers_each(dir, fn, arg);
	}
	closedir(d);
	return ret;
}

static int is_native(int base, void *arg)
{
	(void)arg;
	return layer_level(base) != UC_PATH;
}

bool native_settled(const struct compartment *c)
{
	return all_layers_each(c->dirfd, is_native, NULL) == 0;
}

struct settling {
	int userns;
	bool clear;
	struct nerr e;
};

static int settle_one(int base, void *arg)
{
	struct settling *s = arg;

	if (layer_level(base) == UC_PATH)
		return 0;
	return s->clear ? convert_clear(s->userns, base, s->e)
			: convert_layer(s->userns, base, UC_PATH, s->e);
}

static int settle(const struct compartment *c, bool clear, char *err, size_t errlen)
{
	struct settling s = { -1, clear, { err, errlen } };
	struct session_info *list;
	struct id_range range;
	autoclose int lock = -1;
	bool busy = false;
	int n, ret;

	if (native_settled(c))
		return 0;
	lock = session_exclude(c, err, errlen);
	if (lock < 0)
		return lock;
	n = session_list(c, &list);
	for (int i = 0; i < n; i++)
		if (clear || list[i].level == UC_NATIVE)
			busy = true;
	if (n > 0)
		session_list_free(list, n);
	if (busy)
		return nfail(
			s.e, -EBUSY,
			"%s: a session of it runs%s; end it first, or join it with --trap auto",
			c->name, clear ? "" : " at native level");
	ret = compartment_range(c, &range, err, errlen);
	if (ret < 0)
		return ret;
	s.userns = userns_create(&range, s.e);
	if (s.userns < 0)
		return s.userns;
	ret = all_layers_each(c->dirfd, settle_one, &s);
	close(s.userns);
	return ret;
}

int native_settle(const struct compartment *c, char *err, size_t errlen)
{
	return settle(c, false, err, errlen);
}

int native_clear(const struct compartment *c, char *err, size_t errlen)
{
	return settle(c, true, err, errlen);
}

int native_retreat(struct native *n, char *err, size_t errlen)
{
	struct settling s = { n->userns, false, { err, errlen } };
	autoclose int lock = session_exclude(n->c, err, errlen);
	struct session_info *list;
	int live;

	if (lock < 0)
		return lock;
	live = session_list(n->c, &list);
	if (live > 0)
		session_list_free(list, live);
	if (live != 0)
		return nfail(s.e, -EBUSY, "%s: another session of it runs", n->c->name);
	return all_layers_each(n->c->dirfd, settle_one, &s);
}
