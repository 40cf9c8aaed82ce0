// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>

#include "proc_text.h"
#include "suite.h"
#include "util.h"

/* ---- proc_kind ---- */

START_TEST(kind_of_each_name)
{
	static const struct {
		const char *rel;
		enum proc_kind kind;
	} cases[] = {
		{ "", PROC_PASS },
		{ "status", PROC_STATUS },
		{ "statusx", PROC_PASS },
		{ "statu", PROC_PASS },
		{ "statm", PROC_PASS },
		{ "stat", PROC_STAT },
		{ "maps", PROC_MAPS },
		{ "smaps", PROC_MAPS },
		{ "smaps_rollup", PROC_PASS },
		{ "numa_maps", PROC_MAPS },
		{ "mounts", PROC_MOUNTS },
		{ "mountinfo", PROC_MOUNTINFO },
		{ "mountstats", PROC_MOUNTSTATS },
		{ "uid_map", PROC_UIDMAP },
		{ "gid_map", PROC_UIDMAP },
		{ "projid_map", PROC_UIDMAP },
		{ "loginuid", PROC_LOGINUID },
		{ "sessionid", PROC_LOGINUID },
		{ "cwd", PROC_LINK_CWD },
		{ "exe", PROC_LINK_EXE },
		{ "root", PROC_LINK_ROOT },
		{ "root/etc", PROC_PASS },
		{ "fd", PROC_DIR_FD },
		{ "fd/0", PROC_LINK_FD },
		{ "fd/", PROC_PASS },
		{ "fd/3/x", PROC_PASS },
		{ "fdinfo", PROC_DIR_FDINFO },
		{ "fdinfo/3", PROC_PASS },
		{ "ns", PROC_DIR_NS },
		{ "ns/mnt", PROC_LINK_NS },
		{ "map_files", PROC_DIR_MAPFILES },
		{ "map_files/400000-401000", PROC_LINK_MAPFILE },
		{ "mem", PROC_MEM },
		{ "setgroups", PROC_DENY },
		{ "task", PROC_DIR_TASK },
		{ "task/12", PROC_PASS },
		{ "task/12/", PROC_PASS },
		{ "task/12/status", PROC_STATUS },
		{ "task/12/fd/3", PROC_LINK_FD },
		{ "task/12/mem", PROC_MEM },
		{ "task/12x/status", PROC_PASS },
		{ "task/x/status", PROC_PASS },
		{ "taskstatus", PROC_PASS },
		{ "environ", PROC_PASS },
		{ "net/tcp", PROC_PASS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(proc_kind(cases[i].rel) == cases[i].kind, "%s: %d", cases[i].rel,
			      proc_kind(cases[i].rel));
}
END_TEST

START_TEST(fixed_texts)
{
	for (int k = 0; k < PROC_KIND_COUNT; k++) {
		const char *text = proc_fixed(k);

		if (k == PROC_UIDMAP)
			ck_assert_str_eq(text, "         0          0 4294967295\n");
		else if (k == PROC_LOGINUID)
			ck_assert_str_eq(text, "4294967295");
		else
			ck_assert_ptr_null(text);
	}
}
END_TEST

/* ---- status ---- */

static bool above_1000(void *arg, long pid)
{
	++*(int *)arg;
	return pid > 1000;
}

static const char status_in[] =
	"Name:\tsh\\nUid:\t7\nUmask:\t0022\nState:\tS (sleeping)\n"
	"Tgid:\t500\nPid:\t500\nPPid:\t2000\n"
	"TracerPid:\t44\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nFDSize:\t64\n"
	"Groups:\t4 24 1000 \nNStgid:\t500\nVmPeak:\t    2928 kB\nSigQ:\t0/31\n"
	"CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
	"CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"
	"Seccomp_filters:\t1\nSpeculation_Store_Bypass:\tvulnerable\nFuture:\t1";

START_TEST(status_tells_the_view)
{
	struct cred c = { .ruid = 1,
			  .euid = 2,
			  .suid = 3,
			  .fsuid = 4294967294U,
			  .rgid = 5,
			  .egid = 6,
			  .sgid = 7,
			  .fsgid = 8,
			  .cap_inheritable = 1,
			  .cap_permitted = 0x2f,
			  .cap_effective = 0xffffffffffffffff,
			  .cap_bounding = 4,
			  .cap_ambient = 5,
			  .ngroups = 2,
			  .groups = { 10, 4294967294U } };
	int asked = 0;
	autofree char *out = proc_status(status_in, &c, 077, above_1000, &asked);

	ck_assert_str_eq(
		out,
		"Name:\tsh\\nUid:\t7\nUmask:\t0077\nState:\tS (sleeping)\nTgid:\t500\nPid:\t500\n"
		"PPid:\t0\nTracerPid:\t44\nUid:\t1\t2\t3\t4294967294\nGid:\t5\t6\t7\t8\n"
		"FDSize:\t64\n"
		"Groups:\t10 4294967294 \nNStgid:\t500\nVmPeak:\t    2928 kB\nSigQ:\t0/31\n"
		"CapInh:\t0000000000000001\nCapPrm:\t000000000000002f\nCapEff:\tffffffffffffffff\n"
		"CapBnd:\t0000000000000004\nCapAmb:\t0000000000000005\nNoNewPrivs:\t0\n"
		"Seccomp:\t0\n"
		"Seccomp_filters:\t0\nSpeculation_Store_Bypass:\tvulnerable\nFuture:\t1");
	ck_assert_int_eq(asked, 2);
}
END_TEST

START_TEST(status_of_an_inside_parent_and_no_groups)
{
	struct cred c;
	int asked = 0;
	autofree char *out = NULL, *none = NULL;

	cred_init_root(&c);
	out = proc_status("PPid:\t1000\nTracerPid:\t1001\nGroups:\t4 \n", &c, 022, above_1000,
			  &asked);
	ck_assert_str_eq(out, "PPid:\t1000\nTracerPid:\t0\nGroups:\t \n");
	none = proc_status("", &c, 022, above_1000, &asked);
	ck_assert_str_eq(none, "");
}
END_TEST

/* The kernel's own file has all lines that are rewritten, and in that form. */
START_TEST(status_of_this_process_keeps_its_form)
{
	struct cred c = { .cap_bounding = 0 };
	autofree char *in = NULL, *out = NULL;
	int asked = 0;

	ck_assert_int_gt(read_file_at(-1, "/proc/self/status", 65536, &in), 0);
	c.ngroups = 0;
	out = proc_status(in, &c, 0, above_1000, &asked);
	ck_assert_int_eq(asked, 2);
	ck_assert_ptr_nonnull(strstr(out, "\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"));
	ck_assert_ptr_nonnull(strstr(out, "\nGroups:\t \n"));
	ck_assert_ptr_nonnull(strstr(out, "\nCapBnd:\t0000000000000000\n"));
	ck_assert_ptr_nonnull(strstr(out, "\nUmask:\t0000\n"));
	ck_assert_ptr_nonnull(strstr(out, "\nSeccomp:\t0\n"));
}
END_TEST

/* ---- stat ---- */

static void stat_is(const char *in, const char *expected)
{
	int asked = 0;
	autofree char *out = proc_stat_line(in, above_1000, &asked);

	ck_assert_str_eq(out, expected);
}

START_TEST(stat_hides_an_outside_parent)
{
	stat_is("7 (sh) S 2000 7 7 0 -1\n", "7 (sh) S 0 7 7 0 -1\n");
	stat_is("7 (sh) S 1000 7 7 0 -1\n", "7 (sh) S 1000 7 7 0 -1\n");
	stat_is("7 (a) S 2000) R 3000 7\n", "7 (a) S 2000) R 0 7\n");
	stat_is("7 (a b) S 2000 7\n", "7 (a b) S 0 7\n");
}
END_TEST

START_TEST(stat_that_is_none_stays)
{
	stat_is("", "");
	stat_is("7", "7");
	stat_is("7 (sh)", "7 (sh)");
	stat_is("7 (sh) ", "7 (sh) ");
	stat_is("7 (sh) S", "7 (sh) S");
	stat_is("7 (sh) S ", "7 (sh) S ");
	stat_is("7 (sh) S x", "7 (sh) S x");
}
END_TEST

/* ---- maps ---- */

static bool map_test(void *arg, const char *host, char *view)
{
	const char *p = path_under(host, "/up");

	if (!p)
		return false;
	snprintf(view, PATH_MAX, "/%s", p);
	return true;
}

static void maps_is(const char *in, const char *expected)
{
	autofree char *out = proc_maps(in, map_test, NULL);

	ck_assert_str_eq(out, expected);
}

#define M "7f0000000000-7f0000001000 r-xp 00001000 fe:00 1234                       "

START_TEST(maps_path_becomes_the_views)
{
	maps_is(M "/up/bin/cat\n" M "/lib/x\n", M "/bin/cat\n" M "/lib/x\n");
	maps_is(M "/up/a b\n" M "/up/a  (deleted)\n", M "/a b\n" M "/a  (deleted)\n");
	maps_is(M "/up/a (deleted)\n", M "/a (deleted)\n");
	maps_is(M "/up/a\\012b\n", M "/a\\012b\n");
	maps_is(M "/up/a\\134b", M "/a\\134b"); /* not an escape here */
	maps_is(M "/up\n", M "/\n");
	maps_is(M "/upper/x\n", M "/upper/x\n");
}
END_TEST

START_TEST(maps_that_is_no_path_stays)
{
	static const char *const texts[] = {
		"",
		"\n",
		M "\n",
		M "[heap]\n",
		M "[anon:x /up/y]\n",
		M "anon_inode:/up/x\n",
		M "(deleted)\n",
		"7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n",
		"7f0000000000-7f0000001000\n",
		"7f0000000000-\n",
		"Size:                  4 /up/kB\n",
		"VmFlags: rd /up/x\n",
		"7f0000000000\n",
		"7f0000000000 default anon=1 dirty=1 N0=1 kernelpagesize_kB=4\n",
		"7f0000000000 default stack anon=3\n",
		"7f0000000000 default file=x/up/y\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		maps_is(texts[i], texts[i]);
}
END_TEST

START_TEST(numa_maps_path_becomes_the_views)
{
	maps_is("7f00 default file=/up/lib/x mapped=3 N0=3\n7f01 default file=/lib/y mapped=1\n",
		"7f00 default file=/lib/x mapped=3 N0=3\n7f01 default file=/lib/y mapped=1\n");
	maps_is("7f00 bind:0 file=/up/a\\040b\\075c\\040(deleted) mapped=3\n",
		"7f00 bind:0 file=/a\\040b\\075c\\040(deleted) mapped=3\n");
	maps_is("7f00 default file=/up/end", "7f00 default file=/end");
}
END_TEST

START_TEST(maps_with_a_path_too_long_stays)
{
	size_t n = strlen(M) + 3 * PATH_MAX;
	autofree char *in = malloc(n + 1);

	memset(in, 'x', n);
	memcpy(in, M "/up/", strlen(M "/up/"));
	in[n] = '\0';
	maps_is(in, in);
	/* the longest that the kernel can name, and deleted */
	in[strlen(M) + PATH_MAX - 1] = '\0';
	strcat(in, " (deleted)");
	{
		autofree char *out = proc_maps(in, map_test, NULL);

		ck_assert_uint_eq(strlen(out), strlen(in) - 3);
		ck_assert_mem_eq(out, M "/xxx", strlen(M "/xxx"));
	}
}
END_TEST

static bool map_same(void *arg, const char *host, char *view)
{
	++*(int *)arg;
	strcpy(view, host);
	return true;
}

START_TEST(maps_of_this_process_are_found_and_kept)
{
	static const char *const files[] = { "/proc/self/maps", "/proc/self/smaps",
					     "/proc/self/numa_maps" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *in = NULL, *out = NULL;
		int found = 0;

		if (read_file_at(-1, files[i], 1 << 20, &in) < 0)
			continue; /* numa_maps needs CONFIG_NUMA */
		out = proc_maps(in, map_same, &found);
		ck_assert_str_eq(out, in);
		ck_assert_int_gt(found, 5);
	}
}
END_TEST

/* ---- mounts ---- */

static const struct proc_mount mounts[] = {
	{ "/", "cow", "cow", "rw,relatime", 1, 0, 0, 20 },
	{ "/mnt/a b\t\n\\#\xc3\xa9", "my #1 disk", "fuse.x", "ro,nosuid", 2, 1, 7, 21 },
	{ "/tmp", NULL, "tmpfs", "rw", 3, 1, 0, 22, "/a b" },
};

static void mounts_are(enum proc_kind kind, const char *expected)
{
	autofree char *out = proc_mounts(kind, mounts, ARRAY_SIZE(mounts));

	ck_assert_str_eq(out, expected);
}

START_TEST(mounts_texts)
{
	autofree char *none = proc_mounts(PROC_MOUNTS, NULL, 0);

	ck_assert_str_eq(none, "");
	mounts_are(
		PROC_MOUNTS,
		"cow / cow rw,relatime 0 0\n"
		"my\\040\\0431\\040disk /mnt/a\\040b\\011\\012\\134#\xc3\xa9 fuse.x ro,nosuid 0 0\n"
		"none /tmp tmpfs rw 0 0\n");
	mounts_are(PROC_MOUNTINFO,
		   "1 0 0:20 / / rw,relatime - cow cow rw\n"
		   "2 1 7:21 / /mnt/a\\040b\\011\\012\\134#\xc3\xa9 ro,nosuid - fuse.x "
		   "my\\040\\0431\\040disk ro\n"
		   "3 1 0:22 /a\\040b /tmp rw - tmpfs none rw\n");
	mounts_are(PROC_MOUNTSTATS,
		   "device cow mounted on / with fstype cow\n"
		   "device my\\040\\0431\\040disk mounted on /mnt/a\\040b\\011\\012\\134#\xc3\xa9 "
		   "with fstype fuse.x\n"
		   "device none mounted on /tmp with fstype tmpfs\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("proc_text");
	TCase *t = tcase_create("proc_text");

	tcase_add_test(t, kind_of_each_name);
	tcase_add_test(t, fixed_texts);
	tcase_add_test(t, status_tells_the_view);
	tcase_add_test(t, status_of_an_inside_parent_and_no_groups);
	tcase_add_test(t, status_of_this_process_keeps_its_form);
	tcase_add_test(t, stat_hides_an_outside_parent);
	tcase_add_test(t, stat_that_is_none_stays);
	tcase_add_test(t, maps_path_becomes_the_views);
	tcase_add_test(t, maps_that_is_no_path_stays);
	tcase_add_test(t, numa_maps_path_becomes_the_views);
	tcase_add_test(t, maps_with_a_path_too_long_stays);
	tcase_add_test(t, maps_of_this_process_are_found_and_kept);
	tcase_add_test(t, mounts_texts);
	suite_add_tcase(s, t);
	return suite_run(s);
}
