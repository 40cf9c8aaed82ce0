// SPDX-License-Identifier: GPL-2.0-or-later
/* Opcode groups 0 (immediates, bits) and 4 (everything else). */
#include "core_priv.h"

/* ---- group 0 ---- */

static void bit_op(struct core *c, uint32_t number, unsigned allowed)
{
	unsigned kind = c->op >> 6 & 3, size = (c->op & 0x38) ? 1 : 4;
	struct ea ea = ea_get(c, c->op, size, allowed);
	uint32_t value = ea_read(c, &ea, size), bit = 1U << (number & (SIZE_BITS(size) - 1));

	c->z = !(value & bit);
	if (kind == 0)
		return;
	value = kind == 1 ? value ^ bit : kind == 2 ? value & ~bit : value | bit;
	ea_write(c, &ea, size, value);
}

static void move_peripheral(struct core *c)
{
	unsigned dreg = c->op >> 9 & 7, size = c->op & 0x40 ? 4 : 2;
	uint32_t at = c->a[c->op & 7] + sign_extend(core_fetch(c), 2), value = 0;

	for (unsigned i = 0; i < size; i++, at += 2) {
		if (c->op & 0x80)
			core_write(c, at, 1, c->d[dreg] >> (8 * (size - 1 - i)) & 0xff);
		else
			value = value << 8 | core_read(c, at, 1);
	}
	if (!(c->op & 0x80))
		set_d(c, dreg, size, value);
}

static void status_immediate(struct core *c, unsigned kind)
{
	unsigned value, old = core_sr(c);
	bool whole = c->op & 0x40;

	if (whole)
		core_need_supervisor(c);
	value = core_fetch(c);
	if (!whole)
		value &= 0xff;
	if (kind == 1)
		value = old & (whole ? value : value | 0xff00);
	else
		value = kind == 0 ? old | value : old ^ value;
	if (whole)
		core_set_sr(c, value);
	else
		core_set_ccr(c, value);
}

static void compare_and_swap(struct core *c, unsigned size)
{
	unsigned ext;
	uint32_t value;
	struct ea ea;

	core_need_020(c);
	ext = core_fetch(c);
	ea = ea_get(c, c->op, size, EA_MEMORY_ALT);
	value = ea_read(c, &ea, size);
	alu_cmp(c, c->d[ext & 7], value, size);
	if (c->z)
		ea_write(c, &ea, size, c->d[ext >> 6 & 7]);
	else
		set_d(c, ext & 7, size, value);
}

static void check_bounds(struct core *c, unsigned size)
{
	unsigned ext, reg;
	uint32_t low, high, value;
	struct ea ea;

	core_need_020(c);
	ext = core_fetch(c);
	reg = ext >> 12 & 7;
	ea = ea_get(c, c->op, size, EA_CONTROL);
	low = sign_extend(core_read(c, ea.at, size), size);
	high = sign_extend(core_read(c, ea.at + size, size), size);
	value = ext & 0x8000 ? c->a[reg] : sign_extend(c->d[reg], size);
	c->z = value == low || value == high;
	c->c = low <= high ? value < low || value > high : value > high && value < low;
	if (ext & 0x800 && c->c)
		core_raise(c, VEC_CHK, c->pc);
}

static void move_space(struct core *c, unsigned size)
{
	unsigned ext, reg;
	struct ea ea;
	uint32_t value;

	core_need_020(c);
	core_need_supervisor(c);
	ext = core_fetch(c);
	reg = ext >> 12 & 7;
	ea = ea_get(c, c->op, size, EA_MEMORY_ALT);
	if (ext & 0x800) {
		ea_write(c, &ea, size, ext & 0x8000 ? c->a[reg] : c->d[reg]);
		return;
	}
	value = ea_read(c, &ea, size);
	if (ext & 0x8000)
		c->a[reg] = sign_extend(value, size);
	else
		set_d(c, reg, size, value);
}

static void immediate(struct core *c, unsigned kind, unsigned size)
{
	uint32_t s = size == 4 ? core_fetch32(c) : core_fetch(c) & size_mask(size), d;
	/* CMPI reads only, and the 68020 lets it read beside the PC. */
	unsigned allowed = EA_DATA_ALT | (kind == 6 && c->is_020 ? EA_PC : 0);
	struct ea ea = ea_get(c, c->op, size, allowed);

	d = ea_read(c, &ea, size);
	switch (kind) {
	case 2:
		ea_write(c, &ea, size, alu_sub(c, s, d, size));
		return;
	case 3:
		ea_write(c, &ea, size, alu_add(c, s, d, size));
		return;
	case 6:
		alu_cmp(c, s, d, size);
		return;
	}
	d = kind == 0 ? d | s : kind == 1 ? d & s : d ^ s;
	ea_write(c, &ea, size, d);
	set_logic(c, d, size);
}

void core_group0(struct core *c)
{
	unsigned kind = c->op >> 9 & 7, size = 1U << (c->op >> 6 & 3);

	if (c->op & 0x100) {
		if ((c->op & 0x38) == 8)
			move_peripheral(c);
		else
			bit_op(c, c->d[kind], c->op & 0xc0 ? EA_DATA_ALT : EA_DATA);
	} else if (kind == 4) {
		unsigned number = core_fetch(c);

		bit_op(c, number, c->op & 0xc0 ? EA_DATA_ALT : EA_DATA & ~EA_IMM);
	} else if (size == 8) {
		static const uint8_t cas_size[8] = { 0, 0, 0, 0, 0, 1, 2, 4 };

		if (kind > 4)
			compare_and_swap(c, cas_size[kind]);
		else if (kind < 3)
			check_bounds(c, 1U << kind);
		else
			core_illegal(c);
	} else if (kind == 7) {
		move_space(c, size);
	} else if ((c->op & 0x3f) == 0x3c && (kind < 2 || kind == 5) && size < 4) {
		status_immediate(c, kind);
	} else {
		immediate(c, kind, size);
	}
}

/* ---- group 4 ---- */

static void move_multiple(struct core *c)
{
	bool load = c->op & 0x400, down = (c->op & 0x38) == 0x20, up = (c->op & 0x38) == 0x18;
	unsigned size = c->op & 0x40 ? 4 : 2, list = core_fetch(c), reg = c->op & 7;
	uint32_t at, first = c->a[reg];

	if (down || up) {
		if (down == load)
			core_illegal(c);
		at = first;
	} else {
		at = ea_get(c, c->op, size, load ? EA_CONTROL : EA_CONTROL_ALT).at;
	}
	for (unsigned i = 0; i < 16; i++) {
		unsigned r = down ? 15 - i : i;
		uint32_t *p = r < 8 ? &c->d[r] : &c->a[r - 8], value;

		if (!(list >> i & 1))
			continue;
		if (load) {
			*p = sign_extend(core_read(c, at, size), size);
			at += size;
			continue;
		}
		at -= down ? size : 0;
		/* The register that counts down: a 68000 stores it as it was. */
		value = down && r == 8 + reg && c->is_020 ? first - size : *p;
		core_write(c, at, size, value);
		at += down ? 0 : size;
	}
	if (down || up)
		c->a[reg] = at;
}

static void one_operand(struct core *c, unsigned kind, unsigned size)
{
	struct ea ea = ea_get(c, c->op, size, EA_DATA_ALT);
	uint32_t value = ea_read(c, &ea, size);

	switch (kind) {
	case 0:
		value = alu_subx(c, value, 0, size);
		break;
	case 2:
		value = 0;
		set_logic(c, 0, size);
		break;
	case 4:
		value = alu_sub(c, value, 0, size);
		break;
	default:
		value = ~value & size_mask(size);
		set_logic(c, value, size);
	}
	ea_write(c, &ea, size, value);
}

/* 40C0, 42C0, 44C0, 46C0: moves from and to SR and CCR. */
static void move_status(struct core *c)
{
	struct ea ea;

	switch (c->op >> 9 & 3) {
	case 0: /* from SR: not privileged on a 68000, and harmless on the others */
		ea = ea_get(c, c->op, 2, EA_DATA_ALT);
		ea_write(c, &ea, 2, core_sr(c));
		break;
	case 1:
		core_need_020(c);
		ea = ea_get(c, c->op, 2, EA_DATA_ALT);
		ea_write(c, &ea, 2, core_sr(c) & 0xff);
		break;
	case 2:
		ea = ea_get(c, c->op, 2, EA_DATA);
		core_set_ccr(c, ea_read(c, &ea, 2));
		break;
	default:
		core_need_supervisor(c);
		ea = ea_get(c, c->op, 2, EA_DATA);
		core_set_sr(c, ea_read(c, &ea, 2));
	}
}

static void check(struct core *c, unsigned size)
{
	struct ea ea = ea_get(c, c->op, size, EA_DATA);
	int32_t bound = (int32_t)sign_extend(ea_read(c, &ea, size), size);
	int32_t value = (int32_t)sign_extend(c->d[c->op >> 9 & 7], size);

	c->z = value == 0;
	c->v = c->c = 0;
	if (value >= 0 && value <= bound) {
		c->n = 0;
		return;
	}
	c->n = value < 0;
	core_raise(c, VEC_CHK, c->pc);
}

static void link(struct core *c, uint32_t by)
{
	unsigned reg = c->op & 7;

	c->a[7] -= 4;
	/* link a7 pushes the new value. */
	core_write(c, c->a[7], 4, c->a[reg]);
	c->a[reg] = c->a[7];
	c->a[7] += by;
}

static void unlink_frame(struct core *c)
{
	unsigned reg = c->op & 7;
	uint32_t value;

	c->a[7] = c->a[reg];
	value = core_pop(c, 4);
	c->a[reg] = value;
}

static void return_from_exception(struct core *c)
{
	unsigned sr, format = 0;

	core_need_supervisor(c);
	sr = core_pop(c, 2);
	c->pc = core_pop(c, 4);
	if (c->is_020)
		format = core_pop(c, 2) >> 12;
	if (format == 2)
		c->a[7] += 4;
	core_set_sr(c, sr);
}

static void move_control(struct core *c)
{
	unsigned ext, reg;
	uint32_t *p, zero = 0;

	core_need_020(c);
	core_need_supervisor(c);
	ext = core_fetch(c);
	reg = ext >> 12 & 7;
	p = ext & 0x8000 ? &c->a[reg] : &c->d[reg];
	switch (ext & 0xfff) {
	case 0x800:
		p = c->op & 1 ? (c->other_sp = *p, p) : (*p = c->other_sp, p);
		break;
	case 0x801:
		p = c->op & 1 ? (c->vbr = *p, p) : (*p = c->vbr, p);
		break;
	case 0x000: /* SFC, DFC, CACR, CAAR: nothing here depends on them */
	case 0x001:
	case 0x002:
	case 0x802:
		if (!(c->op & 1))
			*p = zero;
		break;
	default:
		core_illegal(c);
	}
}

/* 4E70-4E7F */
static void lone(struct core *c)
{
	uint32_t pc;

	switch (c->op & 15) {
	case 0: /* RESET: there are no devices */
		core_need_supervisor(c);
		break;
	case 1:
		break;
	case 2: /* STOP: no interrupt ever comes */
		core_need_supervisor(c);
		core_set_sr(c, core_fetch(c));
		c->stop = true;
		c->host(c, VEC_COUNT + 1);
		break;
	case 3:
		return_from_exception(c);
		break;
	case 4:
		core_need_020(c);
		pc = sign_extend(core_fetch(c), 2);
		c->pc = core_pop(c, 4);
		c->a[7] += pc;
		break;
	case 5:
		c->pc = core_pop(c, 4);
		break;
	case 6:
		if (c->v)
			core_raise(c, VEC_TRAPV, c->pc);
		break;
	case 7:
		core_set_ccr(c, core_pop(c, 2));
		c->pc = core_pop(c, 4);
		break;
	case 10:
	case 11:
		move_control(c);
		break;
	default:
		core_illegal(c);
	}
}

/* 4E40-4E7F */
static void control(struct core *c)
{
	switch (c->op >> 3 & 7) {
	case 0:
	case 1:
		core_raise(c, VEC_TRAP0 + (c->op & 15), c->pc);
	case 2:
		link(c, sign_extend(core_fetch(c), 2));
		break;
	case 3:
		unlink_frame(c);
		break;
	case 4:
		core_need_supervisor(c);
		c->other_sp = c->a[c->op & 7];
		break;
	case 5:
		core_need_supervisor(c);
		c->a[c->op & 7] = c->other_sp;
		break;
	default:
		lone(c);
	}
}

static void negate_decimal(struct core *c)
{
	struct ea ea = ea_get(c, c->op, 1, EA_DATA_ALT);

	ea_write(c, &ea, 1, alu_sbcd(c, ea_read(c, &ea, 1), 0));
}

/* 4800-48FF: NBCD, LINK.L, SWAP, BKPT, PEA, EXT, MOVEM to memory */
static void group48(struct core *c)
{
	unsigned reg = c->op & 7;
	uint32_t value;

	switch (c->op >> 6 & 3) {
	case 0:
		if ((c->op & 0x38) == 8) {
			core_need_020(c);
			link(c, core_fetch32(c));
		} else {
			negate_decimal(c);
		}
		break;
	case 1:
		if ((c->op & 0x38) == 0) {
			c->d[reg] = c->d[reg] >> 16 | c->d[reg] << 16;
			set_logic(c, c->d[reg], 4);
		} else {
			value = ea_get(c, c->op, 4, EA_CONTROL).at;
			core_push(c, value, 4);
		}
		break;
	default:
		if (c->op & 0x38) {
			move_multiple(c);
		} else if (c->op & 0x40) {
			c->d[reg] = sign_extend(c->d[reg], 2);
			set_logic(c, c->d[reg], 4);
		} else {
			set_d(c, reg, 2, sign_extend(c->d[reg], 1));
			set_logic(c, c->d[reg], 2);
		}
	}
}

static void test(struct core *c, unsigned size)
{
	/* The 68020 tests whatever it can read. */
	unsigned allowed = c->is_020 ? (size == 1 ? EA_DATA : EA_ALL) : EA_DATA_ALT;
	struct ea ea;
	uint32_t value;

	if (c->op == 0x4afc)
		core_illegal(c);
	if (size == 8) {
		ea = ea_get(c, c->op, 1, EA_DATA_ALT);
		value = ea_read(c, &ea, 1);
		set_logic(c, value, 1);
		ea_write(c, &ea, 1, value | 0x80);
		return;
	}
	ea = ea_get(c, c->op, size, allowed);
	set_logic(c, ea_read(c, &ea, size), size);
}

void core_group4(struct core *c)
{
	unsigned size = 1U << (c->op >> 6 & 3), kind = c->op >> 8 & 15;
	struct ea ea;

	if (c->op & 0x100) {
		if ((c->op & 0x1c0) == 0x1c0 && (c->op & 0xe38) == 0x800) {
			core_need_020(c);
			c->d[c->op & 7] = sign_extend(c->d[c->op & 7], 1);
			set_logic(c, c->d[c->op & 7], 4);
		} else if ((c->op & 0xc0) == 0xc0) {
			c->a[c->op >> 9 & 7] = ea_get(c, c->op, 4, EA_CONTROL).at;
		} else if ((c->op & 0xc0) == 0x80) {
			check(c, 2);
		} else if ((c->op & 0xc0) == 0) {
			core_need_020(c);
			check(c, 4);
		} else {
			core_illegal(c);
		}
	} else if (kind < 8) {
		if (size == 8)
			move_status(c);
		else
			one_operand(c, kind, size);
	} else if (kind == 8) {
		group48(c);
	} else if (kind == 10) {
		test(c, size);
	} else if (kind == 12) {
		if (c->op & 0x80)
			move_multiple(c);
		else
			alu_long(c, c->op & 0x40);
	} else if (c->op & 0x80) {
		ea = ea_get(c, c->op, 4, EA_CONTROL);
		if (!(c->op & 0x40))
			core_push(c, c->pc, 4);
		c->pc = ea.at;
	} else if (c->op & 0x40) {
		control(c);
	} else {
		core_illegal(c);
	}
}
