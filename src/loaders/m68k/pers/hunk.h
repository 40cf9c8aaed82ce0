/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_HUNK_H
#define UCRUN_M68K_HUNK_H

#include <stddef.h>
#include <stdint.h>

#include "heap.h"

#define HUNK_MAX 1024

/**
 * hunk_load() - place a load file's hunks and relocate them
 * @mem: the guest's memory; each hunk is a block: its size, the next one (BPTR), its content
 * @seglist: out, BPTR of the first one
 * Return: 0, -ENOMEM, -ENOEXEC and *why. Nothing stays allocated on failure.
 */
int hunk_load(const uint8_t *file, size_t len, uint8_t *mem, struct heap *heap, uint32_t owner,
	      uint32_t *seglist, const char **why);
/** hunk_unload() - free what hunk_load() made */
void hunk_unload(const uint8_t *mem, struct heap *heap, uint32_t seglist);

#endif
