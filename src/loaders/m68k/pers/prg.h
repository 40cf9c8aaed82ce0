/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_PRG_H
#define UCRUN_M68K_PRG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The file that Digital Research's systems share: 60 1A (one piece) or 60 1B (CP/M: three), sizes,
 * text, data, symbols, relocation. The relocation is GEMDOS's list of distances or CP/M's word a
 * word of the program.
 */
#define PRG_HEAD_BYTES	28
#define PRG_HEAD3_BYTES 36

struct prg {
	uint32_t text, data, bss, symbols; /* bytes */
	uint32_t flags; /* GEMDOS; CP/M: where the text was linked to be */
	uint32_t data_at, bss_at; /* 60 1B: where data and bss want to be */
	uint32_t image; /* where text is in the file */
	uint32_t fixups; /* where the relocation is in the file */
	bool three, absolute;
};

/** prg_parse() - check a header against the file's size. Return: 0, or -ENOEXEC and *why. */
int prg_parse(const uint8_t *file, size_t len, struct prg *p, const char **why);
/** prg_is_cpm() - of the two systems with this header, is it CP/M's? @name may be NULL */
bool prg_is_cpm(const uint8_t *head, size_t len, uint64_t file_bytes, const char *name);
/** prg_relocate_gemdos() - @at: text and data, loaded at guest address @base */
int prg_relocate_gemdos(const uint8_t *file, size_t len, const struct prg *p, uint8_t *at,
			uint32_t base, const char **why);
/** prg_relocate_cpm() - @base: guest addresses of text, data, bss; @at: where the first two are */
int prg_relocate_cpm(const uint8_t *file, size_t len, const struct prg *p, uint8_t *const at[2],
		     const uint32_t base[3], const char **why);

#endif
