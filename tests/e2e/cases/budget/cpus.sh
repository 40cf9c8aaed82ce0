#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --cpus: what was used is what the periods that passed allow, by the kernel's own counters.
. "$LIB"

need_cgroup
burn='import time, os
while time.process_time() < 0.5: pass
os.write(1, b"burnt\n"); os.read(0, 1)'
mkfifo "$CASE_DIR/go"
uc_run -v --cpus 0.2 /usr/bin/python3 -c "$burn" <>"$CASE_DIR/go" >"$CASE_DIR/out" 2>"$CASE_DIR/err" &
pid=$!
wait_for grep -q burnt "$CASE_DIR/out"
for dir in $(cgroups); do
	[ -f "$dir/cpu.stat" ] || continue
	grep -q nr_periods "$dir/cpu.stat" && periods=$(awk '$1 == "nr_periods" { print $2 }' "$dir/cpu.stat")
	n=$(awk '$1 == "nr_throttled" { print $2 }' "$dir/cpu.stat")
	held=${n:-${held-}}
	usage=$(awk '$1 == "usage_usec" { print $2 }' "$dir/cpu.stat")
	[ -n "$usage" ] && used=$usage
done
for dir in $(cgroups); do
	[ -f "$dir/cpuacct.usage" ] && used=$(($(cat "$dir/cpuacct.usage") / 1000))
done
echo x >"$CASE_DIR/go"
wait $pid
# 20 ms for each period of 100 ms, the burst of one, and what a tick lets slip
most=$((periods * 20000 + 20000 + periods * 4000))
[ "$used" -ge 500000 ] || fail "used $used us only"
[ "$used" -le "$most" ] || fail "used $used us in $periods periods, at most $most"
# beside so many others it may not have come to that
[ "${held:-0}" -eq 0 ] || err_has '^ucrun: budget: cpus: held back [0-9]+ times, .* at 0.200$'
