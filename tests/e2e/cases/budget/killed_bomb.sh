#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A fork bomb at its limits ends with its session, although each task that dies makes room for another.
. "$LIB"

need_cgroup
for how in KILL TERM; do
	"$UCRUN" --trap "$LEVEL" -u test --pids 150 --cpus 0.5 /usr/bin/python3 -c '
import os
print("up", flush=True)
while True:
    try:
        os.fork()
    except OSError:
        pass' >"$CASE_DIR/out" 2>"$CASE_DIR/err" &
	pid=$!
	wait_for grep -q up "$CASE_DIR/out"
	# TERM alone ends the first program only: a second one is not ours to send
	kill -$how $pid
	[ $how = TERM ] && ok "$UC" stop test
	wait $pid 2>/dev/null
	wait_for no_cgroups
done
