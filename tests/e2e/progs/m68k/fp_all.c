// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The FPU's own instructions on extended numbers of every kind, in every rounding mode and
 * precision: results, condition codes and exceptions, bit for bit.
 */
// clang-format off
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct x80 {
	uint32_t w[3];
};

/* zeros, denormals, unnormals, normals, infinities, quiet and signalling NaN */
static const struct x80 list[] = {
	{ { 0x00000000, 0, 0 } },
	{ { 0x80000000, 0, 0 } },
	{ { 0x00000000, 0, 1 } },
	{ { 0x80000000, 0x7fffffff, 0xffffffff } },
	{ { 0x00010000, 0x80000000, 1 } },
	{ { 0x00010000, 0x80000000, 0 } },
	{ { 0x3fff0000, 0x80000000, 0 } },
	{ { 0xbfff0000, 0xc0000000, 0 } },
	{ { 0x3ffe0000, 0xffffffff, 0xffffffff } },
	{ { 0x3fff0000, 0x80000000, 0x00000400 } },
	{ { 0x3fff0000, 0x80000000, 0x00000401 } },
	{ { 0x3fff0000, 0x80000080, 0 } },
	{ { 0x40000000, 0xc90fdaa2, 0x2168c235 } },
	{ { 0xc01e0000, 0x80000000, 0 } },
	{ { 0x401d0000, 0xffffffff, 0 } },
	{ { 0x403e0000, 0xffffffff, 0xffffffff } },
	{ { 0x3f810000, 0x80000000, 0 } },
	{ { 0x3f6a0000, 0x80000000, 0 } },
	{ { 0x3c010000, 0x80000000, 0 } },
	{ { 0x3bcd0000, 0x80000000, 0 } },
	{ { 0x407f0000, 0x80000000, 0 } },
	{ { 0x407e0000, 0xffffff80, 0 } },
	{ { 0x43fe0000, 0xffffffff, 0xfffffc00 } },
	{ { 0x43ff0000, 0x80000000, 0 } },
	{ { 0x7ffe0000, 0xffffffff, 0xffffffff } },
	{ { 0xfffe0000, 0xffffffff, 0xffffffff } },
	{ { 0x7fff0000, 0, 0 } },
	{ { 0xffff0000, 0, 0 } },
	{ { 0x7fff0000, 0xffffffff, 0xffffffff } },
	{ { 0xffff0000, 0xc0000000, 0 } },
	{ { 0x7fff0000, 0x80000000, 1 } },
	{ { 0xffff0000, 0xc0000000, 1 } },
};
enum { N = sizeof(list) / sizeof(*list) };

static uint32_t hash = 2166136261U;

static void mix(uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		hash = (hash ^ (v & 0xff)) * 16777619U;
}

static void tell(const char *what, int i, int j, int mode, const struct x80 *r, uint32_t fpsr)
{
	mix(r->w[0]), mix(r->w[1]), mix(r->w[2]), mix(fpsr);
	printf("%s %d %d %02x: %04x %08x%08x %08x\n", what, i, j, mode, r->w[0] >> 16, r->w[1],
	       r->w[2], fpsr);
}

#define FPCR(v) __asm__ volatile("fmove.l %0,%%fpcr" ::"d"(v))
#define ONE(op)                                                                                  \
	for (int i = 0; i < N; i++) {                                                            \
		struct x80 r;                                                                    \
		uint32_t fpsr;                                                                   \
		__asm__ volatile("fmove.l %3,%%fpcr; fmove.l #0,%%fpsr; fmove.x %2,%%fp0; fmove.l #0,%%fpsr;" \
				 #op ".x %%fp0,%%fp1; fmove.l %%fpsr,%1; fmove.l #0,%%fpcr; fmovem.x %%fp1,%0"       \
				 : "=m"(r), "=d"(fpsr)                                           \
				 : "m"(list[i]), "d"(mode)                                       \
				 : "fp0", "fp1");                                                \
		tell(#op, i, 0, mode, &r, fpsr);                                                 \
	}
#define TWO(op)                                                                                    \
	for (int i = 0; i < N; i++)                                                                \
		for (int j = 0; j < N; j++) {                                                      \
			struct x80 r;                                                              \
			uint32_t fpsr;                                                             \
			__asm__ volatile("fmove.l %4,%%fpcr; fmovem.x %2,%%fp0; fmovem.x %3,%%fp1; fmove.l #0,%%fpsr;"  \
					 #op ".x %%fp0,%%fp1; fmove.l %%fpsr,%1; fmove.l #0,%%fpcr; fmovem.x %%fp1,%0" \
					 : "=m"(r), "=d"(fpsr)                                     \
					 : "m"(list[i]), "m"(list[j]), "d"(mode)                   \
					 : "fp0", "fp1");                                          \
			tell(#op, i, j, mode, &r, fpsr);                                           \
		}
#define TO(size, mem)                                                                              \
	for (int i = 0; i < N; i++) {                                                              \
		struct x80 r = { { 0 } };                                                          \
		uint32_t fpsr;                                                                     \
		__asm__ volatile("fmove.l %3,%%fpcr; fmovem.x %2,%%fp0; fmove.l #0,%%fpsr; fmove." size   \
				 " %%fp0,%0; fmove.l %%fpsr,%1; fmove.l #0,%%fpcr"                          \
				 : "=m"(r), "=d"(fpsr)                                             \
				 : "m"(list[i]), "d"(mode)                                         \
				 : "fp0");                                                         \
		tell("to." size, i, 0, mode, &r, fpsr);                                            \
	}
#define FROM(size)                                                                                 \
	for (int i = 0; i < N; i++) {                                                              \
		struct x80 r, in = list[i];                                                           \
		uint32_t fpsr;                                                                     \
		__asm__ volatile("fmove.l %3,%%fpcr; fmove.l #0,%%fpsr; fmove." size " %2,%%fp1; fmove.l %%fpsr,%1; fmove.l #0,%%fpcr; fmovem.x %%fp1,%0" \
				 : "=m"(r), "=d"(fpsr)                                             \
				 : "m"(in.w[i % 3]), "d"(mode)                                         \
				 : "fp1");                                                         \
		tell("from." size, i, 0, mode, &r, fpsr);                                            \
	}
#define COND(cc) { uint8_t s; __asm__ volatile("fmovem.x %1,%%fp0; fmovem.x %2,%%fp1; fcmp.x %%fp0,%%fp1; fs" cc " %0" : "=d"(s) : "m"(list[i]), "m"(list[j]) : "fp0","fp1"); mix(s); putchar(s ? '1' : '0'); }

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0); for (int mode = 0; mode < 0xc0; mode += 0x10) {
		ONE(fmove) ONE(fabs) ONE(fneg) ONE(fint) ONE(fintrz) ONE(fsqrt) ONE(fgetexp) ONE(fgetman)
		TWO(fadd) TWO(fsub) TWO(fmul) TWO(fdiv)
		TO("s", 1) TO("d", 2) TO("x", 3) TO("l", 1) TO("w", 1) TO("b", 1)
		FROM("l") FROM("s") FROM("w") FROM("b")
		if (mode) continue;
		TWO(fcmp) TWO(fsgldiv) TWO(fsglmul)
		TWO(fscale) TWO(fmod) TWO(frem)
		ONE(fsmove) ONE(fdmove) ONE(fssqrt) ONE(fdsqrt) ONE(fsabs) ONE(fdneg)
		TWO(fsadd) TWO(fdadd) TWO(fsmul) TWO(fdmul) TWO(fsdiv) TWO(fddiv) TWO(fssub) TWO(fdsub)
		ONE(fsin) ONE(fcos) ONE(ftan) ONE(fasin) ONE(facos) ONE(fatan) ONE(fsinh) ONE(fcosh)
		ONE(ftanh) ONE(fatanh) ONE(fetox) ONE(fetoxm1) ONE(ftwotox) ONE(ftentox) ONE(flogn)
		ONE(flognp1) ONE(flog2) ONE(flog10)
	}
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			printf("cond %d %d ", i, j);
			COND("eq") COND("ne") COND("gt") COND("ngt") COND("ge") COND("nge") COND("lt") COND("nlt") COND("le") COND("nle")
			COND("gl") COND("ngl") COND("gle") COND("ngle") COND("ogt") COND("ule") COND("oge") COND("ult") COND("olt") COND("uge")
			COND("ole") COND("ugt") COND("ogl") COND("ueq") COND("or") COND("un") COND("f") COND("t") COND("sf") COND("st") COND("seq") COND("sne")
			putchar('\n');
		}
	if (argc > 1) { /* privileged */
		uint8_t frame[256];
		struct x80 a = list[12], b;
		memset(frame, 0, sizeof(frame));
		__asm__ volatile("fmovem.x %1,%%fp2; lea %2,%%a0; fsave (%%a0); frestore (%%a0); fmovem.x %%fp2,%0" : "=m"(b) : "m"(a), "m"(frame) : "fp2", "a0", "memory");
		printf("fsave %02x%02x %08x\n", frame[0], frame[1], b.w[1]);
	}
	for (int k = 0; k < 64; k++) {
		struct x80 r;
#define ROM(n) if (k == n) __asm__ volatile("fmovecr.x #" #n ",%%fp1; fmovem.x %%fp1,%0" : "=m"(r) :: "fp1");
		ROM(0) ROM(11) ROM(12) ROM(13) ROM(14) ROM(15) ROM(48) ROM(49) ROM(50) ROM(51) ROM(52) ROM(53) ROM(54) ROM(55) ROM(56) ROM(57) ROM(58) ROM(59) ROM(60) ROM(61) ROM(62) ROM(63)
		if (k == 0 || (k >= 11 && k <= 15) || k >= 48) printf("rom %d %04x %08x%08x\n", k, r.w[0] >> 16, r.w[1], r.w[2]);
	}
	printf("hash %08x\n", hash);
	return 0;
}
