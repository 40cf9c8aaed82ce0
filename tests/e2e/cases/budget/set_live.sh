#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc set changes a running session and the file; uc info, top and stop know it.
. "$LIB"

need_cgroup
json()
{
	/usr/bin/python3 -c "import json, sys; d = json.load(sys.stdin); print($1)" <"$CASE_DIR/out"
}
uc_run bash -c 'echo up; sleep 1000' >"$CASE_DIR/o" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/o"
ok "$UC" set test memory=100M pids=33 cpus=0.5 cpu-weight=200
err_empty
ok "$UC" info test --json
is "$(json '*[d["budget"][k] for k in ("memory", "pids", "cpus", "cpu-weight")]')" \
	'100M 33 0.500 200'
ok "$UC" info test
out_has 'pids 33'
out_has '^in use '
ok "$UC" top --json
is "$(json 'd[0]["name"], d[0]["limits"]["pids"], d[0]["cgroup"], len(d[0]["running"])')" 'test 33 True 1'
ok "$UC" top --once
out_has '^test .* 33 '
ok "$UC" set test memory= pids=max
ok "$UC" info test --json
is "$(json 'd["budget"]["pids"], d["budget"]["memory"] != "100M"')" 'max True'
is "$(cat "$UC_HOME/test/uc.conf")" '[budget]
cpus = 0.500
cpu-weight = 200
pids = max'
# the options that ucrun has say the same
ok "$UC" set test --pids 44 --cpu-weight=150 swap=0
ok "$UC" info test --json
is "$(json '*[d["budget"][k] for k in ("pids", "cpu-weight", "swap")]')" '44 150 0'
ok "$UC" set test --pids= --swap ''
expect 2 "$UC" set test
err_has 'no limit given'
expect 2 "$UC" set test --memory abc
expect 2 "$UC" info test --cpus 1
ok "$UC" stop test
wait $pid
ok "$UC" ps
out_lacks test
# what the file says is what the next session gets
ok "$UC" set test pids=12
expect 2 uc_run sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 1 & done; wait'
err_has 'pids: refused'
