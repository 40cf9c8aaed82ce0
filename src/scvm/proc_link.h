/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PROC_LINK_H
#define UCRUN_PROC_LINK_H

/* Between proc.c and proc_link.c. Names are relative to /proc. */
#include "machine.h"

extern int proc_host; /* O_PATH on the host's /proc, for ever */

/** proc_host_open() - open @rel on the host, by no link at all. Return: fd or -errno */
int proc_host_open(const char *rel, int flags);

/** proc_link_length() - of the part of @rel, whose part behind the task is @rest, that is a link:
 * "PID/fd/3", "PID/cwd", ...; 0: none */
size_t proc_link_length(const char *rel, const char *rest);

/** proc_link_target() - where a link of a task's directory leads: to n->path, or to the object in
 * n->n.fd, which is the caller's. Return: 0 or -errno; -EACCES for map_files */
int proc_link_target(struct view *v, pid_t pid, const char *rel, const char *rest, struct vnode *n);

#endif
