/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_VIEW_PRIV_H
#define UCRUN_VIEW_PRIV_H

/* What view.c (entries) and view_walk.c (paths) share. */

#include "view.h"

struct view {
	pthread_rwlock_t lock;
	struct entry *entries; /* longest target first */
	int next_id;
};

/** entry_get() - another reference: entry_put() */
struct entry *entry_get(struct entry *e);
/** entry_for() - the entry that answers for a canonical path, referenced; NULL: none */
struct entry *entry_for(struct view *v, const char *path);

#endif
