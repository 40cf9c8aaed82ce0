#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kill(-1) reaches the session only.
. "$LIB"

need_prog confine
sleep 1000 &
victim=$!
ok uc_run "$PROGS/confine" kill_all
out_is 'child signal 15'
kill -0 $victim || fail "it reached the host"
kill $victim
