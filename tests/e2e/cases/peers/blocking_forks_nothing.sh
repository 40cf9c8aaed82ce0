#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: a blocking call forks the supervisor.
. "$LIB"

seed
(cd "$W" && exec "$UCRUN" --trap $LEVEL -u test bash -c 'echo up; read -r x <fifo & read -r y <fifo; echo end') >"$CASE_DIR/o" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/o"
sleep 0.5
n=$(ls /proc/$pid/task/*/children 2>/dev/null | xargs cat | wc -w)
kill -TERM $pid
wait $pid
# the guard, the first program and, with a budget, the keeper of its cgroups
[ "$n" -le 3 ] || fail "$n children of the supervisor"
