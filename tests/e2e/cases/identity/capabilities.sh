#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog identity
own_seed()
{
	cp "$PROGS/identity" show
}
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/identity" capabilities
else
	seed
	cp "$PROGS/identity" "$W/show"
	ok inside "$PROGS/identity" capabilities
	diff "$SOURCES/../expected/identity.capabilities" "$CASE_DIR/out" || fail "not as a root program expects"
fi
