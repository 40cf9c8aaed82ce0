// SPDX-License-Identifier: GPL-2.0-or-later
/* The filter that is compiled out of the table, run here by hand. */
#include <linux/audit.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "filter.h"
#include "suite.h"
#include "table.h"
#include "util.h"

#define X32_BIT	   0x40000000U
#define NR_UNKNOWN 9999

static struct sock_fprog prog;

static void setup(void)
{
	ck_assert_int_eq(filter_compile(&prog, FILTER_PATH, 0), 0);
}

static void teardown(void)
{
	free(prog.filter);
}

/* ---- what the kernel's classic BPF does with the few instructions there are ---- */

static uint32_t load(const struct seccomp_data *d, uint32_t at)
{
	uint32_t word;

	/* seccomp_check_filter(): aligned words inside the structure */
	ck_assert_uint_eq(at % 4, 0);
	ck_assert_uint_lt(at, sizeof(*d));
	memcpy(&word, (const char *)d + at, sizeof(word));
	return word;
}

static bool jumps(const struct sock_filter *i, uint32_t acc)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return acc == i->k;
	case BPF_JGT:
		return acc > i->k;
	case BPF_JGE:
		return acc >= i->k;
	case BPF_JSET:
		return (acc & i->k) != 0;
	}
	ck_abort_msg("unknown jump 0x%x", i->code);
	return false;
}

static uint32_t run_data(const struct seccomp_data *d)
{
	uint32_t acc = 0;

	for (unsigned pc = 0; pc < prog.len; pc++) {
		const struct sock_filter *i = &prog.filter[pc];

		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			ck_assert_uint_eq(i->code, BPF_LD | BPF_W | BPF_ABS);
			acc = load(d, i->k);
			break;
		case BPF_ALU:
			ck_assert_uint_eq(i->code, BPF_ALU | BPF_AND | BPF_K);
			acc &= i->k;
			break;
		case BPF_JMP:
			pc += BPF_OP(i->code) == BPF_JA ? i->k : jumps(i, acc) ? i->jt : i->jf;
			break;
		case BPF_RET:
			ck_assert_uint_eq(i->code, BPF_RET | BPF_K);
			return i->k;
		default:
			ck_abort_msg("unknown instruction 0x%x", i->code);
		}
	}
	ck_abort_msg("ran past the end");
	return 0;
}

static uint32_t run_args(uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data d = { .nr = nr, .arch = AUDIT_ARCH_X86_64 };

	memcpy(d.args, args, sizeof(d.args));
	return run_data(&d);
}

static uint32_t run(uint32_t nr)
{
	static const uint64_t none[6];

	return run_args(nr, none);
}

static uint32_t run_arg(uint32_t nr, unsigned arg, uint64_t value)
{
	uint64_t args[6] = { 0 };

	args[arg] = value;
	return run_args(nr, args);
}

static uint32_t action(enum trap_action a)
{
	switch (a) {
	case TRAP_NEVER:
	case TRAP_BUDGET: /* without one */
		return SECCOMP_RET_ALLOW;
	case TRAP_NOTIFY:
	case TRAP_ASKED:
		return SECCOMP_RET_USER_NOTIF;
	case TRAP_EPERM:
		return SECCOMP_RET_ERRNO | EPERM;
	default:
		return SECCOMP_RET_ERRNO | ENOSYS;
	}
}

static bool rule_fits(const struct arg_rule *r, const uint64_t args[6])
{
	uint64_t value = args[r->arg];

	switch (r->test) {
	case ARG_EQ: /* ints in the kernel: the low half decides */
		return (uint32_t)value == (uint32_t)r->value;
	case ARG_NE:
		return value != r->value;
	case ARG_MASKED:
		return ((uint32_t)value & r->mask) == (uint32_t)r->value;
	case ARG_BITS:
		return ((uint32_t)value & (uint32_t)r->value) != 0;
	}
	ck_abort_msg("unknown test %d", r->test);
	return false;
}

static uint32_t expected(unsigned nr, const uint64_t args[6])
{
	const struct call *c = &call_table[nr];

	if (!c->name)
		return action(TRAP_ENOSYS);
	for (unsigned i = 0; i < c->nrules; i++)
		if (rule_fits(&c->rules[i], args))
			return action(c->rules[i].action);
	return action(c->path);
}

START_TEST(program_is_one_that_the_kernel_takes)
{
	ck_assert_uint_gt(prog.len, 0);
	ck_assert_uint_le(prog.len, BPF_MAXINSNS);
	for (unsigned pc = 0; pc < prog.len; pc++) {
		const struct sock_filter *i = &prog.filter[pc];

		if (BPF_CLASS(i->code) != BPF_JMP)
			continue;
		if (BPF_OP(i->code) == BPF_JA) {
			ck_assert_uint_lt(pc + 1 + i->k, prog.len);
		} else {
			ck_assert_uint_lt(pc + 1 + i->jt, prog.len);
			ck_assert_uint_lt(pc + 1 + i->jf, prog.len);
		}
	}
	ck_assert_uint_eq(BPF_CLASS(prog.filter[prog.len - 1].code), BPF_RET);
}
END_TEST

START_TEST(filter_of_well_known_calls)
{
	ck_assert_uint_eq(run(SYS_read), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run(SYS_write), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run(SYS_openat), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run(SYS_execve), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run(SYS_statx), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run(SYS_mount), action(call_table[SYS_mount].path));
	ck_assert_uint_ne(run(SYS_mount), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run(SYS_io_uring_setup), SECCOMP_RET_ERRNO | ENOSYS);
	ck_assert_uint_eq(run(SYS_io_uring_enter), SECCOMP_RET_ERRNO | ENOSYS);
}
END_TEST

START_TEST(filter_of_an_unknown_number_is_enosys)
{
	ck_assert_uint_eq(run(NR_UNKNOWN), SECCOMP_RET_ERRNO | ENOSYS);
	ck_assert_uint_eq(run(CALL_NUMBER_MAX), SECCOMP_RET_ERRNO | ENOSYS);
	ck_assert_uint_eq(run(X32_BIT - 1), SECCOMP_RET_ERRNO | ENOSYS);
	ck_assert_uint_eq(run(337), SECCOMP_RET_ERRNO | ENOSYS);
	ck_assert_uint_eq(run(423), SECCOMP_RET_ERRNO | ENOSYS);
	/* what a tracer writes to skip a call; the kernel answers ENOSYS, and nobody need be asked
	 */
	ck_assert_uint_eq(run(UINT32_MAX), SECCOMP_RET_ERRNO | ENOSYS);
}
END_TEST

START_TEST(filter_of_another_architecture_is_refused)
{
	static const uint32_t arch[] = { AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(arch); i++)
		for (uint32_t nr = 0; nr < CALL_NUMBER_MAX + 10; nr++) {
			struct seccomp_data d = { .nr = nr, .arch = arch[i] };

			ck_assert_uint_eq(run_data(&d), SECCOMP_RET_USER_NOTIF);
		}
}
END_TEST

START_TEST(filter_of_x32_is_refused)
{
	for (uint32_t nr = 0; nr < 600; nr++)
		ck_assert_uint_eq(run(nr | X32_BIT), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run(0x80000000U), SECCOMP_RET_USER_NOTIF);
}
END_TEST

START_TEST(filter_without_rules_is_the_row)
{
	static const uint64_t ones[6] = { -1, -1, -1, -1, -1, -1 }, none[6];

	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++) {
		if (call_table[nr].nrules)
			continue;
		ck_assert_msg(run(nr) == expected(nr, none), "%u: 0x%x", nr, run(nr));
		ck_assert_msg(run_args(nr, ones) == run(nr), "%u asks for arguments", nr);
	}
}
END_TEST

/* Each value that a rule names, its neighbours, with and without a high half, in every argument. */
START_TEST(filter_with_rules_is_the_first_that_fits)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++)
		for (unsigned i = 0; i < call_table[nr].nrules; i++) {
			const struct arg_rule *r = &call_table[nr].rules[i];
			uint64_t values[] = { 0,
					      r->value,
					      r->value + 1,
					      r->value - 1,
					      r->value ^ 64,
					      r->value | UINT64_C(1) << 40,
					      ~r->value,
					      UINT64_C(1) << 32,
					      r->mask,
					      r->value | ~r->mask,
					      UINT64_MAX };

			for (size_t v = 0; v < ARRAY_SIZE(values); v++)
				for (unsigned fill = 0; fill < 2; fill++) {
					uint64_t args[6] = { fill, fill, fill, fill, fill, fill };

					args[r->arg] = values[v];
					ck_assert_msg(run_args(nr, args) == expected(nr, args),
						      "%s(%u: 0x%llx)", call_table[nr].name, r->arg,
						      (unsigned long long)values[v]);
				}
		}
}
END_TEST

START_TEST(filter_by_argument_of_well_known_calls)
{
	ck_assert_uint_eq(run_arg(SYS_clone, 0, CLONE_VM | CLONE_THREAD), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run_arg(SYS_clone, 0, 17), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run_arg(SYS_clone, 0, CLONE_NEWUSER | 17), SECCOMP_RET_ERRNO | EPERM);
	ck_assert_uint_eq(run_arg(SYS_unshare, 0, CLONE_NEWNS), SECCOMP_RET_ERRNO | EPERM);
	ck_assert_uint_eq(run_arg(SYS_prctl, 0, PR_SET_NAME), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run_arg(SYS_prctl, 0, PR_CAPBSET_DROP), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run_arg(SYS_prctl, 0, PR_SET_MM), SECCOMP_RET_ERRNO | EPERM);
	ck_assert_uint_eq(run_arg(SYS_sendto, 4, 0), SECCOMP_RET_ALLOW);
	/* a pointer whose low half is zero is one all the same */
	ck_assert_uint_eq(run_arg(SYS_sendto, 4, UINT64_C(1) << 32), SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run_arg(SYS_sched_setaffinity, 0, 0), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run_arg(SYS_sched_setaffinity, 0, 1), SECCOMP_RET_USER_NOTIF);
}
END_TEST

/* ---- the native level ---- */

static void setup_native(void)
{
	ck_assert_int_eq(filter_compile(&prog, FILTER_NATIVE, 0), 0);
}

static uint32_t run_i386(uint32_t nr, uint64_t first)
{
	struct seccomp_data d = { .nr = nr, .arch = AUDIT_ARCH_I386, .args = { first } };

	return run_data(&d);
}

START_TEST(native_without_rules_is_the_row)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++)
		if (call_table[nr].name && !call_table[nr].nnative)
			ck_assert_msg(run(nr) == action(call_table[nr].native), "%s",
				      call_table[nr].name);
	ck_assert_uint_eq(run(NR_UNKNOWN), action(TRAP_ENOSYS));
	ck_assert_uint_eq(run(X32_BIT | 1), action(TRAP_ENOSYS));
}
END_TEST

START_TEST(native_notifies_of_exec_and_setns_alone)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++)
		ck_assert_msg((run(nr) == SECCOMP_RET_USER_NOTIF) ==
				      (nr == SYS_execve || nr == SYS_execveat || nr == SYS_setns),
			      "%u", nr);
}
END_TEST

START_TEST(native_with_a_budget_notifies_of_two_more)
{
	free(prog.filter);
	ck_assert_int_eq(filter_compile(&prog, FILTER_NATIVE_BUDGET, 0), 0);
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++)
		ck_assert_msg((run(nr) == SECCOMP_RET_USER_NOTIF) ==
				      (nr == SYS_execve || nr == SYS_execveat || nr == SYS_setns ||
				       nr == SYS_sysinfo || nr == SYS_sched_getaffinity),
			      "%u", nr);
	ck_assert_uint_eq(run_i386(116, 0), SECCOMP_RET_ALLOW); /* sysinfo */
}
END_TEST

START_TEST(native_deaf_never_notifies)
{
	free(prog.filter);
	ck_assert_int_eq(filter_compile(&prog, FILTER_NATIVE_DEAF, 0), 0);
	for (unsigned i = 0; i < prog.len; i++)
		if (prog.filter[i].code == (BPF_RET | BPF_K))
			ck_assert_uint_ne(prog.filter[i].k, SECCOMP_RET_USER_NOTIF);
	ck_assert_uint_eq(run(SYS_execve), SECCOMP_RET_ALLOW);
	ck_assert_uint_eq(run(SYS_setns), action(TRAP_EPERM));
}
END_TEST

/* Each word opens its rows and no other; at path level none. */
START_TEST(native_allows_what_is_asked_for)
{
	static const unsigned words[] = { ALLOW_USERNS, ALLOW_IO_URING };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		unsigned opened = 0;

		free(prog.filter);
		ck_assert_int_eq(filter_compile(&prog, FILTER_NATIVE, words[i]), 0);
		for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++) {
			const struct call *c = &call_table[nr];

			if (!c->name || c->nnative)
				continue;
			opened += c->allow == words[i];
			ck_assert_msg(run(nr) == (c->allow == words[i] ? SECCOMP_RET_ALLOW
								       : action(c->native)),
				      "%s", c->name);
		}
		ck_assert_uint_gt(opened, 0);
		ck_assert_uint_eq(run_arg(SYS_unshare, 0, CLONE_NEWUSER),
				  words[i] == ALLOW_USERNS ? SECCOMP_RET_ALLOW
							   : action(TRAP_EPERM));
	}
	free(prog.filter);
	ck_assert_int_eq(filter_compile(&prog, FILTER_PATH, ALLOW_USERNS | ALLOW_IO_URING), 0);
	ck_assert_uint_eq(run(SYS_io_uring_setup), action(TRAP_ENOSYS));
	ck_assert_uint_eq(run(SYS_mount), action(TRAP_EPERM));
}
END_TEST

START_TEST(native_by_argument)
{
	const uint32_t eperm = action(TRAP_EPERM), allow = SECCOMP_RET_ALLOW;

	ck_assert_uint_eq(run_arg(SYS_clone, 0, CLONE_NEWUSER | 17), eperm);
	ck_assert_uint_eq(run_arg(SYS_clone, 0, CLONE_FS | 17), allow);
	ck_assert_uint_eq(run_arg(SYS_unshare, 0, CLONE_NEWNS), eperm);
	ck_assert_uint_eq(run_arg(SYS_unshare, 0, CLONE_FS), allow);
	ck_assert_uint_eq(run_arg(SYS_ioctl, 1, 0x5412 /* TIOCSTI */), eperm);
	ck_assert_uint_eq(run_arg(SYS_ioctl, 1, 0x5401 /* TCGETS */), allow);
}
END_TEST

/* Numbers of i386, by hand: arch/x86/entry/syscalls/syscall_32.tbl */
START_TEST(native_i386_goes_by_names)
{
	static const unsigned refused[] = { 21,	 22,  25,  52,	79,  87,  88,  103, 110, 113,
					    115, 128, 129, 166, 217, 264, 283, 286, 288, 336,
					    342, 346, 350, 357, 404, 428, 429, 430, 442 };
	static const unsigned allowed[] = { 1,	 3,   4,   5,	6,   11,  39,  45,  54,	 90,  102,
					    117, 120, 192, 195, 197, 221, 240, 243, 252, 265, 295,
					    355, 359, 383, 403, 405, 434, 435, 436, 437, 439 };
	static const unsigned absent[] = { 222, 223, 251, 285, 387, 415, 425, 426, 374, 599 };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		ck_assert_msg(run_i386(refused[i], 0) == action(TRAP_EPERM), "%u", refused[i]);
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		ck_assert_msg(run_i386(allowed[i], 0) == SECCOMP_RET_ALLOW, "%u", allowed[i]);
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		ck_assert_msg(run_i386(absent[i], 0) == action(TRAP_ENOSYS), "%u", absent[i]);
	ck_assert_uint_eq(run_i386(120, CLONE_NEWUSER), action(TRAP_EPERM));
	ck_assert_uint_eq(run_i386(310, CLONE_NEWPID), action(TRAP_EPERM));
}
END_TEST
int main(void)
{
	Suite *s = suite_create("filter");
	TCase *f = tcase_create("path level"), *n = tcase_create("native level");

	tcase_add_checked_fixture(f, setup, teardown);
	tcase_set_timeout(f, 30);
	tcase_add_test(f, program_is_one_that_the_kernel_takes);
	tcase_add_test(f, filter_of_well_known_calls);
	tcase_add_test(f, filter_of_an_unknown_number_is_enosys);
	tcase_add_test(f, filter_of_another_architecture_is_refused);
	tcase_add_test(f, filter_of_x32_is_refused);
	tcase_add_test(f, filter_without_rules_is_the_row);
	tcase_add_test(f, filter_with_rules_is_the_first_that_fits);
	tcase_add_test(f, filter_by_argument_of_well_known_calls);
	suite_add_tcase(s, f);
	tcase_add_checked_fixture(n, setup_native, teardown);
	tcase_add_test(n, program_is_one_that_the_kernel_takes);
	tcase_add_test(n, native_without_rules_is_the_row);
	tcase_add_test(n, native_notifies_of_exec_and_setns_alone);
	tcase_add_test(n, native_with_a_budget_notifies_of_two_more);
	tcase_add_test(n, native_deaf_never_notifies);
	tcase_add_test(n, native_allows_what_is_asked_for);
	tcase_add_test(n, native_by_argument);
	tcase_add_test(n, native_i386_goes_by_names);
	suite_add_tcase(s, n);
	return suite_run(s);
}
