// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filter: a binary tree over runs of call numbers that share one action.
 *
 * We write the BPF ourselves: libseccomp combines rules per call as a set (an unconditional "allow"
 * swallows the conditional traps beside it) and, in the version that Debian 12 has, knows neither
 * the calls after 5.17 nor WAIT_KILLABLE_RECV. A run that is plainly allowed costs no filter
 * run at all: since Linux 5.11 the kernel keeps a bitmap of calls whose filter result is a constant
 * "allow", and finds it by interpreting just the instructions used here.
 */
#include "filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>

#include "machine.h"

#define X32_BIT 0x40000000U

struct code {
	enum filter_level level;
	struct sock_filter *insn;
	unsigned n, room;
	bool failed;
};

static unsigned emit(struct code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (c->n == c->room) {
		unsigned room = c->room ? c->room * 2 : 256;
		void *p = realloc(c->insn, room * sizeof(*c->insn));

		if (!p) {
			c->failed = true;
			return 0;
		}
		c->insn = p;
		c->room = room;
	}
	c->insn[c->n] = (struct sock_filter){ op, jt, jf, k };
	return c->n++;
}

static uint32_t action_value(enum filter_level level, enum trap_action a)
{
	switch (a) {
	case TRAP_NEVER:
		return SECCOMP_RET_ALLOW;
	case TRAP_NOTIFY:
		return level == FILTER_NATIVE_DEAF ? SECCOMP_RET_ALLOW : SECCOMP_RET_USER_NOTIF;
	case TRAP_BUDGET:
		return level == FILTER_NATIVE_BUDGET ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
	case TRAP_ASKED:
		if (level != FILTER_NATIVE_DEAF)
			return SECCOMP_RET_USER_NOTIF;
		/* fall through */
	case TRAP_EPERM:
		return SECCOMP_RET_ERRNO | EPERM;
	case TRAP_ENOSYS:
		break;
	}
	return SECCOMP_RET_ERRNO | ENOSYS;
}

static void emit_ret(struct code *c, enum trap_action a)
{
	emit(c, BPF_RET | BPF_K, action_value(c->level, a), 0, 0);
}

static void emit_load_arg(struct code *c, unsigned arg, bool high)
{
	emit(c, BPF_LD | BPF_W | BPF_ABS,
	     offsetof(struct seccomp_data, args) + arg * 8 + (high ? 4 : 0), 0, 0);
}

/*
 * Only the low half decides EQ, BITS and MASKED: the arguments tested are ints in the kernel, or
 * more traps than necessary do no harm. NE is used for pointers too and looks at both halves.
 */
static void emit_rule(struct code *c, const struct arg_rule *r)
{
	emit_load_arg(c, r->arg, false);
	switch (r->test) {
	case ARG_EQ:
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->value, 0, 1);
		break;
	case ARG_BITS:
		emit(c, BPF_JMP | BPF_JSET | BPF_K, (uint32_t)r->value, 0, 1);
		break;
	case ARG_MASKED:
		emit(c, BPF_ALU | BPF_AND | BPF_K, r->mask, 0, 0);
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->value, 0, 1);
		break;
	case ARG_NE:
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->value, 0, 2);
		emit_load_arg(c, r->arg, true);
		emit(c, BPF_JMP | BPF_JEQ | BPF_K, r->value >> 32, 1, 0);
		break;
	}
	emit_ret(c, r->action);
}

/* A row as this level sees it. */
struct leaf {
	const struct arg_rule *rules;
	unsigned nrules;
	enum trap_action action; /* when no rule fits */
};

static struct leaf leaf_of(enum filter_level level, unsigned allow, const struct call *call)
{
	if (!call || !call->name)
		return (struct leaf){ .action = TRAP_ENOSYS };
	if (level != FILTER_PATH && call->allow & allow)
		return (struct leaf){ .action = TRAP_NEVER };
	if (level != FILTER_PATH)
		return (struct leaf){ call->native_rules, call->nnative, call->native };
	return (struct leaf){ call->rules, call->nrules, call->path };
}

static bool same_leaf(enum filter_level level, const struct leaf *a, const struct leaf *b)
{
	return !a->nrules && !b->nrules &&
	       action_value(level, a->action) == action_value(level, b->action);
}

static void emit_leaf(struct code *c, const struct leaf *leaf)
{
	for (unsigned i = 0; i < leaf->nrules; i++)
		emit_rule(c, &leaf->rules[i]);
	emit_ret(c, leaf->action);
}

/* Decide among the runs [lo, hi); starts[] holds the first call number of each. */
static void emit_tree(struct code *c, const struct leaf *leaves, const unsigned *starts,
		      unsigned lo, unsigned hi)
{
	unsigned mid, jump;

	if (hi - lo == 1) {
		emit_leaf(c, &leaves[starts[lo]]);
		return;
	}
	mid = lo + (hi - lo) / 2;
	emit(c, BPF_JMP | BPF_JGE | BPF_K, starts[mid], 0, 1);
	jump = emit(c, BPF_JMP | BPF_JA, 0, 0, 0); /* conditional jumps reach 255 only */
	/* Rules have clobbered the accumulator only on their own branch. */
	emit_tree(c, leaves, starts, lo, mid);
	if (c->failed)
		return;
	c->insn[jump].k = c->n - jump - 1;
	emit_tree(c, leaves, starts, mid, hi);
}

/* @leaves: CALL_NUMBER_MAX + 1 of them; the last one stands for all numbers past the end. */
static void emit_calls(struct code *c, const struct leaf *leaves)
{
	unsigned starts[CALL_NUMBER_MAX + 1], n = 0;

	for (unsigned nr = 0; nr <= CALL_NUMBER_MAX; nr++)
		if (nr == 0 || !same_leaf(c->level, &leaves[nr - 1], &leaves[nr]))
			starts[n++] = nr;
	emit(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	emit_tree(c, leaves, starts, 0, n);
}

/*
 * i386 numbers. libseccomp knows the names that have them; since 5.1 (number 403) new calls have
 * one number everywhere. A number that neither knows is not there.
 */
static void leaves_of_i386(struct leaf *leaves, unsigned allow)
{
	for (unsigned nr = 0; nr <= CALL_NUMBER_MAX; nr++)
		leaves[nr] = leaf_of(FILTER_NATIVE, allow,
				     nr >= 424 && nr < CALL_NUMBER_MAX ? &call_table[nr] : NULL);
	for (unsigned nr = 0; nr < 424; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, nr);

		if (name)
			leaves[nr].action = TRAP_NEVER;
		for (unsigned i = 0; name && i < CALL_I386_REFUSED; i++)
			if (strcmp(name, call_i386_refused[i].name) == 0)
				leaves[nr].action = TRAP_EPERM;
		free(name);
	}
	for (unsigned i = 0; i < CALL_NUMBER_MAX; i++) {
		int nr = call_table[i].name ? seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86,
										call_table[i].name)
					    : -1;

		if (nr >= 0 && nr < CALL_NUMBER_MAX)
			leaves[nr] = leaf_of(FILTER_NATIVE, allow, &call_table[i]);
	}
}

/*
 * int 0x80, 32-bit programs and x32: at path level the supervisor says why it refuses; at native
 * level 32-bit programs run, and nothing needs x32.
 */
int filter_compile(struct sock_fprog *prog, enum filter_level level, unsigned allow)
{
	struct leaf leaves[CALL_NUMBER_MAX + 1];
	struct code c = { .level = level };
	unsigned jump;

	emit(&c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	emit(&c, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 1);
	jump = emit(&c, BPF_JMP | BPF_JA, 0, 0, 0);
	if (level != FILTER_PATH) {
		emit(&c, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0);
		emit_ret(&c, TRAP_ENOSYS);
		leaves_of_i386(leaves, allow);
		c.level = FILTER_NATIVE_DEAF;
		emit_calls(&c, leaves);
		c.level = level;
	} else {
		emit_ret(&c, TRAP_NOTIFY);
	}
	if (!c.failed)
		c.insn[jump].k = c.n - jump - 1;
	emit(&c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	emit(&c, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 2);
	emit(&c, BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0); /* -1: a tracer skips the call */
	emit_ret(&c, level == FILTER_PATH ? TRAP_NOTIFY : TRAP_ENOSYS);
	for (unsigned nr = 0; nr <= CALL_NUMBER_MAX; nr++)
		leaves[nr] = leaf_of(level, allow, nr < CALL_NUMBER_MAX ? &call_table[nr] : NULL);
	if (!c.failed)
		emit_calls(&c, leaves);
	if (c.failed) {
		free(c.insn);
		return -ENOMEM;
	}
	prog->filter = c.insn;
	prog->len = c.n;
	return 0;
}
