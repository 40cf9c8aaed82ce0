#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same when the supervisor dies while calls are pending: nothing continues, nothing is written.
. "$LIB"

chmod 777 "$W"
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:handle_segv=0" # it is to die by that signal
(cd "$W" && exec "$UCRUN" --trap $LEVEL -u test bash -c \
	'echo up; while :; do echo x >escaped; mkdir e 2>/dev/null; rmdir e 2>/dev/null; done') \
	>"$CASE_DIR/o" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/o"
sleep 0.3
kill -SEGV $pid
sleep 0.2
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
[ -z "$(ls -A "$W")" ] || fail "it went on without us: $(ls -A "$W")"
