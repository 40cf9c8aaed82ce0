/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CPM_H
#define UCRUN_M68K_CPM_H

#include "host.h"
#include "pers.h"

#define CPM_RECORD_BYTES   128
#define CPM_FCB_BYTES	   36
#define CPM_EXTENT_RECORDS 128
#define CPM_DRIVES	   16

/* Offsets in a file control block. */
enum {
	FCB_DRIVE = 0,
	FCB_NAME = 1,
	FCB_EXTENT = 12,
	FCB_S2 = 14, /* extent / 32 */
	FCB_RECORDS = 15,
	FCB_MAP = 16, /* ours to use: the slot of the open file */
	FCB_CURRENT = 32,
	FCB_RANDOM = 33, /* three bytes, the highest first */
};

/* What the running program has. */
struct cpm_state {
	uint32_t basepage, dma;
	unsigned user;
	bool read_only[CPM_DRIVES];
	bool chain; /* function 47: the next program's command line is in @command */
	char command[CPM_RECORD_BYTES];
};
extern struct cpm_state cpm;

/** cpm_parse_fcb() - "B:NAME.EXT" at *s into a cleared FCB; *s moves behind it */
void cpm_parse_fcb(const char **s, uint8_t fcb[CPM_FCB_BYTES]);
/** cpm_fcb_path() - the host's name of an FCB's file. Return: 0 or -errno */
int cpm_fcb_path(const uint8_t *fcb, char *path);
void cpm_close_all(void);

pers_fn cpm_open, cpm_close, cpm_search_first, cpm_search_next, cpm_delete, cpm_read, cpm_write,
	cpm_make, cpm_rename, cpm_read_random, cpm_write_random, cpm_file_size, cpm_set_random,
	cpm_free_space, cpm_attributes;

#endif
