/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_ELF_IMAGE_H
#define UCRUN_M68K_ELF_IMAGE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_HEAD_BYTES	 52
#define ELF_PHDR_BYTES	 32
#define ELF_PHDRS_MAX	 64 /* real programs have about ten */
#define ELF_SEGMENTS_MAX 16

enum elf_prot { ELF_X = 1, ELF_W = 2, ELF_R = 4 }; /* as in p_flags */

struct elf_segment {
	uint32_t vaddr, mem_bytes;
	uint32_t offset, file_bytes;
	unsigned prot; /* enum elf_prot */
};

/** struct elf_image - what a file says of itself, checked: no range in it wraps or overlaps */
struct elf_image {
	bool dyn; /* ET_DYN: may be placed anywhere */
	uint32_t entry; /* before placement */
	uint32_t phdr_vaddr; /* where the program headers are in memory, 0 when nowhere */
	uint16_t phdr_count;
	uint32_t low, high; /* page-aligned hull of the segments */
	unsigned segment_count;
	struct elf_segment segment[ELF_SEGMENTS_MAX];
	uint32_t interp_offset, interp_bytes; /* 0 when static */
};

/**
 * elf_is_m68k() - do the first @len bytes of a file say Linux/m68k?
 */
bool elf_is_m68k(const uint8_t *head, size_t len);

/**
 * elf_parse_header() - check the ELF header
 * @head:       the first bytes of the file; @len of them are there
 * @phdr_off:   out: where the program headers are in the file
 * @img:        out: type, entry and header count
 * @why:        out, on failure: static text
 * Return: 0 or -ENOEXEC.
 */
int elf_parse_header(const uint8_t *head, size_t len, uint32_t *phdr_off, struct elf_image *img,
		     const char **why);
/**
 * elf_parse_segments() - check the program headers
 * @phdrs:      phdr_count headers as they are in the file
 * @phdr_off:   from elf_parse_header()
 * @file_bytes: size of the file: no segment may reach beyond
 * Return: 0 or -ENOEXEC.
 */
int elf_parse_segments(const uint8_t *phdrs, uint32_t phdr_off, uint64_t file_bytes,
		       struct elf_image *img, const char **why);

#endif
