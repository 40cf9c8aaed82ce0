// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of system calls, and the filter that is compiled out of it, run here by hand. */
#include <check.h>
#include <ctype.h>
#include <linux/audit.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "filter.h"
#include "table.h"
#include "util.h"

#define X32_BIT	    0x40000000U
#define NR_UNKNOWN  9999
#define HEADER_PATH "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"

static struct sock_fprog prog;

static void setup(void)
{
	ck_assert_int_eq(filter_compile(&prog, FILTER_PATH, 0), 0);
}

static void teardown(void)
{
	free(prog.filter);
}

/* ---- the table ---- */

START_TEST(name_of_a_sample_is_right)
{
#define ROW(n)              \
	{                   \
		SYS_##n, #n \
	}
	static const struct {
		int nr;
		const char *name;
	} sample[] = {
		ROW(read),	     ROW(open),
		ROW(mmap),	     ROW(pread64),
		ROW(clone),	     ROW(execve),
		ROW(fcntl),	     ROW(getdents),
		ROW(rename),	     ROW(prctl),
		ROW(arch_prctl),     ROW(chroot),
		ROW(mount),	     ROW(umount2),
		ROW(getdents64),     ROW(openat),
		ROW(newfstatat),     ROW(renameat2),
		ROW(execveat),	     ROW(statx),
		ROW(rseq),	     ROW(pidfd_send_signal),
		ROW(io_uring_setup), ROW(clone3),
		ROW(openat2),	     ROW(faccessat2),
		ROW(futex_waitv),
	};
#undef ROW

	for (size_t i = 0; i < ARRAY_SIZE(sample); i++)
		ck_assert_str_eq(call_table[sample[i].nr].name, sample[i].name);
}
END_TEST

START_TEST(name_of_every_number_in_the_headers_is_right)
{
	FILE *f = fopen(HEADER_PATH, "re");
	char line[256], name[128];
	unsigned nr, n = 0;

	if (!f)
		return; /* another distribution's layout: the sample must do */
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "#define __NR_%127s %u", name, &nr) != 2)
			continue;
		if (nr >= CALL_NUMBER_MAX)
			continue; /* headers newer than the table: the filter answers ENOSYS */
		ck_assert_msg(call_table[nr].name && strcmp(call_table[nr].name, name) == 0,
			      "%u is %s, not %s", nr, name, call_table[nr].name);
		n++;
	}
	fclose(f);
	ck_assert_uint_gt(n, 300);
}
END_TEST

START_TEST(name_is_there_once)
{
	for (unsigned a = 0; a < CALL_NUMBER_MAX; a++)
		for (unsigned b = a + 1; call_table[a].name && b < CALL_NUMBER_MAX; b++)
			if (call_table[b].name)
				ck_assert_str_ne(call_table[a].name, call_table[b].name);
}
END_TEST

START_TEST(hole_has_nothing_at_all)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++) {
		const struct call *c = &call_table[nr];

		if (c->name)
			continue;
		ck_assert_msg(!c->handler && !c->rules && !c->nrules && !c->nargs, "row %u", nr);
	}
}
END_TEST

/* Whatever can reach the supervisor must find somebody there. */
START_TEST(row_that_notifies_has_a_handler)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++) {
		const struct call *c = &call_table[nr];
		bool notifies = c->name && (c->path == TRAP_NOTIFY || c->native == TRAP_NOTIFY);

		for (unsigned i = 0; i < c->nrules; i++)
			notifies |= c->rules[i].action == TRAP_NOTIFY;
		ck_assert_msg(!notifies || c->handler, "%s has no handler", c->name);
		ck_assert_msg(notifies || !c->handler, "%s has a handler nobody calls", c->name);
	}
}
END_TEST

START_TEST(row_has_valid_fields)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++) {
		const struct call *c = &call_table[nr];

		if (!c->name)
			continue;
		ck_assert_uint_le(c->nargs, 6);
		ck_assert_int_lt(c->class, CL_COUNT);
		ck_assert_int_le(c->path, TRAP_ENOSYS);
		ck_assert_int_le(c->native, TRAP_ASKED);
		ck_assert_uint_le(c->nrules, CALL_RULES_MAX);
		ck_assert_int_eq(c->rules != NULL, c->nrules > 0);
		for (const char *p = c->name; *p; p++)
			ck_assert(islower(*p) || isdigit(*p) || *p == '_');
		for (unsigned i = 0; i < c->nrules; i++) {
			ck_assert_uint_lt(c->rules[i].arg, c->nargs);
			ck_assert_int_le(c->rules[i].test, ARG_MASKED);
			ck_assert_int_le(c->rules[i].action, TRAP_ENOSYS);
		}
	}
	for (unsigned i = 0; i < CL_COUNT; i++)
		ck_assert_ptr_nonnull(call_class_names[i]);
}
END_TEST

static const struct call *call_named(const char *name)
{
	for (unsigned nr = 0; nr < CALL_NUMBER_MAX; nr++)
		if (call_table[nr].name && strcmp(call_table[nr].name, name) == 0)
			return &call_table[nr];
	ck_abort_msg("no row %s", name);
	return NULL;
}

/* SYSCALL_DEFINEn of Linux 6.18: those that nobody knows by heart */
START_TEST(arguments_are_as_many_as_the_kernel_takes)
{
	static const struct {
		const char *name;
		unsigned nargs;
	} cases[] = {
		{ "read", 3 },
		{ "mmap", 6 },
		{ "clone", 5 },
		{ "openat", 4 },
		{ "prctl", 5 },
		{ "preadv", 5 },
		{ "preadv2", 6 },
		{ "mremap", 5 },
		{ "kcmp", 5 },
		{ "renameat2", 5 },
		{ "execveat", 5 },
		{ "statx", 5 },
		{ "rseq", 4 },
		{ "pidfd_send_signal", 4 },
		{ "clone3", 2 },
		{ "openat2", 4 },
		{ "pidfd_getfd", 3 },
		{ "faccessat2", 4 },
		{ "process_madvise", 5 },
		{ "epoll_pwait2", 6 },
		{ "mount_setattr", 5 },
		{ "landlock_add_rule", 4 },
		{ "process_mrelease", 2 },
		{ "futex_waitv", 5 },
		{ "cachestat", 4 },
		{ "set_mempolicy_home_node", 4 },
		{ "fchmodat2", 4 },
		{ "map_shadow_stack", 3 },
		{ "futex_wake", 4 },
		{ "futex_wait", 6 },
		{ "futex_requeue", 4 },
		{ "mseal", 3 },
		{ "setxattrat", 6 },
		{ "getxattrat", 6 },
		{ "listxattrat", 5 },
		{ "removexattrat", 4 },
		{ "file_getattr", 5 },
		{ "file_setattr", 5 },
	};

	char wrong[1024] = "";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (call_named(cases[i].name)->nargs != cases[i].nargs)
			snprintf(wrong + strlen(wrong), sizeof(wrong) - strlen(wrong),
				 " %s takes %u,", cases[i].name, cases[i].nargs);
	ck_assert_str_eq(wrong, "");
}
END_TEST

/* ---- the filter: what the kernel's classic BPF does with the few instructions there are ---- */

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

static Suite *table_suite(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table"), *f = tcase_create("filter"),
	      *n = tcase_create("native filter");

	tcase_add_test(t, name_of_a_sample_is_right);
	tcase_add_test(t, name_of_every_number_in_the_headers_is_right);
	tcase_add_test(t, name_is_there_once);
	tcase_add_test(t, hole_has_nothing_at_all);
	tcase_add_test(t, row_that_notifies_has_a_handler);
	tcase_add_test(t, row_has_valid_fields);
	tcase_add_test(t, arguments_are_as_many_as_the_kernel_takes);
	suite_add_tcase(s, t);
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
	return s;
}

int main(void)
{
	SRunner *sr = srunner_create(table_suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
