// SPDX-License-Identifier: GPL-2.0-or-later
/* The compartments of sessions in a compartment's sessions: OUTER/INNER. */
#include <dirent.h>
#include <fcntl.h>

#include "uc.h"
#include "util.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Go on to the compartment @name of the sessions in @c's. */
static int nested_enter(struct compartment *c, const char *name)
{
	autofree char *rel = str_printf(NESTED_DIR "/%s", name);
	autoclose int nested = openat(c->dirfd, NESTED_DIR, OPEN_DIR), at = -1;
	char *path = rel ? str_printf("%s/%s", c->path, rel) : NULL;

	if (nested >= 0 && compartment_name_valid(name))
		at = openat(nested, name, OPEN_DIR);
	if (at < 0 || !path) {
		free(path);
		return -ENOENT;
	}
	free(c->path);
	c->path = path;
	close(c->dirfd);
	c->dirfd = steal_fd(&at);
	return 0;
}

struct compartment *uc_nested_open(const char *name)
{
	autofree char *names = strdup(name);
	char *save = NULL, *part = names ? strtok_r(names, "/", &save) : NULL;
	struct compartment *c = part ? uc_open(part) : NULL;

	while (c && (part = strtok_r(NULL, "/", &save))) {
		if (nested_enter(c, part) == 0)
			continue;
		log_err("%s: no such compartment; \"uc info %s\" tells which there are in it", name,
			c->name);
		compartment_destroy(c);
		return NULL;
	}
	return c;
}

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
