#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Under another supervisor: one line, 125.
. "$LIB"

need_level path "no listener is needed at native level: what only eel runs is up to the other supervisor"
need_prog nonotify
"$PROGS/nonotify" busy "$UCRUN" --trap $LEVEL -u test echo ran >"$CASE_DIR/out" 2>"$CASE_DIR/err"
is $? 125
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$(cat "$CASE_DIR/err")"
err_has '^ucrun: .+: .+'
