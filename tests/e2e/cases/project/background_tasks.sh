#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A session that ends leaves nothing behind.
. "$LIB"

expect 3 uc_run bash -c 'sleep 1 & exit 3'
expect 0 uc_run bash -c '(setsid sleep 1 >/dev/null 2>&1 &); exit 0'
ok "$UC" ps
[ -z "$(ls "$UC_HOME/test/sessions" 2>/dev/null)" ] || fail "$(ls "$UC_HOME/test/sessions")"
