#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc check tells what this machine can do.
. "$LIB"

ok "$UC" check
out_has 'path'
out_has 'native'
ok "$UC" check --json
/usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)' <"$CASE_DIR/out" || fail "not JSON"
