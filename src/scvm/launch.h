/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LAUNCH_H
#define UCRUN_LAUNCH_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "scvm.h"

struct launched {
	pid_t pid;
	int listener;
	int go; /* write an int: the task may execute the program */
};

/**
 * launch() - fork the first task, put it under the filter and get the listener
 * @mask, @nofile: the signal mask and descriptor limit that the program starts with
 * Return: 0, or -errno with one line in @err: nothing was started then
 */
int launch(const struct scvm_config *cfg, const sigset_t *mask, const struct rlimit *nofile,
	   struct launched *out, char *err, size_t errlen);

/**
 * launch_exec() - execute the first program, found as execvp(3) does, or say why not and _exit()
 * with the status of env(1)
 * @eel: NULL: nobody is behind execveat(2) who knows what else can run a file
 * @reason: what a carrier knows about why it cannot be run; "" for nothing. Read after the exec.
 */
_Noreturn void launch_exec(char *const *argv, char *const *envp, const struct scvm_eel *eel,
			   const char *reason);

#endif
