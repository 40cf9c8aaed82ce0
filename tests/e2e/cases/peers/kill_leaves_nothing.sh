#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: kill -9 leaves children and files in /tmp.
. "$LIB"

export TMPDIR=/tmp
ls -A /tmp /dev/shm >"$CASE_DIR/before"
for i in 1 2 3; do
	"$UCRUN" --trap $LEVEL -u test bash -c 'sleep 1000 & sleep 1000 & echo up; cat <(echo x) >/tmp/own; wait' >"$CASE_DIR/o" 2>&1 &
	pid=$!
	wait_for grep -q up "$CASE_DIR/o"
	kill -KILL $pid
	wait $pid 2>/dev/null
	: >"$CASE_DIR/o"
done
ls -A /tmp /dev/shm >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" | grep -E '^> \.?(uc|vu)' | grep -v uce2e && fail "left"
swept()
{
	uc_run true && [ -z "$(ls "$UC_HOME/test/sessions")" ]
}
wait_for swept
