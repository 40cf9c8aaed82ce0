/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_TABLE_H
#define UCRUN_TABLE_H

#include <stdint.h>

/* The table of system calls: the only list of them. Filter, dispatch and trace read it. */

struct request;
struct verdict;

enum call_class {
	CL_DATA,
	CL_PATH,
	CL_FD,
	CL_EXEC,
	CL_CRED,
	CL_TASK,
	CL_NET,
	CL_IPC,
	CL_MOUNT,
	CL_SYS,
	CL_COUNT
};

enum trap_action {
	TRAP_NEVER, /* the kernel's own, at native speed */
	TRAP_NOTIFY, /* to the supervisor */
	TRAP_BUDGET, /* native level: the same, in a session with a budget; else never */
	TRAP_EPERM, /* refused by the filter */
	TRAP_ENOSYS, /* not there */
	TRAP_ASKED, /* to the supervisor; refused by the filter where there is none */
};

/* Some calls are trapped for some argument values only. The first rule that fits decides. */
enum arg_test { ARG_EQ, ARG_NE, ARG_BITS, ARG_MASKED }; /* BITS: any bit of value is set */

struct arg_rule {
	unsigned arg;
	enum arg_test test;
	uint64_t value; /* MASKED: the argument's bits in mask must equal it */
	enum trap_action action;
	uint32_t mask;
};

#define CALL_RULES_MAX 16

/* What --allow lets through at native level, as a set of bits. */
enum call_allow { ALLOW_USERNS = 1 << 0, ALLOW_IO_URING = 1 << 1 };

struct call {
	const char *name;
	enum call_class class;
	unsigned nargs;
	enum trap_action native;
	enum trap_action path; /* when no rule fits */
	struct verdict (*handler)(struct request *rq);
	const struct arg_rule *rules; /* path level; ends with nrules */
	unsigned nrules;
	const struct arg_rule *native_rules; /* native level; ends with nnative */
	unsigned nnative;
	enum call_allow allow; /* which of them makes the row TRAP_NEVER at native level; 0: none */
};

/** A call of i386 that x86-64 has not. The others go by the row of their name. */
struct call_i386 {
	const char *name;
};

#define CALL_I386_REFUSED 5

#define CALL_NUMBER_MAX 470 /* Linux 6.18 ends at 469, file_setattr */

extern const struct call call_table[CALL_NUMBER_MAX];
extern const struct call_i386 call_i386_refused[CALL_I386_REFUSED]; /* EPERM at native level */
extern const char *const call_class_names[CL_COUNT];

#endif
