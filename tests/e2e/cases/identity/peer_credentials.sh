#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SO_PEERCRED on both ends of connections that tasks of several users made.
. "$LIB"

need_prog identity
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/identity" peer_credentials
else
	seed
	ok inside "$PROGS/identity" peer_credentials
	diff "$SOURCES/../expected/identity.peer_credentials" "$CASE_DIR/out" || fail "not as a root program expects"
fi
