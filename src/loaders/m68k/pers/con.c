// SPDX-License-Identifier: GPL-2.0-or-later
/* The console: standard input and output, a key at a time on a terminal. */
#include <poll.h>
#include <stdlib.h>
#include <termios.h>

#include "host.h"
#include "util.h"

#define OUT_BYTES     4096
#define END_ASKED_MAX 1000

static char out[OUT_BYTES];
static size_t out_len;
static struct termios cooked;
static bool is_raw, saved, vt52;
static unsigned end_asked;
static int escape; /* how far into a VT52 sequence */

void con_flush(void)
{
	size_t len = out_len;

	out_len = 0; /* before host_write(), which asks for a flush */
	if (len && host_write(STDOUT_FILENO, out, len) < 0)
		return;
}

static void put_raw(int c)
{
	if (out_len == OUT_BYTES)
		con_flush();
	out[out_len++] = (char)c;
}

static void put_text(const char *s)
{
	while (*s)
		put_raw((unsigned char)*s++);
}

void con_vt52(void)
{
	vt52 = isatty(STDOUT_FILENO);
}

static void put_vt52(int c)
{
	static const char *const simple[128] = {
		['A'] = "\033[A",	 ['B'] = "\033[B",    ['C'] = "\033[C",	 ['D'] = "\033[D",
		['E'] = "\033[H\033[2J", ['H'] = "\033[H",    ['I'] = "\033M",	 ['J'] = "\033[J",
		['K'] = "\033[K",	 ['L'] = "\033[L",    ['M'] = "\033[M",	 ['d'] = "\033[1J",
		['e'] = "\033[?25h",	 ['f'] = "\033[?25l", ['j'] = "\0337",	 ['k'] = "\0338",
		['l'] = "\033[2K",	 ['o'] = "\033[1K",   ['p'] = "\033[7m", ['q'] = "\033[27m",
		['v'] = "\033[?7h",	 ['w'] = "\033[?7l",
	};
	static int row;
	char text[32];

	switch (escape) {
	case 1:
		escape = c == 'Y' ? 2 : c == 'b' || c == 'c' ? 4 : 0;
		if (!escape && c < 128 && simple[c])
			put_text(simple[c]);
		return;
	case 2:
		row = c;
		escape = 3;
		return;
	case 3:
		snprintf(text, sizeof(text), "\033[%d;%dH", row - 31, c - 31);
		put_text(text);
		escape = 0;
		return;
	case 4: /* a colour of a palette that is not here */
		escape = 0;
		return;
	}
	if (c == 27)
		escape = 1;
	else
		put_raw(c);
}

void con_put(int c)
{
	c &= 0xff;
	if (vt52)
		put_vt52(c);
	else
		put_raw(c);
}

void con_write(const char *s, size_t len)
{
	while (len--)
		con_put((unsigned char)*s++);
}

/* ---- input ---- */

static void restore(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	is_raw = false;
}

static void set_raw(bool raw)
{
	struct termios t;

	if (raw == is_raw || !isatty(STDIN_FILENO))
		return;
	if (!saved) {
		if (tcgetattr(STDIN_FILENO, &cooked) < 0)
			return;
		saved = true;
		atexit(restore);
	}
	t = cooked;
	if (raw) {
		t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		t.c_cc[VMIN] = 1;
		t.c_cc[VTIME] = 0;
	}
	if (tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0)
		is_raw = raw;
}

static int next_byte(void)
{
	unsigned char c;

	con_flush();
	if (host_read(STDIN_FILENO, &c, 1) == 1) {
		end_asked = 0;
		return c;
	}
	end_asked++;
	return -1;
}

int con_get(void)
{
	int c;

	set_raw(true);
	c = next_byte();
	return c < 0 ? CON_EOF : c == '\n' ? '\r' : c;
}

bool con_ready(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	con_flush();
	set_raw(true);
	return poll(&p, 1, 0) > 0;
}

int con_line(char *buf, unsigned max)
{
	unsigned len = 0;
	int c;

	set_raw(false);
	while ((c = next_byte()) >= 0 && c != '\n') {
		if (c != '\r' && len < max)
			buf[len++] = (char)c;
	}
	return c < 0 && !len ? -1 : (int)len;
}

bool con_at_end(void)
{
	return end_asked > END_ASKED_MAX;
}
