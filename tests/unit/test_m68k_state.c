// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of a saved m68k program: what is written is read again, and nothing else is believed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "state_file.h"
#include "suite.h"

static const char *why;

static void fill(struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->exe = strdup("/bin/prog");
	s->cwd = strdup("/");
	s->args = calloc(2, sizeof(*s->args));
	s->args[0] = strdup("prog");
	s->args[1] = strdup("");
	s->arg_count = 2;
	s->umask = 022;
	s->brk_low = 0x80002000;
	s->brk_now = 0x80002345;
	s->search_from = GUEST_MMAP_LOW;
	s->auxv_bytes = 8;
	s->timer[0].value_us = 5000000;
	s->action[9].handler = 0x80000100;
	s->action[9].mask = 1ULL << 40;
	s->threads = calloc(2, sizeof(*s->threads));
	s->thread_count = 2;
	s->threads[0].pc = 0x80000104;
	s->threads[0].ccr = 0x1f;
	s->threads[0].wait_ns = STATE_NO_LIMIT;
	memset(s->threads[1].fp, 0xa5, STATE_FP_BYTES);
	s->fds = calloc(3, sizeof(*s->fds));
	s->fd_count = 3;
	s->fds[1] = (struct state_fd){ .fd = 3,
				       .kind = STATE_FD_FILE,
				       .flags = STATE_OPEN_READ,
				       .offset = 1ULL << 33,
				       .path = strdup("/a b") };
	s->fds[2] = (struct state_fd){ .fd = 7, .kind = STATE_FD_SAME, .same_as = 3 };
	s->maps = calloc(2, sizeof(*s->maps));
	s->map_count = 2;
	s->maps[0] = (struct state_map){ 0x80000000, 2, MEM_MAPPED | MEM_R | STATE_MAP_DATA };
	s->maps[1] = (struct state_map){ 0x80002000, 1, MEM_MAPPED | MEM_R | MEM_W };
	s->names = calloc(1, sizeof(*s->names));
	s->name_count = 1;
	s->names[0] = (struct state_name){ 0x80000000, 2, 4096, strdup("/bin/prog") };
}

static int parse(const uint8_t *file, size_t len, struct state *out)
{
	uint32_t head;
	uint64_t pages;
	int rc = state_parse_prefix(file, len + 2 * GUEST_PAGE + STATE_SUM_BYTES, &head, &pages,
				    &why);

	return rc < 0 ? rc
		      : state_parse(file + STATE_PREFIX_BYTES, len - STATE_PREFIX_BYTES, pages, out,
				    &why);
}

/* What the parser makes of fill() after @change. */
static int parse_changed(void (*change)(struct state *))
{
	struct state s, out;
	uint8_t *file;
	size_t len;
	int rc;

	fill(&s);
	change(&s);
	ck_assert_int_eq(state_encode(&s, &file, &len), 0);
	rc = parse(file, len, &out);
	if (rc == 0)
		state_finish(&out);
	state_finish(&s);
	free(file);
	return rc;
}

START_TEST(state_written_is_read_again)
{
	struct state s, out;
	uint8_t *file, *again;
	size_t len, len_again;

	fill(&s);
	ck_assert_int_eq(state_encode(&s, &file, &len), 0);
	ck_assert_int_eq(parse(file, len, &out), 0);
	ck_assert_uint_eq(out.fds[1].offset, 1ULL << 33);
	ck_assert_uint_eq(out.threads[0].wait_ns, STATE_NO_LIMIT);
	ck_assert_str_eq(out.args[1], "");
	ck_assert_ptr_null(out.sysroot);
	ck_assert_uint_eq(state_pages(&out), 2);
	ck_assert_int_eq(state_encode(&out, &again, &len_again), 0);
	ck_assert_uint_eq(len, len_again);
	ck_assert_int_eq(memcmp(file, again, len), 0);
	/* Big-endian, wherever this runs. */
	ck_assert_int_eq(memcmp(file, "UCRUNM68\0\0\0\1", 12), 0);
	free(file);
	free(again);
	state_finish(&s);
	state_finish(&out);
}
END_TEST

START_TEST(state_cut_anywhere_is_refused)
{
	struct state s, out;
	uint8_t *file;
	size_t len;

	fill(&s);
	ck_assert_int_eq(state_encode(&s, &file, &len), 0);
	for (size_t cut = STATE_PREFIX_BYTES; cut < len; cut++)
		ck_assert_int_eq(state_parse(file + STATE_PREFIX_BYTES, cut - STATE_PREFIX_BYTES, 2,
					     &out, &why),
				 -EBADMSG);
	free(file);
	state_finish(&s);
}
END_TEST

START_TEST(state_bad_prefix_is_refused)
{
	uint8_t p[STATE_PREFIX_BYTES] = STATE_MAGIC;
	uint32_t head;
	uint64_t pages;

	put32(p + 8, STATE_VERSION);
	put32(p + 12, 100);
	ck_assert_int_eq(state_parse_prefix(p, 156, &head, &pages, &why), 0);
	ck_assert_int_eq(state_parse_prefix(p, 157, &head, &pages, &why), -EBADMSG);
	put64(p + 16, UINT64_MAX / GUEST_PAGE + 1); /* its bytes would wrap to 0 */
	ck_assert_int_eq(state_parse_prefix(p, 156, &head, &pages, &why), -EBADMSG);
	put64(p + 16, 0);
	put32(p + 12, STATE_HEAD_MAX + 1);
	ck_assert_int_eq(state_parse_prefix(p, 57 + STATE_HEAD_MAX, &head, &pages, &why), -EBADMSG);
	put32(p + 12, 100);
	put32(p + 8, STATE_VERSION + 1);
	ck_assert_int_eq(state_parse_prefix(p, 156, &head, &pages, &why), -EBADMSG);
	p[0] = 'u';
	ck_assert_int_eq(state_parse_prefix(p, 156, &head, &pages, &why), -EBADMSG);
}
END_TEST

#define CHANGE(name, what)                \
	static void name(struct state *s) \
	{                                 \
		what;                     \
	}
CHANGE(same, s->umask = 0)
CHANGE(page_beyond, s->maps[1].addr = GUEST_TASK_END)
CHANGE(pages_wrap, s->maps[1].pages = UINT32_MAX)
CHANGE(pages_none, s->maps[1].pages = 0)
CHANGE(overlap, s->maps[1].addr = 0x80001000)
CHANGE(unaligned, s->maps[1].addr += 2)
CHANGE(strange_bits, s->maps[1].bits |= MEM_CODE)
CHANGE(unmapped, s->maps[1].bits &= ~(uint32_t)MEM_MAPPED)
CHANGE(more_data, s->maps[1].bits |= STATE_MAP_DATA)
CHANGE(no_threads, s->thread_count = 0)
CHANGE(flags, s->threads[1].ccr = 0x20)
CHANGE(long_wait, s->threads[1].wait_ns = 1ULL << 63)
CHANGE(fd_twice, s->fds[2].fd = 3)
CHANGE(fd_negative, s->fds[2].fd = UINT32_MAX)
CHANGE(fd_kind, s->fds[2].kind = STATE_FD_KINDS)
CHANGE(fd_of_itself, s->fds[2].same_as = 7)
CHANGE(fd_of_nothing, s->fds[2].same_as = 4)
CHANGE(std_not_std, s->fds[2].kind = STATE_FD_STD)
CHANGE(no_path, s->fds[2].kind = STATE_FD_DIR)
CHANGE(relative, s->fds[1].path[0] = 'x')
CHANGE(open_flags, s->fds[1].flags = STATE_OPEN_ALL + 1)
CHANGE(offset, s->fds[1].offset = 1ULL << 63)
CHANGE(brk, s->brk_now = s->brk_low - 1)
CHANGE(brk_beyond, s->brk_now = UINT32_MAX)
CHANGE(room, s->search_from = 1)
CHANGE(mode, s->umask = 01000)
CHANGE(timer, s->timer[2].interval_us = UINT64_MAX)
CHANGE(cwd, s->cwd[0] = '.')
CHANGE(name_beyond, s->names[0].pages = GUEST_PAGES)

START_TEST(state_that_cannot_be_is_refused)
{
	static void (*const bad[])(struct state *) = {
		page_beyond, pages_wrap, pages_none,   overlap,	      unaligned,   strange_bits,
		unmapped,    more_data,	 no_threads,   flags,	      long_wait,   fd_twice,
		fd_negative, fd_kind,	 fd_of_itself, fd_of_nothing, std_not_std, no_path,
		relative,    open_flags, offset,       brk,	      brk_beyond,  room,
		mode,	     timer,	 cwd,	       name_beyond,
	};

	ck_assert_int_eq(parse_changed(same), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rc = parse_changed(bad[i]);

		ck_assert_msg(rc == -EBADMSG, "change %zu gives %d", i, rc);
	}
}
END_TEST

/* A good one is where a fuzzer begins: tests/fuzz/run asks for it by a file's name. */
static int write_seed(const char *path)
{
	FILE *f = fopen(path, "w");
	struct state s;
	uint8_t *file;
	size_t len;

	fill(&s);
	if (!f || state_encode(&s, &file, &len) < 0 || fwrite(file, 1, len, f) != len)
		return EXIT_FAILURE;
	return fclose(f) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	Suite *suite = suite_create("m68k_state");
	TCase *tc = tcase_create("file");

	if (argc > 1)
		return write_seed(argv[1]);
	tcase_add_test(tc, state_written_is_read_again);
	tcase_add_test(tc, state_cut_anywhere_is_refused);
	tcase_add_test(tc, state_bad_prefix_is_refused);
	tcase_add_test(tc, state_that_cannot_be_is_refused);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
