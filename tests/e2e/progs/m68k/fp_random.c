// SPDX-License-Identifier: GPL-2.0-or-later
/* Sums, differences and products of random extended numbers, near to each other and not. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct bits {
	uint16_t high, zero;
	uint64_t low;
};

static uint64_t state = 88172645463325252ULL;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static uint64_t random_low(void)
{
	switch (random64() % 4) {
	case 0:
		return 1ULL << 63;
	case 1:
		return ~0ULL << random64() % 64;
	case 2:
		return 1ULL << 63 | random64() >> random64() % 64;
	default:
		return 1ULL << 63 | random64();
	}
}

static long double number(unsigned spread)
{
	static const unsigned around[] = { 0x3fff, 0x3fff, 0x3fff, 40, 0x7fe0 };
	struct bits b = { .low = random_low() };
	long double x;

	b.high = around[random64() % 5] + random64() % spread;
	if (b.high >= 0x7fff)
		b.high = 0x7ffe;
	b.high |= random64() & 0x8000;
	memcpy(&x, &b, sizeof(b));
	return x;
}

static uint64_t hash(uint64_t h, long double x)
{
	struct bits b;

	memcpy(&b, &x, sizeof(b));
	return ((h ^ b.high) * 0x100000001b3ULL ^ b.low) * 0x100000001b3ULL;
}

int main(void)
{
	static const unsigned spreads[] = { 1, 2, 4, 70, 140 };
	static const unsigned modes[] = { 0, 0x10, 0x20, 0x30, 0x40, 0x80 };

	for (int mode = 0; mode < 6; mode++) {
		__asm__ volatile("fmove.l %0,%%fpcr" : : "d"(modes[mode]));
		for (int s = 0; s < 5; s++) {
			uint64_t sums = 0, products = 0;

			for (int i = 0; i < (mode ? 300 : 4000); i++) {
				long double a = number(spreads[s]), b = number(spreads[s]);

				sums = hash(hash(sums, a + b), a - b);
				products = hash(products, a * b);
			}
			printf("mode %x spread %u: %llx %llx\n", modes[mode], spreads[s],
			       (unsigned long long)sums, (unsigned long long)products);
		}
	}
	return 0;
}
