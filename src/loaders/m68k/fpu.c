// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unicorn's 68k arithmetic takes the 68k's infinity (exponent all ones, mantissa all zeros) for an
 * invalid operand, so that inf + 1 is NaN. Its shared library calls its own floatx80 functions by
 * name, and a program's functions of the same names come first. Ours give an infinity the integer
 * bit that those functions expect, call the library's own, and take the bit away again.
 * cpu_init() proves at each start that this works.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#include "fpu.h"

#define EXPONENT    0x7fff
#define INTEGER_BIT (1ULL << 63)

static struct fpu_x80 with_bit(struct fpu_x80 a)
{
	if ((a.high & EXPONENT) == EXPONENT && a.low == 0)
		a.low = INTEGER_BIT;
	return a;
}

static struct fpu_x80 without_bit(struct fpu_x80 a)
{
	if ((a.high & EXPONENT) == EXPONENT && a.low == INTEGER_BIT)
		a.low = 0;
	return a;
}

/* The library's own function. Its absence is a build against another library: nothing can go on. */
static void *original(const char *name)
{
	void *fn = dlsym(RTLD_NEXT, name);

	if (!fn)
		abort();
	return fn;
}

#define ORIGINAL(type, name)          \
	static type *fn;              \
	if (__builtin_expect(!fn, 0)) \
	fn = (type *)original(#name)

#define ONE(name)                                                  \
	struct fpu_x80 name(struct fpu_x80 a, void *status)        \
	{                                                          \
		typedef struct fpu_x80 op(struct fpu_x80, void *); \
		ORIGINAL(op, name);                                \
		return without_bit(fn(with_bit(a), status));       \
	}
#define TWO(name)                                                                  \
	struct fpu_x80 name(struct fpu_x80 a, struct fpu_x80 b, void *status)      \
	{                                                                          \
		typedef struct fpu_x80 op(struct fpu_x80, struct fpu_x80, void *); \
		ORIGINAL(op, name);                                                \
		return without_bit(fn(with_bit(a), with_bit(b), status));          \
	}
#define COMPARE(name)                                                   \
	int name(struct fpu_x80 a, struct fpu_x80 b, void *status)      \
	{                                                               \
		typedef int op(struct fpu_x80, struct fpu_x80, void *); \
		ORIGINAL(op, name);                                     \
		return fn(with_bit(a), with_bit(b), status);            \
	}
#define TO(result, name)                                   \
	result name(struct fpu_x80 a, void *status)        \
	{                                                  \
		typedef result op(struct fpu_x80, void *); \
		ORIGINAL(op, name);                        \
		return fn(with_bit(a), status);            \
	}
#define FROM(argument, name)                                 \
	struct fpu_x80 name(argument a, void *status)        \
	{                                                    \
		typedef struct fpu_x80 op(argument, void *); \
		ORIGINAL(op, name);                          \
		return without_bit(fn(a, status));           \
	}

FPU_ONE(ONE)
FPU_TWO(TWO)
FPU_COMPARE(COMPARE)
FPU_TO(TO)
FPU_FROM(FROM)

/* The library's own makes an infinity of a NaN here. */
struct fpu_x80 floatx80_round_m68k(struct fpu_x80 a, void *status)
{
	typedef struct fpu_x80 op(struct fpu_x80, void *);
	ORIGINAL(op, floatx80_round_m68k);

	if ((a.high & EXPONENT) == EXPONENT)
		return without_bit(a);
	return without_bit(fn(a, status));
}
