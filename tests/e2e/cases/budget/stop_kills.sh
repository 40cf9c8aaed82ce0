#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc stop ends what does not want to end.
. "$LIB"

"$UCRUN" --trap path -u test bash -c 'trap "" TERM; echo up; while :; do sleep 1; done' >"$CASE_DIR/o" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/o"
ok "$UC" stop test
wait $pid
[ $? -eq 137 ] || fail "ended by itself"
ok "$UC" stop test
uc_fails "$UC" stop none
