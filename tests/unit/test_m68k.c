// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of the m68k loader that need no engine: headers, structures, the address space. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conv.h"
#include "elf_image.h"
#include "mem.h"
#include "suite.h"

/* ---- ELF ---- */

static uint8_t head[ELF_HEAD_BYTES], phdrs[ELF_PHDRS_MAX * ELF_PHDR_BYTES];
static const char *why;

static void good_header(unsigned phnum)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "\177ELF\1\2\1", 7);
	put16(head + 16, ET_EXEC);
	put16(head + 18, EM_68K);
	put32(head + 20, 1);
	put32(head + 24, 0x80000100);
	put32(head + 28, ELF_HEAD_BYTES);
	put16(head + 42, ELF_PHDR_BYTES);
	put16(head + 44, phnum);
	memset(phdrs, 0, sizeof(phdrs));
}

static void segment(unsigned i, uint32_t type, uint32_t off, uint32_t vaddr, uint32_t file,
		    uint32_t mem)
{
	uint8_t *p = phdrs + i * ELF_PHDR_BYTES;

	put32(p, type);
	put32(p + 4, off);
	put32(p + 8, vaddr);
	put32(p + 16, file);
	put32(p + 20, mem);
	put32(p + 24, PF_R | PF_X);
}

static int parse(uint64_t file_bytes, struct elf_image *img)
{
	uint32_t off;
	int rc = elf_parse_header(head, sizeof(head), &off, img, &why);

	return rc < 0 ? rc : elf_parse_segments(phdrs, off, file_bytes, img, &why);
}

START_TEST(elf_good_program_is_described)
{
	struct elf_image img;

	good_header(2);
	segment(0, PT_LOAD, 0, 0x80000000, 0x1000, 0x1000);
	segment(1, PT_LOAD, 0x1000, 0x80003010, 0x10, 0x2000);
	ck_assert_int_eq(parse(0x2000, &img), 0);
	ck_assert_uint_eq(img.segment_count, 2);
	ck_assert_uint_eq(img.low, 0x80000000);
	ck_assert_uint_eq(img.high, 0x80006000);
	ck_assert_uint_eq(img.phdr_vaddr, 0x80000000 + ELF_HEAD_BYTES);
}
END_TEST

START_TEST(elf_bad_header_is_refused)
{
	static const struct {
		unsigned at;
		uint8_t value;
	} bad[] = { { 0, 0 },	 { 4, 2 },     { 5, 1 },     { 6, 0 },	   { 17, 1 },
		    { 19, 3 },	 { 23, 2 },    { 27, 1 },    { 43, 56 },   { 45, 0 },
		    { 45, 255 }, { 44, 0xff }, { 16, 0xff }, { 42, 0xff }, { 24, 0 } };
	struct elf_image img;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		good_header(1);
		segment(0, PT_LOAD, 0, 0x80000000, 0x1000, 0x1000);
		head[bad[i].at] = bad[i].value;
		ck_assert_int_eq(parse(0x1000, &img), -ENOEXEC);
	}
}
END_TEST

START_TEST(elf_short_header_is_refused)
{
	struct elf_image img;
	uint32_t off;

	good_header(1);
	for (size_t len = 0; len < ELF_HEAD_BYTES; len++)
		ck_assert_int_eq(elf_parse_header(head, len, &off, &img, &why), -ENOEXEC);
}
END_TEST

START_TEST(elf_segment_that_wraps_or_overlaps_is_refused)
{
	static const uint32_t bad[][4] = {
		/* offset, address, file, memory */
		{ 0, 0x80000000, 0x1001, 0x2000 },
		{ 0xfffff000, 0x80000000, 0x1000, 0x1000 },
		{ 0, 0x80000000, 0x1000, 0xfff },
		{ 0, 0x80000000, 0x1000, 0x80000000 },
		{ 0, 0xfffff000, 0x1000, 0x1000 },
		{ 0, 0x80000000, 0x10, 0xffffffff },
		{ 0xffffffff, 0x80000000, 0xffffffff, 0xffffffff },
	};
	struct elf_image img;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		good_header(1);
		segment(0, PT_LOAD, bad[i][0], bad[i][1], bad[i][2], bad[i][3]);
		ck_assert_int_eq(parse(0x1000, &img), -ENOEXEC);
	}
	good_header(2);
	segment(0, PT_LOAD, 0, 0x80000000, 0x1000, 0x1000);
	segment(1, PT_LOAD, 0, 0x80000fff, 0x1000, 0x1000);
	ck_assert_int_eq(parse(0x1000, &img), -ENOEXEC);
}
END_TEST

START_TEST(elf_entry_or_interp_outside_is_refused)
{
	struct elf_image img;

	good_header(1);
	segment(0, PT_LOAD, 0, 0x80001000, 0x1000, 0x1000);
	ck_assert_int_eq(parse(0x1000, &img), -ENOEXEC);
	good_header(2);
	segment(0, PT_LOAD, 0, 0x80000000, 0x1000, 0x1000);
	segment(1, PT_INTERP, 0xff8, 0, 0x10, 0x10);
	ck_assert_int_eq(parse(0x1000, &img), -ENOEXEC);
}
END_TEST

/* ---- structures ---- */

START_TEST(conv_sizes_are_those_of_the_abi)
{
	ck_assert_uint_eq(conv_stat64.guest_bytes, 92);
	ck_assert_uint_eq(conv_stat.guest_bytes, 64);
	ck_assert_uint_eq(conv_statfs.guest_bytes, 64);
	ck_assert_uint_eq(conv_statfs64.guest_bytes, 84);
	ck_assert_uint_eq(conv_statx.guest_bytes, 256);
	ck_assert_uint_eq(conv_flock64.guest_bytes, 24);
	ck_assert_uint_eq(conv_rusage.guest_bytes, 72);
	ck_assert_uint_eq(conv_termios.guest_bytes, 36);
	ck_assert_uint_eq(conv_sysinfo.guest_bytes, 64);
}
END_TEST

START_TEST(conv_numbers_keep_sign_and_order)
{
	struct timespec ts = { -2, 999999999 }, back;
	struct stat st = { .st_size = 0x123456789aLL, .st_mode = 0100644 };
	uint8_t out[92];

	conv_to_guest(&conv_timespec, out, &ts);
	ck_assert_uint_eq(get32(out), 0xfffffffe);
	ck_assert_uint_eq(get32(out + 4), 999999999);
	conv_from_guest(&conv_timespec, &back, out);
	ck_assert_int_eq(back.tv_sec, -2);
	conv_to_guest(&conv_timespec64, out, &ts);
	ck_assert_uint_eq(get64(out), (uint64_t)-2);
	conv_to_guest(&conv_stat64, out, &st);
	ck_assert_uint_eq(get32(out + 14), 0100644);
	ck_assert_uint_eq(get64(out + 40), 0x123456789aULL);
}
END_TEST

/* ---- the address space ---- */

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void setup(void)
{
	ck_assert_int_eq(mem_init(), 0);
}

static void teardown(void)
{
	mem_finish();
}

START_TEST(mem_rights_are_those_asked_for)
{
	int64_t at = mem_map(0, 3 * GUEST_PAGE, MEM_R | MEM_W, ANON, -1, 0);
	uint32_t a = (uint32_t)at;

	ck_assert_int_gt(at, 0);
	ck_assert_ptr_nonnull(mem_ptr(a, 3 * GUEST_PAGE, MEM_W));
	ck_assert_ptr_null(mem_ptr(a, 3 * GUEST_PAGE + 1, MEM_R));
	ck_assert_int_eq(mem_protect(a + GUEST_PAGE, GUEST_PAGE, MEM_R), 0);
	ck_assert_uint_eq(mem_span(a + 5, 3 * GUEST_PAGE, MEM_W), GUEST_PAGE - 5);
	ck_assert_ptr_nonnull(mem_ptr(a, 3 * GUEST_PAGE, MEM_R));
	ck_assert_int_eq(mem_unmap(a + GUEST_PAGE, GUEST_PAGE), 0);
	ck_assert_ptr_null(mem_ptr(a + GUEST_PAGE, 1, MEM_R));
	ck_assert_int_eq(mem_protect(a, 3 * GUEST_PAGE, MEM_R), -ENOMEM);
}
END_TEST

START_TEST(mem_pointers_that_wrap_are_refused)
{
	ck_assert_ptr_null(mem_ptr(0xfffffff0, 0x20, MEM_R));
	ck_assert_ptr_null(mem_ptr(0xffffffff, 0xffffffff, MEM_R));
	ck_assert_ptr_null(mem_ptr(GUEST_STUB, 4, MEM_R));
	ck_assert_uint_eq(mem_span(0, 0xffffffff, MEM_R), 0);
	ck_assert_int_eq(mem_map(0xeffff000, 0x2000, MEM_R, ANON | MAP_FIXED, -1, 0), -ENOMEM);
	ck_assert_int_eq(mem_unmap(0xfffff000, 0xffffffff), -EINVAL);
	ck_assert_int_eq(mem_map(0, 0, MEM_R, ANON, -1, 0), -EINVAL);
	ck_assert_int_eq(mem_map(0, 0xffffffff, MEM_R, ANON, -1, 0), -ENOMEM);
}
END_TEST

START_TEST(mem_string_without_end_is_refused)
{
	uint32_t a = (uint32_t)mem_map(0, GUEST_PAGE, MEM_R | MEM_W, ANON, -1, 0);

	memset(mem_host(a), 'x', GUEST_PAGE);
	ck_assert_ptr_null(mem_string(a + 10, 4096));
	strcpy(mem_host(a + GUEST_PAGE - 4), "end");
	ck_assert_str_eq(mem_string(a + GUEST_PAGE - 4, 4096), "end");
	ck_assert_ptr_null(mem_string(a, 16));
	ck_assert_ptr_null(mem_string(0, 16));
}
END_TEST

START_TEST(mem_break_moves_both_ways_and_stops_at_a_mapping)
{
	mem_set_break(0x10000123);
	ck_assert_uint_eq(mem_brk(0), 0x10001000);
	ck_assert_uint_eq(mem_brk(0x10005001), 0x10005001);
	ck_assert_ptr_nonnull(mem_ptr(0x10005fff, 1, MEM_W));
	ck_assert_uint_eq(mem_brk(0x10002000), 0x10002000);
	ck_assert_ptr_null(mem_ptr(0x10002000, 1, MEM_R));
	ck_assert_int_gt(mem_map(0x10008000, GUEST_PAGE, MEM_R, ANON | MAP_FIXED, -1, 0), 0);
	ck_assert_uint_eq(mem_brk(0x10009000), 0x10002000);
	ck_assert_uint_eq(mem_brk(0x0fffffff), 0x10002000);
}
END_TEST

START_TEST(mem_remap_keeps_content)
{
	uint32_t a = (uint32_t)mem_map(0, 2 * GUEST_PAGE, MEM_R | MEM_W, ANON, -1, 0);
	int64_t b;

	strcpy(mem_host(a), "content");
	b = mem_remap(a, 2 * GUEST_PAGE, 9 * GUEST_PAGE, MREMAP_MAYMOVE, 0);
	ck_assert_int_gt(b, 0);
	ck_assert_str_eq(mem_string((uint32_t)b, 100), "content");
	ck_assert_ptr_null(mem_ptr(a, 1, MEM_R));
	ck_assert_ptr_nonnull(mem_ptr((uint32_t)b, 9 * GUEST_PAGE, MEM_W));
	ck_assert_int_eq(mem_remap(0x1000, GUEST_PAGE, GUEST_PAGE, 0, 0), -EFAULT);
	ck_assert_int_eq(mem_remap(a + 1, GUEST_PAGE, GUEST_PAGE, 0, 0), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("m68k");
	TCase *elf = tcase_create("elf"), *conv = tcase_create("conv"), *mem = tcase_create("mem");

	tcase_add_test(elf, elf_good_program_is_described);
	tcase_add_test(elf, elf_bad_header_is_refused);
	tcase_add_test(elf, elf_short_header_is_refused);
	tcase_add_test(elf, elf_segment_that_wraps_or_overlaps_is_refused);
	tcase_add_test(elf, elf_entry_or_interp_outside_is_refused);
	tcase_add_test(conv, conv_sizes_are_those_of_the_abi);
	tcase_add_test(conv, conv_numbers_keep_sign_and_order);
	tcase_add_checked_fixture(mem, setup, teardown);
	tcase_add_test(mem, mem_rights_are_those_asked_for);
	tcase_add_test(mem, mem_pointers_that_wrap_are_refused);
	tcase_add_test(mem, mem_string_without_end_is_refused);
	tcase_add_test(mem, mem_break_moves_both_ways_and_stops_at_a_mapping);
	tcase_add_test(mem, mem_remap_keeps_content);
	suite_add_tcase(s, elf);
	suite_add_tcase(s, conv);
	suite_add_tcase(s, mem);
	return suite_run(s);
}
