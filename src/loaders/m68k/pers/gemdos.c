// SPDX-License-Identifier: GPL-2.0-or-later
/* Atari ST: GEMDOS's table, and which trap is whose. */
#include "gemdos.h"

#include "prg.h"
#include "util.h"

#define GEM_MINT_CALLS	0xff /* programs ask for MiNT's calls to learn whether there is a MiNT */
#define GEM_FIRST_DRIVE 2 /* C: */

enum { TRAP_GEMDOS = VEC_TRAP0 + 1, TRAP_GEM, TRAP_BIOS = VEC_TRAP0 + 13, TRAP_XBIOS };

static const struct pers_call calls[] = {
	{ 0x00, "Pterm0", "", gem_Pterm0 },	  { 0x01, "Cconin", "", gem_Cconin },
	{ 0x02, "Cconout", "c", gem_Cconout },	  { 0x03, "Cauxin", "", gem_Cauxin },
	{ 0x04, "Cauxout", "c", gem_Cauxout },	  { 0x05, "Cprnout", "c", gem_Cprnout },
	{ 0x06, "Crawio", "c", gem_Crawio },	  { 0x07, "Crawcin", "", gem_Crawcin },
	{ 0x08, "Cnecin", "", gem_Crawcin },	  { 0x09, "Cconws", "s", gem_Cconws },
	{ 0x0a, "Cconrs", "x", gem_Cconrs },	  { 0x0b, "Cconis", "", gem_Cconis },
	{ 0x0e, "Dsetdrv", "w", gem_Dsetdrv },	  { 0x10, "Cconos", "", gem_ready },
	{ 0x11, "Cprnos", "", gem_never },	  { 0x12, "Cauxis", "", gem_never },
	{ 0x13, "Cauxos", "", gem_ready },	  { 0x19, "Dgetdrv", "", gem_Dgetdrv },
	{ 0x1a, "Fsetdta", "x", gem_Fsetdta },	  { 0x20, "Super", "x", gem_Super },
	{ 0x2a, "Tgetdate", "", gem_Tgetdate },	  { 0x2b, "Tsetdate", "w", gem_Tset },
	{ 0x2c, "Tgettime", "", gem_Tgettime },	  { 0x2d, "Tsettime", "w", gem_Tset },
	{ 0x2f, "Fgetdta", "", gem_Fgetdta },	  { 0x30, "Sversion", "", gem_Sversion },
	{ 0x31, "Ptermres", "lw", gem_Ptermres }, { 0x36, "Dfree", "xw", gem_Dfree },
	{ 0x39, "Dcreate", "s", gem_Dcreate },	  { 0x3a, "Ddelete", "s", gem_Ddelete },
	{ 0x3b, "Dsetpath", "s", gem_Dsetpath },  { 0x3c, "Fcreate", "sw", gem_Fcreate },
	{ 0x3d, "Fopen", "sw", gem_Fopen },	  { 0x3e, "Fclose", "w", gem_Fclose },
	{ 0x3f, "Fread", "wlx", gem_Fread },	  { 0x40, "Fwrite", "wlx", gem_Fwrite },
	{ 0x41, "Fdelete", "s", gem_Fdelete },	  { 0x42, "Fseek", "lww", gem_Fseek },
	{ 0x43, "Fattrib", "sww", gem_Fattrib },  { 0x44, "Mxalloc", "lw", gem_Mxalloc },
	{ 0x45, "Fdup", "w", gem_Fdup },	  { 0x46, "Fforce", "ww", gem_Fforce },
	{ 0x47, "Dgetpath", "xw", gem_Dgetpath }, { 0x48, "Malloc", "l", gem_Malloc },
	{ 0x49, "Mfree", "x", gem_Mfree },	  { 0x4a, "Mshrink", "-xl", gem_Mshrink },
	{ 0x4b, "Pexec", "wxxx", gem_Pexec },	  { 0x4c, "Pterm", "w", gem_Pterm },
	{ 0x4e, "Fsfirst", "sw", gem_Fsfirst },	  { 0x4f, "Fsnext", "", gem_Fsnext },
	{ 0x56, "Frename", "-ss", gem_Frename },  { 0x57, "Fdatime", "xww", gem_Fdatime },
	{ 0x5c, "Flock", "wwll", gem_Flock },
};
static const struct pers_table table = {
	.name = "GEMDOS",
	.calls = calls,
	.count = ARRAY_SIZE(calls),
	.unknown = (uint32_t)GEM_EINVFN,
	.probed_from = GEM_MINT_CALLS,
};

static bool claims(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path)
{
	return len >= PRG_HEAD_BYTES && head[0] == 0x60 && head[1] == 0x1a &&
	       !prg_is_cpm(head, len, file_bytes, path);
}

static int load(struct machine *m, const char **why)
{
	host_init_drives(GEM_FIRST_DRIVE);
	con_vt52();
	gem_system_variables(m);
	return gem_start(m, why);
}

/* The opcode of a trap with arguments on the stack: its first word is the call's number. */
static bool stacked_call(struct machine *m, const struct pers_table *t)
{
	uint32_t at = machine_stack_args(m);
	const uint8_t *p = machine_ptr(m, at, 2);

	if (!p)
		return false;
	pers_call(m, t, get16(p), at + 2);
	return true;
}

static bool exception(struct machine *m, unsigned vector)
{
	switch (vector) {
	case TRAP_GEMDOS:
		return stacked_call(m, &table);
	case TRAP_BIOS:
		return stacked_call(m, &gem_bios);
	case TRAP_XBIOS:
		return stacked_call(m, &gem_xbios);
	case TRAP_GEM:
		/* "Is there a GDOS?" is answered by leaving d0 alone. */
		if ((m->core.d[0] & 0xffff) != 0xfffe)
			pers_call(m, &gem_screen, (uint16_t)m->core.d[0], 0);
		return true;
	case VEC_LINE_A:
		machine_needs_screen(m, "Line-A");
		return true;
	}
	return false;
}

const struct personality pers_gemdos = {
	.name = "gemdos",
	.what = "Atari TOS",
	.screen_hint = "an emulator with a TOS, such as hatari, has a screen",
	.claims = claims,
	.load = load,
	.exception = exception,
	.tick = gem_tick,
};
