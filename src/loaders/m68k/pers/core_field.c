// SPDX-License-Identifier: GPL-2.0-or-later
/* Bit fields of the 68020: BFTST and its relatives, in a register or across up to five bytes. */
#include "core_priv.h"

struct field {
	bool in_register;
	unsigned reg, bit, width; /* bit: from the left, of 40 when in memory */
	uint32_t at;
	uint64_t word; /* 40 bits of memory, or the register rotated to the top of 40 */
};

static uint64_t field_mask(const struct field *f)
{
	return ((1ULL << f->width) - 1) << (40 - f->bit - f->width);
}

static void field_load(struct core *c, struct field *f, unsigned ext)
{
	int32_t offset = ext & 0x800 ? (int32_t)c->d[ext >> 6 & 7] : (int32_t)(ext >> 6 & 31);
	unsigned width = (ext & 0x20 ? c->d[ext & 7] : ext) & 31;

	f->width = width ? width : 32;
	f->in_register = (c->op & 0x38) == 0;
	f->word = 0;
	if (f->in_register) {
		uint32_t value = c->d[c->op & 7];

		f->bit = 0;
		f->reg = offset & 31;
		value = f->reg ? value << f->reg | value >> (32 - f->reg) : value;
		f->word = (uint64_t)value << 8;
		return;
	}
	f->at = ea_get(c, c->op, 1,
		       (c->op >> 8 & 7) > 1 && (c->op >> 8 & 7) != 3 && (c->op >> 8 & 7) != 5
			       ? EA_CONTROL_ALT
			       : EA_CONTROL)
			.at +
		(uint32_t)(offset >> 3);
	f->bit = offset & 7;
	for (unsigned i = 0; i < 5; i++) {
		bool used = i * 8 < f->bit + f->width;

		f->word = f->word << 8 | (used ? core_read(c, f->at + i, 1) : 0);
	}
}

static void field_store(struct core *c, const struct field *f)
{
	if (f->in_register) {
		uint32_t value = (uint32_t)(f->word >> 8);

		c->d[c->op & 7] = f->reg ? value >> f->reg | value << (32 - f->reg) : value;
		return;
	}
	for (unsigned i = 0; i * 8 < f->bit + f->width; i++)
		core_write(c, f->at + i, 1, f->word >> (32 - 8 * i) & 0xff);
}

void core_bit_field(struct core *c)
{
	unsigned kind = c->op >> 8 & 7, ext, reg;
	struct field f = { 0 };
	uint32_t value, first;
	uint64_t mask;

	core_need_020(c);
	ext = core_fetch(c);
	reg = ext >> 12 & 7;
	field_load(c, &f, ext);
	mask = field_mask(&f);
	value = (uint32_t)((f.word & mask) >> (40 - f.bit - f.width));
	if (kind == 7) { /* BFINS: the flags are those of what goes in */
		value = c->d[reg] & (uint32_t)((1ULL << f.width) - 1);
		f.word = (f.word & ~mask) | (uint64_t)value << (40 - f.bit - f.width);
	}
	c->v = c->c = 0;
	c->z = value == 0;
	c->n = value >> (f.width - 1) & 1;
	switch (kind) {
	case 1:
		c->d[reg] = value;
		return;
	case 3:
		c->d[reg] = c->n ? value | (uint32_t) ~((1ULL << f.width) - 1) : value;
		return;
	case 5:
		first = 0;
		while (first < f.width && !(value >> (f.width - 1 - first) & 1))
			first++;
		c->d[reg] = first + (ext & 0x800 ? c->d[ext >> 6 & 7] : ext >> 6 & 31);
		return;
	case 2:
		f.word ^= mask;
		break;
	case 4:
		f.word &= ~mask;
		break;
	case 6:
		f.word |= mask;
		break;
	case 0:
		return;
	}
	field_store(c, &f);
}
