/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_SOURCE_H
#define UCRUN_EEL_SOURCE_H

#include <stdint.h>

#include "recognise.h"

/* Inside src/eel: the bytes of a file as the probes see them. */

#define HEAD_BYTES   4096
#define SOURCE_READS 48 /* places behind the head that one recognition may look at */

struct source {
	int fd; /* -1: @memory */
	const unsigned char *memory;
	uint64_t size;
	unsigned reads_left;
	size_t nhead; /* valid bytes of head; zeros follow */
	unsigned char head[HEAD_BYTES];
};

/**
 * source_read() - bytes from anywhere in the file
 * Return: how many were there; the rest of @buf is zeros. 0 when the reads are used up.
 */
size_t source_read(struct source *s, uint64_t off, void *buf, size_t len);
/** source_has() - read exactly @len bytes, or fail */
bool source_has(struct source *s, uint64_t off, void *buf, size_t len);

static inline unsigned be16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static inline uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static inline unsigned le16(const unsigned char *p)
{
	return p[1] << 8 | p[0];
}

static inline uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0];
}

/**
 * content_set() - a probe's answer: type, kind, strength, and a detail in printf's manner
 * Sets code for KIND_CODE. Return: true, so that a probe can end with it.
 */
bool content_set(struct content *c, const char *type, enum content_kind kind, enum strength s,
		 const char *detail, ...) __attribute__((format(printf, 5, 6)));

/* ---- probes: true when the file is theirs and @c is filled in ---- */

bool probe_elf(struct source *s, struct content *c);
bool probe_script(struct source *s, struct content *c);
bool probe_kernel(struct source *s, struct content *c);
bool probe_mz(struct source *s, struct content *c);
bool probe_wasm(struct source *s, struct content *c);
bool probe_cafebabe(struct source *s, struct content *c);
bool probe_macho(struct source *s, struct content *c);
bool probe_zip(struct source *s, struct content *c);
bool probe_atari(struct source *s, struct content *c);
bool probe_amiga(struct source *s, struct content *c);
bool probe_human68k(struct source *s, struct content *c);
bool probe_macbinary(struct source *s, struct content *c);
bool probe_applesingle(struct source *s, struct content *c);
bool probe_rsrc(struct source *s, struct content *c);
bool probe_apple_disk(struct source *s, struct content *c);
bool probe_iso(struct source *s, struct content *c);
bool probe_pc_disk(struct source *s, struct content *c);

/* ---- tables.c ---- */

/** table_magic() - types with a fixed magic; the built-in table */
bool table_magic(const struct source *s, struct content *c);
/** table_text() - is the head text? Type "text/plain", weak. */
bool table_text(const struct source *s, struct content *c);
/**
 * table_extension() - what the built-in table says of "JPG" (any case)
 * Return: the type, NULL when unknown; @kind may be NULL
 */
const char *table_extension(const char *ext, size_t len, enum content_kind *kind);
/** table_kind() - what is known of a type by its name alone */
enum content_kind table_kind(const char *type);
/** table_is_container() - do other types consist of this one? */
bool table_is_container(const char *type);

/* ---- mime.c ---- */

/** mime_by_magic() - the strongest match; @priority 0..100. Return: a type of @m, or NULL */
const char *mime_by_magic(const struct mime *m, const struct source *s, unsigned *priority);
/** mime_by_name() - by the last path component. Return: a type of @m, or NULL */
const char *mime_by_name(const struct mime *m, const char *name);
/** mime_parents() - up to @max types that @type is directly a kind of. Return: how many */
unsigned mime_parents(const struct mime *m, const char *type, const char **out, unsigned max);

#endif
