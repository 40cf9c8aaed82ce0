// SPDX-License-Identifier: GPL-2.0-or-later
/* Choosing a personality, the machine that all but Linux share, and a call's way to its row. */
#include "pers.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core_priv.h"
#include "disas.h"
#include "elf_image.h"
#include "host.h"
#include "util.h"

#define HEAD_BYTES	 64
#define SLICE		 20000 /* instructions between two looks around */
#define STRING_MAX	 1024
#define TRACE_TEXT_BYTES 40
#define UNKNOWN_MAX	 64

static const struct personality *const all[] = {
	&pers_linux, &pers_cpm, &pers_gemdos, &pers_human, &pers_amiga,
};

/* ---- choosing ---- */

static bool claims_linux(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path)
{
	return elf_is_m68k(head, len);
}

const struct personality pers_linux = {
	.name = "linux",
	.what = "Linux/m68k",
	.claims = claims_linux,
};

const struct personality *pers_choose(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t head[HEAD_BYTES];
	struct stat st;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	got = pread(fd, head, sizeof(head), 0);
	for (size_t i = 0; got > 0 && i < ARRAY_SIZE(all); i++) {
		if (all[i]->claims(head, (size_t)got, (uint64_t)st.st_size, path))
			return all[i];
	}
	return NULL;
}

const struct personality *pers_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	}
	return NULL;
}

void pers_list(char *buf, size_t room)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(all) && len < room; i++)
		len += (size_t)snprintf(buf + len, room - len, "%s%s", i ? ", " : "", all[i]->name);
}

ssize_t pers_read_program(const char *path, uint8_t **out)
{
	struct stat st;
	char *data;
	ssize_t len;

	*out = NULL;
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	len = read_file_at(AT_FDCWD, path, PERS_FILE_MAX, &data);
	if (len >= 0)
		*out = (uint8_t *)data;
	return len;
}

/* ---- the guest's memory ---- */

void *machine_ptr(struct machine *m, uint32_t addr, uint32_t len)
{
	const struct core *c = &m->core;

	addr &= CORE_MASK;
	if (len > CORE_BYTES || !core_reaches(c, addr, len))
		return NULL;
	return c->mem + addr;
}

const char *machine_string(struct machine *m, uint32_t addr)
{
	uint32_t room = STRING_MAX;
	const char *s;

	while (room && !machine_ptr(m, addr, room))
		room /= 2;
	s = room ? machine_ptr(m, addr, room) : NULL;
	return s && memchr(s, '\0', room) ? s : NULL;
}

bool machine_put_string(struct machine *m, uint32_t addr, const char *s, uint32_t room)
{
	char *p = machine_ptr(m, addr, room);

	if (!p || !room)
		return false;
	snprintf(p, room, "%s", s);
	return strlen(s) < room;
}

uint8_t *machine_frame(struct machine *m)
{
	return machine_ptr(m, m->core.a[7], 8);
}

uint32_t machine_stack_args(struct machine *m)
{
	const uint8_t *frame = machine_frame(m);

	if (!frame || !(get16(frame) & CORE_S))
		return m->core.other_sp;
	return m->core.a[7] + (m->core.is_020 ? 8 : 6);
}

bool machine_in_supervisor(struct machine *m)
{
	const uint8_t *frame = machine_frame(m);

	return frame && get16(frame) & CORE_S;
}

/*
 * The frame that we were called with moves to the stack that is the supervisor's from now on, so
 * that the rte which follows leaves the right one behind.
 */
uint32_t machine_super(struct machine *m, uint32_t to)
{
	struct core *c = &m->core;
	uint32_t bytes = c->is_020 ? 8 : 6, old = c->a[7] + bytes;
	const uint8_t *frame = machine_frame(m);
	bool super = machine_in_supervisor(m);
	uint8_t copy[8];

	if (!to)
		to = c->other_sp;
	if (!frame || to & 1 || !machine_ptr(m, to - bytes, bytes))
		return 0;
	memcpy(copy, frame, bytes);
	put16(copy, get16(frame) ^ CORE_S);
	memcpy(machine_ptr(m, to - bytes, bytes), copy, bytes);
	if (super)
		c->other_sp = old;
	c->a[7] = to - bytes;
	return super ? 0 : old;
}

/* Its rts finds the rte of the trap's own stub. */
void machine_jsr_super(struct machine *m, uint32_t function, unsigned vector)
{
	struct core *c = &m->core;
	uint8_t *p = machine_ptr(m, c->a[7] - 4, 4);

	if (!p)
		return;
	c->a[7] -= 4;
	put32(p, PERS_WINDOW + vector * PERS_STUB_BYTES + 4);
	c->pc = function;
	m->moved = true;
}

void machine_stub(struct machine *m, uint32_t at, unsigned arg, uint16_t then)
{
	uint8_t *p = m->core.mem + at;

	put16(p, CORE_HOST_OP);
	put16(p + 2, arg);
	put16(p + 4, then);
}

/* ---- the end ---- */

void machine_exit(struct machine *m, int status)
{
	m->status = status & 0xff;
	m->done = m->core.stop = true;
}

void machine_needs_screen(struct machine *m, const char *call)
{
	con_flush();
	log_err("%s: it calls %s, but %s programs have files and the console here; %s", m->path,
		call, m->pers->what, m->pers->screen_hint);
	machine_exit(m, PERS_EXIT_OURS);
}

static const struct {
	const char *text;
	int signal;
} crashes[] = {
	[VEC_BUS] = { "bus error", SIGSEGV },
	[VEC_ADDRESS] = { "odd address", SIGBUS },
	[VEC_ILLEGAL] = { "illegal instruction", SIGILL },
	[VEC_DIVIDE] = { "division by zero", SIGFPE },
	[VEC_CHK] = { "CHK out of bounds", SIGFPE },
	[VEC_TRAPV] = { "TRAPV overflow", SIGFPE },
	[VEC_PRIVILEGE] = { "privileged instruction", SIGILL },
	[VEC_TRACE] = { "trace exception", SIGTRAP },
	[VEC_LINE_A] = { "A-line instruction", SIGILL },
	[VEC_LINE_F] = { "F-line instruction", SIGILL },
};

static _Noreturn void die_by(int sig)
{
	const struct rlimit none = { 0 };

	/* A core file would be the emulator's. */
	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	raise(sig);
	exit(128 + sig);
}

/* Where it happened: the frame's PC. A 68000 has four words more in front for bus errors. */
static uint32_t crash_pc(struct machine *m, unsigned vector)
{
	const struct core *c = &m->core;
	bool large = (vector == VEC_BUS || vector == VEC_ADDRESS) && !c->is_020;
	const uint8_t *frame = machine_ptr(m, c->a[7] + (large ? 8 : 0), 8);

	return vector < VEC_COUNT && frame ? get32(frame + 2) & CORE_MASK : c->op_pc;
}

void machine_crash(struct machine *m, unsigned vector)
{
	const struct core *c = &m->core;
	uint32_t pc = crash_pc(m, vector);
	const uint8_t *insn = machine_ptr(m, pc, 2);
	unsigned op = insn ? get16(insn) : 0;
	bool known = vector < ARRAY_SIZE(crashes) && crashes[vector].text;
	const char *hint = "";
	char what[80];

	if (known)
		snprintf(what, sizeof(what), "%s", crashes[vector].text);
	else if (vector == VEC_COUNT)
		snprintf(what, sizeof(what), "no stack for an exception");
	else if (vector == VEC_COUNT + 1)
		snprintf(what, sizeof(what), "stop: it waits for an interrupt, and there are none");
	else if (vector >= VEC_TRAP0 && vector < VEC_TRAP0 + 16)
		snprintf(what, sizeof(what), "trap #%u, which nobody serves", vector - VEC_TRAP0);
	else
		snprintf(what, sizeof(what), "exception %u", vector);
	if ((vector == VEC_ILLEGAL || vector == VEC_ADDRESS) && !c->is_020)
		hint = " (is it for a 68020? try --cpu 68020)";
	if (vector == VEC_LINE_F && (op >> 9 & 7) == 1)
		hint = " (there is no FPU)";
	con_flush();
	if (vector == VEC_BUS || vector == VEC_ADDRESS)
		log_err("%s: %s at %06x, %s %08x%s", m->path, what, pc,
			c->fault_write ? "writing" : "reading", c->fault_addr, hint);
	else
		log_err("%s: %s at %06x, opcode %04x%s", m->path, what, pc, op, hint);
	if (known)
		die_by(crashes[vector].signal);
	machine_exit(m, PERS_EXIT_OURS);
}

/* ---- calls ---- */

static uint32_t register_arg(const struct machine *m, char r)
{
	return r < '8' ? m->core.d[r - '0'] : m->core.a[r - 'a'];
}

/* Values of a row's kinds. Return: false when the stack is not there. */
static bool fetch_args(struct machine *m, const struct pers_call *row, uint32_t at, uint32_t *a)
{
	for (int i = 0; row->kinds[i]; i++) {
		unsigned bytes = strchr("wc-", row->kinds[i]) ? 2 : 4;
		const uint8_t *p;

		if (row->regs) {
			a[i] = register_arg(m, row->regs[i]);
			if (bytes == 2)
				a[i] = sign_extend(a[i], 2);
			continue;
		}
		p = machine_ptr(m, at, bytes);
		if (!p)
			return false;
		a[i] = bytes == 2 ? sign_extend(get16(p), 2) : get32(p);
		at += bytes;
	}
	return true;
}

static int trace_arg(struct machine *m, char *out, size_t room, char kind, uint32_t value)
{
	const char *s;

	if (kind == 's') {
		s = machine_string(m, value);
		if (s) {
			autofree char *cut = strndup(s, TRACE_TEXT_BYTES);
			autofree char *safe = cut ? str_escape(cut) : NULL;

			return snprintf(out, room, "\"%s\"%s", safe ? safe : "",
					strlen(s) > TRACE_TEXT_BYTES ? "..." : "");
		}
	}
	if (kind == 'c' && isprint((int)(value & 0xff)))
		return snprintf(out, room, "'%c'", (char)value);
	if (kind == 'w' || kind == 'l')
		return snprintf(out, room, "%d", (int32_t)value);
	return snprintf(out, room, "%#x", value);
}

static size_t trace_head(struct machine *m, const struct pers_table *table,
			 const struct pers_call *row, int nr, const uint32_t *a, char *line,
			 size_t room)
{
	size_t n;

	if (!row)
		return (size_t)snprintf(line, room, "%d %s_%#x()", getpid(), table->name,
					(unsigned)nr);
	n = (size_t)snprintf(line, room, "%d %s(", getpid(), row->name);
	for (int i = 0, first = 1; row->kinds[i] && n < room; i++) {
		if (row->kinds[i] == '-')
			continue;
		n += (size_t)snprintf(line + n, room - n, "%s", first ? "" : ", ");
		first = 0;
		if (n < room)
			n += (size_t)trace_arg(m, line + n, room - n, row->kinds[i], a[i]);
	}
	if (n < room)
		n += (size_t)snprintf(line + n, room - n, ")");
	return n < room ? n : room - 1;
}

static void trace_end(struct machine *m, char *line, size_t n, size_t room, uint32_t ret)
{
	int32_t value = (int32_t)ret;

	if (m->moved || m->done)
		n += (size_t)snprintf(line + n, room - n, " ...\n");
	else
		n += (size_t)snprintf(line + n, room - n,
				      value > 65535 || value < -4096 ? " = %#x\n" : " = %d\n",
				      value);
	con_flush();
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}

static void tell_unknown(const struct pers_table *table, const struct pers_call *row, int nr)
{
	static struct {
		const struct pers_table *table;
		int nr;
	} told[UNKNOWN_MAX];
	static unsigned count;

	if (table->probed_from && nr >= table->probed_from)
		return;
	for (unsigned i = 0; i < count; i++) {
		if (told[i].table == table && told[i].nr == nr)
			return;
	}
	if (count == UNKNOWN_MAX)
		return;
	told[count].table = table;
	told[count++].nr = nr;
	con_flush();
	if (row)
		log_warn("task: %s call %s is not there", table->name, row->name);
	else
		log_warn("task: %s call %#x is not there", table->name, (unsigned)nr);
}

static const struct pers_call *find_row(const struct pers_table *table, int nr)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->calls[i].nr == nr)
			return &table->calls[i];
	}
	return NULL;
}

void pers_call(struct machine *m, const struct pers_table *table, int nr, uint32_t args_at)
{
	const struct pers_call *row = find_row(table, nr);
	uint32_t a[PERS_ARGS_MAX] = { 0 }, ret = table->unknown;
	char line[400];
	size_t n = 0;

	if (row && !fetch_args(m, row, args_at, a)) {
		machine_crash(m, VEC_BUS);
		return;
	}
	/* Before the call: it may leave, and its strings may be gone afterwards. */
	if (m->trace)
		n = trace_head(m, table, row, nr, a, line, sizeof(line) - 24);
	m->moved = false;
	if (row && row->fn)
		ret = row->fn(m, a);
	else if (table->screen)
		machine_needs_screen(m, row ? row->name : table->name);
	else
		tell_unknown(table, row, nr);
	if (m->trace)
		trace_end(m, line, n, sizeof(line), ret);
	if (!m->moved && !m->done)
		m->core.d[0] = ret;
	if (con_at_end() && !m->done) {
		con_flush();
		log_err("%s: it keeps asking for input after the end", m->path);
		machine_exit(m, PERS_EXIT_OURS);
	}
}

/* ---- running ---- */

static void on_host(struct core *c, unsigned arg)
{
	struct machine *m = c->owner;

	if (arg >= PERS_HOST_CALLS && m->pers->host_call)
		m->pers->host_call(m, arg);
	else if (arg >= VEC_COUNT || !m->pers->exception(m, arg))
		machine_crash(m, arg);
}

/* -d: not the window, whose code is ours. */
static void on_each(struct core *c)
{
	uint32_t pc = c->pc & CORE_MASK, len = DISAS_INSN_MAX;

	if (pc >= c->ram_end || !disas_wants(pc))
		return;
	if (len > c->ram_end - pc)
		len = c->ram_end - pc;
	con_flush();
	disas_line(getpid(), pc, c->mem + pc, len, NULL, 0);
}

static int machine_init(struct machine *m)
{
	struct core *c = &m->core;

	c->mem = mmap(NULL, CORE_BYTES + GUEST_PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (c->mem == MAP_FAILED)
		return -errno;
	c->ram_end = PERS_RAM_BYTES;
	c->window_low = PERS_WINDOW;
	c->window_high = PERS_WINDOW_END;
	c->host = on_host;
	c->owner = m;
	c->system = CORE_S | 0x0700;
	for (unsigned i = 2; i < VEC_COUNT; i++) {
		put32(c->mem + 4 * i, PERS_WINDOW + i * PERS_STUB_BYTES);
		machine_stub(m, PERS_WINDOW + i * PERS_STUB_BYTES, i, OP_RTE);
	}
	return 0;
}

int pers_run(const struct personality *pers, const char *path, char *const argv[],
	     char *const envp[], bool trace, bool disas, bool is_020, const char **why)
{
	static struct machine machine;
	struct machine *m = &machine;
	int rc;

	*why = "no memory for it";
	m->pers = pers;
	m->path = path;
	m->argv = argv;
	m->envp = envp;
	m->trace = trace;
	m->core.is_020 = is_020;
	if (disas) {
		disas_open(is_020 ? DISAS_68020 : DISAS_68000);
		m->core.each = on_each;
	}
	rc = machine_init(m);
	if (rc == 0)
		rc = pers->load(m, why);
	if (rc < 0)
		return rc;
	while (!m->done) {
		core_run(&m->core, SLICE);
		con_flush();
		if (pers->tick)
			pers->tick(m);
	}
	con_flush();
	return m->status;
}
