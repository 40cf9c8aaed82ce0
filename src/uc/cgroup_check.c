// SPDX-License-Identifier: GPL-2.0-or-later
/* What cgroups this process could have: for uc check. */
#include <fcntl.h>
#include <sys/stat.h>

#include "cgroup_internal.h"

/* v2: a cgroup with processes in it, but for the root, cannot hand controllers on. */
static bool others_in(const char *dir)
{
	char text[64], *end;

	return cgroup_read(dir, "cgroup.type", text, sizeof(text)) == 0 &&
	       cgroup_read(dir, "cgroup.procs", text, sizeof(text)) == 0 && *text &&
	       (strtol(text, &end, 10) != getpid() || *end);
}

/* The one way to know is to make one. Return: 0, or -errno */
static int try_place(const struct cgroup_place *p)
{
	autofree char *dir = str_printf("%s/uc-check-%d", p->path, getpid());

	if (!dir)
		return -ENOMEM;
	if (p->rdonly)
		return -EROFS;
	if (mkdir(dir, 0755) < 0)
		return -errno;
	rmdir(dir);
	return p->version == 2 && others_in(p->path) ? -EBUSY : 0;
}

static unsigned controllers_v2(const struct cgroup_place *p)
{
	char text[512];

	if (cgroup_read(p->path, "cgroup.controllers", text, sizeof(text)) < 0)
		return 0;
	return cgroup_words(text, " ", 2) | 1U << CGROUP_FREEZER;
}

static void note(struct cgroup_check *c, const struct cgroup_place *p, unsigned controllers,
		 int ret)
{
	for (int i = 0; i < CGROUP_CONTROLLER_COUNT; i++) {
		struct cgroup_found *f = &c->found[i];

		if (!(controllers & 1U << i) || f->result == 0)
			continue;
		f->result = ret;
		f->version = p->version;
		snprintf(f->path, sizeof(f->path), "%s", p->path);
	}
}

int cgroup_check(struct cgroup_check *c)
{
	struct cgroup_places own;
	int ret = cgroup_find_own(&own);

	*c = (struct cgroup_check){ .systemd = systemd_there() };
	for (int i = 0; i < CGROUP_CONTROLLER_COUNT; i++)
		c->found[i].result = -ENOENT;
	for (unsigned i = 0; ret == 0 && i < own.n; i++) {
		const struct cgroup_place *p = &own.p[i];

		note(c, p, p->version == 2 ? controllers_v2(p) : p->controllers, try_place(p));
	}
	cgroup_places_finish(&own);
	return ret;
}
