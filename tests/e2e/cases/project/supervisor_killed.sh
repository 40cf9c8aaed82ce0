#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 of ucrun ends every task and leaves nothing; the next session works.
. "$LIB"

"$UCRUN" --trap $LEVEL -u test bash -c 'echo kept >/kept; sleep 1000 & (setsid sleep 1000 &) ; echo up; wait' >"$CASE_DIR/out" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/out"
kill -KILL $pid
wait $pid 2>/dev/null
# the runner sees to it that no process is left
is "$(uc_run cat /kept)" kept
# the guard may need a moment to end the last task, and holds the session until then
swept()
{
	uc_run true && [ -z "$(ls "$UC_HOME/test/sessions")" ]
}
wait_for swept
