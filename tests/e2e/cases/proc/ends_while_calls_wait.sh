#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions that are ended while many calls wait in the supervisor: none of them dies of it.
. "$LIB"

mkfifo "$W/fifo"
session()
{
	local i pid status

	for i in 1 2 3 4 5 6; do
		: >"$CASE_DIR/o.$1.$i"
		"$UCRUN" --trap $LEVEL -u "test$1" bash -c '
			for i in 1 2 3 4; do cat fifo & done
			echo up
			wait' >"$CASE_DIR/o.$1.$i" 2>&1 &
		pid=$!
		wait_for grep -q up "$CASE_DIR/o.$1.$i"
		kill -TERM $pid
		wait $pid
		status=$?
		echo "$status $(cat "$CASE_DIR/o.$1.$i")"
	done
}
for s in 1 2 3 4; do
	session $s >"$CASE_DIR/said.$s" 2>&1 &
done
wait
sort -u "$CASE_DIR"/said.* >"$CASE_DIR/said"
[ "$(cat "$CASE_DIR/said")" = '143 up' ] || fail "$(cat "$CASE_DIR/said")"
