#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ps and /proc show the session's tasks and nothing else.
. "$LIB"

sleep 1000 &
victim=$!
ok uc_run bash -c 'sleep 500 & ps -e -o pid=,args=; ls /proc | grep -c "^[0-9]"; kill %1'
kill $victim
out_lacks 'sleep 1000'
out_has 'sleep 500'
[ "$(tail -n 1 "$CASE_DIR/out")" -le 6 ] || fail "too many processes: $(cat "$CASE_DIR/out")"
