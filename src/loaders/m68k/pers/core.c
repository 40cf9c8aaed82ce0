// SPDX-License-Identifier: GPL-2.0-or-later
/* The run loop, exceptions, and the groups of opcodes that are alike: 1-3, 5-9, B-E. */
#include "core.h"

#include "condition.h"
#include "core_priv.h"

#define FRAME_020_BYTES 8 /* the 68010's format 0: one word more */

unsigned core_sr(const struct core *c)
{
	return c->system | c->x << 4 | c->n << 3 | c->z << 2 | c->v << 1 | c->c;
}

void core_set_ccr(struct core *c, unsigned ccr)
{
	c->c = ccr & 1;
	c->v = ccr >> 1 & 1;
	c->z = ccr >> 2 & 1;
	c->n = ccr >> 3 & 1;
	c->x = ccr >> 4 & 1;
}

void core_set_sr(struct core *c, unsigned sr)
{
	if ((sr ^ c->system) & CORE_S) {
		uint32_t sp = c->a[7];

		c->a[7] = c->other_sp;
		c->other_sp = sp;
	}
	c->system = sr & 0xa700;
	core_set_ccr(c, sr);
}

uint32_t core_usp(const struct core *c)
{
	return c->system & CORE_S ? c->other_sp : c->a[7];
}

/* ---- exceptions ---- */

_Noreturn void core_raise(struct core *c, unsigned vector, uint32_t pc)
{
	core_exception(c, vector, pc);
	longjmp(c->leave, 1);
}

static void push_fault_info(struct core *c, uint32_t addr, bool write)
{
	core_push(c, c->op, 2);
	core_push(c, addr, 4);
	core_push(c, (c->op & 0xffe0U) | (write ? 0 : 0x10) | (c->system & CORE_S ? 5 : 1), 2);
}

static _Noreturn void raise_fault(struct core *c, unsigned vector, uint32_t addr, bool write)
{
	c->fault_addr = addr;
	c->fault_write = write;
	core_exception(c, vector, c->op_pc);
	if (!c->is_020 && !c->stop)
		push_fault_info(c, addr, write);
	longjmp(c->leave, 1);
}

_Noreturn void core_bus_error(struct core *c, uint32_t addr, bool write)
{
	raise_fault(c, VEC_BUS, addr, write);
}

_Noreturn void core_address_error(struct core *c, uint32_t addr, bool write)
{
	raise_fault(c, VEC_ADDRESS, addr, write);
}

void core_exception(struct core *c, unsigned vector, uint32_t pc)
{
	unsigned sr = core_sr(c);
	uint32_t sp, at = c->vbr + vector * 4;

	core_set_sr(c, (sr | CORE_S) & ~CORE_T);
	sp = c->a[7] - (c->is_020 ? FRAME_020_BYTES : 6);
	/* No stack for the frame, or no vector: a real one halts. The host is told in its place. */
	if (sp & 1 || (sp & CORE_MASK) >= c->ram_end - 16 || (at & CORE_MASK) >= c->ram_end - 4) {
		c->stop = true;
		c->host(c, VEC_COUNT);
		return;
	}
	c->a[7] = sp;
	sp &= CORE_MASK;
	put16(c->mem + sp, sr);
	put32(c->mem + sp + 2, pc);
	if (c->is_020)
		put16(c->mem + sp + 6, vector * 4);
	c->pc = get32(c->mem + (at & CORE_MASK));
}

/* ---- conditions, branches ---- */

bool core_condition(const struct core *c, unsigned cc)
{
	return condition_holds(cc, c->n, c->z, c->v, c->c);
}

static void branch(struct core *c)
{
	uint32_t base = c->pc, by = sign_extend(c->op, 1);
	unsigned cc = c->op >> 8 & 15;

	if ((c->op & 0xff) == 0)
		by = sign_extend(core_fetch(c), 2);
	else if ((c->op & 0xff) == 0xff && c->is_020)
		by = core_fetch32(c);
	if (cc == 1) {
		core_push(c, c->pc, 4);
		c->pc = base + by;
	} else if (core_condition(c, cc)) {
		c->pc = base + by;
	}
}

static void decrement_branch(struct core *c)
{
	uint32_t base = c->pc, by = sign_extend(core_fetch(c), 2);
	unsigned reg = c->op & 7;

	if (core_condition(c, c->op >> 8 & 15))
		return;
	set_d(c, reg, 2, c->d[reg] - 1);
	if ((c->d[reg] & 0xffff) != 0xffff)
		c->pc = base + by;
}

static void trap_on_condition(struct core *c)
{
	core_need_020(c);
	if ((c->op & 7) == 2)
		core_fetch(c);
	else if ((c->op & 7) == 3)
		core_fetch32(c);
	if (core_condition(c, c->op >> 8 & 15))
		core_raise(c, VEC_TRAPV, c->pc);
}

static void quick(struct core *c)
{
	unsigned size = 1U << (c->op >> 6 & 3), n = c->op >> 9 & 7;
	struct ea ea;
	uint32_t value;

	if (size == 8) {
		if ((c->op & 0x38) == 8) {
			decrement_branch(c);
		} else if ((c->op & 0x3f) >= 0x3a && (c->op & 0x3f) <= 0x3c) {
			trap_on_condition(c);
		} else {
			ea = ea_get(c, c->op, 1, EA_DATA_ALT);
			if (ea.kind == EA_IS_MEMORY)
				ea_read(c, &ea, 1);
			ea_write(c, &ea, 1, core_condition(c, c->op >> 8 & 15) ? 0xff : 0);
		}
		return;
	}
	n = n ? n : 8;
	ea = ea_get(c, c->op, size, size == 1 ? EA_DATA_ALT : EA_ALTERABLE);
	if (ea.kind == EA_IS_A) {
		c->a[ea.reg] += c->op & 0x100 ? -n : n;
		return;
	}
	value = ea_read(c, &ea, size);
	value = c->op & 0x100 ? alu_sub(c, n, value, size) : alu_add(c, n, value, size);
	ea_write(c, &ea, size, value);
}

/* ---- moves and two-operand arithmetic ---- */

static void move(struct core *c)
{
	static const uint8_t sizes[4] = { 0, 1, 4, 2 };
	unsigned size = sizes[c->op >> 12 & 3];
	/* The destination's mode and register are the other way round. */
	unsigned to = (c->op >> 3 & 0x38) | (c->op >> 9 & 7);
	struct ea ea = ea_get(c, c->op, size, size == 1 ? EA_DATA : EA_ALL);
	uint32_t value = ea_read(c, &ea, size);

	if ((to & 0x38) == 8) {
		if (size == 1)
			core_illegal(c);
		c->a[to & 7] = sign_extend(value, size);
		return;
	}
	ea = ea_get(c, to, size, EA_DATA_ALT);
	ea_write(c, &ea, size, value);
	set_logic(c, value, size);
}

/* ADDX, SUBX, ABCD, SBCD: two registers, or two numbers from their ends on. */
typedef uint32_t extended_op(struct core *c, uint32_t s, uint32_t d, unsigned size);

static uint32_t abcd(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	return alu_abcd(c, s, d);
}

static uint32_t sbcd(struct core *c, uint32_t s, uint32_t d, unsigned size)
{
	return alu_sbcd(c, s, d);
}

static void extended(struct core *c, extended_op *op, unsigned size)
{
	unsigned from = c->op & 7, to = c->op >> 9 & 7, mode = c->op & 8 ? 0x20 : 0;
	struct ea s = ea_get(c, mode | from, size, EA_DN | EA_PRE);
	uint32_t value = ea_read(c, &s, size);
	struct ea d = ea_get(c, mode | to, size, EA_DN | EA_PRE);

	ea_write(c, &d, size, op(c, value, ea_read(c, &d, size), size));
}

/* ADD and SUB, opcode groups D and 9. */
static void add_sub(struct core *c, bool add)
{
	unsigned reg = c->op >> 9 & 7, mode = c->op >> 6 & 7, size = 1U << (mode & 3);
	struct ea ea;
	uint32_t value;

	if ((mode & 3) == 3) {
		size = mode == 3 ? 2 : 4;
		ea = ea_get(c, c->op, size, EA_ALL);
		value = sign_extend(ea_read(c, &ea, size), size);
		c->a[reg] += add ? value : -value;
		return;
	}
	if (mode & 4 && (c->op & 0x30) == 0) {
		extended(c, add ? alu_addx : alu_subx, size);
		return;
	}
	if (mode & 4) {
		ea = ea_get(c, c->op, size, EA_MEMORY_ALT);
		value = ea_read(c, &ea, size);
		value = add ? alu_add(c, c->d[reg], value, size)
			    : alu_sub(c, c->d[reg], value, size);
		ea_write(c, &ea, size, value);
		return;
	}
	ea = ea_get(c, c->op, size, size == 1 ? EA_DATA : EA_ALL);
	value = ea_read(c, &ea, size);
	value = add ? alu_add(c, value, c->d[reg], size) : alu_sub(c, value, c->d[reg], size);
	set_d(c, reg, size, value);
}

static void compare(struct core *c)
{
	unsigned reg = c->op >> 9 & 7, mode = c->op >> 6 & 7, size = 1U << (mode & 3);
	struct ea ea;
	uint32_t value;

	if ((mode & 3) == 3) {
		size = mode == 3 ? 2 : 4;
		ea = ea_get(c, c->op, size, EA_ALL);
		alu_cmp(c, sign_extend(ea_read(c, &ea, size), size), c->a[reg], 4);
	} else if (mode < 4) {
		ea = ea_get(c, c->op, size, size == 1 ? EA_DATA : EA_ALL);
		alu_cmp(c, ea_read(c, &ea, size), c->d[reg], size);
	} else if ((c->op & 0x38) == 8) {
		ea = ea_get(c, 0x18 | (c->op & 7), size, EA_POST);
		value = ea_read(c, &ea, size);
		ea = ea_get(c, 0x18 | reg, size, EA_POST);
		alu_cmp(c, value, ea_read(c, &ea, size), size);
	} else {
		ea = ea_get(c, c->op, size, EA_DATA_ALT);
		value = (ea_read(c, &ea, size) ^ c->d[reg]) & size_mask(size);
		ea_write(c, &ea, size, value);
		set_logic(c, value, size);
	}
}

static void exchange(struct core *c, uint32_t *a, uint32_t *b)
{
	uint32_t t = *a;

	*a = *b;
	*b = t;
}

/* PACK and UNPK of the 68020: digits between a byte and two. */
static void pack(struct core *c, bool unpack)
{
	unsigned from = c->op & 7, to = c->op >> 9 & 7, mode = c->op & 8 ? 0x20 : 0;
	uint32_t add, value;
	struct ea ea;

	core_need_020(c);
	add = core_fetch(c);
	ea = ea_get(c, mode | from, unpack ? 1 : 2, EA_DN | EA_PRE);
	value = ea_read(c, &ea, unpack ? 1 : 2);
	if (unpack) {
		value = ((value & 0xf0) << 4 | (value & 15)) + add;
	} else {
		value += add;
		value = (value >> 4 & 0xf0) | (value & 15);
	}
	ea = ea_get(c, mode | to, unpack ? 2 : 1, EA_DN | EA_PRE);
	ea_write(c, &ea, unpack ? 2 : 1, value);
}

/* AND and OR with their neighbours, groups C and 8. */
static void and_or(struct core *c, bool and)
{
	unsigned reg = c->op >> 9 & 7, mode = c->op >> 6 & 7, size = 1U << (mode & 3);
	uint32_t value;
	struct ea ea;

	if ((mode & 3) == 3) {
		if (and)
			alu_multiply(c, mode == 7);
		else
			alu_divide(c, mode == 7);
		return;
	}
	if (mode & 4 && (c->op & 0x30) == 0) {
		if (mode == 4)
			extended(c, and? abcd : sbcd, 1);
		else if (!and)
			pack(c, mode == 6);
		else if (mode == 5 && c->op & 8)
			exchange(c, &c->a[reg], &c->a[c->op & 7]);
		else if (mode == 5)
			exchange(c, &c->d[reg], &c->d[c->op & 7]);
		else if (c->op & 8)
			exchange(c, &c->d[reg], &c->a[c->op & 7]);
		else
			core_illegal(c);
		return;
	}
	ea = ea_get(c, c->op, size, mode & 4 ? EA_MEMORY_ALT : EA_DATA);
	value = ea_read(c, &ea, size);
	value = and? value & c->d[reg] : value | c->d[reg];
	value &= size_mask(size);
	if (mode & 4)
		ea_write(c, &ea, size, value);
	else
		set_d(c, reg, size, value);
	set_logic(c, value, size);
}

static void shift(struct core *c)
{
	unsigned size = 1U << (c->op >> 6 & 3), count = c->op >> 9 & 7, reg = c->op & 7;
	bool left = c->op & 0x100;
	struct ea ea;

	if (size == 8 && c->op & 0x800) {
		core_bit_field(c);
	} else if (size == 8) {
		ea = ea_get(c, c->op, 2, EA_MEMORY_ALT);
		ea_write(c, &ea, 2, alu_shift(c, c->op >> 9 & 3, left, ea_read(c, &ea, 2), 1, 2));
	} else {
		count = c->op & 0x20 ? c->d[count] & 63 : count ? count : 8;
		set_d(c, reg, size, alu_shift(c, c->op >> 3 & 3, left, c->d[reg], count, size));
	}
}

/* ---- the loop ---- */

static void line_a(struct core *c)
{
	unsigned arg;

	if (c->op == CORE_HOST_OP && c->op_pc >= c->window_low && c->op_pc < c->window_high) {
		arg = core_fetch(c);
		c->host(c, arg);
		return;
	}
	core_raise(c, VEC_LINE_A, c->op_pc);
}

static void step(struct core *c)
{
	c->op_pc = c->pc;
	c->op = core_fetch(c);
	switch (c->op >> 12) {
	case 0:
		core_group0(c);
		break;
	case 1:
	case 2:
	case 3:
		move(c);
		break;
	case 4:
		core_group4(c);
		break;
	case 5:
		quick(c);
		break;
	case 6:
		branch(c);
		break;
	case 7:
		if (c->op & 0x100)
			core_illegal(c);
		c->d[c->op >> 9 & 7] = sign_extend(c->op, 1);
		set_logic(c, sign_extend(c->op, 1), 4);
		break;
	case 8:
		and_or(c, false);
		break;
	case 9:
		add_sub(c, false);
		break;
	case 10:
		line_a(c);
		break;
	case 11:
		compare(c);
		break;
	case 12:
		and_or(c, true);
		break;
	case 13:
		add_sub(c, true);
		break;
	case 14:
		shift(c);
		break;
	default:
		core_raise(c, VEC_LINE_F, c->op_pc);
	}
}

void core_run(struct core *c, unsigned count)
{
	volatile unsigned left = count;

	/* An instruction that raised an exception comes back here; it counts as one. */
	if (setjmp(c->leave) && left)
		left--;
	for (; left && !c->stop; left--) {
		bool traced = c->system & CORE_T;

		if (c->each)
			c->each(c);
		step(c);
		if (traced)
			core_exception(c, VEC_TRACE, c->pc);
	}
}
