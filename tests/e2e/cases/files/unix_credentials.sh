#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SCM_CREDENTIALS: a sender tells its own ids or may choose, and a short header is no ucred.
. "$LIB"

need_prog sockets
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/sockets" credentials
else
	# root inside drops its ids first, and then may what the user outside may
	seed
	"$PROGS/sockets" credentials >"$CASE_DIR/outside"
	ok inside "$PROGS/sockets" credentials
	tail -n "$(wc -l <"$CASE_DIR/outside")" "$CASE_DIR/out" | diff "$CASE_DIR/outside" - ||
		fail "not as outside"
fi
