/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_PERS_H
#define UCRUN_M68K_PERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core.h"
#include "guest.h"
#include "heap.h"

/*
 * Theory of operation.
 * A personality is an operating system as a console program sees it: a loader, and tables of calls
 * that are answered with the host's files and console. Linux is one of them, and the only one that
 * runs on Unicorn (../thread.h); the others share struct machine, a 68000 of our own (core.h) and
 * its 16 MiB. Each call is a row of a table; the row's kinds fetch the arguments and write the
 * trace. A handler gets values and addresses; it reaches memory through machine_ptr() only.
 */
#define PERS_ARGS_MAX	10
#define PERS_RAM_BYTES	0xe00000U /* 14 MiB, the most that an Atari ST can have */
#define PERS_WINDOW	0xf80000U /* the system's code and tables, where ROM is on the machines */
#define PERS_WINDOW_END 0xfa0000U
#define PERS_STUB_BYTES 6 /* CORE_HOST_OP, its argument, rte or rts */
#define PERS_FILE_MAX	(64U << 20) /* a program file larger than this is none */
#define PERS_HOST_CALLS 0x1000 /* arguments of CORE_HOST_OP from here on are the personality's */

enum { PERS_EXIT_OURS = 125, PERS_EXIT_NOT_RUNNABLE = 126 };

struct machine;

typedef uint32_t pers_fn(struct machine *m, const uint32_t a[PERS_ARGS_MAX]);

/*
 * Kinds, a letter an argument:
 *	w  word, signed		l  long		x  long, traced in hex	c  word, traced as a
 *character s  address of a string	-  word that nobody reads With @regs, a register an argument
 *('0'-'7' data, 'a'-'f' address); without, from the stack.
 */
struct pers_call {
	int nr;
	const char *name, *kinds;
	pers_fn *fn; /* NULL: known, not there; the caller is told by the table's unknown */
	const char *regs;
};

struct pers_table {
	const char *name; /* "GEMDOS" */
	const struct pers_call *calls;
	unsigned count;
	uint32_t unknown; /* the answer to a call that is not there */
	bool screen; /* it is about graphics: the program ends with a message */
	int probed_from; /* from this number on, programs only ask what is there; 0: none */
};

struct personality {
	const char *name; /* for -P */
	const char *what; /* for messages: "Atari TOS" */
	const char *screen_hint; /* what to do with a program that draws */
	/** is this a file for it? @head: the first @len bytes; @path: for the name's sake */
	bool (*claims)(const uint8_t *head, size_t len, uint64_t file_bytes, const char *path);
	/** load m->path into a machine that has nothing but vectors. Return 0, -errno or -ENOEXEC
	 *  with *why (static text). NULL: it is Linux */
	int (*load)(struct machine *m, const char **why);
	/** an exception that the guest left to the system. Return: was it a call? */
	bool (*exception)(struct machine *m, unsigned vector);
	/** CORE_HOST_OP with an argument of PERS_HOST_CALLS or more */
	void (*host_call)(struct machine *m, unsigned arg);
	/** now and then; may be NULL */
	void (*tick)(struct machine *m);
};

struct machine {
	struct core core;
	struct heap heap;
	const struct personality *pers;
	const char *path; /* the program, as the host opens it */
	char *const *argv, *const *envp; /* argv[0]: its own name */
	bool trace;
	bool moved; /* the handler has set the registers itself: d0 is not the answer */
	bool done;
	int status;
};

/** pers_choose() - who runs this file? NULL: nobody of us */
const struct personality *pers_choose(const char *path);
const struct personality *pers_by_name(const char *name);
/** pers_run() - load and run. @disas: show instructions; @why: out, static text.
 *  Return: exit status, or -errno. */
int pers_run(const struct personality *pers, const char *path, char *const argv[],
	     char *const envp[], bool trace, bool disas, bool is_020, const char **why);
/** pers_list() - names for the help text */
void pers_list(char *buf, size_t room);

extern const struct personality pers_linux, pers_gemdos, pers_cpm, pers_amiga, pers_human;

/* ---- for personalities ---- */

/** machine_ptr() - the host's address of guest memory; NULL when it is not all there */
void *machine_ptr(struct machine *m, uint32_t addr, uint32_t len);
/** machine_string() - a NUL-terminated string of at most 1023 bytes; NULL when there is none */
const char *machine_string(struct machine *m, uint32_t addr);
/** machine_put_string() - with its NUL, cut to @room. Return: false when there is no room */
bool machine_put_string(struct machine *m, uint32_t addr, const char *s, uint32_t room);
/** machine_frame() - where an exception's frame has SR and PC; NULL when the stack is nowhere */
uint8_t *machine_frame(struct machine *m);
/** machine_stack_args() - where a trap's arguments are: behind the frame, or on the user's stack */
uint32_t machine_stack_args(struct machine *m);
/** machine_in_supervisor() - was the trap made there? */
bool machine_in_supervisor(struct machine *m);
/**
 * machine_super() - change the mode that the trap returns to
 * @to: the supervisor's stack from then on; 0: the user's
 * Return: the supervisor's old stack pointer; 0 when it is user mode from now on, or @to is nowhere
 */
uint32_t machine_super(struct machine *m, uint32_t to);
/** machine_jsr_super() - run a guest function in supervisor mode, then return from @vector */
void machine_jsr_super(struct machine *m, uint32_t function, unsigned vector);
/** machine_exit() - the program ends */
void machine_exit(struct machine *m, int status);
/** machine_crash() - the program ends by an exception that nobody handles; says so */
void machine_crash(struct machine *m, unsigned vector);
/** machine_needs_screen() - the program ends: @call needs what is not here */
void machine_needs_screen(struct machine *m, const char *call);
/** machine_stub() - write a stub at @at: CORE_HOST_OP, @arg, @then (rte or rts) */
void machine_stub(struct machine *m, uint32_t at, unsigned arg, uint16_t then);
/** pers_call() - find the row, fetch arguments, perform, trace; d0 is the answer unless m->moved */
void pers_call(struct machine *m, const struct pers_table *table, int nr, uint32_t args_at);
/** pers_read_program() - a whole file. Return: bytes or -errno; *out is the caller's */
ssize_t pers_read_program(const char *path, uint8_t **out);

enum { OP_RTE = 0x4e73, OP_RTS = 0x4e75 };

#endif
