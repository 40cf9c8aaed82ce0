#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Under another supervisor: one line, 125. At native level a session in a session tells so too.
. "$LIB"

need_prog nonotify
if [ "$LEVEL" = path ]; then
"$PROGS/nonotify" busy "$UCRUN" --trap $LEVEL -u test echo ran >"$CASE_DIR/out" 2>"$CASE_DIR/err"
is $? 125
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$(cat "$CASE_DIR/err")"
err_has '^ucrun: .+: .+'
	exit 0
fi
expect 125 uc_run "$UCRUN" --trap $LEVEL -u inner true
err_has '^ucrun: .+: .+'
