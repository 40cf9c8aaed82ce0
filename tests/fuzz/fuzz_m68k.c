// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a program file of an Amiga, an Atari or CP/M-68K holds, loading it is safe and keeps no
 * memory when it fails. The first byte chooses the system. See tests/fuzz/run.
 */
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "hunk.h"
#include "prg.h"

#define MEMORY_BYTES (1U << 20)
#define SECTION_MAX  100000

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

static void amiga(const uint8_t *file, size_t len)
{
	static uint8_t memory[MEMORY_BYTES];
	struct heap heap;
	const char *why;
	uint32_t seglist;

	heap_init(&heap, 0x1000, MEMORY_BYTES);
	if (hunk_load(file, len, memory, &heap, 0, &seglist, &why) == 0)
		hunk_unload(memory, &heap, seglist);
	if (heap.blocks)
		abort();
}

static void prg(const uint8_t *file, size_t len, bool cpm)
{
	static const uint32_t base[3] = { 0x500, 0x600, 0x700 };
	const char *why;
	struct prg p;
	uint8_t *at;

	if (prg_parse(file, len, &p, &why) < 0 || p.text > SECTION_MAX || p.data > SECTION_MAX)
		return;
	at = malloc(p.text + p.data);
	if (!at)
		return;
	memcpy(at, file + p.image, p.text + p.data);
	if (cpm)
		prg_relocate_cpm(file, len, &p, (uint8_t *[]){ at, at + p.text }, base, &why);
	else
		prg_relocate_gemdos(file, len, &p, at, base[0], &why);
	free(at);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	uint8_t *file;

	if (len < 2)
		return 0;
	/* A copy of its own: the sanitizer sees its end. */
	file = malloc(len - 1);
	if (!file)
		return 0;
	memcpy(file, data + 1, len - 1);
	if (data[0] & 1)
		amiga(file, len - 1);
	else
		prg(file, len - 1, data[0] & 2);
	free(file);
	return 0;
}
