#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

ok "$UC" list
ok uc_as one true
ok uc_as two sh -c 'echo x >/made'
ok "$UC" list
out_has one
out_has two
ok "$UC" list --json
/usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)' <"$CASE_DIR/out" || fail "not JSON"
ok "$UC" info two
out_has two
ok "$UC" info two --json
/usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)' <"$CASE_DIR/out" || fail "not JSON"
uc_fails "$UC" info three
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$(cat "$CASE_DIR/err")"
uc_as one bash -c 'echo up; read -r x' >"$CASE_DIR/o" 2>&1 < <(sleep 4) &
pid=$!
wait_for grep -q up "$CASE_DIR/o"
ok "$UC" ps
out_has one
ok "$UC" ps --json
/usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); assert d' <"$CASE_DIR/out" || fail "not JSON"
# a compartment in use is not removed
uc_fails "$UC" rm one
uc_fails "$UC" reset one
wait $pid
ok "$UC" ps
out_lacks one
ok "$UC" rm one
ok "$UC" rm two
ok "$UC" list
out_lacks one
[ -z "$(ls "$UC_HOME")" ] || fail "left: $(ls "$UC_HOME")"
