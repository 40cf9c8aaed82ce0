#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc check tells what this machine can do.
. "$LIB"

ok "$UC" check
out_has 'path'
out_has 'native'
out_has '^(yes|no ) +cgroup (cpu|memory|pids|io|freezer) '
ok "$UC" check --json
/usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)' <"$CASE_DIR/out" || fail "not JSON"

# what it says of cgroups is what a session gets, where ucrun has no cgroup of its own (alone_in)
[ -z "${UC_E2E_DELEGATED-}" ] || exit 0
if uc_run --require-budget --memory 256M true 2>/dev/null; then
	want=True
elif [ -e /run/systemd/system ]; then
	exit 0 # a scope may be had, or not
else
	want=False
fi
is "$(/usr/bin/python3 -c 'import json, sys
print([p["ok"] for p in json.load(sys.stdin)["probes"] if p["name"] == "cgroup memory"][0])' <"$CASE_DIR/out")" \
	$want
