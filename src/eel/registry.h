/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_REGISTRY_H
#define UCRUN_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"
#include "recognise.h"

/*
 * The environments that there are: one record each, in the order in which they are asked.
 *
 *	compartment	$XDG_CONFIG_HOME/uc/eel.d/NAME.ee, as the compartment has it
 *	owner		/etc/uc/eel.d/NAME.ee
 *	built-in	part of the program; DATADIR/uc/eel.d/NAME.ee replaces the one of that name
 *	binfmt		/etc/binfmt.d, /run/binfmt.d, /usr/lib/binfmt.d, /usr/share/binfmts
 *	desktop		mimeapps.list and .desktop files
 *	mailcap		~/.mailcap, /etc/mailcap
 *
 * Files are read once, each stage when it is first needed. A mistake in a file costs its record,
 * never the others, and is told as "file:line: what is wrong".
 */

enum env_class { ENV_CODE, ENV_DOCUMENT, ENV_GUEST, ENV_CLASS_COUNT };
enum trust { TRUST_TRANSPARENT, TRUST_ASK, TRUST_DENY, TRUST_COUNT };
enum display_need { DISPLAY_NONE, DISPLAY_ANY, DISPLAY_X11, DISPLAY_WAYLAND, DISPLAY_COUNT };

enum origin {
	ORIGIN_COMPARTMENT,
	ORIGIN_OWNER,
	ORIGIN_BUILTIN,
	ORIGIN_BINFMT,
	ORIGIN_DESKTOP,
	ORIGIN_MAILCAP,
	ORIGIN_COUNT,
};

#define RECORD_MAGIC_BYTES 128 /* binfmt_misc has 128 of a page's first 256 */
#define RECORD_WORDS_MAX   256 /* of one list in a record */
#define RECORDS_MAX	   4096

struct record_magic {
	unsigned offset, len;
	unsigned char bytes[RECORD_MAGIC_BYTES], mask[RECORD_MAGIC_BYTES];
};

/** One environment. Lists end with NULL; an absent one is NULL. Owned by its registry. */
struct record {
	char *id; /* what --ee names */
	char *name; /* for a person; NULL: @id */
	char *where; /* "file:line" */
	char **types, **globs; /* content types and file names: fnmatch(3) patterns */
	struct record_magic *magic; /* NULL: none */
	char *program; /* a path, or a name to look for along PATH */
	char **args; /* template, see chain.h */
	char *needs_env; /* the environment that its program runs in */
	char **needs_files; /* "~/" is the home directory */
	char *missing; /* what to say when one of those is not there; or NULL */
	char *package; /* Debian's, that has the program */
	struct budget *budget; /* that its tasks have among themselves; NULL: none */
	char *not_now; /* why an imported record cannot be used as it is; NULL: it can */
	enum env_class class;
	enum trust trust;
	enum display_need display;
	enum origin origin;
	bool terminal;
};

/** Where things are. Strings are borrowed; NULL: not looked for. Colons separate directories. */
struct registry_paths {
	const char *compartment, *owner, *data;
	const char *binfmt_d, *binfmts;
	const char *mimeapps, *applications;
	const char *mailcap;
};

struct registry {
	struct record *v;
	size_t n, room;
	char **mistakes; /* "file:line: what", NULL-terminated */
	size_t nmistakes;
	size_t nown; /* the first of them: in our own files, not in imported ones */
	unsigned loaded; /* 1 << enum origin */
	struct registry_paths paths;
};

/** registry_init() - an empty registry; @paths NULL: the standard ones, from the environment */
void registry_init(struct registry *r, const struct registry_paths *paths);
void registry_finish(struct registry *r);

/**
 * registry_load() - read one stage, once
 * @type: for ORIGIN_DESKTOP and ORIGIN_MAILCAP, which have records only for a type that is asked
 *        for; NULL: all
 * Records of earlier stages may move: keep indices, no pointers, across this call.
 */
void registry_load(struct registry *r, enum origin o, const struct content *type);

/** registry_by_id() - the first of that name among what is loaded; NULL: none */
const struct record *registry_by_id(const struct registry *r, const char *id);
/** registry_check() - add mistakes about needed environments: missing ones and cycles */
void registry_check(struct registry *r);

const char *origin_name(enum origin o);
const char *env_class_name(enum env_class c);
const char *trust_name(enum trust t);
/** trust_parse() - Return: enum trust, or -EINVAL */
int trust_parse(const char *word);

/**
 * record_read() - parse a .ee text
 * @file: its name, for @where and mistakes
 * Fuzzed: any bytes are fine.
 */
void record_read(struct registry *r, enum origin o, const char *file, const char *text, size_t len);

#endif
