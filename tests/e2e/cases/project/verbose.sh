#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

ok uc_run -v true
[ ! -s "$CASE_DIR/out" ] || fail "stdout is the program's"
ok uc_run -v -v echo x
out_is x
