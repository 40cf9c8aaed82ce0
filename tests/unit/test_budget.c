// SPDX-License-Identifier: GPL-2.0-or-later

#include "budget.h"
#include "cgroup.h"
#include "suite.h"
#include "util.h"

static char err[COMPARTMENT_ERR_BYTES];

/* ---- values ---- */

START_TEST(parse_takes_what_a_person_writes)
{
	static const struct {
		enum budget_key key;
		const char *text;
		int64_t value;
		const char *again; /* as budget_format() writes it */
	} cases[] = {
		{ BUDGET_CPUS, "1", 1000, "1" },
		{ BUDGET_CPUS, "0.5", 500, "0.500" },
		{ BUDGET_CPUS, "1.2345", 1234, "1.234" },
		{ BUDGET_CPUS, "0.01", 10, "0.010" },
		{ BUDGET_CPUS, "8192", 8192000, "8192" },
		{ BUDGET_CPUS, "max", BUDGET_NOLIMIT, "max" },
		{ BUDGET_CPU_WEIGHT, "1", 1, "1" },
		{ BUDGET_CPU_WEIGHT, "10000", 10000, "10000" },
		{ BUDGET_MEMORY, "16M", 16 << 20, "16M" },
		{ BUDGET_MEMORY, "512MiB", 512 << 20, "512M" },
		{ BUDGET_MEMORY, "1.5g", 1536LL << 20, "1536M" },
		{ BUDGET_MEMORY, "2GB", 2LL << 30, "2G" },
		{ BUDGET_MEMORY, "1024T", 1LL << 50, "1024T" },
		{ BUDGET_MEMORY, "33554433", 33554433, "33554433" },
		{ BUDGET_SWAP, "0", 0, "0" },
		{ BUDGET_PIDS, "4194304", 4194304, "4194304" },
		{ BUDGET_NOFILE, "16", 16, "16" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char why[96] = "", text[32];
		int64_t value = 0;
		int ret = budget_parse(cases[i].key, cases[i].text, &value, why, sizeof(why));

		ck_assert_msg(ret == 0, "%s: %s", cases[i].text, why);
		ck_assert_int_eq(value, cases[i].value);
		budget_format(cases[i].key, value, text, sizeof(text));
		ck_assert_str_eq(text, cases[i].again);
	}
}
END_TEST

START_TEST(words_are_read_and_written)
{
	static const char *const wrong[][2] = {
		{ "memory", "memory: not KEY=VALUE" },
		{ "=1", ": no such limit" },
		{ "mem=1G", "mem: no such limit" },
		{ "cpus=0", "cpus=0: must be 0.01 to 8192" },
		{ "pids=1e9", "pids=1e9: not a number" },
	};
	struct budget b;
	char text[160];

	budget_init(&b);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_int_lt(budget_parse_word(wrong[i][0], &b, text, sizeof(text)), 0);
		ck_assert_str_eq(text, wrong[i][1]);
	}
	ck_assert_uint_eq(budget_given(&b), 0);
	budget_words(&b, text, sizeof(text));
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(budget_parse_word("swap=max", &b, text, sizeof(text)), 0);
	ck_assert_int_eq(budget_parse_word("cpus=1.5", &b, text, sizeof(text)), 0);
	budget_words(&b, text, sizeof(text));
	ck_assert_str_eq(text, "cpus=1.500 swap=max");
	budget_words(&b, text, 8); /* cut, and ended */
	ck_assert_str_eq(text, "cpus=1.");
	budget_names(budget_given(&b), text, sizeof(text));
	ck_assert_str_eq(text, "cpus, swap");
}
END_TEST

START_TEST(parse_refuses_the_rest_and_says_why)
{
	static const char *const never[] = { "",
					     "-1",
					     "abc",
					     "1e9",
					     "1e",
					     "0x10",
					     " 1",
					     "1 ",
					     "1,5",
					     ".5",
					     "1.",
					     "1x",
					     "inf",
					     "nan",
					     "+1",
					     "1KK",
					     "1Ki2",
					     "99999999999999999999999999",
					     "99999999999999999999999999T",
					     "Max" };

	for (int key = 0; key < BUDGET_KEY_COUNT; key++) {
		for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
			char why[96] = "";
			int64_t value;

			ck_assert_msg(budget_parse(key, never[i], &value, why, sizeof(why)) < 0,
				      "%s %s", budget_key_name(key), never[i]);
			ck_assert_str_ne(why, "");
		}
	}
}
END_TEST

START_TEST(parse_knows_the_ends_of_each_range)
{
	static const struct {
		enum budget_key key;
		const char *text;
	} cases[] = {
		{ BUDGET_CPUS, "0" },	       { BUDGET_CPUS, "0.009" },
		{ BUDGET_CPUS, "8192.001" },   { BUDGET_CPUS, "1000000000" },
		{ BUDGET_CPU_WEIGHT, "0" },    { BUDGET_CPU_WEIGHT, "10001" },
		{ BUDGET_CPU_WEIGHT, "1.5" },  { BUDGET_CPU_WEIGHT, "max" },
		{ BUDGET_IO_WEIGHT, "max" },   { BUDGET_MEMORY, "0" },
		{ BUDGET_MEMORY, "15M" },      { BUDGET_MEMORY, "1025T" },
		{ BUDGET_MEMORY, "9000000T" }, { BUDGET_PIDS, "0" },
		{ BUDGET_PIDS, "4194305" },    { BUDGET_PIDS, "1.5" },
		{ BUDGET_PIDS, "1K" },	       { BUDGET_NOFILE, "15" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char why[96];
		int64_t value;

		ck_assert_msg(budget_parse(cases[i].key, cases[i].text, &value, why, sizeof(why)) <
				      0,
			      "%s %s", budget_key_name(cases[i].key), cases[i].text);
	}
}
END_TEST

START_TEST(cut_is_below_the_ceiling_also_where_nothing_was_said)
{
	struct budget b, ceiling;

	budget_init(&b);
	budget_init(&ceiling);
	b.value[BUDGET_PIDS] = 500;
	b.value[BUDGET_MEMORY] = BUDGET_NOLIMIT;
	b.value[BUDGET_NOFILE] = 20;
	ceiling.value[BUDGET_PIDS] = 100;
	ceiling.value[BUDGET_MEMORY] = 1 << 30;
	ceiling.value[BUDGET_NOFILE] = 50;
	ceiling.value[BUDGET_CPUS] = 1500;
	ck_assert_uint_eq(budget_cut(&b, &ceiling), 1U << BUDGET_PIDS | 1U << BUDGET_MEMORY);
	ck_assert_int_eq(b.value[BUDGET_PIDS], 100);
	ck_assert_int_eq(b.value[BUDGET_MEMORY], 1 << 30);
	ck_assert_int_eq(b.value[BUDGET_NOFILE], 20);
	ck_assert_int_eq(b.value[BUDGET_CPUS], 1500);
	ck_assert_int_eq(b.value[BUDGET_SWAP], BUDGET_UNSET);
}
END_TEST

START_TEST(defaults_leave_what_was_said)
{
	struct budget b;

	budget_init(&b);
	b.value[BUDGET_PIDS] = 7;
	budget_defaults(&b);
	ck_assert_int_eq(b.value[BUDGET_PIDS], 7);
	ck_assert_int_eq(b.value[BUDGET_CPU_WEIGHT], 100);
	ck_assert_int_gt(b.value[BUDGET_MEMORY], 0);
	ck_assert_int_eq(b.value[BUDGET_CPUS], BUDGET_UNSET);
}
END_TEST

/* ---- files ---- */

static int read_as(enum budget_file kind, const char *text, struct budget *b,
		   struct budget *ceiling)
{
	budget_init(b);
	budget_init(ceiling);
	err[0] = '\0';
	return budget_read(text, "f.conf", kind, b, ceiling, err, sizeof(err));
}

START_TEST(read_fills_budget_and_ceiling)
{
	struct budget b, ceiling;

	ck_assert_int_eq(read_as(BUDGET_FILE_MACHINE,
				 "# all\n[budget]\ncpus = 0.5 ; half\npids=9\n\n[ceiling]\n"
				 "pids = 100\npids = 200\nmemory: 1G\n",
				 &b, &ceiling),
			 0);
	ck_assert_int_eq(b.value[BUDGET_CPUS], 500);
	ck_assert_int_eq(b.value[BUDGET_PIDS], 9);
	ck_assert_int_eq(ceiling.value[BUDGET_PIDS], 100); /* only lowered */
	ck_assert_int_eq(ceiling.value[BUDGET_MEMORY], 1 << 30);
	ck_assert_int_eq(read_as(BUDGET_FILE_USER_CEILING, "[budget]\npids = 5\n", &b, &ceiling),
			 0);
	ck_assert_int_eq(b.value[BUDGET_PIDS], BUDGET_UNSET);
	ck_assert_int_eq(ceiling.value[BUDGET_PIDS], 5);
	ck_assert_int_eq(read_as(BUDGET_FILE_PLAIN, "", &b, &ceiling), 0);
	ck_assert_int_eq(read_as(BUDGET_FILE_PLAIN, "[trust]\nx = y\n", &b, &ceiling), 0);
	ck_assert_int_eq(read_as(BUDGET_FILE_PLAIN, "[budget]\npids = 5", &b, &ceiling), 0);
	ck_assert_int_eq(b.value[BUDGET_PIDS], 5);
}
END_TEST

START_TEST(read_names_file_line_and_mistake)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "[budget]\npids = abc\n", "f.conf:2: pids = abc: not a number" },
		{ "[budget]\npids = 1e9\n", "f.conf:2: pids = 1e9: not a number" },
		{ "[budget]\n\n\npids = 0\ncpus = x\n",
		  "f.conf:4: pids = 0: must be 1 to 4194304" },
		{ "[budget]\nnope = 0\n", "f.conf:2: nope: no such limit" },
		{ "pids = 5\n", "f.conf:1: pids: stands before any [section]" },
		{ "[x]\npids = 5\n", "f.conf:2: [x]: unknown section" },
		{ "[ceiling]\npids = 5\n", "f.conf:2: [ceiling]: unknown section" },
		{ "[budget]\nwhat\npids = x\n", "f.conf:2: neither [section] nor KEY = VALUE" },
		{ "[budget]\npids =\n", "f.conf:2: pids = : not a number" },
		{ "[budget\npids = 5\n", "f.conf:1: neither [section] nor KEY = VALUE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct budget b, ceiling;

		ck_assert_int_eq(read_as(BUDGET_FILE_PLAIN, cases[i].text, &b, &ceiling), -EINVAL);
		ck_assert_str_eq(err, cases[i].said);
	}
}
END_TEST

START_TEST(read_refuses_a_line_that_inih_would_cut)
{
	autofree char *text = str_printf("[budget]\npids = %0300d\n", 1);
	struct budget b, ceiling;

	ck_assert_int_eq(read_as(BUDGET_FILE_PLAIN, text, &b, &ceiling), -EINVAL);
	ck_assert_str_eq(err, "f.conf:2: longer than 197 bytes");
}
END_TEST

START_TEST(edit_changes_one_line)
{
	static const struct {
		const char *before;
		enum budget_key key;
		int64_t value;
		const char *after;
	} cases[] = {
		{ "", BUDGET_PIDS, 5, "[budget]\npids = 5\n" },
		{ "", BUDGET_PIDS, BUDGET_UNSET, "" },
		{ "[budget]\n", BUDGET_PIDS, 5, "[budget]\npids = 5\n" },
		{ "# hi\n[budget]\npids=9 ; x\ncpus = 1", BUDGET_PIDS, 5,
		  "# hi\n[budget]\npids = 5\ncpus = 1\n" },
		{ "[budget]\npids=9\npids = 8\n", BUDGET_PIDS, 5, "[budget]\npids = 5\n" },
		{ "[budget]\npids=9\n[net]\npids = 8\n", BUDGET_CPUS, 500,
		  "[budget]\npids=9\ncpus = 0.500\n[net]\npids = 8\n" },
		{ "[net]\npids = 8\n", BUDGET_PIDS, BUDGET_NOLIMIT,
		  "[net]\npids = 8\n[budget]\npids = max\n" },
		{ "[budget]\n cpu-weight = 3\ncpus: 2\n", BUDGET_CPUS, BUDGET_UNSET,
		  "[budget]\n cpu-weight = 3\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *got = budget_edit(cases[i].before, cases[i].key, cases[i].value);

		ck_assert_str_eq(got, cases[i].after);
	}
}
END_TEST

/* ---- where cgroups are ---- */

static const struct cgroup_place *place(const struct cgroup_places *all, int version,
					enum cgroup_controller c)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->p[i].version == version &&
		    (version == 2 || all->p[i].controllers & 1U << c))
			return &all->p[i];
	return NULL;
}

START_TEST(find_v2_of_systemd)
{
	struct cgroup_places all;

	ck_assert_int_eq(
		cgroup_find(
			"22 27 0:20 / /proc rw,nosuid shared:13 - proc proc rw\n"
			"29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 "
			"- cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n",
			"0::/user.slice/user-1000.slice/user@1000.service/app.slice/a b.scope\n",
			&all),
		0);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_int_eq(all.p[0].version, 2);
	ck_assert_str_eq(all.p[0].path, "/sys/fs/cgroup/user.slice/user-1000.slice/"
					"user@1000.service/app.slice/a b.scope");
	ck_assert(!all.p[0].rdonly);
	cgroup_places_finish(&all);
}
END_TEST

START_TEST(find_hybrid_with_an_empty_v2)
{
	struct cgroup_places all;

	ck_assert_int_eq(
		cgroup_find(
			"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
			"32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
			"33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"
			"34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
			"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
			"40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
			"rw,name=systemd\n"
			"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
			"9:name=systemd:/\n8:pids:/\n4:memory:/job/3\n3:cpuset:/\n2:cpuacct:/\n"
			"1:cpu:/\n0::/\n",
			&all),
		0);
	ck_assert_uint_eq(all.n, 4); /* pids is not mounted, cpuset and systemd are not ours */
	ck_assert_str_eq(place(&all, 1, CGROUP_CPU)->path, "/sys/fs/cgroup/cpu");
	ck_assert_str_eq(place(&all, 1, CGROUP_MEMORY)->path, "/sys/fs/cgroup/memory/job/3");
	ck_assert_ptr_null(place(&all, 1, CGROUP_PIDS));
	ck_assert_str_eq(place(&all, 2, 0)->path, "/sys/fs/cgroup/unified");
	cgroup_places_finish(&all);
}
END_TEST

START_TEST(find_v1_mounted_together_and_elsewhere)
{
	struct cgroup_places all;

	ck_assert_int_eq(cgroup_find("50 1 0:40 / /dev/c\\040g/both rw - cgroup none "
				     "rw,cpu,cpuacct\n"
				     "51 1 0:41 / /b rw - cgroup none rw,blkio\n",
				     "4:cpu,cpuacct:/x\n5:blkio:/\n", &all),
			 0);
	ck_assert_uint_eq(all.n, 2);
	ck_assert_uint_eq(all.p[0].controllers, 1U << CGROUP_CPU | 1U << CGROUP_CPUACCT);
	ck_assert_str_eq(all.p[0].path, "/dev/c g/both/x");
	ck_assert_uint_eq(all.p[1].controllers, 1U << CGROUP_IO);
	cgroup_places_finish(&all);
}
END_TEST

START_TEST(find_in_a_container)
{
	struct cgroup_places all;

	/* docker on v1, no cgroup namespace: the mount shows the container's part */
	ck_assert_int_eq(
		cgroup_find("60 1 0:33 /docker/abc /sys/fs/cgroup/pids ro,nosuid,nodev master:15 - "
			    "cgroup cgroup rw,pids\n",
			    "8:pids:/docker/abc/sub\n", &all),
		0);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.p[0].path, "/sys/fs/cgroup/pids/sub");
	ck_assert(all.p[0].rdonly);
	cgroup_places_finish(&all);
	/* docker on v2, its own namespace, read-only */
	ck_assert_int_eq(cgroup_find("60 1 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n",
				     "0::/\n", &all),
			 0);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.p[0].path, "/sys/fs/cgroup");
	ck_assert(all.p[0].rdonly);
	cgroup_places_finish(&all);
	/* we are where the mount does not reach */
	ck_assert_int_eq(cgroup_find("60 1 0:26 /other /sys/fs/cgroup rw - cgroup2 cgroup rw\n"
				     "61 1 0:26 / /mnt rw - cgroup2 cgroup rw\n",
				     "0::/../job\n", &all),
			 0);
	ck_assert_uint_eq(all.n, 0);
	/* the prefix must be a whole component */
	ck_assert_int_eq(cgroup_find("60 1 0:26 /job /sys/fs/cgroup rw - cgroup2 cgroup rw\n",
				     "0::/job2\n", &all),
			 0);
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(find_prefers_the_mount_that_can_be_written)
{
	struct cgroup_places all;

	ck_assert_int_eq(cgroup_find("60 1 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
				     "61 1 0:26 / /run/cg rw - cgroup2 cgroup rw\n"
				     "62 1 0:26 / /run/too rw - cgroup2 cgroup rw\n",
				     "0::/a\n", &all),
			 0);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.p[0].path, "/run/cg/a");
	cgroup_places_finish(&all);
}
END_TEST

START_TEST(find_stands_any_text)
{
	static const char *const odd[] = { "",
					   "\n\n",
					   "x",
					   "1 2 3",
					   "1 2 3:4 / /x rw - ",
					   "1 2 3:4 / /x rw - cgroup2",
					   "- cgroup2 x rw\n" };
	struct cgroup_places all;

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		ck_assert_int_eq(cgroup_find(odd[i], "0::/\n:\n::\n5:cpu\nx", &all), 0);
		cgroup_places_finish(&all);
		ck_assert_int_eq(
			cgroup_find("60 1 0:26 / /c rw - cgroup2 cgroup rw\n", odd[i], &all), 0);
		cgroup_places_finish(&all);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("budget");
	TCase *values = tcase_create("values"), *files = tcase_create("files");
	TCase *find = tcase_create("find");

	tcase_add_test(values, parse_takes_what_a_person_writes);
	tcase_add_test(values, parse_refuses_the_rest_and_says_why);
	tcase_add_test(values, words_are_read_and_written);
	tcase_add_test(values, parse_knows_the_ends_of_each_range);
	tcase_add_test(values, cut_is_below_the_ceiling_also_where_nothing_was_said);
	tcase_add_test(values, defaults_leave_what_was_said);
	tcase_add_test(files, read_fills_budget_and_ceiling);
	tcase_add_test(files, read_names_file_line_and_mistake);
	tcase_add_test(files, read_refuses_a_line_that_inih_would_cut);
	tcase_add_test(files, edit_changes_one_line);
	tcase_add_test(find, find_v2_of_systemd);
	tcase_add_test(find, find_hybrid_with_an_empty_v2);
	tcase_add_test(find, find_v1_mounted_together_and_elsewhere);
	tcase_add_test(find, find_in_a_container);
	tcase_add_test(find, find_prefers_the_mount_that_can_be_written);
	tcase_add_test(find, find_stands_any_text);
	suite_add_tcase(s, values);
	suite_add_tcase(s, files);
	suite_add_tcase(s, find);
	return suite_run(s);
}
