/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CORE_PRIV_H
#define UCRUN_M68K_CORE_PRIV_H

#include "core.h"
#include "guest.h"

/* Sizes are bytes: 1, 2, 4. */
#define SIZE_BITS(size) (8U * (size))

/* Which addressing modes an instruction takes: bit = mode, or 7 + register for mode 7. */
enum {
	EA_DN = 1 << 0,
	EA_AN = 1 << 1,
	EA_IND = 1 << 2,
	EA_POST = 1 << 3,
	EA_PRE = 1 << 4,
	EA_DISP = 1 << 5,
	EA_INDEX = 1 << 6,
	EA_ABS = 3 << 7,
	EA_PC = 3 << 9,
	EA_IMM = 1 << 11,
	EA_CONTROL_ALT = EA_IND | EA_DISP | EA_INDEX | EA_ABS,
	EA_CONTROL = EA_CONTROL_ALT | EA_PC,
	EA_MEMORY_ALT = EA_CONTROL_ALT | EA_POST | EA_PRE,
	EA_DATA_ALT = EA_MEMORY_ALT | EA_DN,
	EA_DATA = EA_DATA_ALT | EA_PC | EA_IMM,
	EA_ALTERABLE = EA_DATA_ALT | EA_AN,
	EA_ALL = EA_DATA | EA_AN,
};

enum ea_kind { EA_IS_D, EA_IS_A, EA_IS_MEMORY, EA_IS_VALUE };

struct ea {
	enum ea_kind kind;
	unsigned reg;
	uint32_t at; /* address, or the value itself */
};

/** core_raise() - this instruction ends in an exception; does not return */
_Noreturn void core_raise(struct core *c, unsigned vector, uint32_t pc);
_Noreturn void core_bus_error(struct core *c, uint32_t addr, bool write);
_Noreturn void core_address_error(struct core *c, uint32_t addr, bool write);

static inline _Noreturn void core_illegal(struct core *c)
{
	core_raise(c, VEC_ILLEGAL, c->op_pc);
}

static inline bool core_reaches(const struct core *c, uint32_t addr, unsigned len)
{
	return addr + len <= c->ram_end || (addr >= c->window_low && addr + len <= c->window_high);
}

static inline uint8_t *core_at(struct core *c, uint32_t addr, unsigned size, bool write)
{
	if (size > 1 && addr & 1 && !c->is_020)
		core_address_error(c, addr, write);
	addr &= CORE_MASK;
	if (!core_reaches(c, addr, size))
		core_bus_error(c, addr, write);
	return c->mem + addr;
}

static inline uint32_t core_read(struct core *c, uint32_t addr, unsigned size)
{
	const uint8_t *p = core_at(c, addr, size, false);

	return size == 1 ? *p : size == 2 ? get16(p) : get32(p);
}

static inline void core_write(struct core *c, uint32_t addr, unsigned size, uint32_t value)
{
	uint8_t *p = core_at(c, addr, size, true);

	if (size == 1)
		*p = value;
	else if (size == 2)
		put16(p, value);
	else
		put32(p, value);
}

static inline uint32_t core_fetch(struct core *c)
{
	uint32_t pc = c->pc;

	if (pc & 1)
		core_address_error(c, pc, false);
	c->pc = pc + 2;
	pc &= CORE_MASK;
	if (!core_reaches(c, pc, 2))
		core_bus_error(c, pc, false);
	return get16(c->mem + pc);
}

static inline uint32_t core_fetch32(struct core *c)
{
	uint32_t high = core_fetch(c);

	return high << 16 | core_fetch(c);
}

static inline void core_push(struct core *c, uint32_t value, unsigned size)
{
	c->a[7] -= size;
	core_write(c, c->a[7], size, value);
}

static inline uint32_t core_pop(struct core *c, unsigned size)
{
	uint32_t value = core_read(c, c->a[7], size);

	c->a[7] += size;
	return value;
}

static inline uint32_t size_mask(unsigned size)
{
	return size == 4 ? 0xffffffffU : size == 2 ? 0xffffU : 0xffU;
}

static inline unsigned size_sign(uint32_t value, unsigned size)
{
	return value >> (SIZE_BITS(size) - 1) & 1;
}

static inline uint32_t sign_extend(uint32_t value, unsigned size)
{
	return size == 1 ? (uint32_t)(int8_t)value : size == 2 ? (uint32_t)(int16_t)value : value;
}

static inline void set_nz(struct core *c, uint32_t value, unsigned size)
{
	value &= size_mask(size);
	c->n = size_sign(value, size);
	c->z = value == 0;
}

/* The flags of moves and logic. */
static inline void set_logic(struct core *c, uint32_t value, unsigned size)
{
	set_nz(c, value, size);
	c->v = c->c = 0;
}

static inline void set_d(struct core *c, unsigned reg, unsigned size, uint32_t value)
{
	uint32_t mask = size_mask(size);

	c->d[reg] = (c->d[reg] & ~mask) | (value & mask);
}

static inline void core_need_020(struct core *c)
{
	if (!c->is_020)
		core_illegal(c);
}

static inline void core_need_supervisor(struct core *c)
{
	if (!(c->system & CORE_S))
		core_raise(c, VEC_PRIVILEGE, c->op_pc);
}

/* core_ea.c */
/** ea_get() - the operand of the opcode's low six bits (@mode_reg), if @allowed has its mode */
struct ea ea_get(struct core *c, unsigned mode_reg, unsigned size, unsigned allowed);
uint32_t ea_read(struct core *c, const struct ea *ea, unsigned size);
void ea_write(struct core *c, const struct ea *ea, unsigned size, uint32_t value);

/* core_alu.c */
uint32_t alu_add(struct core *c, uint32_t s, uint32_t d, unsigned size);
uint32_t alu_sub(struct core *c, uint32_t s, uint32_t d, unsigned size);
void alu_cmp(struct core *c, uint32_t s, uint32_t d, unsigned size);
uint32_t alu_addx(struct core *c, uint32_t s, uint32_t d, unsigned size);
uint32_t alu_subx(struct core *c, uint32_t s, uint32_t d, unsigned size);
uint32_t alu_abcd(struct core *c, uint32_t s, uint32_t d);
uint32_t alu_sbcd(struct core *c, uint32_t s, uint32_t d);
/** alu_shift() - @kind: 0 arithmetic, 1 logical, 2 through X, 3 rotate */
uint32_t alu_shift(struct core *c, unsigned kind, bool left, uint32_t value, unsigned count,
		   unsigned size);
void alu_divide(struct core *c, bool is_signed);
void alu_multiply(struct core *c, bool is_signed);
/** alu_long() - the 68020's 4C00 and 4C40: 32-bit multiplication and division */
void alu_long(struct core *c, bool divide);

/* core_misc.c: groups 0 and 4; core_field.c: bit fields */
void core_group0(struct core *c);
void core_group4(struct core *c);
void core_bit_field(struct core *c);
bool core_condition(const struct core *c, unsigned cc);

#endif
