// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * Unicorn emulates a machine, whose translated code asks a TLB at each access to memory. Here the
 * guest's memory is one piece of the host's with the same rights, so an access can be the host's
 * own: three instructions instead of twelve. Translated code is made of operations, and the
 * functions that make those for an access are replaced, as others are in engine.c and chain.c.
 *
 * An access that may not be is the host's SIGSEGV then (signal.c). The registers must be what they
 * are at that instruction: for its own accesses the library keeps them so because it marks those
 * operations as ones that have side effects. The same mark is put on those that are used here, in
 * its table of operations; the place of that table is the only thing that we know beyond names, and
 * is looked at before. cpu_init() proves all of it by an access that fails.
 */
#include "direct.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "mem.h"
#include "original.h"

/* Of TCGContext, in 2.0.1 and 2.1.1: where it has the table. */
#define TABLE_AT     0x8968
#define OPERATIONS   185
#define SIDE_EFFECTS 8
enum { TYPE_I32 = 0, TYPE_I64 = 1 };
enum { SIZE_16 = 1, SIZE_64 = 3, SIZE_MASK = 3, SIGNED = 4, SWAPPED = 8 };

/* TCGOpDef */
struct operation {
	const char *name;
	uint8_t outputs, inputs, constants, args, flags;
	void *constraints, *order;
};

/* By size: what loads and stores, as it is; the widest for the halves of a double. */
static const char *const load_names[] = { "ld8u_i32", "ld16u_i32", "ld_i32", "ld_i64" };
static const char *const store_names[] = { "st8_i32", "st16_i32", "st_i32", "st_i64" };
static int loads[4], stores[4];

typedef void *new_temp(void *tcg, int type, bool local);
typedef void free_temp(void *tcg, void *temp);
typedef void op3(void *tcg, int op, uintptr_t a, uintptr_t b, uintptr_t c);
typedef void convert(void *tcg, void *to, void *from);
typedef void add_const(void *tcg, void *to, void *from, int64_t by);
static struct {
	new_temp *new_temp;
	free_temp *free_temp;
	op3 *op3;
	convert *extend, *swap16, *swap32, *swap64, *sign8, *sign16;
	add_const *add;
} gen;

static void *the_tcg, *the_cpu;
static bool on;

void direct_cpu(void *cpu)
{
	the_cpu = cpu;
}

bool direct_on(void)
{
	return on;
}

void direct_give_up(void)
{
	on = false;
}

/* ---- the library's table ---- */

static bool is_mapped(const void *at, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)at & -page;
	unsigned char resident[8];

	return first && mincore((void *)first, (uintptr_t)at + bytes - first, resident) == 0;
}

/* @table has names only, as all_have_names() found. */
static struct operation *find(struct operation *table, const char *name)
{
	for (int i = 0; i < OPERATIONS; i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

/* They lie close together: the kernel is asked once or twice. */
static bool all_have_names(const struct operation *table)
{
	enum { NAME_BYTES = 32, NEAR = 4096 };
	const char *good = NULL;

	for (int i = 0; i < OPERATIONS; i++) {
		const char *name = table[i].name;

		if (good && name >= good && name < good + NEAR)
			continue;
		if (!is_mapped(name, NEAR + NAME_BYTES))
			return false;
		good = name;
	}
	return true;
}

static bool find_all(struct operation *table, const char *const names[], int numbers[])
{
	for (int i = 0; i < 4; i++) {
		struct operation *op = find(table, names[i]);

		if (!op || op->outputs + op->inputs != 2 || op->constants != 1)
			return false;
		numbers[i] = (int)(op - table);
	}
	return true;
}

static void mark(struct operation *table, const int numbers[])
{
	for (int i = 0; i < 4; i++)
		table[numbers[i]].flags |= SIDE_EFFECTS;
}

static bool learn_table(void)
{
	struct operation *table, *own, *add;

	if (!is_mapped((uint8_t *)the_tcg + TABLE_AT, sizeof(table)))
		return false;
	memcpy(&table, (uint8_t *)the_tcg + TABLE_AT, sizeof(table));
	if (!is_mapped(table, OPERATIONS * sizeof(*table)) || !all_have_names(table))
		return false;
	own = find(table, "qemu_ld_i32");
	add = find(table, "add_i32");
	if (!own || !add || !(own->flags & SIDE_EFFECTS) || add->flags & SIDE_EFFECTS ||
	    !find_all(table, load_names, loads) || !find_all(table, store_names, stores))
		return false;
	mark(table, loads);
	mark(table, stores);
	return true;
}

static bool learn_functions(void)
{
	static const struct {
		const char *name;
		void *to;
	} list[] = {
		{ "tcg_temp_new_internal_m68k", &gen.new_temp },
		{ "tcg_temp_free_internal_m68k", &gen.free_temp },
		{ "tcg_gen_op3_m68k", &gen.op3 },
		{ "tcg_gen_extu_i32_i64_m68k", &gen.extend },
		{ "tcg_gen_bswap16_i32_m68k", &gen.swap16 },
		{ "tcg_gen_bswap32_i32_m68k", &gen.swap32 },
		{ "tcg_gen_bswap64_i64_m68k", &gen.swap64 },
		{ "tcg_gen_ext8s_i32_m68k", &gen.sign8 },
		{ "tcg_gen_ext16s_i32_m68k", &gen.sign16 },
		{ "tcg_gen_addi_i64_m68k", &gen.add },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		void *fn = dlsym(RTLD_DEFAULT, list[i].name);

		if (!fn)
			return false;
		memcpy(list[i].to, &fn, sizeof(fn));
	}
	return true;
}

bool direct_prepare(void)
{
	on = the_tcg && the_cpu && learn_functions() && learn_table();
	return on;
}

/* ---- what is translated ---- */

/* The library's handle of a temporary is its distance from the context. */
static void *handle(void *tcg, void *temp)
{
	return (void *)((uintptr_t)temp - (uintptr_t)tcg);
}

static uintptr_t temp_of(void *tcg, void *val)
{
	return (uintptr_t)tcg + (uintptr_t)val;
}

/* The host's address of guest address @addr, but for *offset. Freed by the caller. */
static void *host_address(void *tcg, void *addr, uintptr_t *offset)
{
	void *temp = gen.new_temp(tcg, TYPE_I64, false), *at = handle(tcg, temp);
	uintptr_t base = (uintptr_t)mem_base;

	gen.extend(tcg, at, addr);
	*offset = base <= INT32_MAX ? base : 0;
	if (!*offset)
		gen.add(tcg, at, at, (int64_t)base);
	return temp;
}

static void swap(void *tcg, unsigned size, void *to, void *from)
{
	convert *const by_size[] = { NULL, gen.swap16, gen.swap32, gen.swap64 };

	by_size[size](tcg, to, from);
}

static void load(void *tcg, void *val, void *addr, unsigned op)
{
	unsigned size = op & SIZE_MASK;
	uintptr_t offset;
	void *at = host_address(tcg, addr, &offset);

	gen.op3(tcg, loads[size], temp_of(tcg, val), (uintptr_t)at, offset);
	gen.free_temp(tcg, at);
	if (size && op & SWAPPED)
		swap(tcg, size, val, val);
	if (op & SIGNED && size == 0)
		gen.sign8(tcg, val, val);
	if (op & SIGNED && size == SIZE_16)
		gen.sign16(tcg, val, val);
}

static void store(void *tcg, void *val, void *addr, unsigned op)
{
	unsigned size = op & SIZE_MASK;
	uintptr_t offset;
	void *at = host_address(tcg, addr, &offset), *swapped = NULL;

	if (size && op & SWAPPED) {
		swapped = gen.new_temp(tcg, size == SIZE_64 ? TYPE_I64 : TYPE_I32, false);
		swap(tcg, size, handle(tcg, swapped), val);
		val = handle(tcg, swapped);
	}
	gen.op3(tcg, stores[size], temp_of(tcg, val), (uintptr_t)at, offset);
	if (swapped)
		gen.free_temp(tcg, swapped);
	gen.free_temp(tcg, at);
}

#define ACCESS(name, how, sizes)                                                                   \
	void name(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op)                    \
	{                                                                                          \
		typedef void access(void *tcg, void *val, void *addr, uintptr_t mmu, unsigned op); \
		ORIGINAL(access, name);                                                            \
                                                                                                   \
		the_tcg = tcg;                                                                     \
		if (on && (sizes))                                                                 \
			how(tcg, val, addr, op);                                                   \
		else                                                                               \
			fn(tcg, val, addr, mmu, op);                                               \
	}

ACCESS(tcg_gen_qemu_ld_i32_m68k, load, true)
ACCESS(tcg_gen_qemu_st_i32_m68k, store, true)
/* Shorter ones into 64 bits are not used by the 68k's translator. */
ACCESS(tcg_gen_qemu_ld_i64_m68k, load, (op & SIZE_MASK) == SIZE_64)
ACCESS(tcg_gen_qemu_st_i64_m68k, store, (op & SIZE_MASK) == SIZE_64)

/* ---- what is executed ---- */

bool direct_is_guest(uintptr_t host_pc)
{
	typedef void *look_up(void *tcg, uintptr_t host_pc);
	static look_up *fn;

	if (!on)
		return false;
	if (!fn)
		fn = (look_up *)dlsym(RTLD_DEFAULT, "tcg_tb_lookup_m68k");
	return fn && fn(the_tcg, host_pc);
}

void direct_leave(uintptr_t host_pc)
{
	typedef bool restore(void *cpu, uintptr_t return_address, bool will_exit);
	typedef void loop_exit(void *cpu);
	restore *state = (restore *)dlsym(RTLD_DEFAULT, "cpu_restore_state_m68k");
	loop_exit *leave = (loop_exit *)dlsym(RTLD_DEFAULT, "cpu_loop_exit_m68k");

	/* The library looks two bytes in front of what it takes for a call's return address. */
	if (!state || !leave || !state(the_cpu, host_pc + 2, true))
		abort();
	leave(the_cpu);
	abort();
}
