// SPDX-License-Identifier: GPL-2.0-or-later
/* What bench/m68k times: m68k_kernels NAME ROUNDS runs one kernel, and prints what it computed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint32_t rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* The shape of sha256 (schedule in memory, rounds in registers), with constants of its own. */
static uint32_t sha256(unsigned rounds)
{
	uint32_t w[64], h[8], k[64], v[8], x = 0x9e3779b9;

	for (int i = 0; i < 64; i++)
		k[i] = x = x * 1664525 + 1013904223;
	memcpy(h, k, sizeof(h));
	while (rounds--) {
		for (int i = 0; i < 16; i++)
			w[i] = h[i & 7] + k[i];
		for (int i = 16; i < 64; i++)
			w[i] = w[i - 16] + w[i - 7] +
			       (rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3) +
			       (rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10);
		memcpy(v, h, sizeof(v));
		for (int i = 0; i < 64; i++) {
			uint32_t a = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) +
				     ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
			uint32_t b = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) +
				     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

			memmove(v + 1, v, 7 * sizeof(*v));
			v[4] += a;
			v[0] = a + b;
		}
		for (int i = 0; i < 8; i++)
			h[i] += v[i];
	}
	return h[0];
}

static uint32_t crc32(unsigned rounds)
{
	static uint8_t data[4096];
	uint32_t table[256], crc = ~0U;

	for (unsigned i = 0; i < 256; i++) {
		table[i] = i;
		for (int j = 0; j < 8; j++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;
	}
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	while (rounds--) {
		for (unsigned i = 0; i < sizeof(data); i++)
			crc = table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
	}
	return crc;
}

#define MATRIX(name, type)                                              \
	static uint32_t name(unsigned rounds)                           \
	{                                                               \
		static type a[32][32], b[32][32], c[32][32];            \
                                                                        \
		for (int i = 0; i < 32 * 32; i++) {                     \
			a[0][i] = (type)(i % 17);                       \
			b[0][i] = (type)(i % 23);                       \
		}                                                       \
		while (rounds--)                                        \
			for (int i = 0; i < 32; i++)                    \
				for (int j = 0; j < 32; j++) {          \
					type s = c[i][j] / 2;           \
                                                                        \
					for (int k = 0; k < 32; k++)    \
						s += a[i][k] * b[k][j]; \
					c[i][j] = s;                    \
				}                                       \
		return (uint32_t)c[31][31];                             \
	}
MATRIX(int_matrix, int32_t)
MATRIX(double_matrix, double)

static uint32_t muldiv(unsigned rounds)
{
	uint32_t x = 12345, s = 0;

	for (unsigned i = 0; i < rounds * 1000; i++) {
		x = x * 1103515245 + 12345;
		s += x / (i | 1) + x % (i | 7);
	}
	return s;
}

static uint32_t mandelbrot(unsigned rounds)
{
	uint32_t inside = 0;

	for (unsigned n = 0; n < rounds * 10; n++) {
		double cr = -2 + (n % 60) / 20.0, ci = -1 + (n % 41) / 20.0, r = 0, i = 0;
		int k;

		for (k = 0; k < 200 && r * r + i * i < 4; k++) {
			double t = r * r - i * i + cr;

			i = 2 * r * i + ci;
			r = t;
		}
		inside += k;
	}
	return inside;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t sort(unsigned rounds)
{
	static uint32_t v[2000];
	uint32_t x = 1;

	while (rounds--) {
		for (int i = 0; i < 2000; i++)
			v[i] = x = x * 1664525 + 1013904223;
		qsort(v, 2000, sizeof(*v), by_value);
	}
	return v[1000];
}

static uint32_t allocate(unsigned rounds)
{
	void *p[64] = { NULL };
	uint32_t x = 1;

	for (unsigned i = 0; i < rounds * 1000; i++) {
		x = x * 1664525 + 1013904223;
		free(p[x >> 26]);
		p[x >> 26] = malloc(16 + (x >> 8 & 0xff));
	}
	return p[0] != NULL;
}

static uint32_t format(unsigned rounds)
{
	char text[100];
	uint32_t n = 0;

	for (unsigned i = 0; i < rounds * 100; i++)
		n += (uint32_t)snprintf(text, sizeof(text), "%d %s %08x %5u", i, "text", i * 7,
					i / 3);
	return n;
}

static uint32_t set_memory(unsigned rounds)
{
	static uint8_t buf[65536];

	for (unsigned i = 0; i < rounds; i++) {
		memset(buf, (int)i, sizeof(buf));
		__asm__ volatile("" ::"r"(buf) : "memory");
	}
	return buf[100];
}

static uint32_t system_call(unsigned rounds)
{
	uint32_t same = 0;

	for (unsigned i = 0; i < rounds * 100; i++)
		same += syscall(SYS_getppid) > 0;
	return same;
}

static uint32_t nothing(unsigned rounds)
{
	return rounds;
}

static const struct {
	const char *name;
	uint32_t (*run)(unsigned rounds);
} kernels[] = {
	{ "sha256", sha256 },
	{ "crc32", crc32 },
	{ "int-matrix", int_matrix },
	{ "double-matrix", double_matrix },
	{ "mul-div", muldiv },
	{ "mandelbrot", mandelbrot },
	{ "qsort", sort },
	{ "malloc", allocate },
	{ "snprintf", format },
	{ "memset", set_memory },
	{ "syscall", system_call },
	{ "hello", nothing },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(kernels) / sizeof(*kernels); i++) {
		if (strcmp(kernels[i].name, argv[1]) == 0) {
			printf("%s %08x\n", argv[1], kernels[i].run((unsigned)atoi(argv[2])));
			return 0;
		}
	}
	return 2;
}
