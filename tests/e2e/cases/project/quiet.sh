#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -q: nothing of ours on stderr; the program's output is its own.
. "$LIB"

ok "$UCRUN" -q --trap $LEVEL -u fresh sh -c 'echo hello'
out_is hello
err_empty
ok "$UCRUN" --trap $LEVEL -u fresh2 true
[ ! -s "$CASE_DIR/out" ] || fail "stdout is not the program's alone"
