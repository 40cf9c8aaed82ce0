/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PLAN_H
#define UCRUN_PLAN_H

#include "compartment.h"

/*
 * The plan of a session's view: which entries it has, before anybody carries them. Both carriers
 * read it: src/cli/build_view.c makes entries of our own backends (path level), src/native/ makes
 * kernel mounts (native level).
 *
 *	/		cow: [session's upper if -e,] the compartment's upper, the host or -r DIR.
 *			With -e the compartment's upper is not written, but is as it is now: what
 *			other sessions of the compartment change meanwhile shows, as the host does
 *	/dev		with the few devices that a program needs
 *	/dev/pts	only the session's terminals are shown
 *	/sys		the host's, read-only
 *	/proc		the session's tasks
 *	-b ...		in the order given, later ones above earlier ones
 *	STATE		wherever it shows: the compartment's own directory instead
 *
 * /dev, /dev/pts, /sys, /proc and the last one are the carrier's own business; the plan holds what
 * the command line says.
 */

enum bind_mode { BIND_RW, BIND_RO, BIND_COW, BIND_MINCOW, BIND_MERGE, BIND_TMP, BIND_MODE_COUNT };

#define BIND_EXCEPT_MAX 16

/** One --bind, as given. */
struct bind_spec {
	char *src, *dst;
	enum bind_mode mode;
	char *except[BIND_EXCEPT_MAX]; /* holes: view paths where what is below shows */
	unsigned nexcept;
};

struct plan_entry {
	enum bind_mode mode;
	const char *asked; /* the source as the user wrote it, for messages */
	char *source; /* absolute host path, symlink-free */
	char *target; /* absolute view path, not canonical: only the carrier can walk the view */
	bool is_dir; /* what the source is */
	const struct bind_spec *spec; /* for the holes */
};

struct plan {
	char *lower; /* absolute host path of what the view's root lies over */
	char *key; /* of the root's layer, see layer_dirs.h; NULL: the host's root */
	bool ephemeral;
	struct plan_entry *entries;
	unsigned n;
};

/**
 * plan_create() - check what the command line asks for
 * @root:  -r DIR or NULL
 * @binds: borrowed, must outlive the plan
 * Call it as whoever will open the sources.
 * Return: 0, -errno and "what: why: way out" in @err
 */
int plan_create(struct plan **out, const struct compartment *c, const char *root, bool ephemeral,
		const struct bind_spec *binds, unsigned nbinds, char *err, size_t errlen);
void plan_destroy(struct plan *p);

/** plan_holes() - the holes of @e as view paths for the canonical @target; plan_holes_free() */
char **plan_holes(const struct plan_entry *e, const char *target);
void plan_holes_free(char **holes);

#endif
