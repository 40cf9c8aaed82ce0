/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EXEC_NATIVE_H
#define UCRUN_EXEC_NATIVE_H

#include <stdint.h>

#include "scvm.h"

/**
 * exec_native_listen() - put the filter of a native session on the calling task
 * @allow: set of enum call_allow
 * @budget: there is one to tell about: scvm_config.look
 * Return: the listener; -EBUSY: another supervisor listens already, so the filter was installed
 * without one, and what only eel runs is up to that one; -errno
 */
int exec_native_listen(unsigned allow, bool budget);

/**
 * exec_native_serve() - answer the execs of the session, in threads of their own
 * For process 1 of the session, which has the view's root, the session's /proc, and may trace all.
 * @listener: the caller's until its end
 * @cfg: borrowed for ever; eel (its descriptor is what tasks are given), environment, look,
 *       budget_arg
 * @caps: what a task keeps that enters a session in the session, see enter_native.h
 * Return: 0 or -errno
 */
int exec_native_serve(int listener, const struct scvm_config *cfg, uint64_t caps);

/** exec_native_first() - execute eel for the first program, whatever that is. Return: -errno */
int exec_native_first(const struct scvm_eel *eel, char *const *argv, char *const *envp);

#endif
