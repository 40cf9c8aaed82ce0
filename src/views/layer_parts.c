// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stack taken apart, so that another one can be made of (a part of) what it shows: as it is, or
 * with one more layer on top, which is what a session in a session has.
 */
#include "layers_priv.h"

static char *part_path(const char *dir, const char *rel)
{
	if (!*rel)
		return strdup(dir);
	return str_printf("%s/%s", strcmp(dir, "/") ? dir : "", rel);
}

static int copy_or_null(const char **out, const char *s)
{
	*out = s ? strdup(s) : NULL;
	return s && !*out ? -ENOMEM : 0;
}

static int part_add(struct layers *l, unsigned i, const char *rel, struct layers_parts *out)
{
	struct layer_dir *d = &out->dirs[out->n];
	struct layer_sharing *s = &out->sharing[out->n];
	int fd = *rel ? layer_open_at(l->fd[i], rel, O_PATH | O_DIRECTORY) : 0;

	if (fd < 0)
		return 0; /* it has none of that name, or something else */
	if (*rel)
		close(fd);
	out->n++;
	d->overlay = l->overlay[i];
	d->path = part_path(l->path[i], rel);
	if (!d->path || copy_or_null(&s->work, l->sharing[i].work_path) < 0 ||
	    copy_or_null(&s->shared, l->sharing[i].path) < 0)
		return -ENOMEM;
	return 0;
}

int layers_parts(struct layers *l, const char *rel, struct layers_parts *out)
{
	struct where w = { .kind = WHERE_OVERLAY, .mask = l->root.mask, .base = l->root.base };
	int ret = 0;

	*out = (struct layers_parts){ .flags = l->flags };
	if (*rel) {
		layers_lock(l);
		cache_find(l, rel, &w);
		layers_unlock(l);
	}
	if (w.kind == WHERE_BASE)
		w = (struct where){ .base = true };
	else if (w.kind != WHERE_OVERLAY)
		return -ENOTDIR;
	for (unsigned i = 0; i < l->n && ret == 0; i++)
		if (i < l->noverlay ? w.mask & 1U << i : w.base)
			ret = part_add(l, i, rel, out);
	if (ret == 0 && out->n == 0)
		ret = -ENOTDIR;
	if (ret < 0)
		layers_parts_finish(out);
	return ret;
}

void layers_parts_finish(struct layers_parts *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		free((char *)p->dirs[i].path);
		free((char *)p->sharing[i].work);
		free((char *)p->sharing[i].shared);
	}
	p->n = 0;
}
