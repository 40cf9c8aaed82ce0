#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals to ucrun reach the program; the status tells.
. "$LIB"

for s in TERM HUP USR1; do
	rm -f "$CASE_DIR/out"
	"$UCRUN" --trap $LEVEL -u test bash -c "trap 'echo got; exit 9' $s
		echo up; while :; do sleep 0.05; done" >"$CASE_DIR/out" 2>&1 &
	pid=$!
	wait_for grep -qs up "$CASE_DIR/out"
	kill -$s $pid
	wait $pid
	is $? 9 "status after SIG$s"
	out_is "up
got"
done
