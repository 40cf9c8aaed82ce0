// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * How the engine gets from one translated block to the next is half of what a program with many
 * small functions costs. Unicorn emulates a machine, where a page's address may mean another page
 * at any time: so a jump into another page goes through its main loop, and a computed jump (rts)
 * looks in a table that has 64 places a page and is emptied with the TLB. Here an address means the
 * same memory for ever, and who changes memory drops its blocks (cpu_vtlb.c, cpu_regions.c): a
 * dropped block is unlinked from those that jump to it and marked. So all direct jumps are linked,
 * and the table is ours.
 *
 * This takes the place of functions of the library, as engine.c does, but looks into two of its
 * structures as well. Whether they are what we think is proved at start, by a jump with known
 * registers; when it is not, the library's own functions do it all, slower.
 */
#include "chain.h"

#include <stdbool.h>

#include "original.h"

#define KNOWN_BITS 14
/* Of a block's cflags: what makes it special or says that it was dropped; the number of its
 * machine. */
#define CFLAGS_SPECIAL 0x000effffU
#define CFLAGS_MACHINE 0xff000000U

/* The beginning of TranslationBlock. */
struct block {
	uint32_t pc, cs_base, flags;
	uint16_t bytes, insns;
	uint32_t cflags, trace;
	const void *code;
};

/* The beginning of CPUM68KState. */
struct registers {
	uint32_t d[8], a[8], pc;
};

typedef struct block *find_block(void *cpu, uint32_t pc, uint32_t cs_base, uint32_t flags,
				 uint32_t mask);

static const struct cpu_regs *probe;
static unsigned probes_passed;
static bool quick;
static void *the_cpu;
static find_block *find;
static struct block *known[1U << KNOWN_BITS];

/* The block that is being translated: how many of its two links are used, and for which number. */
static struct block *current;
static unsigned links, link_of[2];

void chain_cpu(void *cpu)
{
	the_cpu = cpu;
}

static bool is_plain(const struct block *b, uint32_t pc)
{
	return b->pc == pc && b->cs_base == 0 && b->flags == 0 && !(b->cflags & CFLAGS_SPECIAL);
}

void chain_probe(const struct cpu_regs *regs)
{
	probe = regs;
	quick = !regs && probes_passed > 0;
}

/* The library's answer is known: do we understand how it came by it? */
static void check(const struct registers *r, const void *answer)
{
	const struct block *b;

	for (int i = 0; i < 8; i++) {
		if (r->d[i] != probe->d[i] || r->a[i] != probe->a[i])
			return;
	}
	if (!find)
		find = (find_block *)dlsym(RTLD_DEFAULT, "tb_htable_lookup_m68k");
	b = find && the_cpu ? find(the_cpu, r->pc, 0, 0, CFLAGS_MACHINE) : NULL;
	if (b && is_plain(b, probe->a[1]) && b->code == answer)
		probes_passed++;
}

static const void *look_up(void *env, uint32_t pc, struct block **slot)
{
	typedef const void *helper(void *env);
	ORIGINAL(helper, helper_lookup_tb_ptr_m68k);
	struct block *b = quick ? find(the_cpu, pc, 0, 0, CFLAGS_MACHINE) : NULL;
	const void *answer;

	if (b && is_plain(b, pc)) {
		*slot = b;
		return b->code;
	}
	answer = fn(env);
	if (probe)
		check(env, answer);
	return answer;
}

const void *helper_lookup_tb_ptr_m68k(void *env)
{
	uint32_t pc = ((struct registers *)env)->pc, hash = pc >> 1 ^ pc >> (KNOWN_BITS + 1);
	struct block **slot = &known[hash & ((1U << KNOWN_BITS) - 1)], *b = *slot;

	if (b && b->pc == pc && !(b->cflags & CFLAGS_SPECIAL))
		return b->code;
	return look_up(env, pc, slot);
}

/* All blocks, which lie in the buffer of translated code, are gone. */
void tb_flush_m68k(void *cpu)
{
	typedef void flush(void *cpu);
	ORIGINAL(flush, tb_flush_m68k);

	for (unsigned i = 0; i < 1U << KNOWN_BITS; i++)
		known[i] = NULL;
	fn(cpu);
}

/* ---- direct jumps ---- */

/* The beginning of DisasContextBase. */
struct translation {
	struct block *block;
	uint32_t first, insn;
};

static const struct translation *translation;

bool chain_is_insn(uint32_t addr)
{
	return translation && translation->insn == addr;
}

void translator_loop_m68k(const void *ops, void *db, void *cpu, void *tb, int max_insns)
{
	typedef void loop(const void *ops, void *db, void *cpu, void *tb, int max_insns);
	ORIGINAL(loop, translator_loop_m68k);

	current = quick && is_plain(tb, ((struct block *)tb)->pc) ? tb : NULL;
	links = 0;
	translation = db;
	fn(ops, db, cpu, tb, max_insns);
	translation = NULL;
	current = NULL;
}

/* Which of the two a jump is makes no difference to the library, but each may be there once. */
static void use_link(void *tcg, unsigned n)
{
	typedef void goto_tb(void *tcg, unsigned n);
	ORIGINAL(goto_tb, tcg_gen_goto_tb_m68k);

	link_of[n & 1] = current ? links++ : n;
	fn(tcg, link_of[n & 1]);
}

void tcg_gen_goto_tb_m68k(void *tcg, unsigned n)
{
	use_link(tcg, n);
}

/* Without a block: the PC was set, to a place that is known but lies in another page. */
void tcg_gen_exit_tb_m68k(void *tcg, const void *tb, unsigned n)
{
	typedef void exit_tb(void *tcg, const void *tb, unsigned n);
	ORIGINAL(exit_tb, tcg_gen_exit_tb_m68k);

	if (!tb && current && links < 2) {
		use_link(tcg, n);
		tb = current;
	}
	fn(tcg, tb, tb && n < 2 ? link_of[n] : n);
}
