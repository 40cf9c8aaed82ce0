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

/*
 * The usual case of the three commonest operations: normal numbers that stay normal, to nearest, in
 * full precision. The library's way through its general functions takes three times as long.
 */

/* float_status: its beginning, in the order of bytes. */
struct modes {
	int8_t tininess, rounding;
	uint8_t raised;
	int8_t precision;
};

#define QUICK(name, usual)                                                         \
	struct fpu_x80 name(struct fpu_x80 a, struct fpu_x80 b, void *status)      \
	{                                                                          \
		typedef struct fpu_x80 op(struct fpu_x80, struct fpu_x80, void *); \
		ORIGINAL(op, name);                                                \
		struct fpu_x80 result;                                             \
                                                                                   \
		if (is_usual(a, b, status) && usual(a, b, &result))                \
			return result;                                             \
		return without_bit(fn(with_bit(a), with_bit(b), status));          \
	}

static bool quick;
static unsigned learnt;
static struct modes last;

void fpu_learn(unsigned rounding, unsigned precision)
{
	if (last.rounding == (int)rounding && last.precision == (int)precision)
		learnt |= rounding ? 2 : 1;
	quick = learnt == 3;
}

static bool is_normal(struct fpu_x80 a)
{
	return a.low & INTEGER_BIT && (unsigned)((a.high & EXPONENT) - 1) < EXPONENT - 1;
}

static bool is_usual(struct fpu_x80 a, struct fpu_x80 b, const void *status)
{
	const struct modes *m = status;

	if (!quick)
		last = *m;
	return quick && m->rounding == 0 && m->precision == 80 && is_normal(a) && is_normal(b);
}

/* @high is normalised, @rest what is below its last bit. false: not a normal number */
static bool round_nearest(unsigned sign, int exponent, uint64_t high, uint64_t rest,
			  struct fpu_x80 *out)
{
	const uint64_t half = 1ULL << 63;

	if (rest > half || (rest == half && high & 1)) {
		if (++high == 0) {
			high = INTEGER_BIT;
			exponent++;
		}
	}
	if (exponent < 2 || exponent > EXPONENT - 3)
		return false;
	out->low = high;
	out->high = (uint16_t)(sign | (unsigned)exponent);
	return true;
}

static bool product(struct fpu_x80 a, struct fpu_x80 b, struct fpu_x80 *out)
{
	enum { BIAS = 0x3fff };
	unsigned __int128 wide = (unsigned __int128)a.low * b.low;
	int exponent = (a.high & EXPONENT) + (b.high & EXPONENT) - BIAS + 1;

	if (!(wide >> 127)) {
		wide <<= 1;
		exponent--;
	}
	return round_nearest((a.high ^ b.high) & ~EXPONENT & 0xffff, exponent,
			     (uint64_t)(wide >> 64), (uint64_t)wide, out);
}

/* What is shifted out of @wide stays as its last bit. */
static unsigned __int128 shift_down(unsigned __int128 wide, int by)
{
	if (by == 0)
		return wide;
	if (by > 127)
		return 1;
	return wide >> by | ((wide << (128 - by)) != 0);
}

static bool sum(struct fpu_x80 a, struct fpu_x80 b, struct fpu_x80 *out)
{
	enum { GUARD = 62 }; /* bits below the numbers' own; two are left above, for the carry */
	int exponent = a.high & EXPONENT, distance = exponent - (b.high & EXPONENT), zeros;
	unsigned __int128 big, small;

	if (distance < 0)
		return sum(b, a, out);
	big = (unsigned __int128)a.low << GUARD;
	small = shift_down((unsigned __int128)b.low << GUARD, distance);
	if (((a.high ^ b.high) & ~EXPONENT & 0xffff) == 0) {
		big += small;
	} else if (big > small) {
		big -= small;
	} else if (big < small) {
		big = small - big;
		a.high = b.high;
	} else {
		return false;
	}
	zeros = __builtin_clzll((uint64_t)(big >> 64) ?: 1);
	if (!(big >> 64))
		return false;
	big <<= zeros;
	return round_nearest(a.high & ~EXPONENT & 0xffff, exponent + 2 - zeros,
			     (uint64_t)(big >> 64), (uint64_t)big, out);
}

static bool difference(struct fpu_x80 a, struct fpu_x80 b, struct fpu_x80 *out)
{
	b.high ^= 0x8000;
	return sum(a, b, out);
}

FPU_ONE(ONE)
FPU_TWO(TWO)
FPU_QUICK(QUICK)
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
