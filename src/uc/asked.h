/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_ASKED_H
#define UCRUN_ASKED_H

#include "plan.h"

/*
 * What ucrun in a session asks the session around it for, at both levels: words that end with NUL,
 * written by nested_words() in src/cli/nested.c. Names are those of the outer view.
 */
struct asked {
	const char *name, *root, *hostname, *flags, *command; /* never NULL, may be "" */
	struct bind_spec *binds;
	unsigned nbinds;
};

/**
 * asked_read() - take a request apart
 * @words: borrowed, and pointed into; the last of its @len bytes is a NUL
 * Return: 0; -EPROTO: of another version, or made up; -ENOMEM. asked_finish() in any case
 */
int asked_read(struct asked *a, const char *words, size_t len);
void asked_finish(struct asked *a);

#endif
