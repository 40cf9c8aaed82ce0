/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_EXPLAIN_H
#define UCRUN_EEL_EXPLAIN_H

#include <stdio.h>

#include "chain.h"
#include "trust.h"

/** All that was found out about one file. Members are borrowed. */
struct finding {
	const char *path;
	const struct content *content;
	const struct registry *registry;
	const struct choice *choice; /* NULL: native, nobody was asked */
	const struct chain *chain; /* NULL: there is none */
	const char *problem; /* why not; NULL: it can run */
	const struct judgement *judgement;
	char *const *argv; /* what would be executed; NULL: nothing */
};

/** explain_text() and explain_json() - all of it, for a person and for a program */
void explain_text(FILE *out, const struct finding *f);
void explain_json(FILE *out, const struct finding *f);
/** explain_failure_json() - of a file that could not even be looked at */
void explain_failure_json(FILE *out, const char *path, const char *problem);

/** environments_text() and environments_json() - every record and whether it can be used here */
void environments_text(FILE *out, const struct registry *r, const struct situation *s);
void environments_json(FILE *out, const struct registry *r, const struct situation *s);

#endif
