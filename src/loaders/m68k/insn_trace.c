// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -d for Linux programs: what is executed, with the names of functions in whatever file is mapped
 * there. The names of a file are read when the first of its instructions is shown.
 */
#include "insn_trace.h"

#include <errno.h>
#include <string.h>

#include "cpu.h"
#include "disas.h"
#include "mem.h"
#include "procfs.h"
#include "symbols.h"
#include "thread.h"
#include "util.h"

struct known_file {
	struct known_file *next;
	char *path;
	struct symbols *symbols;
};

static struct known_file *files;

static const struct symbols *symbols_of(const char *path)
{
	struct known_file *f;

	for (f = files; f; f = f->next) {
		if (strcmp(f->path, path) == 0)
			return f->symbols;
	}
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->path = strdup(path);
	f->symbols = f->path ? symbols_load(path) : NULL;
	if (!f->symbols) {
		free(f->path);
		free(f);
		return NULL;
	}
	f->next = files;
	files = f;
	return f->symbols;
}

static const char *name_of(uint32_t addr, uint32_t *offset)
{
	for (const struct mem_name *n = mem_names(); n; n = n->next) {
		const struct symbols *s;
		uint32_t own;

		if (addr < n->addr || addr >= n->end)
			continue;
		s = symbols_of(n->path);
		return s && symbols_vaddr(s, (uint64_t)n->offset + (addr - n->addr), &own)
			       ? symbols_at(s, own, offset)
			       : NULL;
	}
	return NULL;
}

static void on_insn(uint32_t pc)
{
	uint8_t code[DISAS_INSN_MAX];
	uint32_t offset = 0, len;
	const char *name;

	if (!disas_wants(pc) || !thread_self)
		return;
	len = mem_peek(pc, code, sizeof(code));
	name = name_of(pc, &offset);
	disas_line(thread_self->tid, pc, code, len, name, offset);
}

/* Where the program itself has it: its file is mapped in pieces, one of which has the function. */
static int limit_to(const char *function)
{
	const struct symbols *s = symbols_of(proc_exe());
	uint32_t addr, bytes, own;

	if (!s || !symbols_find(s, function, &addr, &bytes))
		return -ENOENT;
	for (const struct mem_name *n = mem_names(); n; n = n->next) {
		if (strcmp(n->path, proc_exe()) == 0 &&
		    symbols_vaddr(s, (uint64_t)n->offset, &own) && addr >= own &&
		    addr - own < n->end - n->addr) {
			addr += n->addr - own;
			disas_set_range(addr, addr + bytes - 1);
			return 0;
		}
	}
	return -ENOENT;
}

int insn_trace_start(const char *what)
{
	int rc = what[0] && !disas_range(what) ? limit_to(what) : 0;

	if (rc == 0)
		cpu_trace(on_insn);
	return rc;
}
