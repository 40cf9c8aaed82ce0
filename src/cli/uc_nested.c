// SPDX-License-Identifier: GPL-2.0-or-later
/* The compartments of sessions in a compartment's sessions: OUTER/INNER. */
#include <dirent.h>
#include <fcntl.h>

#include "uc.h"
#include "util.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static void nested_one(const struct compartment *c, int dirfd, const char *name,
		       void (*fn)(const struct compartment *inner, void *arg), void *arg)
{
	autofree char *full = str_printf("%s/%s", c->name, name);
	autofree char *path = str_printf("%s/" NESTED_DIR "/%s", c->path, name);
	autoclose int at = openat(dirfd, name, OPEN_DIR);
	struct compartment inner = *c; /* it has the same owner */

	if (!full || !path || at < 0)
		return;
	inner.name = full;
	inner.path = path;
	inner.dirfd = at;
	fn(&inner, arg);
	uc_nested_each(&inner, fn, arg);
}

void uc_nested_each(const struct compartment *c,
		    void (*fn)(const struct compartment *inner, void *arg), void *arg)
{
	int fd = openat(c->dirfd, NESTED_DIR, OPEN_DIR);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;

	if (!d) {
		util_close_fd(&fd);
		return;
	}
	/* Their user has made them: a name that is none is not shown. */
	while ((ent = readdir(d)))
		if (compartment_name_valid(ent->d_name))
			nested_one(c, fd, ent->d_name, fn, arg);
	closedir(d);
}
