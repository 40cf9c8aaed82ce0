/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_FPU_H
#define UCRUN_M68K_FPU_H

#include <stdbool.h>
#include <stdint.h>

/* An extended number as Unicorn passes it: in two integer registers. */
struct fpu_x80 {
	uint64_t low;
	uint16_t high;
};

/* The library's functions that have an infinity among operands or results. */
#define FPU_ONE(X)              \
	X(floatx80_acos_m68k)   \
	X(floatx80_asin_m68k)   \
	X(floatx80_atan_m68k)   \
	X(floatx80_atanh_m68k)  \
	X(floatx80_cos_m68k)    \
	X(floatx80_cosh_m68k)   \
	X(floatx80_getexp_m68k) \
	X(floatx80_getman_m68k) \
	X(floatx80_log10_m68k)  \
	X(floatx80_log2_m68k)   \
	X(floatx80_logn_m68k)   \
	X(floatx80_lognp1_m68k) \
	X(floatx80_move_m68k)   \
	X(floatx80_sin_m68k)    \
	X(floatx80_sinh_m68k)   \
	X(floatx80_sqrt_m68k)   \
	X(floatx80_tan_m68k)    \
	X(floatx80_tanh_m68k)   \
	X(floatx80_tentox_m68k) \
	X(floatx80_twotox_m68k)
/* Of these three, the usual case is computed here. */
#define FPU_QUICK(X)                     \
	X(floatx80_add_m68k, sum)        \
	X(floatx80_sub_m68k, difference) \
	X(floatx80_mul_m68k, product)
#define FPU_TWO(X)           \
	X(floatx80_div_m68k) \
	X(floatx80_rem_m68k) \
	X(floatx80_mod_m68k) \
	X(floatx80_scale_m68k)
#define FPU_COMPARE(X)           \
	X(floatx80_compare_m68k) \
	X(floatx80_compare_quiet_m68k)
#define FPU_TO(X)                                        \
	X(int32_t, floatx80_to_int32_m68k)               \
	X(int32_t, floatx80_to_int32_round_to_zero_m68k) \
	X(int64_t, floatx80_to_int64_m68k)               \
	X(int64_t, floatx80_to_int64_round_to_zero_m68k) \
	X(uint32_t, floatx80_to_float32_m68k)            \
	X(uint64_t, floatx80_to_float64_m68k)
#define FPU_FROM(X)                           \
	X(uint32_t, float32_to_floatx80_m68k) \
	X(uint64_t, float64_to_floatx80_m68k)

/* They replace the library's at run time, so they alone of this program are visible to it. */
#pragma GCC visibility push(default)
#define FPU_DECLARE_ONE(name)	     struct fpu_x80 name(struct fpu_x80 a, void *status);
#define FPU_DECLARE_TWO(name)	     struct fpu_x80 name(struct fpu_x80 a, struct fpu_x80 b, void *status);
#define FPU_DECLARE_COMPARE(name)    int name(struct fpu_x80 a, struct fpu_x80 b, void *status);
#define FPU_DECLARE_TO(result, name) result name(struct fpu_x80 a, void *status);
#define FPU_DECLARE_FROM(arg, name)  struct fpu_x80 name(arg a, void *status);

FPU_ONE(FPU_DECLARE_ONE)
FPU_TWO(FPU_DECLARE_TWO)
#define FPU_DECLARE_QUICK(name, usual) FPU_DECLARE_TWO(name)
FPU_QUICK(FPU_DECLARE_QUICK)
FPU_COMPARE(FPU_DECLARE_COMPARE)
FPU_TO(FPU_DECLARE_TO)
FPU_FROM(FPU_DECLARE_FROM)
struct fpu_x80 floatx80_round_m68k(struct fpu_x80 a, void *status);
struct fpu_x80 floatx80_round_to_int_m68k(struct fpu_x80 a, void *status);
struct fpu_x80 floatx80_etox_m68k(struct fpu_x80 a, void *status);
#pragma GCC visibility pop

/**
 * fpu_learn() - the program's last addition was made with this rounding and precision, as the FPU's
 * control register has them: 0 nearest, 3 to zero; 80, 32
 * Nothing is quick before two different ones were found where fpu.c looks for them.
 */
void fpu_learn(unsigned rounding, unsigned precision);

extern bool fpu_minus_one; /* fetox is to compute fetoxm1 */

#endif
