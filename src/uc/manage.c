// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * List, reset, remove. What is to go is first renamed away in one step, then removed at leisure: a
 * crash in between leaves either the old state or the new one, and rubbish under a name that the
 * next maker or remover sweeps.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "compartment.h"
#include "internal.h"
#include "layer_dirs.h"
#include "ranges.h"

#define RESET_DIR ".reset" /* in the compartment: what is being removed */

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool looks_like_compartment(int statefd, const char *name)
{
	autoclose int fd = -1;
	struct stat st;

	if (!compartment_name_valid(name))
		return false;
	fd = openat(statefd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && fstatat(fd, "format", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

int compartment_list(char ***names, char *err, size_t errlen)
{
	struct err e = { err, errlen };
	char **list = calloc(1, sizeof(*list)), **bigger;
	struct dirent *ent;
	struct state s;
	int n = 0, ret = state_open(&s, false, e);
	DIR *d;

	if (!list)
		ret = fail(e, -ENOMEM, "out of memory");
	if (ret < 0 && ret != -ENOENT)
		goto out;
	*names = list;
	if (ret == -ENOENT)
		return 0;
	d = fdopendir(dup(s.fd));
	if (!d) {
		ret = fail_path(e, -errno, s.path);
		goto out;
	}
	while (ret == 0 && (ent = readdir(d))) {
		if (!looks_like_compartment(s.fd, ent->d_name))
			continue;
		bigger = realloc(list, (n + 2) * sizeof(*list));
		if (bigger)
			list = bigger;
		if (!bigger || !(list[n] = strdup(ent->d_name)))
			ret = fail(e, -ENOMEM, "out of memory");
		else
			list[++n] = NULL;
	}
	closedir(d);
	qsort(list, n, sizeof(*list), name_compare);
	*names = list;
	state_finish(&s);
	if (ret == 0)
		return n;
out:
	compartment_list_free(list);
	return ret;
}

void compartment_list_free(char **names)
{
	for (char **p = names; p && *p; p++)
		free(*p);
	free(names);
}

/* No session may begin while the lock is held, and none may be there. */
static int lock_idle(struct compartment *c, struct err e)
{
	autoclose int lock = sessions_lock(c, e);
	int live;

	if (lock < 0)
		return lock;
	live = sessions_sweep(c);
	if (live < 0)
		return fail_path(e, live, c->path);
	if (live > 0)
		return fail(e, -EBUSY,
			    "%s: %d session%s of it still run%s; end %s first (see \"uc ps %s\")",
			    c->name, live, live == 1 ? "" : "s", live == 1 ? "s" : "",
			    live == 1 ? "it" : "them", c->name);
	return steal_fd(&lock);
}

/* As the owner, with the lock held. */
static int reset_layers(struct compartment *c)
{
	static const char *const gone[] = { "upper",  "work",	   "layers",
					    "shared", LAYER_LEVEL, NESTED_DIR };
	const size_t made_again = 3; /* the directories */
	autofree char *to = NULL;
	int ret = remove_tree(c->dirfd, RESET_DIR);

	if (ret < 0)
		return ret;
	if (mkdirat(c->dirfd, RESET_DIR, 0700) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		free(steal(&to));
		to = str_printf(RESET_DIR "/%s", gone[i]);
		if (!to)
			return -ENOMEM;
		if (renameat(c->dirfd, gone[i], c->dirfd, to) < 0 && errno != ENOENT)
			return -errno;
	}
	/* First give the room back: a full disk may be why we are asked. */
	ret = remove_tree(c->dirfd, RESET_DIR);
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (i < made_again && mkdirat(c->dirfd, gone[i], 0700) < 0 && ret == 0)
			ret = -errno;
	return ret;
}

int compartment_reset(struct compartment *c, char *err, size_t errlen)
{
	struct err e = { err, errlen };
	autoclose int lock = lock_idle(c, e);
	int ret;

	if (lock < 0)
		return lock;
	ret = owner_begin(c->host_uid, c->host_gid);
	if (ret == 0)
		ret = reset_layers(c);
	owner_end();
	return ret < 0 ? fail_path(e, ret, c->path) : 0;
}

int compartment_remove(struct compartment *c, char *err, size_t errlen)
{
	struct err e = { err, errlen };
	struct state s = { .path = c->state, .fd = c->statefd };
	autoclose int state = state_lock(&s, e);
	autoclose int lock = state < 0 ? -1 : lock_idle(c, e);
	autofree char *tmp = str_printf(".rm.%s", c->name);
	int ret;

	if (state < 0)
		return state;
	if (lock < 0)
		return lock;
	if (!tmp)
		return fail(e, -ENOMEM, "out of memory");
	state_sweep(c->statefd);
	compartment_range_forget(c);
	if (renameat(c->statefd, c->name, c->statefd, tmp) < 0)
		return fail_path(e, -errno, c->path);
	/* Empty it with the owner's rights; the last directory is in STATE, which is ours. */
	ret = owner_begin(c->host_uid, c->host_gid);
	if (ret == 0)
		remove_tree(c->statefd, tmp);
	owner_end();
	ret = remove_tree(c->statefd, tmp);
	return ret < 0 ? fail_path(e, ret, c->path) : 0;
}
