// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GEMDOS: programs and memory. A program that starts another one waits for it: its registers are
 * kept here, and are put back when the other ends. So Pexec is one more change of registers, and
 * no call of ours ever nests.
 */
#include <strings.h>

#include "gemdos.h"
#include "prg.h"
#include "util.h"

#define TPA_LOW		0x8000U /* below: vectors, system variables, the supervisor's stack */
#define SYSTEM_STACK	0x7ff0U
#define COMMAND_BYTES	128
#define COMMAND_IS_ARGV 127 /* a length that says: the arguments are in the environment */
#define ENV_MAX		(256U << 10)
#define FLAG_FASTLOAD	1

struct gem_process *gem_now;

/* ---- memory ---- */

static uint32_t allocate(struct machine *m, uint32_t bytes)
{
	if (bytes == 0xffffffffU)
		return heap_largest(&m->heap);
	return bytes ? heap_alloc(&m->heap, bytes, gem_now->basepage) : 0;
}

uint32_t gem_Malloc(struct machine *m, const uint32_t *a)
{
	return allocate(m, a[0]);
}

uint32_t gem_Mxalloc(struct machine *m, const uint32_t *a)
{
	return allocate(m, a[0]);
}

uint32_t gem_Mfree(struct machine *m, const uint32_t *a)
{
	return heap_free(&m->heap, a[0] & CORE_MASK) < 0 ? (uint32_t)GEM_EIMBA : 0;
}

uint32_t gem_Mshrink(struct machine *m, const uint32_t *a)
{
	uint32_t have = heap_bytes(&m->heap, a[1] & CORE_MASK);

	if (!have)
		return (uint32_t)GEM_EIMBA;
	if (a[2] > have)
		return (uint32_t)GEM_EGSBF;
	return heap_resize(&m->heap, a[1] & CORE_MASK, a[2]) < 0 ? (uint32_t)GEM_EIMBA : 0;
}

/* ---- making a program ---- */

static uint32_t env_bytes(struct machine *m, uint32_t addr)
{
	const uint8_t *p = m->core.mem + (addr & CORE_MASK);
	uint32_t n = 0;

	if (!addr || !machine_ptr(m, addr, 2))
		return 2;
	while (machine_ptr(m, addr, n + 2) && (p[n] || p[n + 1]) && n < ENV_MAX)
		n++;
	return n + 2;
}

/* Environment and TPA; the latter takes all that there is, as programs expect. */
static uint32_t make_basepage(struct machine *m, uint32_t env, const uint8_t *command)
{
	uint32_t bytes = env_bytes(m, env), copy, base, size;
	uint8_t *bp;

	copy = heap_alloc(&m->heap, bytes, 0);
	if (!copy)
		return 0;
	memset(m->core.mem + copy, 0, bytes);
	if (env && machine_ptr(m, env, bytes))
		memcpy(m->core.mem + copy, machine_ptr(m, env, bytes), bytes - 2);
	size = heap_largest(&m->heap);
	base = size > 2 * GEM_BASEPAGE ? heap_alloc(&m->heap, size, 0) : 0;
	if (!base) {
		heap_free(&m->heap, copy);
		return 0;
	}
	heap_give(&m->heap, base, base);
	heap_give(&m->heap, copy, base);
	bp = m->core.mem + base;
	memset(bp, 0, GEM_BASEPAGE);
	put32(bp + BP_LOW, base);
	put32(bp + BP_HIGH, base + size);
	put32(bp + BP_DTA, base + BP_COMMAND);
	put32(bp + BP_PARENT, gem_now ? gem_now->basepage : 0);
	put32(bp + BP_ENV, copy);
	memcpy(bp + BP_COMMAND, command, COMMAND_BYTES);
	return base;
}

static int load_image(struct machine *m, const char *path, uint32_t base, const char **why)
{
	autofree uint8_t *file = NULL;
	ssize_t len = pers_read_program(path, &file);
	uint8_t *bp = m->core.mem + base;
	uint32_t room = get32(bp + BP_HIGH) - base, text = base + GEM_BASEPAGE;
	struct prg p;
	int rc;

	*why = "it cannot be read";
	if (len < 0)
		return (int)len;
	rc = prg_parse(file, (size_t)len, &p, why);
	if (rc < 0)
		return rc;
	*why = "60 1B is CP/M's, not GEMDOS's";
	if (p.three)
		return -ENOEXEC;
	if ((uint64_t)GEM_BASEPAGE + p.text + p.data + p.bss + 256 > room)
		return -ENOMEM;
	memcpy(m->core.mem + text, file + p.image, p.text + p.data);
	/* TOS clears all of the TPA unless told not to; programs lean on that. */
	memset(m->core.mem + text + p.text + p.data, 0,
	       p.flags & FLAG_FASTLOAD ? p.bss : room - GEM_BASEPAGE - p.text - p.data);
	put32(bp + BP_TEXT, text);
	put32(bp + BP_TEXT_BYTES, p.text);
	put32(bp + BP_DATA, text + p.text);
	put32(bp + BP_DATA_BYTES, p.data);
	put32(bp + BP_BSS, text + p.text + p.data);
	put32(bp + BP_BSS_BYTES, p.bss);
	return prg_relocate_gemdos(file, (size_t)len, &p, m->core.mem + text, text, why);
}

/* From here on it runs; who ran until now waits in ->resume. */
static int start(struct machine *m, uint32_t base)
{
	struct gem_process *p = calloc(1, sizeof(*p));
	const uint8_t *bp = m->core.mem + base;
	struct core *c = &m->core;
	uint32_t sp = get32(bp + BP_HIGH) - 16;

	if (!p)
		return -ENOMEM;
	p->parent = gem_now;
	p->basepage = base;
	for (int i = 0; i < GEM_STD; i++)
		p->std[i] = gem_now  ? gem_now->std[i]
			    : i == 2 ? GEM_AUX
			    : i == 3 ? GEM_PRN
				     : GEM_CON;
	p->resume = *c;
	gem_now = p;
	memset(c->d, 0, sizeof(c->d));
	memset(c->a, 0, 7 * sizeof(c->a[0]));
	c->a[7] = p->parent ? p->resume.a[7] : SYSTEM_STACK;
	c->system = CORE_S;
	core_set_sr(c, 0x0300);
	put32(c->mem + sp, 0);
	put32(c->mem + sp + 4, base);
	c->a[7] = sp;
	c->pc = get32(bp + BP_TEXT);
	m->moved = true;
	return 0;
}

/* ---- the end of a program ---- */

void gem_end(struct machine *m, int status, bool keep)
{
	struct gem_process *p = gem_now;
	struct core *c = &m->core;

	gem_close_owner(p->basepage);
	if (!p->parent) {
		machine_exit(m, status);
		return;
	}
	if (keep)
		heap_give(&m->heap, p->basepage, 0);
	else
		heap_free_owner(&m->heap, p->basepage);
	/* Only what a program may change: the machine itself stays. */
	memcpy(c->d, p->resume.d, sizeof(c->d));
	memcpy(c->a, p->resume.a, sizeof(c->a));
	c->pc = p->resume.pc;
	c->other_sp = p->resume.other_sp;
	c->system = p->resume.system;
	c->d[0] = (uint32_t)status & 0xffff;
	gem_now = p->parent;
	free(p);
	m->moved = true;
}

uint32_t gem_Pterm0(struct machine *m, const uint32_t *a)
{
	gem_end(m, 0, false);
	return 0;
}

uint32_t gem_Pterm(struct machine *m, const uint32_t *a)
{
	gem_end(m, (int)a[0], false);
	return 0;
}

uint32_t gem_Ptermres(struct machine *m, const uint32_t *a)
{
	if (a[0] <= heap_bytes(&m->heap, gem_now->basepage))
		heap_resize(&m->heap, gem_now->basepage, a[0]);
	gem_end(m, (int)a[1], true);
	return 0;
}

/* ---- Pexec ---- */

enum {
	EXEC_GO = 0,
	EXEC_LOAD = 3,
	EXEC_JUST_GO = 4,
	EXEC_CREATE = 5,
	EXEC_GO_FREE = 6,
	EXEC_CREATE_FLAGS = 7
};

static void free_program(struct machine *m, uint32_t base)
{
	heap_free_owner(&m->heap, base);
}

static uint32_t create(struct machine *m, uint32_t command, uint32_t env)
{
	uint8_t text[COMMAND_BYTES] = { 0 };
	const uint8_t *p = machine_ptr(m, command, 1);
	uint32_t n = 0;

	/* A length and that many bytes, but also what is behind: some pass no length at all. */
	while (command && p && n < COMMAND_BYTES && machine_ptr(m, command, n + 1)) {
		text[n] = p[n];
		n++;
	}
	return make_basepage(m, env ? env : get32(m->core.mem + gem_now->basepage + BP_ENV), text);
}

/* Who starts it owns it from Pexec 3, 5 and 7 on. */
static uint32_t hand_over(struct machine *m, uint32_t base)
{
	heap_give(&m->heap, get32(m->core.mem + base + BP_ENV), gem_now->basepage);
	heap_give(&m->heap, base, gem_now->basepage);
	return base;
}

static uint32_t load_and_go(struct machine *m, const uint32_t *a, bool go)
{
	const char *name = machine_string(m, a[1]), *why;
	char path[PATH_MAX];
	uint32_t base;
	int rc;

	if (!name)
		return (uint32_t)GEM_EIMBA;
	rc = host_path(name, path);
	if (rc == 0 && access(path, R_OK) < 0)
		rc = -errno;
	if (rc < 0)
		return gem_errno(rc, GEM_EFILNF);
	base = create(m, a[2], a[3]);
	if (!base)
		return (uint32_t)GEM_ENSMEM;
	rc = load_image(m, path, base, &why);
	if (rc == 0 && go)
		rc = start(m, base);
	if (rc < 0) {
		free_program(m, base);
		if (rc == -ENOEXEC)
			log_debug("task: %s: %s", path, why);
		return rc == -ENOMEM ? (uint32_t)GEM_ENSMEM : (uint32_t)GEM_EPLFMT;
	}
	return go ? 0 : hand_over(m, base);
}

uint32_t gem_Pexec(struct machine *m, const uint32_t *a)
{
	uint32_t base = a[2] & CORE_MASK;

	switch (a[0]) {
	case EXEC_GO:
		return load_and_go(m, a, true);
	case EXEC_LOAD:
		return load_and_go(m, a, false);
	case EXEC_CREATE:
	case EXEC_CREATE_FLAGS:
		base = create(m, a[2], a[3]);
		return base ? hand_over(m, base) : (uint32_t)GEM_ENSMEM;
	case EXEC_JUST_GO:
	case EXEC_GO_FREE:
		if (!heap_bytes(&m->heap, base) || !machine_ptr(m, base, GEM_BASEPAGE) ||
		    !machine_ptr(m, get32(m->core.mem + base + BP_HIGH) - 16, 16))
			return (uint32_t)GEM_EIMBA;
		if (a[0] == EXEC_GO_FREE) {
			heap_give(&m->heap, get32(m->core.mem + base + BP_ENV), base);
			heap_give(&m->heap, base, base);
		}
		return start(m, base) < 0 ? (uint32_t)GEM_ENSMEM : 0;
	}
	return (uint32_t)GEM_EINVFN;
}

/* ---- modes ---- */

uint32_t gem_Super(struct machine *m, const uint32_t *a)
{
	bool super = machine_in_supervisor(m);

	if (a[0] == 1)
		return super ? 0xffffffffU : 0;
	if (super && !a[0])
		return 0;
	return machine_super(m, a[0]);
}

/* ---- the first program ---- */

static bool needs_argv(char *const argv[], size_t len)
{
	for (int i = 1; argv[0] && argv[i]; i++) {
		if (!argv[i][0] || strpbrk(argv[i], " \t\""))
			return true;
	}
	return len > COMMAND_BYTES - 3;
}

/* The host's variables but for lists of paths; ARGV= at the end when it is needed. */
static uint32_t make_env(struct machine *m, bool with_argv)
{
	static const char *const fixed[] = { "PATH=C:\\", "TMPDIR=U:\\tmp", "TEMP=U:\\tmp" };
	uint32_t at = heap_alloc(&m->heap, ENV_MAX, 0), n = 0;
	char *out = (char *)m->core.mem + at;

	if (!at)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		n += (uint32_t)sprintf(out + n, "%s", fixed[i]) + 1;
	for (int i = 0; m->envp[i]; i++) {
		size_t len = strlen(m->envp[i]);

		if (strncmp(m->envp[i], "PATH=", 5) == 0 || strncmp(m->envp[i], "TMP", 3) == 0 ||
		    strncmp(m->envp[i], "TEMP", 4) == 0 || strncmp(m->envp[i], "ARGV=", 5) == 0 ||
		    n + len + 2 > ENV_MAX / 2)
			continue;
		n += (uint32_t)sprintf(out + n, "%s", m->envp[i]) + 1;
	}
	if (with_argv)
		n += (uint32_t)sprintf(out + n, "ARGV=") + 1;
	for (int i = 0; with_argv && m->argv[i]; i++) {
		/* An argument cannot be empty there: a blank stands for it. */
		const char *s = m->argv[i][0] ? m->argv[i] : " ";

		if (n + strlen(s) + 2 > ENV_MAX)
			return 0;
		n += (uint32_t)sprintf(out + n, "%s", s) + 1;
	}
	out[n] = '\0';
	return at;
}

int gem_start(struct machine *m, const char **why)
{
	autofree char *line = host_command_line(m->argv);
	uint8_t command[COMMAND_BYTES] = { 0 };
	uint32_t env, base;
	bool argv;
	int rc;

	heap_init(&m->heap, TPA_LOW, PERS_RAM_BYTES);
	if (!line)
		return -ENOMEM;
	argv = needs_argv(m->argv, strlen(line));
	*why = "its arguments are too long";
	env = make_env(m, argv);
	if (!env)
		return -ENOEXEC;
	snprintf((char *)command + 1, COMMAND_BYTES - 2, "%s", line);
	command[0] = argv ? COMMAND_IS_ARGV : (uint8_t)strlen(line);
	base = make_basepage(m, env, command);
	heap_free(&m->heap, env);
	if (!base)
		return -ENOMEM;
	rc = load_image(m, m->path, base, why);
	return rc < 0 ? rc : start(m, base);
}
