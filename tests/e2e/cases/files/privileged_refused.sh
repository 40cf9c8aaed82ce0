#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mount, swapon and the like: EPERM, to root too.
. "$LIB"

need_prog change
seed
ok inside "$PROGS/change" privileged_refused
[ "$(grep -c '= EPERM$' "$CASE_DIR/out")" -eq 6 ] || fail "$(cat "$CASE_DIR/out")"
