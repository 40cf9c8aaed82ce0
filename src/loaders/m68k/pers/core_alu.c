// SPDX-License-Identifier: GPL-2.0-or-later
/* Arithmetic and its flags. What the manual calls undefined is what a 68000 was seen to do. */
#include "core_priv.h"

static uint32_t add_carry(struct core *c, uint32_t s, uint32_t d, unsigned carry, unsigned size)
{
	uint32_t mask = size_mask(size);
	uint64_t wide = (uint64_t)(s & mask) + (d & mask) + carry;
	uint32_t r = (uint32_t)wide & mask;

	c->c = c->x = wide >> SIZE_BITS(size) & 1;
	c->v = size_sign((s ^ r) & (d ^ r), size);
	c->n = size_sign(r, size);
	return r;
}

static uint32_t sub_borrow(struct core *c, uint32_t s, uint32_t d, unsigned borrow, unsigned size)
{
	uint32_t mask = size_mask(size);
	uint64_t wide = (uint64_t)(d & mask) - (s & mask) - borrow;
	uint32_t r = (uint32_t)wide & mask;

	c->c = c->x = wide >> SIZE_BITS(size) & 1;
	c->v = size_sign((s ^ d) & (r ^ d), size);
	c->n = size_sign(r, size);
	return r;
}

uint32_t alu_add(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	uint32_t r = add_carry(c, s, d, 0, size);

	c->z = r == 0;
	return r;
}

uint32_t alu_sub(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	uint32_t r = sub_borrow(c, s, d, 0, size);

	c->z = r == 0;
	return r;
}

void alu_cmp(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	uint8_t x = c->x;

	alu_sub(c, s, d, size);
	c->x = x;
}

/* Z only ever goes away: for numbers of several words. */
uint32_t alu_addx(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	uint32_t r = add_carry(c, s, d, c->x, size);

	c->z &= r == 0;
	return r;
}

uint32_t alu_subx(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	uint32_t r = sub_borrow(c, s, d, c->x, size);

	c->z &= r == 0;
	return r;
}

/*
 * Decimal: first the binary sum, then 6 where a nibble went over. V and N are what the chip's
 * two-step correction leaves there.
 */
uint32_t alu_abcd(struct core *c, uint32_t s, uint32_t d)
{
	unsigned sum = (s & 0xff) + (d & 0xff) + c->x;
	unsigned binary = ((s & d) | (~sum & s) | (~sum & d)) & 0x88;
	unsigned decimal = (((sum + 0x66) ^ sum) & 0x110) >> 1;
	unsigned over = binary | decimal, r = sum + over - (over >> 2);

	c->c = c->x = (binary | (sum & ~r)) >> 7 & 1;
	c->v = (~sum & r) >> 7 & 1;
	c->n = r >> 7 & 1;
	c->z &= (r & 0xff) == 0;
	return r & 0xff;
}

uint32_t alu_sbcd(struct core *c, uint32_t s, uint32_t d)
{
	unsigned diff = (d & 0xff) - (s & 0xff) - c->x;
	unsigned binary = ((~d & s) | (diff & ~d) | (diff & s)) & 0x88;
	unsigned r = diff - (binary - (binary >> 2));

	c->c = c->x = (binary | (~diff & r)) >> 7 & 1;
	c->v = (diff & ~r) >> 7 & 1;
	c->n = r >> 7 & 1;
	c->z &= (r & 0xff) == 0;
	return r & 0xff;
}

static uint32_t shift_left(struct core *c, uint32_t value, unsigned count, unsigned size,
			   bool arithmetic)
{
	unsigned bits = SIZE_BITS(size);
	uint64_t wide = count < 64 ? (uint64_t)value << count : 0;
	uint32_t r = (uint32_t)wide & size_mask(size);

	c->c = c->x = count <= bits ? wide >> bits & 1 : 0;
	if (arithmetic) {
		/* Did the sign change at any step? All bits that passed it must be the same. */
		uint32_t seen = count + 1 >= bits
					? size_mask(size)
					: size_mask(size) & ~(size_mask(size) >> (count + 1));
		uint32_t top = value & seen;

		c->v = count >= bits ? value != 0 : top != 0 && top != seen;
	}
	return r;
}

static uint32_t shift_right(struct core *c, uint32_t value, unsigned count, unsigned size,
			    bool arithmetic)
{
	unsigned bits = SIZE_BITS(size);
	int64_t wide = arithmetic ? (int64_t)(int32_t)sign_extend(value, size) : (int64_t)value;

	if (count > bits)
		count = arithmetic ? bits : bits + 1;
	c->c = c->x = wide >> (count - 1) & 1;
	return (uint32_t)(wide >> count) & size_mask(size);
}

static uint32_t rotate(struct core *c, bool left, uint32_t value, unsigned count, unsigned size)
{
	unsigned bits = SIZE_BITS(size), by = count % bits;
	uint32_t r = value;

	if (by)
		r = left ? value << by | value >> (bits - by) : value >> by | value << (bits - by);
	r &= size_mask(size);
	c->c = left ? r & 1 : size_sign(r, size);
	return r;
}

static uint32_t rotate_x(struct core *c, bool left, uint32_t value, unsigned count, unsigned size)
{
	unsigned bits = SIZE_BITS(size);

	for (count %= bits + 1; count; count--) {
		unsigned out = left ? size_sign(value, size) : value & 1;

		value = left ? value << 1 | c->x : value >> 1 | (uint32_t)c->x << (bits - 1);
		value &= size_mask(size);
		c->x = out;
	}
	c->c = c->x;
	return value;
}

uint32_t alu_shift(struct core *c, unsigned kind, bool left, uint32_t value, unsigned count,
		   unsigned size)
{
	value &= size_mask(size);
	c->c = c->v = 0;
	if (kind == 2)
		value = rotate_x(c, left, value, count, size);
	else if (count && kind == 3)
		value = rotate(c, left, value, count, size);
	else if (count && left)
		value = shift_left(c, value, count, size, kind == 0);
	else if (count)
		value = shift_right(c, value, count, size, kind == 0);
	set_nz(c, value, size);
	return value;
}

void alu_multiply(struct core *c, bool is_signed)
{
	struct ea ea = ea_get(c, c->op, 2, EA_DATA);
	uint32_t s = ea_read(c, &ea, 2);
	unsigned reg = c->op >> 9 & 7;
	uint32_t r =
		is_signed ? (uint32_t)((int16_t)s * (int16_t)c->d[reg]) : s * (c->d[reg] & 0xffff);

	c->d[reg] = r;
	set_logic(c, r, 4);
}

/* An overflow leaves the operand alone and sets V; the chip also sets N then. */
static void divide_overflow(struct core *c)
{
	c->v = c->n = 1;
	c->z = c->c = 0;
}

static void divide_by_zero(struct core *c)
{
	c->n = c->z = c->v = c->c = 0;
	core_raise(c, VEC_DIVIDE, c->pc);
}

void alu_divide(struct core *c, bool is_signed)
{
	struct ea ea = ea_get(c, c->op, 2, EA_DATA);
	uint32_t s = ea_read(c, &ea, 2);
	unsigned reg = c->op >> 9 & 7;
	int64_t dividend = is_signed ? (int64_t)(int32_t)c->d[reg] : (int64_t)c->d[reg];
	int64_t divisor = is_signed ? (int64_t)(int16_t)s : (int64_t)s;
	int64_t q;

	if (!divisor)
		divide_by_zero(c);
	q = dividend / divisor;
	if (is_signed ? q != (int16_t)q : q != (uint16_t)q) {
		divide_overflow(c);
		return;
	}
	c->d[reg] = (uint32_t)(dividend % divisor) << 16 | ((uint32_t)q & 0xffff);
	set_logic(c, (uint32_t)q, 2);
}

static void divide_long(struct core *c, uint32_t s, unsigned ext)
{
	unsigned rq = ext >> 12 & 7, rr = ext & 7;
	bool is_signed = ext & 0x800, wide = ext & 0x400;
	uint64_t high = wide ? (uint64_t)c->d[rr] << 32 : 0;
	uint64_t dividend = high | c->d[rq], q, r;

	if (!s)
		divide_by_zero(c);
	if (is_signed) {
		int64_t n = wide ? (int64_t)dividend : (int64_t)(int32_t)c->d[rq];
		int64_t d = (int32_t)s;

		/* The one quotient that the host's division cannot give. */
		if (n == INT64_MIN && d == -1) {
			divide_overflow(c);
			return;
		}
		q = (uint64_t)(n / d);
		r = (uint64_t)(n % d);
		if ((int64_t)q != (int32_t)q) {
			divide_overflow(c);
			return;
		}
	} else {
		q = dividend / s;
		r = dividend % s;
		if (q >> 32) {
			divide_overflow(c);
			return;
		}
	}
	c->d[rr] = (uint32_t)r;
	c->d[rq] = (uint32_t)q;
	set_logic(c, (uint32_t)q, 4);
}

static void multiply_long(struct core *c, uint32_t s, unsigned ext)
{
	unsigned low = ext >> 12 & 7, high = ext & 7;
	bool is_signed = ext & 0x800, wide = ext & 0x400;
	uint64_t r = is_signed ? (uint64_t)((int64_t)(int32_t)s * (int32_t)c->d[low])
			       : (uint64_t)s * c->d[low];

	if (wide)
		c->d[high] = (uint32_t)(r >> 32);
	c->d[low] = (uint32_t)r;
	c->c = c->v = 0;
	c->z = wide ? r == 0 : (uint32_t)r == 0;
	c->n = wide ? r >> 63 : (uint32_t)r >> 31;
	if (!wide)
		c->v = is_signed ? (int64_t)r != (int32_t)r : r >> 32 != 0;
}

void alu_long(struct core *c, bool divide)
{
	unsigned ext;
	struct ea ea;
	uint32_t s;

	core_need_020(c);
	ext = core_fetch(c);
	ea = ea_get(c, c->op, 4, EA_DATA);
	s = ea_read(c, &ea, 4);
	if (divide)
		divide_long(c, s, ext);
	else
		multiply_long(c, s, ext);
}
