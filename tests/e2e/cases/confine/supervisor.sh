#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No call reaches the supervisor.
. "$LIB"

need_prog confine
"$UCRUN" --trap $LEVEL -u test "$PROGS/confine" supervisor >"$CASE_DIR/out" 2>&1
status=$?
[ $status -eq 0 ] || [ $status -eq 77 ] || fail "status $status: $(cat "$CASE_DIR/out")"
