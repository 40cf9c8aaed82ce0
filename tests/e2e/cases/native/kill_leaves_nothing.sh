#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 anywhere leaves no process, mount or namespace, and the next session starts.
. "$LIB"

need_level native "the path level has peers/kill_leaves_nothing"
before=$(wc -l </proc/self/mountinfo)
for delay in 0 0.002 0.005 0.01 0.015 0.02 0.03 0.05 0.2; do
	"$UCRUN" --trap native -u test sh -c 'sleep 987 & sleep 986 & echo x >>/f; wait' >/dev/null 2>&1 &
	pid=$!
	sleep $delay
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	ok timeout 60 "$UCRUN" --trap native -u test sh -c 'echo y >>/f; echo fine'
	out_is fine
done
is "$(wc -l </proc/self/mountinfo)" "$before" mounts
left()
{
	for p in /proc/[0-9]*; do
		tr '\0' '\n' <"$p/environ" 2>/dev/null | grep -qx "CASE_DIR=$CASE_DIR" || continue
		tr '\0' ' ' <"$p/cmdline" 2>/dev/null | grep -qE '^sleep 98|ucrun' && return 0
	done
	return 1
}
for i in $(seq 100); do
	left || break
	sleep 0.05
done
left && fail "processes left"
ok "$UC" rm test
