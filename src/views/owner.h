/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_OWNER_H
#define UCRUN_OWNER_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Owners of symlinks, FIFOs and sockets, which can carry no user.* attribute: recorded beside the
 * layer, in its work directory. See layer_owner.c.
 */

#define OWNER_PREFIX "own."

struct owner {
	unsigned uid, gid;
	unsigned mode; /* permission and set-id bits */
};

/**
 * owner_get() - what is recorded of an object
 * @work: the layer's work directory
 * @stx: of the object, as the host tells it, with STATX_BTIME
 */
bool owner_get(int work, const struct statx *stx, struct owner *o);

/**
 * owner_set() - record @o of the object behind @opath, atomically
 * @tmp: a name in @work that nobody else uses
 * Return: 0 or -errno
 */
int owner_set(int work, int opath, const struct owner *o, const char *tmp);

/** owner_drop() - forget what is recorded of an object, if anything is */
void owner_drop(int work, const struct statx *stx);

#endif
