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
};

struct view_error {
	char text[512]; /* "what: why: way out" */
};

/** build_view() - Return 0 and *@out (view_destroy()), or -errno and the reason in @e */
int build_view(const struct build *b, struct view **out, struct view_error *e);

#endif
