/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_FIXTURE_H
#define VIEW_FIXTURE_H

/*
 * For the tests of views, test_view*.c: a view of four entries
 *
 *	/		cow: upper over lower
 *	/a/b		tmp
 *	/etc/conf	one file of a host directory, read-only
 *	/proc		synthetic
 */
#include <check.h>

#include "view.h"

extern char top[80]; /* the directory of this test */
extern char buf[2 * PATH_MAX]; /* for long paths */
extern struct view *view;
extern struct cred root, user; /* uid 0, 1000 */
extern struct walker walker; /* root's; a test may change it */
extern struct vnode node; /* what walk_from() found */
extern int topfd; /* of the host's side: lower upper work tmp host */
extern const struct synth_ops synth;

/* ---- making: host paths are relative to topfd ---- */
const char *in_top(const char *rel);
void dir(const char *rel);
void file(const char *rel, const char *text);
void symlink_to(const char *target, const char *rel);
struct layers *stack(const char *upper, const char *lower, const char *work, const char *shared,
		     unsigned flags);
int add_tmp(const char *target, const char *rel);

/* ---- asking ---- */
int walk_from(const char *base, const char *path, unsigned flags);
/** walk_result() - a walk that fails; or its node is given back at once */
int walk_result(const char *base, const char *path, unsigned flags);
/** leads() - @path leads to the existing @canonical in the entry at @target */
void leads(const char *base, const char *path, unsigned flags, const char *canonical,
	   const char *target);
/** lacks() - only the last component of @path is missing; @canonical is where it would be */
void lacks(const char *base, const char *path, unsigned flags, const char *canonical);

/** view_main() - run the tests that @add_tests adds; what main() returns */
int view_main(const char *name, void (*add_tests)(TCase *t));

#endif
