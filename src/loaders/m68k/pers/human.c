// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Human68k, the X68000's system: the table of DOS calls (opcodes FFxx, arguments on the stack), the
 * console, and what IOCS (trap #15) has for it.
 */
#include "human.h"

#include <strings.h>

#include "util.h"

#define VEC_IOCS (VEC_TRAP0 + 15)
#define TPA_LOW	 0x8000U

/* ---- console, time, vectors ---- */

static uint32_t dos_getchar(struct machine *m, const uint32_t *a)
{
	char c = (char)con_get();

	if (isatty(STDIN_FILENO))
		human_put(1, &c, 1);
	return (uint8_t)c;
}

static uint32_t dos_inkey(struct machine *m, const uint32_t *a)
{
	return (uint32_t)con_get();
}

static uint32_t dos_putchar(struct machine *m, const uint32_t *a)
{
	const char c = (char)a[0];

	human_put(1, &c, 1);
	return 0;
}

static uint32_t dos_inpout(struct machine *m, const uint32_t *a)
{
	if ((a[0] & 0xff) < 0xfe)
		return dos_putchar(m, a);
	return con_ready() && (a[0] & 0xff) == 0xff ? (uint32_t)con_get() : 0;
}

static uint32_t dos_print(struct machine *m, const uint32_t *a)
{
	const char *p = machine_ptr(m, a[0], 1);
	uint32_t n = 0;

	while (p && machine_ptr(m, a[0], n + 1) && p[n])
		n++;
	human_put(1, p, n);
	return 0;
}

static uint32_t dos_gets(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 3);
	int n;

	if (!p || !machine_ptr(m, a[0], p[0] + 3U))
		return (uint32_t)HU_PARAMETER;
	n = con_line((char *)p + 2, p[0]);
	n = n < 0 ? 0 : n;
	p[1] = (uint8_t)n;
	p[2 + n] = 0;
	return (uint32_t)n;
}

static uint32_t dos_keysns(struct machine *m, const uint32_t *a)
{
	return con_ready() ? 0xffffffffU : 0;
}

static uint32_t dos_yes(struct machine *m, const uint32_t *a)
{
	return 0xffffffffU;
}

static uint32_t dos_zero(struct machine *m, const uint32_t *a)
{
	return 0;
}

static uint32_t dos_super(struct machine *m, const uint32_t *a)
{
	if (!a[0] && machine_in_supervisor(m))
		return (uint32_t)HU_MODE;
	return machine_super(m, a[0]);
}

static uint32_t dos_super_jsr(struct machine *m, const uint32_t *a)
{
	machine_jsr_super(m, a[0], VEC_LINE_F);
	return 0;
}

static uint32_t dos_intvcs(struct machine *m, const uint32_t *a)
{
	uint8_t *p = a[0] < VEC_COUNT ? m->core.mem + 4 * a[0] : NULL;
	uint32_t old = p ? get32(p) : (uint32_t)HU_PARAMETER;

	if (p)
		put32(p, a[1]);
	return old;
}

static uint32_t dos_intvcg(struct machine *m, const uint32_t *a)
{
	return a[0] < VEC_COUNT ? get32(m->core.mem + 4 * a[0]) : (uint32_t)HU_PARAMETER;
}

static uint32_t dos_getdate(struct machine *m, const uint32_t *a)
{
	time_t t = time(NULL);
	struct tm tm;

	localtime_r(&t, &tm);
	return (uint32_t)tm.tm_wday << 16 | host_dos_time(t) >> 16;
}

static uint32_t dos_gettime(struct machine *m, const uint32_t *a)
{
	return host_dos_time(time(NULL)) & 0xffff;
}

static uint32_t dos_gettim2(struct machine *m, const uint32_t *a)
{
	time_t t = time(NULL);
	struct tm tm;

	localtime_r(&t, &tm);
	return (uint32_t)(tm.tm_hour << 16 | tm.tm_min << 8 | tm.tm_sec);
}

static uint32_t dos_vernum(struct machine *m, const uint32_t *a)
{
	return 0x36380302; /* "68", 3.02 */
}

static const struct pers_call dos_calls[] = {
	{ 0x00, "EXIT", "", human_exit },
	{ 0x01, "GETCHAR", "", dos_getchar },
	{ 0x02, "PUTCHAR", "c", dos_putchar },
	{ 0x06, "INPOUT", "c", dos_inpout },
	{ 0x07, "INKEY", "", dos_inkey },
	{ 0x08, "GETC", "", dos_inkey },
	{ 0x09, "PRINT", "s", dos_print },
	{ 0x0a, "GETS", "x", dos_gets },
	{ 0x0b, "KEYSNS", "", dos_keysns },
	{ 0x0c, "KFLUSH", "w", dos_zero },
	{ 0x0d, "FFLUSH", "", dos_zero },
	{ 0x0e, "CHGDRV", "w", human_chgdrv },
	{ 0x10, "CONSNS", "", dos_yes },
	{ 0x11, "PRNSNS", "", dos_zero },
	{ 0x12, "CINSNS", "", dos_zero },
	{ 0x13, "COUTSNS", "", dos_zero },
	{ 0x19, "CURDRV", "", human_curdrv },
	{ 0x1b, "FGETC", "w", human_fgetc },
	{ 0x1c, "FGETS", "xw", human_fgets },
	{ 0x1d, "FPUTC", "cw", human_fputc },
	{ 0x1e, "FPUTS", "sw", human_fputs },
	{ 0x1f, "ALLCLOSE", "", human_allclose },
	{ 0x20, "SUPER", "x", dos_super },
	{ 0x25, "INTVCS", "wx", dos_intvcs },
	{ 0x27, "GETTIM2", "", dos_gettim2 },
	{ 0x2a, "GETDATE", "", dos_getdate },
	{ 0x2c, "GETTIME", "", dos_gettime },
	{ 0x30, "VERNUM", "", dos_vernum },
	{ 0x31, "KEEPPR", "lw", human_keeppr },
	{ 0x33, "BREAKCK", "w", dos_zero },
	{ 0x35, "INTVCG", "w", dos_intvcg },
	{ 0x36, "DSKFRE", "wx", human_dskfre },
	{ 0x39, "MKDIR", "s", human_mkdir },
	{ 0x3a, "RMDIR", "s", human_rmdir },
	{ 0x3b, "CHDIR", "s", human_chdir },
	{ 0x3c, "CREATE", "sw", human_create },
	{ 0x3d, "OPEN", "sw", human_open },
	{ 0x3e, "CLOSE", "w", human_close },
	{ 0x3f, "READ", "wxl", human_read },
	{ 0x40, "WRITE", "wxl", human_write },
	{ 0x41, "DELETE", "s", human_delete },
	{ 0x42, "SEEK", "wlw", human_seek },
	{ 0x43, "CHMOD", "sw", human_chmod },
	{ 0x44, "IOCTRL", "ww", human_ioctrl },
	{ 0x45, "DUP", "w", human_dup },
	{ 0x46, "DUP2", "ww", human_dup2 },
	{ 0x47, "CURDIR", "wx", human_curdir },
	{ 0x48, "MALLOC", "l", human_malloc },
	{ 0x49, "MFREE", "x", human_mfree },
	{ 0x4a, "SETBLOCK", "xl", human_setblock },
	{ 0x4b, "EXEC", "wsxx", human_exec },
	{ 0x4c, "EXIT2", "w", human_exit2 },
	{ 0x4e, "FILES", "xsw", human_files },
	{ 0x4f, "NFILES", "x", human_nfiles },
	/* From here on the number of version 2; version 3 has the same calls at 80 and up. */
	{ 0x51, "GETPDB", "", human_getpdb },
	{ 0x53, "GETENV", "sxx", human_getenv },
	{ 0x54, "VERIFYG", "", dos_zero },
	{ 0x56, "RENAME", "ss", human_rename },
	{ 0x57, "FILEDATE", "wx", human_filedate },
	{ 0x58, "MALLOC2", "wl", human_malloc2 },
	{ 0x5b, "NEWFILE", "sw", human_newfile },
	{ 0xf6, "SUPER_JSR", "x", dos_super_jsr },
};
static const struct pers_table dos = {
	.name = "DOS",
	.calls = dos_calls,
	.count = ARRAY_SIZE(dos_calls),
	.unknown = (uint32_t)HU_FUNCTION,
};

/* ---- IOCS ---- */

static uint32_t iocs_super(struct machine *m, const uint32_t *a)
{
	if (!a[0] && machine_in_supervisor(m))
		return 0xffffffffU;
	return machine_super(m, a[0]);
}

static uint32_t iocs_ontime(struct machine *m, const uint32_t *a)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint32_t)(t.tv_sec % 86400 * 100 + t.tv_nsec / 10000000);
}

static const struct pers_call iocs_calls[] = {
	{ 0x00, "B_KEYINP", "", dos_inkey, "" },      { 0x01, "B_KEYSNS", "", dos_keysns, "" },
	{ 0x20, "B_PUTC", "c", dos_putchar, "1" },    { 0x21, "B_PRINT", "s", dos_print, "b" },
	{ 0x22, "B_COLOR", "w", dos_zero, "1" },      { 0x7f, "ONTIME", "", iocs_ontime, "" },
	{ 0x80, "B_INTVCS", "wx", dos_intvcs, "1b" }, { 0x81, "B_SUPER", "x", iocs_super, "b" },
};
static const struct pers_table iocs = {
	.name = "IOCS",
	.calls = iocs_calls,
	.count = ARRAY_SIZE(iocs_calls),
	.unknown = 0xffffffffU,
};
static const struct pers_table iocs_screen = { .name = "IOCS graphics", .screen = true };

static bool is_graphics(unsigned nr)
{
	return nr == 0x10 || (nr >= 0x90 && nr <= 0xd3);
}

static bool exception(struct machine *m, unsigned vector)
{
	const struct core *c = &m->core;
	uint8_t *frame = machine_frame(m);
	unsigned nr = c->op & 0xff;

	if (vector == VEC_IOCS) {
		nr = c->d[0] & 0xff;
		pers_call(m, is_graphics(nr) ? &iocs_screen : &iocs, (int)nr, 0);
		return true;
	}
	/* The opcode is the program's: c->op is the stub's by now. */
	if (vector != VEC_LINE_F || !frame || !machine_ptr(m, get32(frame + 2), 2))
		return false;
	nr = get16(machine_ptr(m, get32(frame + 2), 2));
	if (nr < 0xff00)
		return false;
	nr &= 0xff;
	put32(frame + 2, get32(frame + 2) + 2);
	pers_call(m, &dos, (int)(nr >= 0x80 && nr < 0xb0 ? nr - 0x30 : nr), machine_stack_args(m));
	return true;
}

/* ---- the first program ---- */

static bool claims(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path)
{
	const char *dot = strrchr(path, '.');

	/* A .R file has no mark at all: its name is all there is, and -P. */
	return (len >= X_HEAD_BYTES && head[0] == 'H' && head[1] == 'U' && !head[2]) ||
	       (dot && strcasecmp(dot, ".r") == 0 && len >= 2 && head[0] == 0x60);
}

static int load(struct machine *m, const char **why)
{
	autofree char *command = host_command_line(m->argv);
	uint32_t env, n = 4;
	char *out;

	if (!command)
		return -ENOMEM;
	*why = "its arguments are longer than a command line of 255 characters";
	if (strlen(command) >= HU_COMMAND)
		return -ENOEXEC;
	host_init_drives(0);
	human_files_init();
	heap_init(&m->heap, TPA_LOW, PERS_RAM_BYTES);
	env = heap_alloc(&m->heap, HU_ENV_BYTES, 0);
	out = (char *)m->core.mem + env;
	put32(out, HU_ENV_BYTES);
	n += (uint32_t)sprintf(out + n, "path=A:\\") + 1;
	n += (uint32_t)sprintf(out + n, "temp=U:\\tmp") + 1;
	for (int i = 0; m->envp[i]; i++) {
		size_t len = strlen(m->envp[i]);

		if (strncasecmp(m->envp[i], "path=", 5) == 0 ||
		    strncasecmp(m->envp[i], "temp=", 5) == 0 || n + len + 2 > HU_ENV_BYTES)
			continue;
		n += (uint32_t)sprintf(out + n, "%s", m->envp[i]) + 1;
	}
	return human_start(m, m->path, command, env, why);
}

const struct personality pers_human = {
	.name = "human68k",
	.what = "Human68k",
	.screen_hint = "an X68000 emulator has a screen",
	.claims = claims,
	.load = load,
	.exception = exception,
};
