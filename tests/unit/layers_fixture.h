/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LAYERS_FIXTURE_H
#define LAYERS_FIXTURE_H

/*
 * For the tests of stacks of layers, test_layers*.c: by what layers.h promises and overlayfs does.
 * The tree below, and the helpers that look at it from inside and outside, serve all of them.
 *
 * The directory "lower" is looked at before and after every test: nothing may have changed in it.
 */
#include <check.h>
#include <limits.h>

#include "layers.h"

#define NAMES_MAX   2048
#define OVERRIDE    "user.containers.override_stat"
#define OPAQUE	    "user.overlay.opaque"
#define KEEP	    ((uid_t)-1)
#define LOWER_NAMES "d dlink e f fifo h1 h2 link x"

extern char top[80]; /* this test's directory: lower upper upper2 work work2 host */
extern int topfd;
extern struct layers *l; /* the stack that the helpers look at; destroyed after the test */
extern struct cred root, user, other; /* uid 0, 1000, 2000 */

/* ---- from outside: real files, relative to top ---- */
const char *in_top(const char *rel); /* in one of eight buffers that take turns */
void real_dir(const char *rel);
void real_file(const char *rel, const char *text);
struct stat real_stat(const char *rel);
bool real_there(const char *rel);
bool real_whiteout(const char *rel);
const char *real_xattr(const char *rel, const char *name); /* "": none */
const char *real_text(const char *rel);
/** snapshot() - everything about a tree that a change could leave a mark on; free() it */
char *snapshot(const char *rel);
/** lower_ready() - the test has changed "lower" itself: from here on it is not to change */
void lower_ready(void);
void fill(const char *in); /* what "lower" starts with */

/* ---- from inside: relative to the root of l ---- */
struct statx st(const char *rel);
/** lookup() - 1: there; 0: only the last component is missing; -errno */
int lookup(const char *rel);
int open_result(const struct cred *who, const char *rel, int flags);
const char *fd_text(int fd);
const char *text(const char *rel);
void write_to(const char *rel, int flags, const char *what);
void put(const char *rel, const char *what); /* echo what > rel */

struct reading {
	char *name[NAMES_MAX];
	unsigned char type[NAMES_MAX];
	uint64_t ino[NAMES_MAX], cookie[NAMES_MAX];
	unsigned n, max;
	uint64_t at;
};

struct reading *reading_create(void);
void reading_destroy(struct reading *r);
/** read_on() - read @count names more */
int read_on(struct reading *r, const char *rel, unsigned count);
unsigned times_seen(const struct reading *r, const char *name);
int by_text(const void *a, const void *b); /* for qsort */
/** names() - the names of a directory, sorted, without the dots: "a b sub" */
const char *names(const char *rel);

/* ---- stacks ---- */
struct layers *stack(const struct layer_dir *dirs, unsigned n, unsigned flags, const char *work,
		     const char *shared);
struct layers *cow_session(void); /* upper over lower */
void cow(void); /* the same, as l; and so on */
void again(void); /* a new session over the same layers */
void tmp(void);
void bind_rw(void);
void bind_ro(void);
void ephemeral(void);
void merge(void);
void mincow(void);
struct cred somebody(uid_t id);

/** layers_main() - run the tests that @add_tests adds; what main() returns */
int layers_main(const char *name, void (*add_tests)(TCase *t));

#endif
