// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unicorn's 68k arithmetic takes the 68k's infinity (exponent all ones, mantissa all zeros) for an
 * invalid operand, so that inf + 1 is NaN. Its shared library calls its own floatx80 functions by
 * name, and a program's functions of the same names come first. Ours give an infinity the integer
 * bit that those functions expect, call the library's own, and take the bit away again.
 * cpu_init() proves at each start that this works.
 */
#include <stdbool.h>
#include <stdint.h>

#include "fpu.h"
#include "original.h"

#define EXPONENT    0x7fff
#define INTEGER_BIT (1ULL << 63)
#define QUIET_BIT   (1ULL << 62)

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

/* A NaN that is made shorter is a quiet one before that: else none of its payload may be left. */
static struct fpu_x80 quiet(struct fpu_x80 a)
{
	if ((a.high & EXPONENT) == EXPONENT && a.low & ~INTEGER_BIT)
		a.low |= QUIET_BIT;
	return a;
}

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
		return fn(quiet(with_bit(a)), status);     \
	}
#define FROM(argument, name)                                 \
	struct fpu_x80 name(argument a, void *status)        \
	{                                                    \
		typedef struct fpu_x80 op(argument, void *); \
		ORIGINAL(op, name);                          \
		return without_bit(fn(a, status));           \
	}

/* fetoxm1 is not decoded by the engine: fetox is, and computes it once when this is set. */
bool fpu_minus_one;

static struct fpu_x80 library_etoxm1(struct fpu_x80 a, void *status)
{
	typedef struct fpu_x80 op(struct fpu_x80, void *);
	ORIGINAL(op, floatx80_etoxm1_m68k);

	return without_bit(fn(with_bit(a), status));
}

struct fpu_x80 floatx80_etox_m68k(struct fpu_x80 a, void *status)
{
	typedef struct fpu_x80 op(struct fpu_x80, void *);
	ORIGINAL(op, floatx80_etox_m68k);

	if (fpu_minus_one) {
		fpu_minus_one = false; /* which calls this one */
		return library_etoxm1(a, status);
	}
	return without_bit(fn(with_bit(a), status));
}

FPU_ONE(ONE)
FPU_TWO(TWO)
FPU_COMPARE(COMPARE)
FPU_TO(TO)
FPU_FROM(FROM)

/*
 * The library's own makes an infinity of a NaN here, and halves a number that is not normalised.
 * Adding a zero of the same sign rounds such a number right.
 */
struct fpu_x80 floatx80_round_m68k(struct fpu_x80 a, void *status)
{
	typedef struct fpu_x80 op(struct fpu_x80, void *);
	ORIGINAL(op, floatx80_round_m68k);

	if ((a.high & EXPONENT) == EXPONENT)
		return without_bit(a);
	if ((a.high & EXPONENT) == 0 && a.low)
		return floatx80_add_m68k(a, (struct fpu_x80){ .high = a.high }, status);
	return without_bit(fn(a, status));
}

/* The library's own leaves the precision that the program chose out of it. */
struct fpu_x80 floatx80_round_to_int_m68k(struct fpu_x80 a, void *status)
{
	typedef struct fpu_x80 op(struct fpu_x80, void *);
	ORIGINAL(op, floatx80_round_to_int_m68k);

	return floatx80_round_m68k(without_bit(fn(with_bit(a), status)), status);
}
