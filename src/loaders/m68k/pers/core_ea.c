// SPDX-License-Identifier: GPL-2.0-or-later
/* Addressing modes. */
#include "core_priv.h"

static uint32_t index_value(struct core *c, unsigned ext)
{
	unsigned reg = ext >> 12 & 7;
	uint32_t value = ext & 0x8000 ? c->a[reg] : c->d[reg];

	if (!(ext & 0x800))
		value = sign_extend(value, 2);
	return c->is_020 ? value << (ext >> 9 & 3) : value;
}

static uint32_t displacement(struct core *c, unsigned size_code)
{
	return size_code == 2	? sign_extend(core_fetch(c), 2)
	       : size_code == 3 ? core_fetch32(c)
				: 0;
}

/* The 68020's full extension word: suppressions, long displacements, memory indirection. */
static uint32_t full_extension(struct core *c, unsigned ext, uint32_t base)
{
	uint32_t index = ext & 0x40 ? 0 : index_value(c, ext), addr, outer;
	unsigned indirect = ext & 7;

	if (ext & 0x80)
		base = 0;
	addr = base + displacement(c, ext >> 4 & 3);
	if (!indirect)
		return addr + index;
	if (indirect == 4 || (ext & 0x40 && indirect > 3) || !(ext >> 4 & 3))
		core_illegal(c);
	outer = displacement(c, indirect & 3);
	if (indirect < 4)
		return core_read(c, addr + index, 4) + outer;
	return core_read(c, addr, 4) + index + outer;
}

static uint32_t indexed(struct core *c, uint32_t base)
{
	unsigned ext = core_fetch(c);

	/* A 68000 does not look at bit 8. */
	if (ext & 0x100 && c->is_020)
		return full_extension(c, ext, base);
	return base + index_value(c, ext) + sign_extend(ext, 1);
}

static struct ea memory(uint32_t addr)
{
	return (struct ea){ .kind = EA_IS_MEMORY, .at = addr };
}

static struct ea mode_seven(struct core *c, unsigned reg, unsigned size)
{
	uint32_t base = c->pc;

	switch (reg) {
	case 0:
		return memory(sign_extend(core_fetch(c), 2));
	case 1:
		return memory(core_fetch32(c));
	case 2:
		return memory(base + sign_extend(core_fetch(c), 2));
	case 3:
		return memory(indexed(c, base));
	default:
		return (struct ea){ .kind = EA_IS_VALUE,
				    .at = size == 4 ? core_fetch32(c)
						    : core_fetch(c) & size_mask(size) };
	}
}

struct ea ea_get(struct core *c, unsigned mode_reg, unsigned size, unsigned allowed)
{
	unsigned mode = mode_reg >> 3 & 7, reg = mode_reg & 7;
	/* The stack pointer stays even. */
	unsigned step = size == 1 && reg == 7 ? 2 : size;
	uint32_t addr;

	if (!(allowed >> (mode < 7 ? mode : 7 + reg) & 1))
		core_illegal(c);
	switch (mode) {
	case 0:
		return (struct ea){ .kind = EA_IS_D, .reg = reg };
	case 1:
		return (struct ea){ .kind = EA_IS_A, .reg = reg };
	case 2:
		return memory(c->a[reg]);
	case 3:
		addr = c->a[reg];
		c->a[reg] += step;
		return memory(addr);
	case 4:
		c->a[reg] -= step;
		return memory(c->a[reg]);
	case 5:
		addr = c->a[reg];
		return memory(addr + sign_extend(core_fetch(c), 2));
	case 6:
		return memory(indexed(c, c->a[reg]));
	default:
		return mode_seven(c, reg, size);
	}
}

uint32_t ea_read(struct core *c, const struct ea *ea, unsigned size)
{
	switch (ea->kind) {
	case EA_IS_D:
		return c->d[ea->reg] & size_mask(size);
	case EA_IS_A:
		return c->a[ea->reg] & size_mask(size);
	case EA_IS_VALUE:
		return ea->at;
	default:
		return core_read(c, ea->at, size);
	}
}

void ea_write(struct core *c, const struct ea *ea, unsigned size, uint32_t value)
{
	if (ea->kind == EA_IS_D)
		set_d(c, ea->reg, size, value);
	else if (ea->kind == EA_IS_A)
		c->a[ea->reg] = sign_extend(value, size);
	else
		core_write(c, ea->at, size, value);
}
