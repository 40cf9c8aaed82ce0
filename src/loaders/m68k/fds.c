// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A few kinds of descriptor deliver structures of numbers to read(2). Only those are noted, by
 * number; whatever else a program opens is plain.
 */
#include <stdlib.h>

#include "call.h"

#define FD_NOTED_MAX 4096 /* descriptors above are taken for plain */

static uint8_t kinds[FD_NOTED_MAX];

void fd_set_kind(int fd, enum fd_kind kind)
{
	if (fd >= 0 && fd < FD_NOTED_MAX)
		kinds[fd] = kind;
}

enum fd_kind fd_kind(int fd)
{
	return fd >= 0 && fd < FD_NOTED_MAX ? kinds[fd] : FD_PLAIN;
}
