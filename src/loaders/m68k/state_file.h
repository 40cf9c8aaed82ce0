/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_STATE_FILE_H
#define UCRUN_M68K_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A saved program as a file. All numbers are big-endian, whatever the machine:
 *
 *	prefix	magic, version (4 bytes), bytes of the head (4), number of pages (8)
 *	head	struct state, field after field as state_file.c's code_state() lists them
 *	pages	4096 bytes each: those of the maps that say STATE_MAP_DATA, in the maps' order
 *	sum	SHA-256 of everything before
 *
 * A version is never changed: whatever changes the head or the meaning of a field makes a new one.
 */
#define STATE_MAGIC	   "UCRUNM68"
#define STATE_VERSION	   1
#define STATE_PREFIX_BYTES 24
#define STATE_SUM_BYTES	   32
#define STATE_HEAD_MAX	   (32U << 20)
#define STATE_SIGNALS	   64
#define STATE_FP_BYTES	   108 /* fp0-fp7 as 12 bytes each, fpcr, fpsr, fpiar */
#define STATE_AUXV_MAX	   512
#define STATE_TERMIOS_MAX  64

enum { STATE_TIMERS = 3 }; /* ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF */

struct state_action {
	uint32_t handler, flags, restorer;
	uint64_t mask;
};

struct state_timer {
	uint64_t interval_us, value_us;
};

struct state_thread {
	uint32_t tid, d[8], a[8], pc, ccr;
	uint8_t fp[STATE_FP_BYTES];
	uint32_t tls, clear_tid, robust;
	uint64_t mask, pending; /* bit 0 is signal 1 */
	uint32_t alt_sp, alt_bytes, alt_on;
	uint64_t wait_ns; /* what is left of the call that it waits in; STATE_NO_LIMIT: no limit */
};
#define STATE_NO_LIMIT UINT64_MAX

enum state_fd_kind {
	STATE_FD_STD, /* 0-2: whatever the restoring process has there */
	STATE_FD_SAME, /* shares everything with descriptor same_as, which is listed before */
	STATE_FD_FILE,
	STATE_FD_DIR,
	STATE_FD_DEVICE, /* /dev/null and its family, /dev/tty */
	STATE_FD_KINDS
};

/* Flags of our own for open(2)'s; they do not depend on the machine. */
enum {
	STATE_OPEN_READ = 1,
	STATE_OPEN_WRITE = 2,
	STATE_OPEN_APPEND = 4,
	STATE_OPEN_NONBLOCK = 8,
	STATE_OPEN_PATH = 16,
	STATE_OPEN_CLOEXEC = 32,
	STATE_OPEN_SYNC = 64,
	STATE_OPEN_ALL = 127,
};

struct state_fd {
	uint32_t fd, kind, flags, same_as;
	uint64_t offset;
	char *path; /* NULL for STATE_FD_STD and STATE_FD_SAME */
};

/* Pages of equal rights (MEM_* of mem.h). Without data they are zero. */
enum { STATE_MAP_DATA = 0x100 };
struct state_map {
	uint32_t addr, pages, bits;
};

/** struct state_name - which file was mapped there; for /proc/self/maps alone */
struct state_name {
	uint32_t addr, pages;
	uint64_t offset;
	char *path;
};

/** struct state - a program at rest. Zeroed to begin with; state_finish() frees what is in it */
struct state {
	char *exe, *cwd, *sysroot; /* sysroot: NULL when there is none */
	char **args; /* what /proc/self/cmdline tells */
	uint32_t arg_count;
	uint32_t umask, brk_low, brk_now, search_from;
	uint32_t stack; /* where the first stack began */
	uint32_t auxv_bytes;
	uint8_t auxv[STATE_AUXV_MAX];
	uint32_t termios_bytes; /* of standard input as a terminal, in the guest's form; 0: none */
	uint8_t termios[STATE_TERMIOS_MAX];
	struct state_timer timer[STATE_TIMERS];
	struct state_action action[STATE_SIGNALS];
	struct state_thread *threads; /* the process's first one first, if it is alive */
	uint32_t thread_count;
	struct state_fd *fds; /* ascending */
	uint32_t fd_count;
	struct state_map *maps; /* ascending, apart from each other */
	uint32_t map_count;
	struct state_name *names;
	uint32_t name_count;
};

void state_finish(struct state *s);
/** state_pages() - how many pages follow the head */
uint64_t state_pages(const struct state *s);
/** state_encode() - prefix and head. Return: 0, -ENOMEM, -E2BIG; *out is the caller's */
int state_encode(const struct state *s, uint8_t **out, size_t *len);
/**
 * state_parse_prefix() - is this a state, and how is it divided?
 * @why: out, on failure: static text. Return: 0 or -EBADMSG.
 */
int state_parse_prefix(const uint8_t prefix[STATE_PREFIX_BYTES], uint64_t file_bytes,
		       uint32_t *head_bytes, uint64_t *pages, const char **why);
/**
 * state_parse() - the head, each field checked, so that the rest may believe them
 * @pages: the prefix's. Return: 0, -ENOMEM or -EBADMSG; @out is finished on failure.
 */
int state_parse(const uint8_t *head, size_t len, uint64_t pages, struct state *out,
		const char **why);

#endif
