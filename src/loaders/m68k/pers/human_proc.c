// SPDX-License-Identifier: GPL-2.0-or-later
/* Human68k: .X and .R files, programs that start programs, and memory. */
#include "human.h"

#include <strings.h>

#include "util.h"

#define MCB_BYTES	 16U /* in front of every block: previous, owner, end, next */
#define PSP_BYTES	 0x100U /* with the MCB; the program is behind it */
#define STACK_ROOM	 0x1000U
#define SYSTEM_STACK	 0x7ff0U
#define NO_MEMORY	 0x81000000U
#define NO_MEMORY_AT_ALL 0x82000000U

struct human_process {
	struct human_process *parent;
	uint32_t block; /* its MCB */
	uint32_t env, command;
	struct core resume;
};
static struct human_process *now;

uint32_t human_owner(void)
{
	return now ? now->block : 0;
}

/* ---- memory: addresses that programs see are behind the MCB ---- */

static void put_mcb(struct machine *m, uint32_t at)
{
	uint8_t *p = m->core.mem + at;

	put32(p, 0);
	put32(p + 4, human_owner());
	put32(p + 8, at + heap_bytes(&m->heap, at));
	put32(p + 12, 0);
}

static uint32_t no_memory(struct machine *m)
{
	uint32_t most = heap_largest(&m->heap);

	return most > MCB_BYTES ? NO_MEMORY | (most - MCB_BYTES) : NO_MEMORY_AT_ALL;
}

static uint32_t allocate(struct machine *m, uint32_t bytes, bool top)
{
	uint32_t at = 0;

	if (bytes < CORE_BYTES)
		at = top ? heap_alloc_top(&m->heap, bytes + MCB_BYTES, human_owner())
			 : heap_alloc(&m->heap, bytes + MCB_BYTES, human_owner());
	if (!at)
		return no_memory(m);
	put_mcb(m, at);
	return at + MCB_BYTES;
}

uint32_t human_malloc(struct machine *m, const uint32_t *a)
{
	return allocate(m, a[0], false);
}

uint32_t human_malloc2(struct machine *m, const uint32_t *a)
{
	return allocate(m, a[1], a[0] == 2);
}

uint32_t human_mfree(struct machine *m, const uint32_t *a)
{
	if (!a[0]) { /* all but the program itself */
		heap_give(&m->heap, now->block, 1);
		heap_free_owner(&m->heap, human_owner());
		heap_give(&m->heap, now->block, human_owner());
		return 0;
	}
	return heap_free(&m->heap, (a[0] - MCB_BYTES) & CORE_MASK) < 0 ? (uint32_t)HU_BLOCK : 0;
}

uint32_t human_setblock(struct machine *m, const uint32_t *a)
{
	uint32_t at = (a[0] - MCB_BYTES) & CORE_MASK, room = heap_room(&m->heap, at);

	if (!room)
		return (uint32_t)HU_BLOCK;
	if (a[1] >= CORE_BYTES || heap_resize(&m->heap, at, a[1] + MCB_BYTES) < 0)
		return NO_MEMORY | (room - MCB_BYTES);
	put32(m->core.mem + at + 8, at + a[1] + MCB_BYTES);
	return 0;
}

/* ---- files of programs ---- */

struct x_file {
	uint32_t base, entry, text, data, bss, relocation;
};

static int x_parse(const uint8_t *f, size_t len, struct x_file *x, const char **why)
{
	*why = "shorter than its header";
	if (len < X_HEAD_BYTES)
		return -ENOEXEC;
	x->base = get32(f + 4);
	x->entry = get32(f + 8);
	x->text = get32(f + 12);
	x->data = get32(f + 16);
	x->bss = get32(f + 20);
	x->relocation = get32(f + 24);
	*why = "it is bound of several programs";
	if (get32(f + 60))
		return -ENOEXEC;
	*why = "a section is larger than the machine's memory";
	if (x->text > PERS_RAM_BYTES || x->data > PERS_RAM_BYTES || x->bss > PERS_RAM_BYTES)
		return -ENOEXEC;
	*why = "it has no code";
	if (!x->text)
		return -ENOEXEC;
	*why = "its sections end beyond the end of the file";
	if ((uint64_t)X_HEAD_BYTES + x->text + x->data + x->relocation > len)
		return -ENOEXEC;
	*why = "it begins outside its code";
	if (x->entry - x->base >= x->text + x->data || x->entry & 1)
		return -ENOEXEC;
	return 0;
}

static int x_relocate(const uint8_t *table, uint32_t bytes, const struct x_file *x, uint8_t *at,
		      uint32_t by, const char **why)
{
	uint32_t size = x->text + x->data, offset = 0, step;

	for (uint32_t i = 0; i + 2 <= bytes; i += 2) {
		step = get16(table + i);
		*why = "its relocation ends in the middle";
		if (step == 1) { /* a distance of four bytes follows */
			if (bytes - i < 6)
				return -ENOEXEC;
			step = get32(table + i + 2);
			i += 4;
		}
		*why = "its relocation is outside the program";
		if (step > size - offset || size - offset - step < 4)
			return -ENOEXEC;
		offset += step;
		put32(at + offset, get32(at + offset) + by);
	}
	return 0;
}

/* A program behind the MCB and PSP at @block. *end, *entry: out. */
static int load_image(struct machine *m, const char *path, uint32_t block, uint32_t room,
		      uint32_t *end, uint32_t *entry, const char **why)
{
	autofree uint8_t *file = NULL;
	ssize_t len = pers_read_program(path, &file);
	uint32_t at = block + PSP_BYTES;
	struct x_file x;
	int rc;

	*why = "it cannot be read";
	if (len < 0)
		return (int)len;
	*why = "it is empty";
	if (!len)
		return -ENOEXEC;
	if (len < 2 || file[0] != 'H' || file[1] != 'U') { /* .R: the bytes, as they are */
		if ((uint64_t)len + PSP_BYTES + STACK_ROOM > room)
			return -ENOMEM;
		memcpy(m->core.mem + at, file, (size_t)len);
		*entry = at;
		*end = at + (uint32_t)len;
		return 0;
	}
	rc = x_parse(file, (size_t)len, &x, why);
	if (rc < 0)
		return rc;
	if ((uint64_t)x.text + x.data + x.bss + PSP_BYTES + STACK_ROOM > room)
		return -ENOMEM;
	memcpy(m->core.mem + at, file + X_HEAD_BYTES, x.text + x.data);
	memset(m->core.mem + at + x.text + x.data, 0, x.bss);
	*entry = at + (x.entry - x.base);
	*end = at + x.text + x.data + x.bss;
	return x_relocate(file + X_HEAD_BYTES + x.text + x.data, x.relocation, &x, m->core.mem + at,
			  at - x.base, why);
}

/* ---- programs ---- */

static void fill_psp(struct machine *m, const struct human_process *p, uint32_t block_end,
		     uint32_t end, const char *path)
{
	uint8_t *psp = m->core.mem + p->block;
	const char *slash = strrchr(path, '/');

	memset(psp, 0, PSP_BYTES);
	put32(psp + 4, p->parent ? p->parent->block : 0);
	put32(psp + 8, block_end);
	put32(psp + 0x10, p->env);
	put32(psp + 0x20, p->command);
	put32(psp + 0x30, end);
	put32(psp + 0x34, end);
	put32(psp + 0x38, block_end);
	snprintf((char *)psp + 0x80, 67, "%c:\\%s", 'A' + host_drive(), host_cwd(host_drive()));
	snprintf((char *)psp + 0xc4, 24, "%s", slash ? slash + 1 : path);
}

static uint32_t copy_env(struct machine *m, uint32_t from, uint32_t owner)
{
	uint32_t bytes = from && machine_ptr(m, from, 4) ? get32(m->core.mem + from) : 0, at;

	if (bytes < 8 || bytes > HU_ENV_BYTES || !machine_ptr(m, from, bytes))
		return from;
	at = heap_alloc(&m->heap, bytes, owner);
	if (at)
		memcpy(m->core.mem + at, m->core.mem + from, bytes);
	return at ? at : from;
}

int human_start(struct machine *m, const char *path, const char *command, uint32_t env,
		const char **why)
{
	struct human_process *p = calloc(1, sizeof(*p));
	struct core *c = &m->core;
	uint32_t room, end = 0, entry = 0;
	size_t n = strlen(command);
	int rc = -ENOMEM;

	if (!p)
		return -ENOMEM;
	p->parent = now;
	p->resume = *c;
	p->command = heap_alloc(&m->heap, HU_COMMAND + 2, 0);
	p->env = p->command ? copy_env(m, env, 0) : 0;
	room = heap_largest(&m->heap);
	p->block = p->command && room > PSP_BYTES ? heap_alloc(&m->heap, room, 0) : 0;
	if (p->block)
		rc = load_image(m, path, p->block, room, &end, &entry, why);
	if (rc < 0) {
		heap_free(&m->heap, p->block);
		heap_free(&m->heap, p->command);
		if (p->env != env)
			heap_free(&m->heap, p->env);
		free(p);
		return rc;
	}
	heap_give(&m->heap, p->block, p->block);
	heap_give(&m->heap, p->command, p->block);
	if (p->env != env)
		heap_give(&m->heap, p->env, p->block);
	fill_psp(m, p, p->block + room, end, path);
	n = n < HU_COMMAND - 1 ? n : HU_COMMAND - 1;
	c->mem[p->command] = (uint8_t)n;
	memcpy(c->mem + p->command + 1, command, n);
	c->mem[p->command + 1 + n] = 0;
	now = p;
	memset(c->d, 0, sizeof(c->d));
	memset(c->a, 0, 7 * sizeof(c->a[0]));
	c->a[7] = p->parent ? p->resume.a[7] : SYSTEM_STACK;
	c->system = CORE_S;
	core_set_sr(c, 0);
	c->a[0] = p->block;
	c->a[1] = end;
	c->a[2] = p->command;
	c->a[3] = p->env;
	c->a[4] = entry;
	c->a[7] = p->block + room;
	c->pc = entry;
	m->moved = true;
	return 0;
}

static void end_program(struct machine *m, uint32_t status, bool keep)
{
	struct human_process *p = now;
	struct core *c = &m->core;

	human_close_owner(p->block);
	if (!p->parent) {
		machine_exit(m, (int)status);
		return;
	}
	if (keep)
		heap_give(&m->heap, p->block, 0);
	else
		heap_free_owner(&m->heap, p->block);
	memcpy(c->d, p->resume.d, sizeof(c->d));
	memcpy(c->a, p->resume.a, sizeof(c->a));
	c->pc = p->resume.pc;
	c->other_sp = p->resume.other_sp;
	c->system = p->resume.system;
	c->d[0] = status & 0xffff;
	now = p->parent;
	free(p);
	m->moved = true;
}

uint32_t human_exit(struct machine *m, const uint32_t *a)
{
	end_program(m, 0, false);
	return 0;
}

uint32_t human_exit2(struct machine *m, const uint32_t *a)
{
	end_program(m, a[0], false);
	return 0;
}

uint32_t human_keeppr(struct machine *m, const uint32_t *a)
{
	heap_resize(&m->heap, now->block, a[0] + PSP_BYTES);
	end_program(m, a[1], true);
	return 0;
}

/* Names of programs may lack their ending. */
static int find_program(const char *name, char *path)
{
	static const char *const ends[] = { "", ".x", ".r" };
	char full[HOST_NAME_BYTES + 8];
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(full, sizeof(full), "%.255s%s", name, ends[i]);
		if (host_path(full, path) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return 0;
	}
	return -ENOENT;
}

enum { EXEC_GO, EXEC_LOAD, EXEC_SPLIT };

/* "name arguments" becomes the name, and a command line of its own. */
static uint32_t exec_split(struct machine *m, const uint32_t *a)
{
	char *name = machine_ptr(m, a[1], HU_COMMAND), *space;
	uint8_t *line = machine_ptr(m, a[2], HU_COMMAND);
	char path[PATH_MAX];
	size_t n;

	if (!name || !line || !memchr(name, 0, HU_COMMAND))
		return (uint32_t)HU_PARAMETER;
	space = strpbrk(name, " \t");
	n = space ? strlen(space + 1) : 0;
	line[0] = (uint8_t)n;
	memcpy(line + 1, space ? space + 1 : "", n + 1);
	if (space)
		*space = '\0';
	return find_program(name, path) < 0 ? (uint32_t)HU_NO_FILE : 0;
}

uint32_t human_exec(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[1]), *why;
	const uint8_t *line = machine_ptr(m, a[2], 1);
	char path[PATH_MAX], command[HU_COMMAND] = "";
	int rc;

	if (a[0] == EXEC_SPLIT)
		return exec_split(m, a);
	if (a[0] != EXEC_GO)
		return (uint32_t)HU_FUNCTION;
	if (!name)
		return (uint32_t)HU_PARAMETER;
	if (find_program(name, path) < 0)
		return (uint32_t)HU_NO_FILE;
	if (a[2] && line && machine_ptr(m, a[2], line[0] + 1U))
		snprintf(command, sizeof(command), "%.*s", line[0], (const char *)line + 1);
	rc = human_start(m, path, command, a[3] ? a[3] : now->env, &why);
	return rc == 0 ? 0 : rc == -ENOMEM ? (uint32_t)-8 : (uint32_t)HU_FORMAT;
}

uint32_t human_getpdb(struct machine *m, const uint32_t *a)
{
	return now->block + MCB_BYTES;
}

uint32_t human_getenv(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	uint32_t at = (a[1] ? a[1] : now->env) + 4;
	const char *s;

	while (name && (s = machine_string(m, at)) != NULL && *s) {
		size_t n = strlen(name);

		if (strncasecmp(s, name, n) == 0 && s[n] == '=')
			return machine_put_string(m, a[2], s + n + 1, 256) ? 0
									   : (uint32_t)HU_PARAMETER;
		at += (uint32_t)strlen(s) + 1;
	}
	return (uint32_t)-10;
}
