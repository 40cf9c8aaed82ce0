// SPDX-License-Identifier: GPL-2.0-or-later
/* CP/M-68K: BDOS's table (trap #2), programs, the console. */
#include "cpm.h"

#include <ctype.h>
#include <strings.h>

#include "prg.h"
#include "util.h"

#define TPA_LOW	       0x0400U
#define TPA_HIGH       (PERS_RAM_BYTES - 0x1000)
#define SYSTEM_STACK   (PERS_RAM_BYTES - 0x10)
#define EXIT_STUB      (PERS_WINDOW + 0x2000) /* where a program's rts leads */
#define BASEPAGE_BYTES 0x100
#define STACK_ROOM     0x400
#define HOST_EXIT      PERS_HOST_CALLS
#define ADDRESS_MAX    0xffffff

enum { TRAP_BDOS = VEC_TRAP0 + 2, TRAP_BIOS };
enum {
	BP_LOW = 0,
	BP_HIGH = 4,
	BP_TEXT = 8,
	BP_DATA = 16,
	BP_BSS = 24,
	BP_FREE = 32,
	BP_DRIVE = 36,
	BP_FCB2 = 0x38,
	BP_FCB1 = 0x5c,
	BP_COMMAND = 0x80
};

struct cpm_state cpm;

/* ---- names ---- */

static bool ends_name(char c)
{
	return !c || strchr(" .:;<>[]=|,", c) != NULL;
}

static const char *parse_part(const char *s, uint8_t *out, int room)
{
	int n = 0;

	for (; !ends_name(*s); s++) {
		if (*s == '*') {
			for (; n < room; n++)
				out[n] = '?';
		} else if (n < room) {
			out[n++] = (uint8_t)toupper((unsigned char)*s);
		}
	}
	return s;
}

void cpm_parse_fcb(const char **at, uint8_t fcb[CPM_FCB_BYTES])
{
	const char *s = *at;

	memset(fcb, 0, CPM_FCB_BYTES);
	memset(fcb + FCB_NAME, ' ', FCB_NAME_BYTES);
	while (*s == ' ')
		s++;
	if (isalpha((unsigned char)s[0]) && s[1] == ':') {
		fcb[FCB_DRIVE] = (uint8_t)(toupper((unsigned char)s[0]) - 'A' + 1);
		s += 2;
	}
	s = parse_part(s, fcb + FCB_NAME, 8);
	if (*s == '.')
		s = parse_part(s + 1, fcb + FCB_NAME + 8, 3);
	*at = s;
}

/* ---- programs ---- */

static int place_sections(const struct prg *p, uint32_t low, uint32_t high, uint32_t base[3],
			  const char **why)
{
	uint64_t end;

	base[0] = p->absolute ? p->flags : low;
	base[1] = p->absolute && p->three ? p->data_at : base[0] + p->text;
	base[2] = p->absolute && p->three ? p->bss_at : base[1] + p->data;
	*why = "it wants to be where no program can be";
	for (int i = 0; i < 3; i++) {
		const uint32_t bytes[3] = { p->text, p->data, p->bss };

		end = (uint64_t)base[i] + bytes[i];
		if (base[i] < low || end > high - STACK_ROOM || base[i] & 1)
			return -ENOEXEC;
	}
	return 0;
}

/* Load a file's sections. @low to @high is the room; @base: out, their addresses. */
static int load_sections(struct machine *m, const uint8_t *file, size_t len, struct prg *p,
			 uint32_t low, uint32_t high, uint32_t base[3], const char **why)
{
	uint8_t *at[2];
	int rc = prg_parse(file, len, p, why);

	if (rc == 0)
		rc = place_sections(p, low, high, base, why);
	if (rc < 0)
		return rc;
	for (int i = 0; i < 2; i++)
		at[i] = m->core.mem + base[i];
	memset(m->core.mem + base[2], 0, p->bss);
	memcpy(at[0], file + p->image, p->text);
	memcpy(at[1], file + p->image + p->text, p->data);
	return prg_relocate_cpm(file, len, p, at, base, why);
}

static void fill_basepage(uint8_t *bp, uint32_t low, uint32_t high, const struct prg *p,
			  const uint32_t base[3])
{
	put32(bp + BP_LOW, low);
	put32(bp + BP_HIGH, high);
	put32(bp + BP_TEXT, base[0]);
	put32(bp + BP_TEXT + 4, p->text);
	put32(bp + BP_DATA, base[1]);
	put32(bp + BP_DATA + 4, p->data);
	put32(bp + BP_BSS, base[2]);
	put32(bp + BP_BSS + 4, p->bss);
	put32(bp + BP_FREE, high - (base[2] + p->bss));
}

static void set_command(uint8_t *bp, const char *command)
{
	const char *s = command;
	size_t n = strlen(command);

	cpm_parse_fcb(&s, bp + BP_FCB1);
	memset(bp + BP_FCB2, 0, BP_FCB1 - BP_FCB2);
	{
		uint8_t second[CPM_FCB_BYTES];

		cpm_parse_fcb(&s, second);
		memcpy(bp + BP_FCB2, second, CPM_FCB_BYTES);
	}
	n = n < CPM_RECORD_BYTES - 2 ? n : CPM_RECORD_BYTES - 2;
	bp[BP_COMMAND] = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		bp[BP_COMMAND + 1 + i] = (uint8_t)toupper((unsigned char)command[i]);
}

/* What the CCP does: the program at the lowest address, its base page before it. */
static int start(struct machine *m, const char *path, const char *command, const char **why)
{
	autofree uint8_t *file = NULL;
	ssize_t len = pers_read_program(path, &file);
	struct core *c = &m->core;
	uint32_t base[3], sp = TPA_HIGH - 16;
	struct prg p;
	int rc;

	*why = "it cannot be read";
	if (len < 0)
		return (int)len;
	memset(c->mem + TPA_LOW, 0, BASEPAGE_BYTES);
	rc = load_sections(m, file, (size_t)len, &p, TPA_LOW + BASEPAGE_BYTES, TPA_HIGH, base, why);
	if (rc < 0)
		return rc;
	fill_basepage(c->mem + TPA_LOW, TPA_LOW, TPA_HIGH, &p, base);
	set_command(c->mem + TPA_LOW, command);
	cpm.basepage = TPA_LOW;
	cpm.dma = TPA_LOW + BP_COMMAND;
	memset(c->d, 0, sizeof(c->d));
	memset(c->a, 0, sizeof(c->a));
	c->a[7] = SYSTEM_STACK;
	c->system = CORE_S;
	core_set_sr(c, 0);
	put32(c->mem + sp, EXIT_STUB);
	put32(c->mem + sp + 4, TPA_LOW);
	c->a[7] = sp;
	c->pc = base[0];
	m->moved = true;
	return 0;
}

static int load(struct machine *m, const char **why)
{
	autofree char *command = host_command_line(m->argv);

	if (!command)
		return -ENOMEM;
	*why = "its arguments are longer than a CP/M command line of 126 characters";
	if (strlen(command) > CPM_RECORD_BYTES - 2)
		return -ENOEXEC;
	host_init_drives(0);
	machine_stub(m, EXIT_STUB, HOST_EXIT, OP_RTS);
	return start(m, m->path, command, why);
}

/* A command of the program that chains: its first word names the next one. */
static int run_chained(struct machine *m, const char **why)
{
	char name[32], path[PATH_MAX];
	const char *rest = strchr(cpm.command, ' ') ?: cpm.command + strlen(cpm.command);
	int n = (int)(rest - cpm.command);

	snprintf(name, sizeof(name) - 4, "%.*s", n, cpm.command);
	if (!strchr(name, '.'))
		strcat(name, ".68k");
	*why = "the program to go on with is not there";
	if (host_path(name, path) < 0 || access(path, R_OK) < 0)
		return -ENOEXEC;
	while (*rest == ' ')
		rest++;
	return start(m, path, rest, why);
}

static void end_program(struct machine *m)
{
	const char *why;
	int rc;

	cpm_close_all();
	if (!cpm.chain) {
		machine_exit(m, 0);
		return;
	}
	cpm.chain = false;
	rc = run_chained(m, &why);
	if (rc == 0)
		return;
	con_flush();
	log_err("task: %s: %s", cpm.command, rc == -ENOEXEC ? why : strerror(-rc));
	machine_exit(m, PERS_EXIT_NOT_RUNNABLE);
}

static uint32_t bdos_reset(struct machine *m, const uint32_t *a)
{
	end_program(m);
	return 0;
}

static uint32_t bdos_chain(struct machine *m, const uint32_t *a)
{
	const char *s = machine_string(m, cpm.dma);

	snprintf(cpm.command, sizeof(cpm.command), "%s", s ? s : "");
	cpm.chain = true;
	end_program(m);
	return 0;
}

/* Function 59: a load parameter block; the caller runs what was loaded. */
static uint32_t bdos_load(struct machine *m, const uint32_t *a)
{
	autofree uint8_t *file = NULL;
	uint8_t *lpb = machine_ptr(m, a[0], 22), *bp;
	uint32_t low, high, base[3], at;
	char path[PATH_MAX];
	const char *why;
	struct prg p;
	ssize_t len;

	if (!lpb || !machine_ptr(m, get32(lpb), CPM_FCB_BYTES) ||
	    cpm_fcb_path(machine_ptr(m, get32(lpb), CPM_FCB_BYTES), path) < 0)
		return 2; /* not a file */
	low = (get32(lpb + 4) + 1) & ~1U;
	high = get32(lpb + 8) & ~1U;
	if (high <= low + 2 * BASEPAGE_BYTES + STACK_ROOM || !machine_ptr(m, low, high - low))
		return 1; /* not enough memory */
	len = pers_read_program(path, &file);
	if (len < 0)
		return 2;
	at = low + BASEPAGE_BYTES;
	if (load_sections(m, file, (size_t)len, &p, at, high, base, &why) < 0)
		return 3;
	bp = m->core.mem + low;
	memset(bp, 0, BASEPAGE_BYTES);
	fill_basepage(bp, low, high, &p, base);
	put32(lpb + 12, low);
	put32(lpb + 16, high - 16);
	return 0;
}

/* ---- console ---- */

static uint32_t bdos_conin(struct machine *m, const uint32_t *a)
{
	int c = con_get();

	if (isatty(STDIN_FILENO))
		con_put(c);
	return (uint32_t)c;
}

static uint32_t bdos_conout(struct machine *m, const uint32_t *a)
{
	con_put((int)a[0]);
	return 0;
}

static uint32_t bdos_auxout(struct machine *m, const uint32_t *a)
{
	const uint8_t c = a[0] & 0xff;

	host_write(STDERR_FILENO, &c, 1);
	return 0;
}

static uint32_t bdos_eof(struct machine *m, const uint32_t *a)
{
	return CON_EOF;
}

static uint32_t bdos_direct(struct machine *m, const uint32_t *a)
{
	switch (a[0] & 0xff) {
	case 0xff:
		return con_ready() ? (uint32_t)con_get() : 0;
	case 0xfe:
		return con_ready() ? 0xff : 0;
	}
	return bdos_conout(m, a);
}

static uint32_t bdos_print(struct machine *m, const uint32_t *a)
{
	const uint8_t *p;

	for (uint32_t i = 0; (p = machine_ptr(m, a[0] + i, 1)) != NULL && *p != '$'; i++)
		con_put(*p);
	return 0;
}

static uint32_t bdos_read_line(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 2);
	int n;

	if (!p || !machine_ptr(m, a[0], p[0] + 2U))
		return 0;
	n = con_line((char *)p + 2, p[0]);
	p[1] = n > 0 ? (uint8_t)n : 0;
	/* The end of input is what ^Z and ^C at the start of a line are. */
	if (n < 0)
		end_program(m);
	return 0;
}

static uint32_t bdos_status(struct machine *m, const uint32_t *a)
{
	return con_ready() ? 0xff : 0;
}

/* ---- disks, settings ---- */

static uint32_t bdos_nothing(struct machine *m, const uint32_t *a)
{
	return 0;
}

static uint32_t bdos_version(struct machine *m, const uint32_t *a)
{
	return 0x2022;
}

static uint32_t bdos_select(struct machine *m, const uint32_t *a)
{
	return host_select_drive(a[0] & 0xff) < 0 ? 0xff : 0;
}

static uint32_t bdos_current(struct machine *m, const uint32_t *a)
{
	return host_drive();
}

static uint32_t bdos_login(struct machine *m, const uint32_t *a)
{
	return host_drive_mask() & 0xffff;
}

static uint32_t bdos_protect(struct machine *m, const uint32_t *a)
{
	if (host_drive() < CPM_DRIVES)
		cpm.read_only[host_drive()] = true;
	return 0;
}

static uint32_t bdos_protected(struct machine *m, const uint32_t *a)
{
	uint32_t mask = 0;

	for (int i = 0; i < CPM_DRIVES; i++)
		mask |= cpm.read_only[i] ? 1U << i : 0;
	return mask;
}

static uint32_t bdos_reset_drives(struct machine *m, const uint32_t *a)
{
	memset(cpm.read_only, 0, sizeof(cpm.read_only));
	return 0;
}

static uint32_t bdos_dma(struct machine *m, const uint32_t *a)
{
	cpm.dma = a[0];
	return 0;
}

static uint32_t bdos_user(struct machine *m, const uint32_t *a)
{
	if ((a[0] & 0xff) != 0xff)
		cpm.user = a[0] & 15;
	return cpm.user;
}

/* Function 61: vector number and new value in; the old value out. */
static uint32_t bdos_vector(struct machine *m, const uint32_t *a)
{
	uint8_t *epb = machine_ptr(m, a[0], 10), *p;

	if (!epb || get16(epb) < 2 || get16(epb) > 47)
		return 0xff;
	p = m->core.mem + 4 * get16(epb);
	put32(epb + 6, get32(p));
	put32(p, get32(epb + 2));
	return 0;
}

static uint32_t bdos_supervisor(struct machine *m, const uint32_t *a)
{
	uint8_t *frame = machine_frame(m);

	if (frame)
		put16(frame, get16(frame) | CORE_S);
	return 0;
}

static uint32_t bdos_tpa(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 10);

	if (p && !(get16(p) & 1)) {
		put32(p + 2, TPA_LOW);
		put32(p + 6, TPA_HIGH);
	}
	return 0;
}

static const struct pers_call calls[] = {
	{ 0, "system_reset", "", bdos_reset, "" },
	{ 1, "console_input", "", bdos_conin, "" },
	{ 2, "console_output", "c", bdos_conout, "1" },
	{ 3, "auxiliary_input", "", bdos_eof, "" },
	{ 4, "auxiliary_output", "c", bdos_auxout, "1" },
	{ 5, "list_output", "c", bdos_nothing, "1" },
	{ 6, "direct_console_io", "c", bdos_direct, "1" },
	{ 7, "get_io_byte", "", bdos_nothing, "" },
	{ 8, "set_io_byte", "w", bdos_nothing, "1" },
	{ 9, "print_string", "x", bdos_print, "1" },
	{ 10, "read_console_buffer", "x", bdos_read_line, "1" },
	{ 11, "console_status", "", bdos_status, "" },
	{ 12, "version", "", bdos_version, "" },
	{ 13, "reset_disks", "", bdos_reset_drives, "" },
	{ 14, "select_disk", "w", bdos_select, "1" },
	{ 15, "open", "x", cpm_open, "1" },
	{ 16, "close", "x", cpm_close, "1" },
	{ 17, "search_first", "x", cpm_search_first, "1" },
	{ 18, "search_next", "", cpm_search_next, "" },
	{ 19, "delete", "x", cpm_delete, "1" },
	{ 20, "read_sequential", "x", cpm_read, "1" },
	{ 21, "write_sequential", "x", cpm_write, "1" },
	{ 22, "make", "x", cpm_make, "1" },
	{ 23, "rename", "x", cpm_rename, "1" },
	{ 24, "login_vector", "", bdos_login, "" },
	{ 25, "current_disk", "", bdos_current, "" },
	{ 26, "set_dma", "x", bdos_dma, "1" },
	{ 28, "write_protect", "", bdos_protect, "" },
	{ 29, "read_only_vector", "", bdos_protected, "" },
	{ 30, "set_attributes", "x", cpm_attributes, "1" },
	{ 31, "disk_parameters", "x", NULL, "1" },
	{ 32, "user", "w", bdos_user, "1" },
	{ 33, "read_random", "x", cpm_read_random, "1" },
	{ 34, "write_random", "x", cpm_write_random, "1" },
	{ 35, "file_size", "x", cpm_file_size, "1" },
	{ 36, "set_random", "x", cpm_set_random, "1" },
	{ 37, "reset_drive", "x", bdos_reset_drives, "1" },
	{ 40, "write_random_zero", "x", cpm_write_random, "1" },
	{ 46, "free_space", "w", cpm_free_space, "1" },
	{ 47, "chain", "", bdos_chain, "" },
	{ 48, "flush", "", bdos_nothing, "" },
	{ 59, "load", "x", bdos_load, "1" },
	{ 61, "set_exception", "x", bdos_vector, "1" },
	{ 62, "supervisor", "", bdos_supervisor, "" },
	{ 63, "tpa_limits", "x", bdos_tpa, "1" },
};
static const struct pers_table bdos = {
	.name = "BDOS",
	.calls = calls,
	.count = ARRAY_SIZE(calls),
	.unknown = 0xffff,
};

/* ---- BIOS, trap #3: the console, and what tells that there is no disk ---- */

static const struct pers_call bios_calls[] = {
	{ 1, "bios_warm_boot", "", bdos_reset, "" },
	{ 2, "bios_console_status", "", bdos_status, "" },
	{ 3, "bios_read_console", "", bdos_conin, "" },
	{ 4, "bios_write_console", "c", bdos_conout, "1" },
	{ 5, "bios_list", "c", bdos_nothing, "1" },
	{ 6, "bios_auxiliary_output", "c", bdos_auxout, "1" },
	{ 7, "bios_auxiliary_input", "", bdos_eof, "" },
};
static const struct pers_table bios = {
	.name = "CP/M BIOS",
	.calls = bios_calls,
	.count = ARRAY_SIZE(bios_calls),
};

static bool claims(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path)
{
	return len >= PRG_HEAD_BYTES && head[0] == 0x60 && (head[1] == 0x1a || head[1] == 0x1b) &&
	       prg_is_cpm(head, len, file_bytes, path);
}

static bool exception(struct machine *m, unsigned vector)
{
	if (vector != TRAP_BDOS && vector != TRAP_BIOS)
		return false;
	pers_call(m, vector == TRAP_BDOS ? &bdos : &bios, (uint16_t)m->core.d[0], 0);
	return true;
}

static void host_call(struct machine *m, unsigned arg)
{
	end_program(m);
}

const struct personality pers_cpm = {
	.name = "cpm",
	.what = "CP/M-68K",
	.screen_hint = "there is nothing else",
	.claims = claims,
	.load = load,
	.exception = exception,
	.host_call = host_call,
};
