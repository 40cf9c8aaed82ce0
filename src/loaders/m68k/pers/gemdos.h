/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_GEMDOS_H
#define UCRUN_M68K_GEMDOS_H

#include "host.h"
#include "pers.h"

/* What the files gemdos*.c share. Errors are the guest's, negative numbers in d0. */
enum gem_error {
	GEM_EWRITF = -10,
	GEM_EINVFN = -32,
	GEM_EFILNF = -33,
	GEM_EPTHNF = -34,
	GEM_ENHNDL = -35,
	GEM_EACCDN = -36,
	GEM_EIHNDL = -37,
	GEM_ENSMEM = -39,
	GEM_EIMBA = -40,
	GEM_EDRIVE = -46,
	GEM_ENSAME = -48,
	GEM_ENMFIL = -49,
	GEM_ERANGE = -64,
	GEM_EPLFMT = -66,
	GEM_EGSBF = -67,
};

#define GEM_STD	      6 /* handles 0-5 stand for others */
#define GEM_HANDLES   86
#define GEM_DTA_BYTES 44
#define GEM_BASEPAGE  256

enum { GEM_CON = -1, GEM_AUX = -2, GEM_PRN = -3 };

/* Offsets in a basepage. */
enum {
	BP_LOW = 0x00,
	BP_HIGH = 0x04,
	BP_TEXT = 0x08,
	BP_TEXT_BYTES = 0x0c,
	BP_DATA = 0x10,
	BP_DATA_BYTES = 0x14,
	BP_BSS = 0x18,
	BP_BSS_BYTES = 0x1c,
	BP_DTA = 0x20,
	BP_PARENT = 0x24,
	BP_ENV = 0x2c,
	BP_COMMAND = 0x80,
};

/** struct gem_process - a program that runs, or waits for the one that it started */
struct gem_process {
	struct gem_process *parent;
	uint32_t basepage;
	int std[GEM_STD]; /* device or handle */
	struct core resume; /* of the parent: how it was when it called Pexec */
};

extern struct gem_process *gem_now;

/* gemdos_file.c */
uint32_t gem_errno(int64_t rc, enum gem_error missing);
/** gem_write() - to any handle. Return: bytes or error */
int32_t gem_write(struct machine *m, int handle, const void *buf, uint32_t len);
/** gem_std_is_console() - do handle 0's or 1's calls go to the console? */
int gem_std(int handle);
int gem_read_byte(int handle);
void gem_close_owner(uint32_t basepage);
pers_fn gem_Fcreate, gem_Fopen, gem_Fclose, gem_Fread, gem_Fwrite, gem_Fdelete, gem_Fseek,
	gem_Fattrib, gem_Fdup, gem_Fforce, gem_Frename, gem_Fdatime, gem_Flock;
/* gemdos_dir.c */
pers_fn gem_Dsetdrv, gem_Dgetdrv, gem_Dgetpath, gem_Dsetpath, gem_Dcreate, gem_Ddelete, gem_Dfree,
	gem_Fsfirst, gem_Fsnext, gem_Fsetdta, gem_Fgetdta;
/* gemdos_proc.c */
/** gem_start() - the first program */
int gem_start(struct machine *m, const char **why);
/** gem_end() - the running program ends; its parent goes on, or everything ends */
void gem_end(struct machine *m, int status, bool keep);
pers_fn gem_Pexec, gem_Pterm, gem_Pterm0, gem_Ptermres, gem_Malloc, gem_Mfree, gem_Mshrink,
	gem_Mxalloc, gem_Super;
/* gemdos_sys.c */
extern const struct pers_table gem_bios, gem_xbios, gem_screen;
void gem_system_variables(struct machine *m);
void gem_tick(struct machine *m);
pers_fn gem_Cconin, gem_Cconout, gem_Cauxin, gem_Cauxout, gem_Cprnout, gem_Crawio, gem_Crawcin,
	gem_Cconws, gem_Cconrs, gem_Cconis, gem_ready, gem_never, gem_Tgetdate, gem_Tgettime,
	gem_Tset, gem_Sversion;

#endif
