/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_ENTER_NATIVE_H
#define UCRUN_ENTER_NATIVE_H

#include <sched.h>
#include <stdint.h>

#include "machine.h"

/*
 * Into a session in a session, at native level: setns(2) with these flags, which with a descriptor
 * of one namespace is EINVAL to the kernel. Six arguments: the descriptor of the user namespace,
 * the flags, and those of the mount, uts, ipc and pid namespaces. See src/native/nest.c.
 */
#define ENTER_FLAGS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID)

/** enter_native_keep() - the capabilities, as bits, that a task has then; before the first trap */
void enter_native_keep(uint64_t caps);
/** enter_native() - the answer to setns(2): done, or EPERM */
struct verdict enter_native(struct request *rq);

#endif
