// SPDX-License-Identifier: GPL-2.0-or-later
/* A view's entries: adding, removing, and which of them answers for a path. See view.h. */
#include "view.h"

#include <string.h>

#include "util.h"
#include "view_priv.h"

int view_create(struct view **out)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	pthread_rwlock_init(&v->lock, NULL);
	v->next_id = 1;
	*out = v;
	return 0;
}

void entry_put(struct entry *e)
{
	if (!e || __atomic_sub_fetch(&e->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	layers_destroy(e->layers);
	for (char **p = e->except; p && *p; p++)
		free(*p);
	free(e->except);
	free(e->file);
	free(e->source);
	free(e);
}

struct entry *entry_get(struct entry *e)
{
	__atomic_add_fetch(&e->refs, 1, __ATOMIC_RELAXED);
	return e;
}

void view_destroy(struct view *v)
{
	if (!v)
		return;
	while (v->entries) {
		struct entry *e = v->entries;

		v->entries = e->next;
		entry_put(e);
	}
	pthread_rwlock_destroy(&v->lock);
	free(v);
}

static struct entry *entry_create(const char *target, const char *source, const char *fstype)
{
	size_t len = strcmp(target, "/") == 0 ? 0 : strlen(target);
	struct entry *e = calloc(1, sizeof(*e) + len + 1);

	if (!e)
		return NULL;
	e->refs = 1;
	e->target_len = len;
	memcpy(e->target, target, len);
	e->fstype = fstype;
	e->source = strdup(source);
	if (!e->source) {
		free(e);
		return NULL;
	}
	return e;
}

static void entry_insert(struct view *v, struct entry *e)
{
	struct entry **at = &v->entries;

	pthread_rwlock_wrlock(&v->lock);
	/* Of two entries at one target the later one is found first: it was mounted over it. */
	while (*at && (*at)->target_len > e->target_len)
		at = &(*at)->next;
	e->next = *at;
	e->id = v->next_id++;
	*at = e;
	pthread_rwlock_unlock(&v->lock);
}

static int entry_except(struct entry *e, char *const *paths)
{
	size_t n = 0;

	while (paths[n])
		n++;
	e->except = calloc(n + 1, sizeof(*e->except));
	for (size_t i = 0; e->except && i < n; i++)
		if (!(e->except[i] = strdup(paths[i])))
			return -ENOMEM;
	return e->except ? 0 : -ENOMEM;
}

int view_add_layers(struct view *v, const struct entry_spec *spec, struct layers *layers)
{
	struct entry *e = entry_create(spec->target, spec->source, spec->fstype);

	if (!e || (spec->file && !(e->file = strdup(spec->file))) ||
	    (spec->except && entry_except(e, spec->except) < 0)) {
		entry_put(e);
		layers_destroy(layers);
		return -ENOMEM;
	}
	e->kind = ENTRY_LAYERS;
	e->layers = layers;
	e->rdonly = spec->rdonly;
	e->private_sockets = spec->private_sockets;
	entry_insert(v, e);
	return 0;
}

int view_add_synth(struct view *v, const char *target, const struct synth_ops *ops, void *arg,
		   const char *fstype)
{
	struct entry *e = entry_create(target, fstype, fstype);

	if (!e)
		return -ENOMEM;
	e->kind = ENTRY_SYNTH;
	e->synth = ops;
	e->synth_arg = arg;
	entry_insert(v, e);
	return 0;
}

static bool entry_covers(const struct entry *e, const char *path)
{
	if (strncmp(path, e->target, e->target_len) != 0 ||
	    (path[e->target_len] != '/' && path[e->target_len] != '\0'))
		return false;
	for (char **hole = e->except; hole && *hole; hole++)
		if (path_under(path, *hole))
			return false;
	return true;
}

int view_remove(struct view *v, const char *target)
{
	struct entry **at;
	int ret = -EINVAL;

	if (strcmp(target, "/") == 0)
		target = "";
	pthread_rwlock_wrlock(&v->lock);
	for (at = &v->entries; *at; at = &(*at)->next) {
		struct entry *e = *at;

		if (strcmp(e->target, target) == 0) {
			*at = e->next;
			entry_put(e);
			ret = 0;
			break;
		}
		if (path_under(e->target, target)) {
			ret = -EBUSY;
			break;
		}
	}
	pthread_rwlock_unlock(&v->lock);
	return ret;
}

struct entry *entry_for(struct view *v, const char *path)
{
	struct entry *e;

	pthread_rwlock_rdlock(&v->lock);
	for (e = v->entries; e; e = e->next)
		if (entry_covers(e, path))
			break;
	if (e)
		entry_get(e);
	pthread_rwlock_unlock(&v->lock);
	return e;
}

bool view_is_target(struct view *v, const char *path)
{
	bool found = false;

	if (strcmp(path, "/") == 0)
		path = "";
	pthread_rwlock_rdlock(&v->lock);
	for (struct entry *e = v->entries; e && !found; e = e->next)
		found = strcmp(e->target, path) == 0;
	pthread_rwlock_unlock(&v->lock);
	return found;
}

bool view_holds_target(struct view *v, const char *path)
{
	bool found = false;

	if (strcmp(path, "/") == 0)
		path = "";
	pthread_rwlock_rdlock(&v->lock);
	for (struct entry *e = v->entries; e && !found; e = e->next) {
		const char *tail = path_under(e->target, path);

		found = tail && *tail;
	}
	pthread_rwlock_unlock(&v->lock);
	return found;
}

void view_each(struct view *v, void (*fn)(void *arg, const struct entry *e), void *arg)
{
	pthread_rwlock_rdlock(&v->lock);
	for (struct entry *e = v->entries; e; e = e->next)
		fn(arg, e);
	pthread_rwlock_unlock(&v->lock);
}

int view_from_host(struct view *v, const char *host, int fd, char *path, struct entry **entry)
{
	char rel[PATH_MAX];
	struct entry *e, *owner;
	int ret = -ENOENT;

	pthread_rwlock_rdlock(&v->lock);
	for (e = v->entries; e; e = e->next) {
		if (e->kind == ENTRY_LAYERS ? layers_from_host(e->layers, host, fd, rel) < 0
					    : e->synth->from_host(e->synth_arg, host, rel) < 0)
			continue;
		if (e->file) {
			if (strcmp(rel, e->file) != 0)
				continue;
			rel[0] = '\0';
		}
		if (snprintf(path, PATH_MAX, "%s%s%s", e->target, *rel ? "/" : "", rel) >= PATH_MAX)
			continue;
		/* Not when another entry covers that name. */
		for (owner = v->entries; owner; owner = owner->next)
			if (entry_covers(owner, path))
				break;
		if (owner != e)
			continue;
		if (!*path)
			strcpy(path, "/");
		if (entry)
			*entry = entry_get(e);
		ret = 0;
		break;
	}
	pthread_rwlock_unlock(&v->lock);
	return ret;
}
