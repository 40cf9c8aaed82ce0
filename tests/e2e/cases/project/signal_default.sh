#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a handler the program dies of the signal, and ucrun tells 128+N.
. "$LIB"

for s in TERM HUP; do
	"$UCRUN" --trap $LEVEL -u test bash -c 'trap - TERM INT HUP; echo up; exec sleep 1000' >"$CASE_DIR/out" 2>&1 &
	pid=$!
	wait_for grep -q up "$CASE_DIR/out"
	kill -$s $pid
	wait $pid
	status=$?
	is $status $((128 + $(kill -l $s))) "status after SIG$s"
done
