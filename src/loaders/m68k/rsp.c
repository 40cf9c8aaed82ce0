// SPDX-License-Identifier: GPL-2.0-or-later
#include "rsp.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void begin(struct rsp_in *in)
{
	in->state = RSP_CONTENT;
	in->sum = 0;
	in->bytes = 0;
	in->overflow = false;
}

static void take(struct rsp_in *in, uint8_t byte)
{
	if (in->bytes < RSP_PACKET_MAX)
		in->content[in->bytes++] = (char)byte;
	else
		in->overflow = true;
}

static enum rsp_event content(struct rsp_in *in, uint8_t byte)
{
	if (byte == '$') { /* the one before was cut off */
		begin(in);
		return RSP_MORE;
	}
	if (byte == '#') {
		in->state = RSP_SUM1;
		return RSP_MORE;
	}
	in->sum += byte;
	if (byte == '}')
		in->state = RSP_ESCAPED;
	else
		take(in, byte);
	return RSP_MORE;
}

enum rsp_event rsp_byte(struct rsp_in *in, uint8_t byte)
{
	int nibble = digit((char)byte);

	switch (in->state) {
	case RSP_IDLE:
		if (byte == 3)
			return RSP_INTERRUPT;
		if (byte == '$')
			begin(in);
		return RSP_MORE; /* acknowledgements, and what is nothing at all */
	case RSP_CONTENT:
		return content(in, byte);
	case RSP_ESCAPED:
		in->sum += byte;
		take(in, byte ^ 0x20);
		in->state = RSP_CONTENT;
		return RSP_MORE;
	case RSP_SUM1:
		in->given = nibble < 0 ? 0 : (uint8_t)(nibble << 4);
		in->overflow |= nibble < 0;
		in->state = RSP_SUM2;
		return RSP_MORE;
	case RSP_SUM2:
		break;
	}
	in->state = RSP_IDLE;
	in->content[in->bytes] = '\0';
	if (in->overflow || nibble < 0 || (in->given | nibble) != in->sum)
		return RSP_BAD;
	return RSP_PACKET;
}

size_t rsp_frame(char *out, const char *text, size_t len)
{
	uint8_t sum = 0;
	size_t n = 0;

	out[n++] = '$';
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '$' || c == '#' || c == '}' || c == '*') {
			out[n++] = '}';
			sum += '}';
			c ^= 0x20;
		}
		out[n++] = c;
		sum += (uint8_t)c;
	}
	out[n++] = '#';
	out[n++] = "0123456789abcdef"[sum >> 4];
	out[n++] = "0123456789abcdef"[sum & 15];
	return n;
}

bool rsp_number(const char **p, uint32_t *out)
{
	uint64_t value = 0;
	const char *s = *p;

	while (digit(*s) >= 0) {
		value = value << 4 | (unsigned)digit(*s++);
		if (value > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)value;
	if (s == *p)
		return false;
	*p = s;
	return true;
}

bool rsp_unhex(const char *text, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int high = digit(text[2 * i]), low = high < 0 ? -1 : digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void rsp_hex(char *out, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	out[2 * len] = '\0';
}

bool rsp_range(const char **p, char end, uint32_t *addr, uint32_t *len)
{
	if (!rsp_number(p, addr) || *(*p)++ != ',' || !rsp_number(p, len) || **p != end)
		return false;
	*p += end != '\0';
	return true;
}

/* gdb's numbers from 1 on; the host's in their order. 0: gdb's own, which nobody sends. */
static const uint8_t gdb_signals[] = {
	[1] = SIGHUP,	   SIGINT,    SIGQUIT, SIGILL,	 SIGTRAP, SIGABRT, 0,	    SIGFPE,
	[9] = SIGKILL,	   SIGBUS,    SIGSEGV, SIGSYS,	 SIGPIPE, SIGALRM, SIGTERM, SIGURG,
	[17] = SIGSTOP,	   SIGTSTP,   SIGCONT, SIGCHLD,	 SIGTTIN, SIGTTOU, SIGIO,   SIGXCPU,
	[25] = SIGXFSZ,	   SIGVTALRM, SIGPROF, SIGWINCH, 0,	  SIGUSR1, SIGUSR2, SIGPWR,
	[143] = SIGSTKFLT,
};
enum { GDB_RT_33 = 45, GDB_RT_63 = 75, GDB_RT_32 = 77, GDB_RT_64 = 78, GDB_UNKNOWN = 143 };

int rsp_signal_to_gdb(int sig)
{
	if (sig >= 33 && sig <= 63)
		return GDB_RT_33 + sig - 33;
	if (sig == 32 || sig == 64)
		return sig == 32 ? GDB_RT_32 : GDB_RT_64;
	for (size_t i = 1; i < sizeof(gdb_signals); i++) {
		if (gdb_signals[i] == sig && sig)
			return (int)i;
	}
	return sig ? GDB_UNKNOWN : 0;
}

int rsp_signal_from_gdb(int gdb)
{
	if (gdb >= GDB_RT_33 && gdb <= GDB_RT_63)
		return 33 + gdb - GDB_RT_33;
	if (gdb == GDB_RT_32 || gdb == GDB_RT_64)
		return gdb == GDB_RT_32 ? 32 : 64;
	return gdb > 0 && gdb < (int)sizeof(gdb_signals) ? gdb_signals[gdb] : 0;
}
