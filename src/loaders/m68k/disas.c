// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -d: instructions as text, by libcapstone where there is one. It is loaded when it is wanted: its
 * tables take the dynamic linker longer than the engine's.
 */
#include "disas.h"

#include "guest.h"
#include "util.h"

#ifdef HAVE_CAPSTONE
#include <capstone/capstone.h>
#include <dlfcn.h>
#endif

static uint32_t first, last = UINT32_MAX;

bool disas_range(const char *text)
{
	unsigned long long from, to;
	char *end;

	from = strtoull(text, &end, 16);
	if (end == text || *end != '-')
		return false;
	text = end + 1;
	to = strtoull(text, &end, 16);
	if (end == text || *end || from > to || to > UINT32_MAX)
		return false;
	disas_set_range((uint32_t)from, (uint32_t)to);
	return true;
}

void disas_set_range(uint32_t from, uint32_t to)
{
	first = from;
	last = to;
}

bool disas_wants(uint32_t addr)
{
	return addr >= first && addr <= last;
}

#ifdef HAVE_CAPSTONE

#define NUMBER_TEXT(n)	#n
#define LIBRARY(number) "libcapstone.so." NUMBER_TEXT(number)

static typeof(cs_open) *open_engine;
static typeof(cs_malloc) *make_insn;
static typeof(cs_disasm_iter) *next_insn;
static csh engine;
static cs_insn *insn;

static bool load_library(void)
{
	void *lib = dlopen(LIBRARY(CS_API_MAJOR), RTLD_NOW);

	if (!lib)
		return false;
	open_engine = (typeof(cs_open) *)dlsym(lib, "cs_open");
	make_insn = (typeof(cs_malloc) *)dlsym(lib, "cs_malloc");
	next_insn = (typeof(cs_disasm_iter) *)dlsym(lib, "cs_disasm_iter");
	return open_engine && make_insn && next_insn;
}

int disas_open(enum disas_cpu cpu)
{
	static const cs_mode modes[] = {
		[DISAS_68000] = CS_MODE_M68K_000,
		[DISAS_68020] = CS_MODE_M68K_020,
		[DISAS_68040] = CS_MODE_M68K_040,
	};

	if (!load_library())
		return -ENOSYS;
	if (open_engine(CS_ARCH_M68K, CS_MODE_BIG_ENDIAN | modes[cpu], &engine) != CS_ERR_OK)
		return -ENOMEM;
	insn = make_insn(engine);
	return insn ? 0 : -ENOMEM;
}

/* Return: the instruction's bytes; what is none is a word of data. */
static uint32_t disassemble(uint32_t addr, const uint8_t *code, uint32_t len, char *text,
			    size_t room)
{
	uint64_t at = addr;
	size_t left = len;

	if (next_insn(engine, &code, &left, &at, insn) && insn->size) {
		snprintf(text, room, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "",
			 insn->op_str);
		return insn->size < DISAS_INSN_MAX ? insn->size : DISAS_INSN_MAX;
	}
	snprintf(text, room, len < 2 ? "?" : "dc.w $%04x", len < 2 ? 0U : get16(code));
	return len < 2 ? len : 2;
}

#else

int disas_open(enum disas_cpu cpu)
{
	return -ENOSYS;
}

static uint32_t disassemble(uint32_t addr, const uint8_t *code, uint32_t len, char *text,
			    size_t room)
{
	return 0;
}

#endif

void disas_line(int tid, uint32_t addr, const uint8_t *code, uint32_t len, const char *symbol,
		uint32_t offset)
{
	char text[256] = "", line[512], *p = line, *end = line + sizeof(line) - 2;
	uint32_t size = disassemble(addr, code, len, text, sizeof(text));

	p += snprintf(p, end - p, "%d %08x", tid, addr);
	if (symbol)
		p += snprintf(p, end - p, offset ? " <%.100s+%#x>" : " <%.100s>", symbol, offset);
	p += snprintf(p, end - p, ": ");
	for (uint32_t i = 0; i < size; i++)
		p += snprintf(p, end - p, "%02x%s", code[i], i & 1 ? " " : "");
	p += snprintf(p, end - p, " %s", text);
	*p++ = '\n';
	/* As with -t, each line is there when the next thing happens. */
	if (write(STDERR_FILENO, line, p - line) < 0)
		return;
}
