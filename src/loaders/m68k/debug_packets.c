// SPDX-License-Identifier: GPL-2.0-or-later
/* What gdb's packets do. All under the engine's lock; an answer of no bytes means "not known". */
#include "debug_packets.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "procfs.h"

#define BREAKS_MAX 256
enum { REGS = 29, REG_SR = 16, REG_PC = 17, REG_FP0 = 18, REG_FPCR = 26, FP_BYTES = 12 };
#define ALL_REGS_BYTES (18 * 4 + CPU_FP_BYTES)

static uint32_t breaks[BREAKS_MAX];
static unsigned break_count;
static bool no_ack;

/* What gdb must know of the processor; the names are its own. */
static const char target_xml[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
	"<target><architecture>m68k</architecture><osabi>GNU/Linux</osabi>"
	"<feature name=\"org.gnu.gdb.m68k.core\">"
	"<reg name=\"d0\" bitsize=\"32\"/><reg name=\"d1\" bitsize=\"32\"/>"
	"<reg name=\"d2\" bitsize=\"32\"/><reg name=\"d3\" bitsize=\"32\"/>"
	"<reg name=\"d4\" bitsize=\"32\"/><reg name=\"d5\" bitsize=\"32\"/>"
	"<reg name=\"d6\" bitsize=\"32\"/><reg name=\"d7\" bitsize=\"32\"/>"
	"<reg name=\"a0\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"a1\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"a2\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"a3\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"a4\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"a5\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"fp\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"sp\" bitsize=\"32\" type=\"data_ptr\"/>"
	"<reg name=\"ps\" bitsize=\"32\"/><reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\"/>"
	"</feature><feature name=\"org.gnu.gdb.m68k.fp\">"
	"<reg name=\"fp0\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp1\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp2\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp3\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp4\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp5\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp6\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fp7\" bitsize=\"96\" type=\"float\" group=\"float\"/>"
	"<reg name=\"fpcontrol\" bitsize=\"32\" group=\"float\"/>"
	"<reg name=\"fpstatus\" bitsize=\"32\" group=\"float\"/>"
	"<reg name=\"fpiaddr\" bitsize=\"32\" type=\"code_ptr\" group=\"float\"/>"
	"</feature></target>";

static size_t say(char *out, const char *text)
{
	size_t len = strlen(text);

	memcpy(out, text, len + 1);
	return len;
}

static size_t ok_if(char *out, bool good)
{
	return say(out, good ? "OK" : "E01");
}

/* ---- breakpoints ---- */

bool packets_has_break(uint32_t addr)
{
	for (unsigned i = 0; i < break_count; i++) {
		if (breaks[i] == addr)
			return true;
	}
	return false;
}

void packets_hide_breaks(bool hide)
{
	cpu_set_breaks(breaks, hide ? 0 : break_count);
}

void packets_clear(void)
{
	break_count = 0;
	no_ack = false;
	cpu_set_breaks(NULL, 0);
}

/* Z0,addr,kind and Z1: the same to us, gdb's memory is never changed. */
static size_t serve_break(const char *p, char *out)
{
	bool set = p[0] == 'Z';
	uint32_t addr, kind;

	if (p[1] != '0' && p[1] != '1')
		return 0;
	if (p[2] != ',')
		return say(out, "E01");
	p += 3;
	if (!rsp_range(&p, '\0', &addr, &kind))
		return say(out, "E01");
	if (set && !packets_has_break(addr)) {
		if (break_count == BREAKS_MAX)
			return say(out, "E28");
		breaks[break_count++] = addr;
	}
	for (unsigned i = 0; !set && i < break_count; i++) {
		if (breaks[i] == addr)
			breaks[i--] = breaks[--break_count];
	}
	cpu_set_breaks(breaks, break_count);
	return say(out, "OK");
}

/* ---- registers ---- */

static void read_all(uint8_t all[ALL_REGS_BYTES])
{
	struct cpu_regs r;

	cpu_read(&r);
	for (int i = 0; i < 8; i++) {
		put32(all + 4 * i, r.d[i]);
		put32(all + 32 + 4 * i, r.a[i]);
	}
	put32(all + 4 * REG_SR, cpu_ccr());
	put32(all + 4 * REG_PC, r.pc);
	cpu_read_fp(all + 4 * REG_FP0);
}

static void write_all_regs(const uint8_t all[ALL_REGS_BYTES])
{
	struct cpu_regs r;

	for (int i = 0; i < 8; i++) {
		r.d[i] = get32(all + 4 * i);
		r.a[i] = get32(all + 32 + 4 * i);
	}
	r.pc = get32(all + 4 * REG_PC);
	cpu_write_fp(all + 4 * REG_FP0);
	cpu_set_ccr(get32(all + 4 * REG_SR));
	cpu_write(&r);
}

/* Where register @n is among all of them. Return: its size, 0: there is none */
static size_t place(uint32_t n, size_t *at)
{
	if (n < REG_FP0) {
		*at = 4 * n;
		return 4;
	}
	if (n < REG_FPCR) {
		*at = 4 * REG_FP0 + FP_BYTES * (n - REG_FP0);
		return FP_BYTES;
	}
	*at = 4 * REG_FP0 + 8 * FP_BYTES + 4 * (n - REG_FPCR);
	return n < REGS ? 4 : 0;
}

static size_t serve_registers(struct packet_state *s, const char *p, char *out)
{
	uint8_t all[ALL_REGS_BYTES];
	char what = *p++;
	uint32_t n = 0;
	size_t at = 0, size = sizeof(all);

	thread_load(s->current);
	read_all(all);
	if (what == 'p' || what == 'P') {
		if (!rsp_number(&p, &n) || !(size = place(n, &at)))
			return say(out, "E01");
		if (what == 'P' && *p++ != '=')
			return say(out, "E01");
	}
	if (what == 'g' || what == 'p') {
		rsp_hex(out, all + at, size);
		return 2 * size;
	}
	if (strlen(p) != 2 * size || !rsp_unhex(p, all + at, size))
		return say(out, "E01");
	write_all_regs(all);
	return say(out, "OK");
}

/* ---- memory ---- */

static size_t serve_memory(const char *p, size_t bytes, char *out)
{
	static uint8_t data[RSP_PACKET_MAX];
	const char *end = p + bytes;
	char what = *p++;
	uint32_t addr, len, got;

	if (!rsp_range(&p, what == 'm' ? '\0' : ':', &addr, &len))
		return say(out, "E01");
	if (what == 'm') {
		if (len > (RSP_PACKET_MAX - 1) / 2)
			len = (RSP_PACKET_MAX - 1) / 2;
		got = mem_peek(addr, data, len);
		if (!got && len)
			return say(out, "E14");
		rsp_hex(out, data, got);
		return 2 * got;
	}
	if (len > sizeof(data))
		return say(out, "E01");
	if (what == 'X') {
		if ((size_t)(end - p) != len)
			return say(out, "E01");
		memcpy(data, p, len);
	} else if ((size_t)(end - p) != 2 * (size_t)len || !rsp_unhex(p, data, len)) {
		return say(out, "E01");
	}
	return say(out, mem_poke(addr, data, len) ? "OK" : "E14");
}

/* ---- threads, and going on ---- */

static struct m68k_thread *find_thread(uint32_t tid)
{
	struct m68k_thread *t = thread_first();

	while (t && t->tid != (pid_t)tid)
		t = t->next;
	return t;
}

/* A thread's id, 0 and -1 included. Return: false: there is none, or it is no id */
static bool thread_of(struct packet_state *s, const char **p, struct m68k_thread **t)
{
	uint32_t tid;

	if (strncmp(*p, "-1", 2) == 0) {
		*p += 2;
		*t = NULL;
		return true;
	}
	if (!rsp_number(p, &tid))
		return false;
	*t = tid ? find_thread(tid) : s->current;
	return *t != NULL;
}

static size_t list_threads(char *out)
{
	size_t len = say(out, "m");

	for (struct m68k_thread *t = thread_first(); t && len < RSP_PACKET_MAX - 16; t = t->next)
		len += (size_t)sprintf(out + len, "%s%x", len > 1 ? "," : "", t->tid);
	return len;
}

/* One action: c, Cxx, s, Sxx */
static bool action_of(const char **p, bool *step, int *sig)
{
	char c = *(*p)++;
	uint32_t n;

	*step = c == 's' || c == 'S';
	*sig = 0;
	if (c == 'c' || c == 's')
		return true;
	if ((c != 'C' && c != 'S') || !rsp_number(p, &n) || n > 255)
		return false;
	*sig = rsp_signal_from_gdb((int)n);
	return true;
}

/* vCont;action[:thread];... - the first that names a thread, or no thread, is that one's. */
static bool serve_vcont(struct packet_state *s, const char *p)
{
	struct debug_resume *r = s->resume;
	struct m68k_thread *t, *first = NULL;
	bool step, rest = false;
	int sig;

	memset(r, 0, sizeof(*r));
	while (*p == ';') {
		p++;
		if (!action_of(&p, &step, &sig))
			return false;
		t = NULL;
		if (*p == ':') {
			p++;
			if (!thread_of(s, &p, &t))
				return false;
		}
		rest |= !t;
		if (!t && step && !first)
			t = s->current;
		first = first ?: t;
		if (step && !r->step)
			r->step = t;
		if (sig)
			r->signal = sig;
	}
	r->only = rest ? NULL : first;
	return *p == '\0' && (first || rest);
}

static enum packet_result serve_v(struct packet_state *s, const char *p, char *out, size_t *len)
{
	if (strcmp(p, "vCont?") == 0)
		*len = say(out, "vCont;c;C;s;S");
	else if (strncmp(p, "vCont;", 6) == 0 && serve_vcont(s, p + 5))
		return PACKET_RESUME;
	else if (strncmp(p, "vCont;", 6) == 0)
		*len = say(out, "E01");
	else if (strncmp(p, "vKill", 5) == 0)
		return PACKET_KILL;
	return PACKET_ANSWER;
}

/* The old forms: c [addr], s, Csig, Ssig */
static enum packet_result serve_continue(struct packet_state *s, const char *p, char *out,
					 size_t *len)
{
	uint32_t addr;
	bool step;
	int sig;

	memset(s->resume, 0, sizeof(*s->resume));
	if (!action_of(&p, &step, &sig)) {
		*len = say(out, "E01");
		return PACKET_ANSWER;
	}
	p += *p == ';';
	if (rsp_number(&p, &addr)) {
		thread_load(s->current);
		cpu_set(UC_M68K_REG_PC, addr);
	}
	s->resume->step = step ? s->current : NULL;
	s->resume->signal = sig;
	return PACKET_RESUME;
}

/* ---- questions ---- */

/* "offset,length" of @data: "m..." and "l..." at the end */
static size_t serve_piece(const char *p, const void *data, size_t bytes, char *out)
{
	uint32_t offset, len;

	if (!rsp_range(&p, '\0', &offset, &len) || offset > bytes)
		return say(out, "E01");
	if (len > RSP_PACKET_MAX / 2)
		len = RSP_PACKET_MAX / 2;
	out[0] = bytes - offset > len ? 'm' : 'l';
	if (bytes - offset < len)
		len = (uint32_t)(bytes - offset);
	memcpy(out + 1, (const char *)data + offset, len);
	return len + 1;
}

static size_t serve_q(struct packet_state *s, const char *p, char *out)
{
	const void *auxv;
	size_t bytes;

	if (strncmp(p, "qSupported", 10) == 0)
		return (size_t)sprintf(out,
				       "PacketSize=%x;QStartNoAckMode+;swbreak+;hwbreak+;"
				       "vContSupported+;qXfer:features:read+;qXfer:auxv:read+;"
				       "qXfer:exec-file:read+",
				       RSP_PACKET_MAX);
	if (strncmp(p, "qXfer:features:read:target.xml:", 31) == 0)
		return serve_piece(p + 31, target_xml, strlen(target_xml), out);
	if (strncmp(p, "qXfer:auxv:read::", 17) == 0) {
		auxv = proc_auxv(&bytes);
		return serve_piece(p + 17, auxv, bytes, out);
	}
	if (strncmp(p, "qXfer:exec-file:read:", 21) == 0) {
		p = strchr(p + 21, ':');
		return p ? serve_piece(p + 1, proc_exe(), strlen(proc_exe()), out)
			 : say(out, "E01");
	}
	if (strcmp(p, "qfThreadInfo") == 0)
		return list_threads(out);
	if (strcmp(p, "qsThreadInfo") == 0)
		return say(out, "l");
	if (strcmp(p, "qC") == 0)
		return (size_t)sprintf(out, "QC%x", s->current->tid);
	if (strncmp(p, "qAttached", 9) == 0)
		return say(out, "0");
	if (strncmp(p, "qSymbol", 7) == 0)
		return say(out, "OK");
	return 0;
}

enum packet_result packet_serve(struct packet_state *s, const char *text, size_t bytes, char *out,
				size_t *len)
{
	struct m68k_thread *t = NULL;
	const char *p = text + 1;

	*len = 0;
	switch (text[0]) {
	case '?':
		if (s->stop[0]) {
			*len = say(out, s->stop);
		} else {
			packet_stop_text(out, 64, s->current, SIGTRAP, "");
			*len = strlen(out);
		}
		break;
	case 'g':
	case 'G':
	case 'p':
	case 'P':
		*len = serve_registers(s, text, out);
		break;
	case 'm':
	case 'M':
	case 'X':
		*len = serve_memory(text, bytes, out);
		break;
	case 'z':
	case 'Z':
		*len = serve_break(text, out);
		break;
	case 'H':
		if (*p == 'g' || *p == 'c') {
			p++;
			*len = ok_if(out, thread_of(s, &p, &t));
			if (t && text[1] == 'g')
				s->current = t;
		}
		break;
	case 'T':
		*len = ok_if(out, thread_of(s, &p, &t) && t);
		break;
	case 'q':
		*len = serve_q(s, text, out);
		break;
	case 'Q':
		if (strcmp(text, "QStartNoAckMode") == 0) {
			no_ack = true;
			*len = say(out, "OK");
		}
		break;
	case 'v':
		return serve_v(s, text, out, len);
	case 'c':
	case 'C':
	case 's':
	case 'S':
		return serve_continue(s, text, out, len);
	case 'D':
		*len = say(out, "OK");
		return PACKET_DETACH;
	case 'k':
		return PACKET_KILL;
	}
	return PACKET_ANSWER;
}

void packet_stop_text(char *out, size_t room, const struct m68k_thread *t, int sig,
		      const char *reason)
{
	snprintf(out, room, "T%02xthread:%x;%s", rsp_signal_to_gdb(sig), t->tid, reason);
}

bool packets_no_ack(void)
{
	return no_ack;
}
