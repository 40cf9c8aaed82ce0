/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/*
 * A child whose Nth call that changes a file system is the last thing that it does, or fails for
 * want of space: ptrace(2) counts. So a test can go through all states that an operation may leave.
 */

enum fault_kind {
	FAULT_NONE,
	FAULT_KILL, /* kill -9 right after the call */
	FAULT_NOSPC, /* the call does nothing and answers ENOSPC; x86-64 only */
};

/**
 * fault_run() - fork a child that prepares, and then changes under our eyes
 * @prepare: not counted
 * @change:  its calls are counted; its result is the child's business: pass it on to @report
 * @report:  not counted and not harmed; what it returns is the child's exit status
 * @nth:     1 for the first call
 * @status:  the child's exit status, or 128 + the signal that ended it
 * Return: did the fault happen? false: the change has fewer than @nth such calls
 */
bool fault_run(void (*prepare)(void), int (*change)(void), int (*report)(int ret),
	       enum fault_kind kind, unsigned nth, int *status);

#endif
