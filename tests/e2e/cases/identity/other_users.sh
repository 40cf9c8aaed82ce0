#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a task may do to one of another user of the view, and to its own kind.
. "$LIB"
need_level path "CAP_SYS_NICE of a user namespace does not count for scheduling"

need_prog identity
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/identity" other_users
else
	seed
	ok inside "$PROGS/identity" other_users
	diff "$SOURCES/../expected/identity.other_users" "$CASE_DIR/out" || fail "not as a root program expects"
fi
