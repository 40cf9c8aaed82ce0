#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file lock holds between two sessions.
. "$LIB"

seed
need flock
mkfifo "$CASE_DIR/hold"
(cd "$W" && uc_run bash -c 'exec 9>lock; flock 9; echo held; read -r x' <"$CASE_DIR/hold" >"$CASE_DIR/one" 2>&1) &
pid=$!
exec 5>"$CASE_DIR/hold"
wait_for grep -q held "$CASE_DIR/one"
expect 1 inside flock -n lock true
exec 5>&-
wait $pid
expect 0 inside flock -n lock true
