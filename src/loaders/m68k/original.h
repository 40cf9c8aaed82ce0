/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_ORIGINAL_H
#define UCRUN_M68K_ORIGINAL_H

#include <dlfcn.h>
#include <stdlib.h>

/*
 * Functions of the shared library that ones of ours, of the same name, are called instead of.
 */

/** original() - the library's own. Its absence is a build against another one: nothing can go on */
static inline void *original(const char *name)
{
	void *fn = dlsym(RTLD_NEXT, name);

	if (!fn)
		abort();
	return fn;
}

/** ORIGINAL() - declare fn, the library's function of that name, looked up once */
#define ORIGINAL(type, name)          \
	static type *fn;              \
	if (__builtin_expect(!fn, 0)) \
	fn = (type *)original(#name)

#endif
