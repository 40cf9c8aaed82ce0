// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ELF headers of an m68k program. They come from anybody, so every field is checked before it
 * is used, and what leaves here can be mapped without another look. Nothing here reads a file.
 */
#include "elf_image.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "guest.h"

/* Offsets in Elf32_Ehdr and Elf32_Phdr, both big-endian here. */
enum {
	EH_TYPE = 16,
	EH_MACHINE = 18,
	EH_VERSION = 20,
	EH_ENTRY = 24,
	EH_PHOFF = 28,
	EH_EHSIZE = 40,
	EH_PHENTSIZE = 42,
	EH_PHNUM = 44
};
enum { PH_TYPE = 0, PH_OFFSET = 4, PH_VADDR = 8, PH_FILESZ = 16, PH_MEMSZ = 20, PH_FLAGS = 24 };

bool elf_is_m68k(const uint8_t *head, size_t len)
{
	return len >= ELF_HEAD_BYTES && memcmp(head, ELFMAG, SELFMAG) == 0 &&
	       head[EI_CLASS] == ELFCLASS32 && head[EI_DATA] == ELFDATA2MSB &&
	       get16(head + EH_MACHINE) == EM_68K;
}

static int bad(const char **why, const char *text)
{
	*why = text;
	return -ENOEXEC;
}

int elf_parse_header(const uint8_t *head, size_t len, uint32_t *phdr_off, struct elf_image *img,
		     const char **why)
{
	unsigned type;

	memset(img, 0, sizeof(*img));
	if (len < ELF_HEAD_BYTES)
		return bad(why, "shorter than an ELF header");
	if (!elf_is_m68k(head, len))
		return bad(why, "not an m68k ELF program");
	if (head[EI_VERSION] != EV_CURRENT || get32(head + EH_VERSION) != EV_CURRENT)
		return bad(why, "unknown ELF version");
	type = get16(head + EH_TYPE);
	if (type != ET_EXEC && type != ET_DYN)
		return bad(why, "not an executable or a shared object");
	if (get16(head + EH_PHENTSIZE) != ELF_PHDR_BYTES)
		return bad(why, "program headers of an unknown size");
	img->phdr_count = get16(head + EH_PHNUM);
	if (img->phdr_count == 0 || img->phdr_count > ELF_PHDRS_MAX)
		return bad(why, "no program headers, or too many");
	img->dyn = type == ET_DYN;
	img->entry = get32(head + EH_ENTRY);
	if (img->entry & 1)
		return bad(why, "the entry point is at an odd address");
	*phdr_off = get32(head + EH_PHOFF);
	return 0;
}

static int add_segment(const uint8_t *ph, uint64_t file_bytes, struct elf_image *img,
		       const char **why)
{
	struct elf_segment s = {
		.vaddr = get32(ph + PH_VADDR),
		.mem_bytes = get32(ph + PH_MEMSZ),
		.offset = get32(ph + PH_OFFSET),
		.file_bytes = get32(ph + PH_FILESZ),
		.prot = get32(ph + PH_FLAGS) & (ELF_R | ELF_W | ELF_X),
	};
	uint64_t end = (uint64_t)s.vaddr + s.mem_bytes;

	if (s.mem_bytes == 0)
		return 0;
	if (s.file_bytes > s.mem_bytes)
		return bad(why, "a segment is larger in the file than in memory");
	if ((uint64_t)s.offset + s.file_bytes > file_bytes)
		return bad(why, "a segment reaches beyond the end of the file");
	if (end > GUEST_TASK_END)
		return bad(why, "a segment reaches beyond the address space");
	if (img->segment_count == ELF_SEGMENTS_MAX)
		return bad(why, "too many segments");
	/* The order of the standard; pages may be shared by neighbours, bytes may not. */
	if (img->segment_count > 0) {
		const struct elf_segment *prev = &img->segment[img->segment_count - 1];

		if (s.vaddr < prev->vaddr + prev->mem_bytes)
			return bad(why, "segments overlap or are out of order");
	} else {
		img->low = guest_page_floor(s.vaddr);
	}
	img->high = guest_page_ceil((uint32_t)end);
	img->segment[img->segment_count++] = s;
	return 0;
}

/* Where are the headers themselves in memory? ld.so and static glibc ask (AT_PHDR). */
static uint32_t find_phdrs(const struct elf_image *img, uint32_t phdr_off)
{
	uint32_t bytes = img->phdr_count * ELF_PHDR_BYTES;

	for (unsigned i = 0; i < img->segment_count; i++) {
		const struct elf_segment *s = &img->segment[i];

		if (phdr_off >= s->offset &&
		    (uint64_t)phdr_off + bytes <= (uint64_t)s->offset + s->file_bytes)
			return s->vaddr + (phdr_off - s->offset);
	}
	return 0;
}

int elf_parse_segments(const uint8_t *phdrs, uint32_t phdr_off, uint64_t file_bytes,
		       struct elf_image *img, const char **why)
{
	bool entry_found = false;
	int rc;

	for (unsigned i = 0; i < img->phdr_count; i++) {
		const uint8_t *ph = phdrs + i * ELF_PHDR_BYTES;

		switch (get32(ph + PH_TYPE)) {
		case PT_LOAD:
			rc = add_segment(ph, file_bytes, img, why);
			if (rc < 0)
				return rc;
			break;
		case PT_INTERP:
			img->interp_offset = get32(ph + PH_OFFSET);
			img->interp_bytes = get32(ph + PH_FILESZ);
			if (img->interp_bytes < 2 || img->interp_bytes > PATH_MAX ||
			    (uint64_t)img->interp_offset + img->interp_bytes > file_bytes)
				return bad(why, "the interpreter's name is not in the file");
			break;
		}
	}
	if (img->segment_count == 0)
		return bad(why, "nothing to load");
	for (unsigned i = 0; i < img->segment_count; i++)
		entry_found |= img->entry - img->segment[i].vaddr < img->segment[i].mem_bytes;
	if (!entry_found)
		return bad(why, "the entry point is in no segment");
	img->phdr_vaddr = find_phdrs(img, phdr_off);
	return 0;
}
