// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AmigaDOS: programs and libraries. A library is a table of stubs in front of its base, six bytes
 * each, as on the machine; a program may replace one. The process and its CLI are structures that
 * start-up code reads directly.
 */
#include "amiga.h"

#include "hunk.h"
#include "util.h"

#define STACK_BYTES (256U << 10)
#define HEAP_LOW    0x1000U
#define SLOTS	    200U
#define NR_SHIFT    12
#define NR_MASK	    0xfffU
#define ARGS_BYTES  4096
#define COMMAND_MAX 1000

enum { LIB_EXEC = 1, LIB_DOS, LIB_UTILITY, HOST_RETURN = 15 };
enum {
	PR_RESULT2 = 148,
	PR_CURRENT = 152,
	PR_IN = 156,
	PR_OUT = 160,
	PR_CLI = 172,
	PR_WINDOW = 184,
	PR_ARGS = 204,
	PR_STACK = 132,
	EXEC_THIS_TASK = 276
};

/* Programs that wait for the one that they called. */
static struct call {
	struct call *outer;
	struct core resume;
	uint32_t stack, args, seglist; /* to be freed; seglist only when it was loaded for this */
} * now;
static char arguments[ARGS_BYTES];

const char *ami_arguments(void)
{
	return arguments;
}

uint32_t ami_set_error(struct machine *m, uint32_t error)
{
	put32(m->core.mem + AMI_PROCESS + PR_RESULT2, error);
	return 0;
}

uint32_t ami_error(struct machine *m)
{
	return get32(m->core.mem + AMI_PROCESS + PR_RESULT2);
}

uint32_t ami_errno(int64_t rc)
{
	switch (rc) {
	case -ENOENT:
	case -ENOTDIR:
		return AMI_NOT_FOUND;
	case -ENODEV:
		return AMI_NOT_MOUNTED;
	case -EEXIST:
		return AMI_EXISTS;
	case -ENOTEMPTY:
		return AMI_NOT_EMPTY;
	case -EISDIR:
		return AMI_WRONG_TYPE;
	case -ENOSPC:
		return AMI_FULL;
	case -ENOMEM:
		return AMI_NO_MEMORY;
	case -ENOEXEC:
		return AMI_NOT_EXECUTABLE;
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return AMI_PROTECTED;
	case -EBADF:
		return AMI_BAD_LOCK;
	case -EXDEV:
		return 215;
	default:
		return AMI_ACTION;
	}
}

uint32_t ami_alloc(struct machine *m, uint32_t bytes)
{
	uint32_t at = bytes < CORE_BYTES ? heap_alloc(&m->heap, bytes + 8, 0) : 0;

	if (!at)
		return 0;
	memset(m->core.mem + at, 0, bytes + 8);
	put32(m->core.mem + at + 4, bytes + 8);
	return at + 8;
}

void ami_free(struct machine *m, uint32_t at)
{
	if (at)
		heap_free(&m->heap, (at - 8) & CORE_MASK);
}

/* ---- programs ---- */

int ami_run(struct machine *m, uint32_t seglist, uint32_t stack, const char *args, bool unload)
{
	struct call *call = calloc(1, sizeof(*call));
	struct core *c = &m->core;
	uint32_t sp, n = (uint32_t)strlen(args);

	stack = stack < STACK_BYTES ? STACK_BYTES : stack;
	if (!call)
		return -ENOMEM;
	call->stack = ami_alloc(m, stack);
	call->args = ami_alloc(m, n + 1);
	if (!call->stack || !call->args) {
		ami_free(m, call->stack);
		ami_free(m, call->args);
		free(call);
		return -ENOMEM;
	}
	call->outer = now;
	call->resume = *c;
	call->seglist = unload ? seglist : 0;
	now = call;
	strcpy((char *)c->mem + call->args, args);
	snprintf(arguments, sizeof(arguments), "%s", args);
	put32(c->mem + AMI_PROCESS + PR_ARGS, call->args);
	sp = (call->stack + stack - 16) & ~3U;
	put32(c->mem + sp, AMI_LOOP + 0x40); /* the stub that ends it */
	put32(c->mem + sp + 4, stack);
	memset(c->d, 0, sizeof(c->d));
	memset(c->a, 0, 7 * sizeof(c->a[0]));
	c->d[0] = n;
	c->a[0] = call->args;
	c->a[7] = sp;
	c->pc = (seglist << 2) + 4;
	m->moved = true;
	return 0;
}

void ami_exit(struct machine *m, uint32_t code)
{
	struct call *call = now;
	struct core *c = &m->core;

	if (!call->outer) {
		machine_exit(m, (int)code);
		return;
	}
	memcpy(c->d, call->resume.d, sizeof(c->d));
	memcpy(c->a, call->resume.a, sizeof(c->a));
	c->pc = call->resume.pc;
	c->d[0] = code;
	ami_free(m, call->stack);
	ami_free(m, call->args);
	hunk_unload(c->mem, &m->heap, call->seglist);
	now = call->outer;
	if (now->args)
		snprintf(arguments, sizeof(arguments), "%s", (char *)c->mem + now->args);
	put32(c->mem + AMI_PROCESS + PR_ARGS, now->args);
	free(call);
	m->moved = true;
}

uint32_t ami_Exit(struct machine *m, const uint32_t *a)
{
	ami_exit(m, a[0]);
	return 0;
}

static int load_segments(struct machine *m, const char *path, uint32_t *seglist, const char **why)
{
	autofree uint8_t *file = NULL;
	ssize_t len = pers_read_program(path, &file);

	*why = "it cannot be read";
	if (len < 0)
		return (int)len;
	return hunk_load(file, (size_t)len, m->core.mem, &m->heap, 0, seglist, why);
}

uint32_t ami_LoadSeg(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]), *why;
	char path[PATH_MAX];
	uint32_t seglist = 0;
	int rc = name ? ami_path(name, path) : -ENOENT;

	if (rc == 0)
		rc = load_segments(m, path, &seglist, &why);
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : seglist;
}

uint32_t ami_UnLoadSeg(struct machine *m, const uint32_t *a)
{
	hunk_unload(m->core.mem, &m->heap, a[0]);
	return AMI_TRUE;
}

uint32_t ami_RunCommand(struct machine *m, const uint32_t *a)
{
	const char *args = machine_ptr(m, a[2], a[3]);
	char line[ARGS_BYTES];

	if (!args || a[3] >= sizeof(line) || !heap_bytes(&m->heap, a[0] * 4 - 4))
		return AMI_TRUE;
	snprintf(line, sizeof(line), "%.*s", (int)a[3], args);
	return ami_run(m, a[0], a[1], line, false) < 0 ? AMI_TRUE : 0;
}

/* "name arguments": there is no shell, so one program, no redirection. */
static uint32_t run_line(struct machine *m, const char *command)
{
	char name[COMMAND_MAX], args[ARGS_BYTES], path[PATH_MAX];
	size_t n = strcspn(command, " \t\n");
	const char *rest = command + n + strspn(command + n, " \t"), *why;
	uint32_t seglist;
	int rc;

	snprintf(name, sizeof(name), "%.*s", (int)n, command);
	snprintf(args, sizeof(args), "%.*s\n", (int)strcspn(rest, "\n"), rest);
	rc = ami_path(name, path);
	if (rc == 0 && access(path, F_OK) < 0 && !strchr(name, ':')) {
		char with_c[COMMAND_MAX + 2];

		snprintf(with_c, sizeof(with_c), "C:%s", name);
		rc = ami_path(with_c, path);
	}
	if (rc == 0)
		rc = load_segments(m, path, &seglist, &why);
	if (rc == 0)
		rc = ami_run(m, seglist, 0, args, true);
	if (rc < 0)
		ami_set_error(m, ami_errno(rc));
	return rc < 0 ? AMI_TRUE : 0;
}

uint32_t ami_System(struct machine *m, const uint32_t *a)
{
	const char *command = machine_string(m, a[0]);

	return command ? run_line(m, command) : AMI_TRUE;
}

/* Execute answers "could it be started?", which is the same as far as it goes. */
uint32_t ami_Execute(struct machine *m, const uint32_t *a)
{
	const char *command = machine_string(m, a[0]);

	return command && run_line(m, command) == 0 ? AMI_TRUE : 0;
}

/* ---- the machine ---- */

static void make_library(struct machine *m, uint32_t base, unsigned lib, const char *name,
			 unsigned version)
{
	uint8_t *p = m->core.mem + base;
	uint32_t text = base + 0x380;

	for (unsigned k = 1; k <= SLOTS; k++)
		machine_stub(m, base - 6 * k, lib << NR_SHIFT | k, OP_RTS);
	strcpy((char *)m->core.mem + text, name);
	p[8] = 9; /* NT_LIBRARY */
	put32(p + 10, text);
	put16(p + 16, 6 * SLOTS);
	put16(p + 18, 0x300);
	put16(p + 20, version);
	put16(p + 32, 1);
}

static void empty_list(struct machine *m, uint32_t at)
{
	put32(m->core.mem + at, at + 4);
	put32(m->core.mem + at + 4, 0);
	put32(m->core.mem + at + 8, at);
}

static void make_process(struct machine *m)
{
	uint8_t *p = m->core.mem + AMI_PROCESS, *cli = m->core.mem + AMI_CLI;
	uint32_t name = AMI_CLI + 0x80;
	const char *slash = strrchr(m->path, '/');
	char *text = (char *)m->core.mem + name;

	text[0] = (char)snprintf(text + 1, 100, "%.99s", slash ? slash + 1 : m->path);
	p[8] = 13; /* NT_PROCESS */
	put32(p + 10, name + 1);
	put32(p + 124, 0);
	empty_list(m, AMI_PROCESS + 92 + 20); /* the port's messages */
	put32(p + PR_STACK, STACK_BYTES);
	put32(p + PR_IN, ami_input());
	put32(p + PR_OUT, ami_output());
	put32(p + PR_CLI, AMI_CLI >> 2);
	put32(p + PR_WINDOW, AMI_TRUE); /* no requesters */
	put32(cli + 16, name >> 2);
	put32(cli + 20, 10);
	put32(cli + 28, ami_input());
	put32(cli + 32, ami_input());
	put32(cli + 40, isatty(STDIN_FILENO) ? AMI_TRUE : 0);
	put32(cli + 48, ami_output());
	put32(cli + 52, STACK_BYTES / 4);
	put32(cli + 56, ami_output());
}

/* Arguments as the shell passes them on: one line, quoted where that is needed, with its end. */
static bool make_line(struct machine *m, char *line, size_t room)
{
	size_t n = 0;

	for (int i = 1; m->argv[0] && m->argv[i]; i++) {
		const char *s = m->argv[i];
		bool quote = !*s || strpbrk(s, " \t\"");

		if (n + 2 * strlen(s) + 5 > room)
			return false;
		n += (size_t)sprintf(line + n, "%s%s", n ? " " : "", quote ? "\"" : "");
		for (; *s; s++) {
			if (quote && (*s == '"' || *s == '*'))
				line[n++] = '*';
			line[n++] = *s;
		}
		if (quote)
			line[n++] = '"';
	}
	line[n++] = '\n';
	line[n] = '\0';
	return true;
}

static int load(struct machine *m, const char **why)
{
	struct core *c = &m->core;
	char line[ARGS_BYTES];
	uint32_t seglist;
	int rc;

	heap_init(&m->heap, HEAP_LOW, PERS_RAM_BYTES - 0x1000);
	make_library(m, AMI_EXEC, LIB_EXEC, "exec.library", 40);
	make_library(m, AMI_DOS, LIB_DOS, "dos.library", 40);
	make_library(m, AMI_UTILITY, LIB_UTILITY, "utility.library", 40);
	put32(c->mem + 4, AMI_EXEC);
	put32(c->mem + AMI_EXEC + EXEC_THIS_TASK, AMI_PROCESS);
	put16(c->mem + AMI_EXEC + 296, c->is_020 ? 3 : 0); /* AttnFlags */
	c->mem[AMI_EXEC + 530] = c->mem[AMI_EXEC + 531] = 50; /* VBlankFrequency */
	machine_stub(m, AMI_LOOP + 0x40, HOST_RETURN << NR_SHIFT, OP_RTS);
	ami_text_init(m);
	ami_files_init(m);
	make_process(m);
	*why = "its arguments are too long";
	if (!make_line(m, line, sizeof(line)))
		return -ENOEXEC;
	rc = load_segments(m, m->path, &seglist, why);
	if (rc < 0)
		return rc;
	c->a[7] = PERS_RAM_BYTES - 16; /* the supervisor's */
	core_set_sr(c, 0);
	return ami_run(m, seglist, STACK_BYTES, line, false);
}

static void host_call(struct machine *m, unsigned arg)
{
	static const struct pers_table *const tables[] = {
		[LIB_EXEC] = &ami_exec,
		[LIB_DOS] = &ami_dos,
		[LIB_UTILITY] = &ami_utility,
	};
	unsigned lib = arg >> NR_SHIFT;

	if (lib == HOST_RETURN)
		ami_exit(m, m->core.d[0]);
	else if (lib < ARRAY_SIZE(tables) && tables[lib])
		pers_call(m, tables[lib], (int)((arg & NR_MASK) * 6), 0);
	else
		machine_crash(m, VEC_ILLEGAL);
}

static bool claims(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path)
{
	return len >= 20 && get32(head) == 0x3f3;
}

static bool exception(struct machine *m, unsigned vector)
{
	return false;
}

const struct personality pers_amiga = {
	.name = "amiga",
	.what = "AmigaDOS",
	.screen_hint = "fs-uae has a screen",
	.claims = claims,
	.load = load,
	.exception = exception,
	.host_call = host_call,
};
