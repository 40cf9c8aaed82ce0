/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_REGISTRY_PRIV_H
#define UCRUN_REGISTRY_PRIV_H

#include "registry.h"

/* Inside src/eel: building records. */

#define CONFIG_BYTES_MAX (1 << 20) /* of one file; more is a mistake */

/** registry_mistake() - note "file:line: what"; @line 0: no line */
void registry_mistake(struct registry *r, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/** registry_add() - take over a record; it is emptied. Return: 0, -ENOMEM, -E2BIG (freed then) */
int registry_add(struct registry *r, struct record *rec);
void record_finish(struct record *rec);

/** words_add() - append a copy to a NULL-terminated list. Return: 0, -ENOMEM, -E2BIG */
int words_add(char ***list, const char *word, size_t len);
/** words_split() - append what @seps separate. Return: as words_add() */
int words_split(char ***list, const char *text, const char *seps);
void words_free(char **list);

/**
 * magic_hex() - "OFFSET HEX[/MASK]" as in a record's Magic
 * Return: NULL, or what is wrong with it
 */
const char *magic_hex(const char *text, struct record_magic *out);

/**
 * for_each_file() - call @fn for the files of the directories in @dirs that end in @suffix
 * Directories in their order, files sorted by name; a name met again in a later directory is left
 * out. @suffix NULL: every file. An unreadable file is a mistake, a missing directory is not.
 * Return: how many there were
 */
size_t for_each_file(struct registry *r, const char *dirs, const char *suffix,
		     void (*fn)(struct registry *r, const char *path, const char *text,
				size_t len));

void binfmt_conf_read(struct registry *r, const char *path, const char *text, size_t len);
void binfmts_read(struct registry *r, const char *path, const char *text, size_t len);
void desktop_load(struct registry *r, const struct content *type);
/** desktop_read() - one .desktop file as an environment for @types (a list) */
void desktop_read(struct registry *r, const char *path, const char *text, size_t len,
		  const char *type);
void mailcap_read(struct registry *r, const char *path, const char *text, size_t len,
		  const struct content *type);
void mailcap_load(struct registry *r, const struct content *type);

/** The records that are part of the program: generated from data/eel.d. */
struct builtin_record {
	const char *file; /* "image.ee" */
	const char *text;
};
extern const struct builtin_record builtin_records[];
extern const size_t builtin_records_count;

#endif
