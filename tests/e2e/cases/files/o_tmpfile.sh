#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog names
if [ "$LEVEL" = native ]; then
	uc_run "$PROGS/names" o_tmpfile >/dev/null 2>&1
	[ $? -eq 77 ] && skip "overlayfs has no O_TMPFILE (Linux 6.10)"
	uc_reset
fi
same "$PROGS/names" o_tmpfile
