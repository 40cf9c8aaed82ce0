// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

struct words {
	const char *at;
	size_t left;
};

/* The next word; NULL: there is none. */
static const char *word(struct words *w)
{
	const char *s = w->at;
	size_t n = w->left ? strlen(s) + 1 : 0;

	w->at += n;
	w->left -= n;
	return n ? s : NULL;
}

static bool bind_words(struct words *w, struct bind_spec *b)
{
	const char *src = word(w), *dst = word(w), *mode = word(w), *n = word(w);

	if (!n || *src != '/' || *dst != '/')
		return false;
	*b = (struct bind_spec){
		.src = (char *)src, .dst = (char *)dst, .mode = atoi(mode), .nexcept = atoi(n)
	};
	if (b->mode >= BIND_MODE_COUNT || b->nexcept > BIND_EXCEPT_MAX)
		return false;
	for (unsigned i = 0; i < b->nexcept; i++)
		if (!(b->except[i] = (char *)word(w)))
			return false;
	return true;
}

int asked_read(struct asked *a, const char *words, size_t len)
{
	struct words w = { words, len };

	*a = (struct asked){ .name = word(&w) };
	a->root = word(&w);
	a->hostname = word(&w);
	a->flags = word(&w);
	a->command = word(&w);
	if (!a->command)
		return -EPROTO;
	while (w.left) {
		void *p = realloc(a->binds, (a->nbinds + 1) * sizeof(*a->binds));

		if (!p)
			return -ENOMEM;
		a->binds = p;
		if (!bind_words(&w, &a->binds[a->nbinds]))
			return -EPROTO;
		a->nbinds++;
	}
	return 0;
}

void asked_finish(struct asked *a)
{
	free(steal(&a->binds));
}
