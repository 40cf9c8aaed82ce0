#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No call reaches a process outside the session.
. "$LIB"

need_prog confine
sleep 1000 &
victim=$!
ok uc_run -E VICTIM=$victim "$PROGS/confine" victim
kill -0 $victim || fail "it is dead"
ok uc_run -E VICTIM=$$ "$PROGS/confine" victim
kill $victim
