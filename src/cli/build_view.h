/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_BUILD_VIEW_H
#define UCRUN_BUILD_VIEW_H

#include "plan.h"
#include "session.h"
#include "view.h"

/** What a view is built from; all borrowed. */
struct build {
	const struct compartment *compartment;
	struct session *session;
	const struct plan *plan;
	uid_t host_uid;
	gid_t host_gid;
	const char *control_tmp; /* of the outermost session, who listens there: nest.h */
};

struct view_error {
	char text[512]; /* "what: why: way out" */
};

/** build_view() - Return 0 and *@out (view_destroy()), or -errno and the reason in @e */
int build_view(const struct build *b, struct view **out, struct view_error *e);

/* ---- for nested_view.c: parts that every view has ---- */

/** build_fail() - the reason into @e; returns @err */
int build_fail(struct view_error *e, const char *what, int err, const char *way_out);
/** build_target() - make the target of an entry exist, as a directory or an empty file
 * @canonical: PATH_MAX bytes, "" at first */
int build_target(struct view *v, const char *dst, bool is_dir, char *canonical);
int build_add_dev(const struct build *b, struct view *v);
int build_add_sys(const struct build *b, struct view *v);
int build_add_control(const struct build *b, struct view *v);
/** build_tmp() - a stack of a fresh directory that goes with the session */
int build_tmp(struct layers **out, const struct build *b, const char *key);

#endif
