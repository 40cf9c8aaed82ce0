// SPDX-License-Identifier: GPL-2.0-or-later

#include "proc_budget.h"
#include "suite.h"
#include "util.h"

#define MIB (1ULL << 20)

START_TEST(meminfo_is_cut_to_the_limit)
{
	static const char in[] = "MemTotal:       24684380 kB\n"
				 "MemFree:        20684380 kB\n"
				 "MemAvailable:   22684380 kB\n"
				 "Buffers:          100000 kB\n"
				 "Cached:          1000000 kB\n"
				 "SwapCached:            0 kB\n"
				 "Active(anon):     900000 kB\n"
				 "SwapTotal:       2097148 kB\n"
				 "SwapFree:        2097148 kB\n"
				 "Committed_AS:    3000000 kB\n"
				 "VmallocTotal:   34359738367 kB\n"
				 "HugePages_Total:       0\n"
				 "DirectMap1G:    11534336 kB\n";
	struct proc_memory m = { 512 * MIB, 100 * MIB, 20 * MIB, 64 * MIB, 4 * MIB };
	autofree char *out = proc_meminfo(in, &m);

	ck_assert_str_eq(out, "MemTotal:         524288 kB\n"
			      "MemFree:          421888 kB\n"
			      "MemAvailable:     442368 kB\n"
			      "Buffers:               0 kB\n"
			      "Cached:            20480 kB\n"
			      "SwapCached:            0 kB\n"
			      "Active(anon):     524288 kB\n"
			      "SwapTotal:         65536 kB\n"
			      "SwapFree:          61440 kB\n"
			      "Committed_AS:    3000000 kB\n"
			      "VmallocTotal:   34359738367 kB\n"
			      "HugePages_Total:       0\n"
			      "DirectMap1G:    11534336 kB\n");
}
END_TEST

START_TEST(meminfo_of_this_machine_keeps_its_form)
{
	struct proc_memory none = { 0 }, all = { ~0ULL, 0, ~0ULL, ~0ULL, 0 };
	autofree char *in = NULL, *same = NULL, *out = NULL;
	char *p, *q;

	ck_assert_int_gt(read_file_at(-1, "/proc/meminfo", 1 << 20, &in), 0);
	same = proc_meminfo(in, &none);
	ck_assert_str_eq(same, in);
	out = proc_meminfo(in, &all);
	/* but for Buffers, every byte */
	p = strstr(in, "Cached:");
	q = strstr(out, "Cached:");
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(p, q);
}
END_TEST

START_TEST(meminfo_stands_any_text)
{
	struct proc_memory m = { 512 * MIB, 600 * MIB, 0, 0, 1 };
	static const char *const odd[] = {
		"", "\n", "x", "MemFree: kB\n", ":", "MemFree: 5 kB", "MemFree: 5 kB extra\n"
	};

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		autofree char *out = proc_meminfo(odd[i], &m);

		ck_assert_ptr_nonnull(out);
	}
}
END_TEST

START_TEST(cpuinfo_has_as_many_paragraphs)
{
	static const char in[] = "processor\t: 0\nx\n\nprocessor\t: 1\nx\n\nprocessor\t: 2\n\n";
	autofree char *none = proc_cpuinfo(in, 0), *two = proc_cpuinfo(in, 2);
	autofree char *many = proc_cpuinfo(in, 9);

	ck_assert_str_eq(none, in);
	ck_assert_str_eq(two, "processor\t: 0\nx\n\nprocessor\t: 1\nx\n\n");
	ck_assert_str_eq(many, in);
}
END_TEST

START_TEST(cpu_list_is_cut)
{
	static const struct {
		const char *in;
		unsigned cpus;
		const char *out;
	} cases[] = {
		{ "0-3\n", 0, "0-3\n" },	 { "0-3\n", 1, "0\n" },
		{ "0-3\n", 2, "0-1\n" },	 { "0-3\n", 9, "0-3\n" },
		{ "0,2-3,8\n", 2, "0,2\n" },	 { "0,2-3,8\n", 3, "0,2-3\n" },
		{ "0,2-3,8\n", 4, "0,2-3,8\n" }, { "\n", 2, "\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *out = proc_cpu_list(cases[i].in, cases[i].cpus);

		ck_assert_str_eq(out, cases[i].out);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("proc_budget");
	TCase *t = tcase_create("proc_budget");

	tcase_add_test(t, meminfo_is_cut_to_the_limit);
	tcase_add_test(t, meminfo_of_this_machine_keeps_its_form);
	tcase_add_test(t, meminfo_stands_any_text);
	tcase_add_test(t, cpuinfo_has_as_many_paragraphs);
	tcase_add_test(t, cpu_list_is_cut);
	suite_add_tcase(s, t);
	return suite_run(s);
}
