/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_RECOGNISE_H
#define UCRUN_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a file is. Its beginning and a few bounded places behind it are read, never all of it; no
 * size that the file states is allocated, and nothing recurses on what it holds.
 *
 * Order: strong magic, then the name, then weak magic. Containers (zip, OLE, XML, plain text) yield
 * to a name whose type is made of them. Everything executable has probes of our own; documents and
 * media come from shared-mime-info's compiled database when the view has one, and from a short
 * table of our own when not. (libmagic knows as much, but its database has no order of strength
 * that would tell when the name should win, and it parses 7 MB at each start.)
 */

#define TYPE_BYTES    96
#define DETAIL_BYTES  192
#define PARENTS_MAX   6
#define INTERP_BYTES  256
#define MIME_DATABASE "/usr/share/mime/mime.cache"

enum strength { STRENGTH_NONE, STRENGTH_WEAK, STRENGTH_NAME, STRENGTH_STRONG, STRENGTH_COUNT };

/** What running it would mean. */
enum content_kind {
	KIND_UNKNOWN,
	KIND_DOCUMENT, /* something to look at or to listen to */
	KIND_CODE, /* something that executes: native or in another environment */
	KIND_GUEST, /* a disk or a kernel: a whole system */
	KIND_COUNT,
};

/** A recognised file. Plain data, nothing to free. */
struct content {
	char type[TYPE_BYTES]; /* the answer; "application/octet-stream" at worst */
	char by_content[TYPE_BYTES]; /* what its bytes say; may be empty */
	char by_name[TYPE_BYTES]; /* what its name says; may be empty */
	char parents[PARENTS_MAX][TYPE_BYTES]; /* types that this one is a kind of */
	unsigned nparents;
	char detail[DETAIL_BYTES]; /* for a person; may be empty */
	enum strength strength; /* of by_content */
	enum content_kind kind; /* of type */
	bool code; /* its bytes execute, whatever the name says */
	bool native; /* the kernel runs it: an x86-64 ELF program or a script */
	char interp[INTERP_BYTES]; /* of a script; ELF: PT_INTERP */
};

/** A mime database in memory; see mime.c. NULL stands for "there is none". */
struct mime;

/**
 * mime_open() - read shared-mime-info's mime.cache
 * @path: normally MIME_DATABASE
 * Return: the caller's, mime_destroy(); NULL when there is none or it is damaged
 */
struct mime *mime_open(const char *path);
/** mime_from_memory() - the same out of @len bytes, which are copied */
struct mime *mime_from_memory(const void *data, size_t len);
void mime_destroy(struct mime *m);

/**
 * recognise_fd() - find out what an open regular file is
 * @fd:   readable; its offset is not used
 * @name: the file's name or path; its last component counts
 * @mime: borrowed, or NULL
 * Return: 0; -EIO when it cannot be read, -EISDIR and -EINVAL for no regular file
 */
int recognise_fd(int fd, const char *name, const struct mime *mime, struct content *out);

/**
 * recognise_memory() - the same for a file that is in memory
 * For tests and fuzzers.
 */
int recognise_memory(const void *data, size_t len, const char *name, const struct mime *mime,
		     struct content *out);

/** content_is() - is it @pattern (fnmatch(3)), or a kind of it? */
bool content_is(const struct content *c, const char *pattern);

/** kind_name() and strength_name() - words for people and for JSON */
const char *kind_name(enum content_kind k);
const char *strength_name(enum strength s);

#endif
