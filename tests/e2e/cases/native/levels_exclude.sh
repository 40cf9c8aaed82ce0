#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# While a session runs, another one is at its level: auto joins, the other level is one clear error.
. "$LIB"

need_level native "both levels are run here"
for level in path native; do
	other=$([ $level = path ] && echo native || echo path)
	mkfifo "$CASE_DIR/$level"
	"$UCRUN" --trap $level -u test bash -c 'echo up; read -r x' <"$CASE_DIR/$level" >"$CASE_DIR/one" 2>&1 &
	exec 5>"$CASE_DIR/$level"
	wait_for grep -q up "$CASE_DIR/one"
	one_error 125 "$level level" "$UCRUN" --trap $other -u test true
	ok "$UCRUN" -u test sh -c 'grep -c ^NoNewPrivs:.1 /proc/self/status; true'
	out_is $([ $level = path ] && echo 0 || echo 0)
	exec 5>&-
	wait
done
