#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ^Z at ucrun stops the whole session; SIGCONT wakes it.
. "$LIB"

"$UCRUN" --trap $LEVEL -u test bash -c 'echo up; n=0; while [ $n -lt 40 ]; do n=$((n+1)); sleep 0.05; done; echo done' \
	>"$CASE_DIR/out" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/out"
kill -TSTP $pid
sleep 0.5
kill -CONT $pid
wait $pid
is $? 0
out_is "up
done"
