// SPDX-License-Identifier: GPL-2.0-or-later
/* Atari ST: the console's calls, BIOS, XBIOS, system variables. */
#include <sys/random.h>

#include "gemdos.h"
#include "util.h"

#define TOS_HEADER  (PERS_WINDOW + 0x8000) /* what _sysbase points at */
#define TOS_VERSION 0x0206
#define COOKIES	    0x0700U
#define TIMER_HZ    200
#define BELL_MASK   0xff

/* System variables, by their names in Atari's documentation. */
enum {
	SV_MEMVALID = 0x420,
	SV_PHYSTOP = 0x42e,
	SV_MEMBOT = 0x432,
	SV_MEMTOP = 0x436,
	SV_MEMVAL2 = 0x43a,
	SV_BOOTDEV = 0x446,
	SV_FRCLOCK = 0x466,
	SV_HZ_200 = 0x4ba,
	SV_DRVBITS = 0x4c2,
	SV_SYSBASE = 0x4f2,
	SV_MEMVAL3 = 0x51a,
	SV_LONGFRAME = 0x59e,
	SV_COOKIES = 0x5a0,
};

static uint64_t start_ns;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

void gem_tick(struct machine *m)
{
	uint64_t ticks = (now_ns() - start_ns) * TIMER_HZ / 1000000000U;

	put32(m->core.mem + SV_HZ_200, (uint32_t)ticks);
	put32(m->core.mem + SV_FRCLOCK, (uint32_t)(ticks / 4));
}

static void put_cookie(uint8_t **p, const char *name, uint32_t value)
{
	memcpy(*p, name, 4);
	put32(*p + 4, value);
	*p += 8;
}

void gem_system_variables(struct machine *m)
{
	uint8_t *mem = m->core.mem, *jar = mem + COOKIES, *header = mem + TOS_HEADER;

	start_ns = now_ns();
	put32(mem + SV_MEMVALID, 0x752019f3);
	put32(mem + SV_MEMVAL2, 0x237698aa);
	put32(mem + SV_MEMVAL3, 0x5555aaaa);
	put32(mem + SV_PHYSTOP, PERS_RAM_BYTES);
	put32(mem + SV_MEMBOT, 0x8000);
	put32(mem + SV_MEMTOP, PERS_RAM_BYTES);
	put16(mem + SV_BOOTDEV, host_drive());
	put32(mem + SV_DRVBITS, host_drive_mask());
	put32(mem + SV_SYSBASE, TOS_HEADER);
	put16(mem + SV_LONGFRAME, m->core.is_020);
	put32(mem + SV_COOKIES, COOKIES);
	put_cookie(&jar, "_CPU", m->core.is_020 ? 20 : 0);
	put_cookie(&jar, "_VDO", 0);
	put_cookie(&jar, "_MCH", 0);
	put_cookie(&jar, "_FPU", 0);
	put_cookie(&jar, "\0\0\0\0", 8);
	put16(header + 2, TOS_VERSION);
	put32(header + 8, TOS_HEADER);
	put32(header + 24, 0x11141990);
	put16(header + 30, 0x156e);
}

/* ---- console ---- */

static int console_key(struct machine *m)
{
	if (gem_std(0) == GEM_CON)
		return con_get();
	int c = gem_read_byte(0);

	return c < 0 ? CON_EOF : c;
}

uint32_t gem_Cconout(struct machine *m, const uint32_t *a)
{
	const uint8_t c = a[0] & BELL_MASK;

	return gem_write(m, 1, &c, 1) == 1 ? 1 : 0;
}

uint32_t gem_Cconin(struct machine *m, const uint32_t *a)
{
	uint32_t c = (uint32_t)console_key(m);

	/* The terminal shows nothing in this mode; elsewhere nobody wants to see it. */
	if (isatty(STDIN_FILENO) && gem_std(0) == GEM_CON)
		gem_Cconout(m, &c);
	return c;
}

uint32_t gem_Crawcin(struct machine *m, const uint32_t *a)
{
	return (uint32_t)console_key(m);
}

uint32_t gem_Cconis(struct machine *m, const uint32_t *a)
{
	return gem_std(0) != GEM_CON || con_ready() ? 0xffffffffU : 0;
}

uint32_t gem_Crawio(struct machine *m, const uint32_t *a)
{
	if ((a[0] & 0xff) != 0xff)
		return gem_Cconout(m, a);
	return gem_Cconis(m, a) ? (uint32_t)console_key(m) : 0;
}

uint32_t gem_Cconws(struct machine *m, const uint32_t *a)
{
	const uint8_t *p = machine_ptr(m, a[0], 1);
	uint32_t n = 0;

	/* Longer than any string of machine_string(): up to the NUL, or the end of memory. */
	while (p && machine_ptr(m, a[0], n + 1) && p[n])
		n++;
	return n ? (uint32_t)gem_write(m, 1, p, n) : 0;
}

uint32_t gem_Cconrs(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 2), max = p ? p[0] : 0;
	int n = 0, c;

	if (!p || !machine_ptr(m, a[0], max + 2U))
		return (uint32_t)GEM_EIMBA;
	if (gem_std(0) == GEM_CON) {
		n = con_line((char *)p + 2, max);
	} else {
		while ((c = gem_read_byte(0)) >= 0 && c != '\n') {
			if (c != '\r' && n < max)
				p[2 + n++] = (uint8_t)c;
		}
	}
	p[1] = n > 0 ? (uint8_t)n : 0;
	return 0;
}

uint32_t gem_Cauxin(struct machine *m, const uint32_t *a)
{
	return CON_EOF;
}

uint32_t gem_Cauxout(struct machine *m, const uint32_t *a)
{
	const uint8_t c = a[0] & 0xff;

	gem_write(m, GEM_AUX, &c, 1);
	return 1;
}

uint32_t gem_Cprnout(struct machine *m, const uint32_t *a)
{
	return 0; /* not ready: there is no printer */
}

uint32_t gem_ready(struct machine *m, const uint32_t *a)
{
	return 0xffffffffU;
}

uint32_t gem_never(struct machine *m, const uint32_t *a)
{
	return 0;
}

/* ---- time ---- */

uint32_t gem_Tgetdate(struct machine *m, const uint32_t *a)
{
	return host_dos_time(time(NULL)) >> 16;
}

uint32_t gem_Tgettime(struct machine *m, const uint32_t *a)
{
	return host_dos_time(time(NULL)) & 0xffff;
}

/* The clock is the host's. */
uint32_t gem_Tset(struct machine *m, const uint32_t *a)
{
	return (uint32_t)GEM_EACCDN;
}

uint32_t gem_Sversion(struct machine *m, const uint32_t *a)
{
	return 0x2000; /* GEMDOS 0.32, that of TOS 2.06; low byte first */
}

/* ---- BIOS ---- */

enum { BIOS_PRN, BIOS_AUX, BIOS_CON, BIOS_MIDI, BIOS_IKBD, BIOS_RAW };

static uint32_t bios_Bconstat(struct machine *m, const uint32_t *a)
{
	return a[0] == BIOS_CON && con_ready() ? 0xffffffffU : 0;
}

static uint32_t bios_Bconin(struct machine *m, const uint32_t *a)
{
	return a[0] == BIOS_CON ? (uint32_t)con_get() : 0;
}

static uint32_t bios_Bconout(struct machine *m, const uint32_t *a)
{
	if (a[0] == BIOS_CON || a[0] == BIOS_RAW)
		con_put((int)a[1]);
	else if (a[0] == BIOS_AUX)
		gem_Cauxout(m, a + 1);
	else
		return 0;
	return 0xffffffffU;
}

static uint32_t bios_Bcostat(struct machine *m, const uint32_t *a)
{
	return a[0] == BIOS_CON || a[0] == BIOS_RAW || a[0] == BIOS_AUX ? 0xffffffffU : 0;
}

static uint32_t bios_Setexc(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, (a[0] & 0x1ff) * 4, 4);
	uint32_t old = p ? get32(p) : 0;

	if (p && a[1] != 0xffffffffU)
		put32(p, a[1]);
	return old;
}

static uint32_t bios_Tickcal(struct machine *m, const uint32_t *a)
{
	return 1000 / 50;
}

static uint32_t bios_Rwabs(struct machine *m, const uint32_t *a)
{
	return (uint32_t)-2; /* drive not ready: it has no sectors */
}

static uint32_t bios_Drvmap(struct machine *m, const uint32_t *a)
{
	return host_drive_mask();
}

static const struct pers_call bios_calls[] = {
	{ 0, "Getmpb", "x", NULL },	     { 1, "Bconstat", "w", bios_Bconstat },
	{ 2, "Bconin", "w", bios_Bconin },   { 3, "Bconout", "wc", bios_Bconout },
	{ 4, "Rwabs", "wxwww", bios_Rwabs }, { 5, "Setexc", "wx", bios_Setexc },
	{ 6, "Tickcal", "", bios_Tickcal },  { 7, "Getbpb", "w", gem_never },
	{ 8, "Bcostat", "w", bios_Bcostat }, { 9, "Mediach", "w", gem_never },
	{ 10, "Drvmap", "", bios_Drvmap },   { 11, "Kbshift", "w", gem_never },
};
const struct pers_table gem_bios = {
	.name = "BIOS",
	.calls = bios_calls,
	.count = ARRAY_SIZE(bios_calls),
};

/* ---- XBIOS ---- */

static uint32_t xbios_Getrez(struct machine *m, const uint32_t *a)
{
	return 2; /* the monochrome monitor: 80 columns */
}

static uint32_t xbios_Random(struct machine *m, const uint32_t *a)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof(value), 0) < 0)
		return 0;
	return value & 0xffffff;
}

static uint32_t xbios_Gettime(struct machine *m, const uint32_t *a)
{
	return host_dos_time(time(NULL));
}

static uint32_t xbios_Vsync(struct machine *m, const uint32_t *a)
{
	con_flush();
	usleep(1000000 / 72);
	return 0;
}

static uint32_t xbios_Supexec(struct machine *m, const uint32_t *a)
{
	machine_jsr_super(m, a[0], VEC_TRAP0 + 14);
	return 0;
}

static uint32_t xbios_draws(struct machine *m, const uint32_t *a)
{
	machine_needs_screen(m, "XBIOS for the screen's memory");
	return 0;
}

static const struct pers_call xbios_calls[] = {
	{ 0, "Initmous", "wxx", gem_never },	{ 2, "Physbase", "", xbios_draws },
	{ 3, "Logbase", "", xbios_draws },	{ 4, "Getrez", "", xbios_Getrez },
	{ 5, "Setscreen", "xxw", xbios_draws }, { 6, "Setpalette", "x", gem_never },
	{ 7, "Setcolor", "ww", gem_never },	{ 8, "Floprd", "", bios_Rwabs },
	{ 9, "Flopwr", "", bios_Rwabs },	{ 17, "Random", "", xbios_Random },
	{ 21, "Cursconf", "ww", gem_never },	{ 22, "Settime", "x", gem_Tset },
	{ 23, "Gettime", "", xbios_Gettime },	{ 24, "Bioskeys", "", gem_never },
	{ 25, "Ikbdws", "wx", gem_never },	{ 32, "Dosound", "x", gem_never },
	{ 33, "Setprt", "w", gem_never },	{ 35, "Kbrate", "ww", gem_never },
	{ 37, "Vsync", "", xbios_Vsync },	{ 38, "Supexec", "x", xbios_Supexec },
};
const struct pers_table gem_xbios = {
	.name = "XBIOS",
	.calls = xbios_calls,
	.count = ARRAY_SIZE(xbios_calls),
};

/* Trap #2: whatever is called there draws. */
static const struct pers_call screen_calls[] = {
	{ 115, "VDI (trap #2)", "", NULL },
	{ 200, "AES (trap #2)", "", NULL },
	{ 201, "AES (trap #2)", "", NULL },
};
const struct pers_table gem_screen = {
	.name = "GEM (trap #2)",
	.calls = screen_calls,
	.count = ARRAY_SIZE(screen_calls),
	.screen = true,
};
