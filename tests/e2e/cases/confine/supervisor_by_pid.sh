#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The supervisor's own pid, told from outside.
. "$LIB"

need_prog confine
mkfifo "$CASE_DIR/pid"
"$UCRUN" --trap $LEVEL -u test sh -c 'read -r pid; VICTIM=$pid exec "$0" victim' "$PROGS/confine" \
	<"$CASE_DIR/pid" >"$CASE_DIR/out" 2>&1 &
pid=$!
echo $pid >"$CASE_DIR/pid"
wait $pid
is $? 0 "$(cat "$CASE_DIR/out")"
