/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_SYMBOLS_H
#define UCRUN_M68K_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

/* Names of functions in ELF files, for traces. A file is read when an address in it is asked for.
 */

/** struct symbols - of one file; addresses are the file's own */
struct symbols;

/** symbols_load() - of the file @path. Return: never NULL but for lack of memory; a file that
 * cannot be read, is no m68k program or is damaged has none */
struct symbols *symbols_load(const char *path);
void symbols_destroy(struct symbols *s);
/** symbols_at() - the function at or before @addr. Return: its name, or NULL; *offset: from it */
const char *symbols_at(const struct symbols *s, uint32_t addr, uint32_t *offset);
/** symbols_find() - the function @name. Return: is there one? */
bool symbols_find(const struct symbols *s, const char *name, uint32_t *addr, uint32_t *bytes);
/** symbols_vaddr() - the file's own address of what is at @offset in it. Return: is it loaded? */
bool symbols_vaddr(const struct symbols *s, uint64_t offset, uint32_t *vaddr);

#endif
