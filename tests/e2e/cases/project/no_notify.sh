#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where seccomp notify is not available, one line says so, 125.
. "$LIB"

need_level path "nothing listens at native level"

need_prog nonotify
"$PROGS/nonotify" "$UCRUN" --trap $LEVEL -u test echo ran >"$CASE_DIR/out" 2>"$CASE_DIR/err"
is $? 125
[ ! -s "$CASE_DIR/out" ] || fail "it ran"
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$(cat "$CASE_DIR/err")"
err_has '^ucrun: .*seccomp'
[ ! -e "$UC_HOME/test" ] || [ -z "$(find "$UC_HOME/test/upper" ! -type d 2>/dev/null)" ] || fail "something changed"
