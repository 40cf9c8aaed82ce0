/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LAYER_DIRS_H
#define UCRUN_LAYER_DIRS_H

#include <sys/stat.h>

#include "compartment.h"

/*
 * Directories for copy-on-write layers, ready for layers_create(). Call after compartment_become():
 * they are made as the compartment's user.
 */
struct session_layer {
	char *upper; /* absolute host paths */
	char *work;
	char *shared; /* not made here: layers.c does */
};

/*
 * A layer's form (enum uc_level) is recorded beside its upper directory. A file "level" that says
 * neither "path" nor "native" means that a conversion was under way: both forms, mixed. Absent
 * means "path": so was every layer before there was a native level.
 */
#define LAYER_LEVEL   "level"
#define LAYER_CHANGES "converting"

/* A layer in layers/ESC also has a file "source": the host path that it lay over last. */
#define LAYER_SOURCE "source"
#define LAYER_ROOT   "root" /* a key of "root" + escaped DIR belongs to ucrun -r DIR */

struct session;

/**
 * layer_escape() - the directory name for a target or root: '%' becomes %25 and '/' %2F
 * Return: the caller's; NULL when out of memory
 */
char *layer_escape(const char *path);
/** layer_unescape() - back again, in place of itself; a malformed escape stays as it is */
void layer_unescape(char *name);

/**
 * session_layer_dirs() - the persistent layer of one entry, made when it is not there
 * @esc:    NULL: the host's root (upper, work); else a name in layers/, from layer_escape()
 * @source: absolute host path of the lower directory. When STATE is below it, an empty opaque
 *          directory in upper hides STATE: no compartment sees the state of compartments.
 * @out:    session_layer_finish()
 */
int session_layer_dirs(const struct compartment *c, const char *esc, const char *source,
		       struct session_layer *out, char *err, size_t errlen);
/**
 * session_layer_private() - an ephemeral layer over a persistent one; it ends with the session
 * @esc:   as above, the same entry's
 * @below: the persistent layer of that entry; it hides STATE already
 */
int session_layer_private(struct session *s, const char *esc, const struct session_layer *below,
			  struct session_layer *out, char *err, size_t errlen);
/**
 * session_layer_over() - the persistent layer of an entry over a stack, not over a host directory
 * @esc:   as above
 * @looks: of the stack's root
 */
int session_layer_over(const struct compartment *c, const char *esc, const struct statx *looks,
		       struct session_layer *out, char *err, size_t errlen);
/** layer_level() - the form of the layer in the directory @base; -EINPROGRESS: mixed */
int layer_level(int base);
/** layer_level_set() - @level < 0: a conversion begins */
int layer_level_set(int base, int level);
void session_layer_finish(struct session_layer *l);

#endif
