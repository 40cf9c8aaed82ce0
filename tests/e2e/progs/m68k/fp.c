// SPDX-License-Identifier: GPL-2.0-or-later
/* The FPU, bit for bit: every operation on every pair of a list of awkward numbers. */
#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, 8);
	printf("%s %016llx\n", what, (unsigned long long)bits);
}

static void show_x(const char *what, long double v)
{
	uint32_t w[3];

	memcpy(w, &v, 12);
	printf("%s %04x %08x%08x\n", what, w[0] >> 16, w[1], w[2]);
}

static void show_f(const char *what, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, 4);
	printf("%s %08x\n", what, bits);
}

static volatile double list[] = {
	0.0,	   -0.0,	  1.0,	   -1.0,    2.5,
	1e308,	   -1e308,	  4e-324,  2e-308,  INFINITY,
	-INFINITY, NAN,		  0.1,	   1.0 / 3, 1e15,
	3.0e9,	   -2147483648.0, 65535.5, 9.3e18,  0x1.fffffffffffffp0,
};

int main(void)
{
	static const int modes[] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };
	const int n = sizeof(list) / sizeof(*list);
	volatile long double xa, xb, xr;
	volatile float fa, fb;
	int i, j, m;

	for (i = 0; i < n; i++) {
		volatile double a = list[i];

		for (j = 0; j < n; j++) {
			volatile double b = list[j];

			printf("%d %d cmp %d%d%d%d%d\n", i, j, a<b, a <= b, a == b, a> b, a != b);
			show("add", a + b);
			show("sub", a - b);
			show("mul", a * b);
			show("div", a / b);
			xa = a;
			xb = b;
			xr = xa * xb;
			show_x("xmul", xr);
			xr = xa / xb;
			show_x("xdiv", xr);
			xr = xa + xb;
			show_x("xadd", xr);
			fa = a;
			fb = b;
			show_f("fadd", fa + fb);
			show_f("fmul", fa * fb);
			show("fmod", fmod(a, b));
		}
		show("sqrt", sqrt(a));
		show("fabs", fabs(a));
		show("neg", -a);
		show("floor", floor(a));
		show("ceil", ceil(a));
		show("rint", rint(a));
		show("trunc", trunc(a));
		show_f("float", (float)a);
		show_x("ext", (long double)a);
		if (a > -2e9 && a < 2e9)
			printf("int %d\n", (int)a);
		if (a > -9e18 && a < 9e18)
			printf("ll %lld\n", (long long)a);
		show("exp", exp(a));
		show("log", log(fabs(a)));
		show("sin", fabs(a) < 1e10 ? sin(a) : 0);
		printf("class %d %d %d %d\n", isnan(a) != 0, isinf(a) != 0, isnormal(a) != 0,
		       signbit(a) != 0);
	}
	for (m = 0; m < 4; m++) {
		fesetround(modes[m]);
		for (i = 0; i < n; i++) {
			volatile double a = list[i], b = 3.0;

			show("mode", a / b);
			show("rint", rint(a));
			show_f("float", (float)a);
		}
	}
	fesetround(FE_TONEAREST);
	for (i = 0; i < n; i++) {
		volatile double a = list[i], r;

		feclearexcept(FE_ALL_EXCEPT);
		r = a / 3.0;
		printf("except %x\n", fetestexcept(FE_ALL_EXCEPT));
		feclearexcept(FE_ALL_EXCEPT);
		r = a / 0.0;
		printf("except %x\n", fetestexcept(FE_DIVBYZERO | FE_INVALID));
		(void)r;
	}
	return 0;
}
