// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of system calls. */
#include <ctype.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <sys/syscall.h>

#include "suite.h"
#include "table.h"
#include "util.h"

#define HEADER_PATH "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"

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
int main(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table");

	tcase_add_test(t, name_of_a_sample_is_right);
	tcase_add_test(t, name_of_every_number_in_the_headers_is_right);
	tcase_add_test(t, name_is_there_once);
	tcase_add_test(t, hole_has_nothing_at_all);
	tcase_add_test(t, row_that_notifies_has_a_handler);
	tcase_add_test(t, row_has_valid_fields);
	tcase_add_test(t, arguments_are_as_many_as_the_kernel_takes);
	suite_add_tcase(s, t);
	return suite_run(s);
}
