#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What one session was given on its command line is not the next one's, although its last task still dies.
. "$LIB"

need_cgroup
wait_for no_cgroups
mkfifo "$CASE_DIR/go"
uc_run --cpus 0.5 --pids 20 --memory 64M sh -c 'echo up; read -r line' <>"$CASE_DIR/go" >"$CASE_DIR/out" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/out"
# who stands for that task: a process of ours in its cgroups
sleep 1000 &
dying=$!
moved=
for dir in $(cgroups); do
	for tasks in "$dir"/run/s*/t "$dir"/run/s* "$dir"/s*; do
		[ -d "$tasks" ] && (echo $dying >"$tasks/cgroup.procs") 2>/dev/null && moved=1 && break
	done
done
[ "$moved" ] || skip "this user may not move processes"
echo x >"$CASE_DIR/go"
wait $pid
no_cgroups && fail "nothing of the first session is left"
ok uc_run sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do sleep 0.1 & done; wait; echo done'
out_is 'done'
err_empty
ok "$UC" info test --json
grep -q '"pids":"4096"' "$CASE_DIR/out" || fail "pids: $(cat "$CASE_DIR/out")"
kill $dying
wait $dying 2>/dev/null
swept()
{
	"$UC" list >/dev/null && no_cgroups
}
wait_for swept
