// SPDX-License-Identifier: GPL-2.0-or-later
/* The form of gdb's packets, byte by byte. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "rsp.h"
#include "suite.h"

static struct rsp_in in;

/* The last thing that came out of these bytes, RSP_MORE when nothing did. */
static enum rsp_event feed(const char *bytes, size_t len)
{
	enum rsp_event last = RSP_MORE;

	for (size_t i = 0; i < len; i++) {
		enum rsp_event e = rsp_byte(&in, (uint8_t)bytes[i]);

		if (e != RSP_MORE)
			last = e;
	}
	return last;
}

static enum rsp_event feed_text(const char *text)
{
	return feed(text, strlen(text));
}

static void reset(void)
{
	memset(&in, 0, sizeof(in));
}

START_TEST(packet_whole_is_content)
{
	ck_assert_int_eq(feed_text("+$qC#b4"), RSP_PACKET);
	ck_assert_str_eq(in.content, "qC");
	ck_assert_int_eq(feed_text("$#00"), RSP_PACKET);
	ck_assert_uint_eq(in.bytes, 0);
	ck_assert_int_eq(feed_text("garbage+-$m0,4#fd"), RSP_PACKET);
	ck_assert_str_eq(in.content, "m0,4");
}
END_TEST

START_TEST(packet_with_wrong_sum_is_bad)
{
	ck_assert_int_eq(feed_text("$qC#b5"), RSP_BAD);
	ck_assert_int_eq(feed_text("$qC#xx"), RSP_BAD);
	ck_assert_int_eq(feed_text("$qC#b4"), RSP_PACKET);
}
END_TEST

START_TEST(packet_cut_off_begins_anew)
{
	ck_assert_int_eq(feed_text("$m123$qC#b4"), RSP_PACKET);
	ck_assert_str_eq(in.content, "qC");
}
END_TEST

START_TEST(packet_escape_is_undone)
{
	ck_assert_int_eq(feed("$}\x03}\x04}]#db", 10), RSP_PACKET);
	ck_assert_uint_eq(in.bytes, 3);
	ck_assert_int_eq(memcmp(in.content, "#$}", 3), 0);
}
END_TEST

START_TEST(packet_too_long_is_bad)
{
	feed_text("$");
	for (int i = 0; i <= RSP_PACKET_MAX; i++)
		ck_assert_int_eq(rsp_byte(&in, 0), RSP_MORE);
	ck_assert_int_eq(feed_text("#00"), RSP_BAD);
	feed_text("$");
	for (int i = 0; i < RSP_PACKET_MAX; i++)
		ck_assert_int_eq(rsp_byte(&in, 0), RSP_MORE);
	ck_assert_int_eq(feed_text("#00"), RSP_PACKET);
}
END_TEST

START_TEST(interrupt_counts_outside_of_packets)
{
	ck_assert_int_eq(feed_text("\x03"), RSP_INTERRUPT);
	ck_assert_int_eq(feed("$\x03#03", 5), RSP_PACKET);
}
END_TEST

START_TEST(frame_is_what_is_read)
{
	static const char text[] = "a$b#c}d*e\0f";
	char out[2 * sizeof(text) + 8];
	size_t len = rsp_frame(out, text, sizeof(text));

	ck_assert_int_eq(feed(out, len), RSP_PACKET);
	ck_assert_uint_eq(in.bytes, sizeof(text));
	ck_assert_int_eq(memcmp(in.content, text, sizeof(text)), 0);
	ck_assert_uint_eq(rsp_frame(out, "OK", 2), 6);
	ck_assert_int_eq(memcmp(out, "$OK#9a", 6), 0);
}
END_TEST

START_TEST(numbers_end_where_digits_do)
{
	const char *p = "dEadbeef,10";
	uint32_t n, len;

	ck_assert(rsp_number(&p, &n));
	ck_assert_uint_eq(n, 0xdeadbeef);
	ck_assert_str_eq(p, ",10");
	ck_assert(!rsp_number(&p, &n));
	p = "100000000";
	ck_assert(!rsp_number(&p, &n));
	p = "10,20:";
	ck_assert(rsp_range(&p, ':', &n, &len));
	ck_assert_uint_eq(n, 0x10);
	ck_assert_uint_eq(len, 0x20);
	ck_assert_str_eq(p, "");
	p = "10,20x";
	ck_assert(!rsp_range(&p, '\0', &n, &len));
	p = "10";
	ck_assert(!rsp_range(&p, '\0', &n, &len));
}
END_TEST

START_TEST(hex_goes_both_ways)
{
	uint8_t data[4];
	char text[9];

	ck_assert(rsp_unhex("00fFa5", data, 3));
	rsp_hex(text, data, 3);
	ck_assert_str_eq(text, "00ffa5");
	ck_assert(!rsp_unhex("0", data, 1));
	ck_assert(!rsp_unhex("0g", data, 1));
	ck_assert(!rsp_unhex("", data, 1));
}
END_TEST

START_TEST(signals_go_both_ways)
{
	for (int sig = 1; sig <= 64; sig++)
		ck_assert_int_eq(rsp_signal_from_gdb(rsp_signal_to_gdb(sig)), sig);
	ck_assert_int_eq(rsp_signal_to_gdb(SIGUSR1), 30);
	ck_assert_int_eq(rsp_signal_from_gdb(0), 0);
	ck_assert_int_eq(rsp_signal_from_gdb(-1), 0);
	ck_assert_int_eq(rsp_signal_from_gdb(1000), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("m68k_rsp");
	TCase *tc = tcase_create("packets");

	tcase_add_checked_fixture(tc, reset, NULL);
	tcase_add_test(tc, packet_whole_is_content);
	tcase_add_test(tc, packet_with_wrong_sum_is_bad);
	tcase_add_test(tc, packet_cut_off_begins_anew);
	tcase_add_test(tc, packet_escape_is_undone);
	tcase_add_test(tc, packet_too_long_is_bad);
	tcase_add_test(tc, interrupt_counts_outside_of_packets);
	tcase_add_test(tc, frame_is_what_is_read);
	tcase_add_test(tc, numbers_end_where_digits_do);
	tcase_add_test(tc, hex_goes_both_ways);
	tcase_add_test(tc, signals_go_both_ways);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
