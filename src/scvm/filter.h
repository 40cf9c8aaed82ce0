/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_FILTER_H
#define UCRUN_FILTER_H

#include <linux/filter.h>

/**
 * filter_compile() - the session's seccomp filter out of the call table, for the path level
 * @prog: filter is the caller's, free() it
 * Return: 0 or -ENOMEM
 */
int filter_compile(struct sock_fprog *prog);

#endif
