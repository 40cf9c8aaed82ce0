/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_INJECT_H
#define UCRUN_INJECT_H

/* What inject.c and inject_exec.c share: a task that is held, and calls that it runs for us. */

#include <sys/user.h>

#include "machine.h"

#define RED_ZONE_BYTES 128

/** What one injection holds of a stopped task. */
struct hold {
	pid_t tid; /* after an exec by a thread: the leader's */
	int status; /* of the last stop, as waitpid(2) tells */
	uint64_t signals; /* that came meanwhile and stopped it: sent again at the end */
	struct user_regs_struct regs; /* as it trapped */
	uint64_t mask; /* its blocked signals */
};

/** task_seize() - Return 0; -EBUSY: a debugger in the session has it; -ESRCH */
int task_seize(pid_t tid);
/**
 * hold_begin() - from seized to stopped, with every signal blocked; this answers the request
 * Return: false when the task has died; nothing is owed then
 */
bool hold_begin(struct request *rq, struct hold *h);
/** hold_wait() - wait for the next stop that matters. Return: 0; -ESRCH when the task has died */
int hold_wait(struct hold *h);
/** hold_detach() - let it run as it now stands */
void hold_detach(struct hold *h);
/** hold_return() - let it run, its original call returns @result */
void hold_return(struct hold *h, int64_t result);
/** hold_scratch() - where in its stack what we put there must end */
uint64_t hold_scratch(const struct hold *h);
/**
 * hold_call() - run call @nr in it, once
 * Return: the call's result; 0 at EVENT_EXEC (h->status tells); -ESRCH when it died
 */
int64_t hold_call(struct request *rq, struct hold *h, long nr, const uint64_t args[5]);
/** mem_poke() - write as a debugger does, to read-only private pages too. 0 or -errno */
int mem_poke(pid_t tid, uint64_t addr, const void *buf, size_t len);
/** inject_verify_later() - at its next trap @tid must run (@dev, @ino) */
int inject_verify_later(pid_t tid, dev_t dev, ino_t ino);
/** exe_is() - does it run that file? */
bool exe_is(pid_t tid, dev_t dev, ino_t ino);

#endif
