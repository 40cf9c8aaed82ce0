#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# However it ends, nothing is left: the inner ucrun killed, its program killed, the outer one killed.
. "$LIB"

# told by its name alone: to read a command line, pgrep may wait for a process of somebody else's
mark=uc$$
cp "$(command -v sleep)" "$CASE_DIR/$mark" || fail cp
# zombies do not count: the runner may not have asked for them yet
marked() { grep -hs "($mark) [^ZX]" /proc/[0-9]*/stat; }
none_left() { [ -z "$(marked)" ]; }
started()
{
	none_left || return 0
	kill -0 $outer || fail "it ended before its program ran"
	return 1
}
left_dirs() { find "$UC_HOME" -path '*/sessions/[0-9]*' -maxdepth 7 -type d; }

# at native level there is one session in another
deeper=(); [ "$LEVEL" = native ] || deeper=("$UCRUN" -u third)
inner="exec '$CASE_DIR/$mark' 1000"
# the inner ucrun by SIGKILL: its tasks go, also those that left its process group; the outer lives on
ok uc_run bash -c 'marked() { grep -hs "($3) [^ZX]" /proc/[0-9]*/stat | wc -l; }
	"$1" -u inner bash -c "setsid bash -c \"$2\" & $2" & pid=$!
	until [ "$(marked "" "" "$3")" = 2 ]; do sleep 0.05; done
	kill -9 $pid; wait $pid; echo $?
	until [ "$(marked "" "" "$3")" = 0 ]; do sleep 0.05; done; echo alive' x "$UCRUN" "$inner" "$mark"
out_has '^137$'
out_has '^alive$'
wait_for none_left
# the outer one by SIGKILL
"$UCRUN" --trap "$LEVEL" -u test "$UCRUN" -u inner "${deeper[@]}" bash -c "$inner" &
outer=$!
wait_for started
kill -9 $outer
wait $outer 2>/dev/null
wait_for none_left
# the next session sweeps the directories of the dead ones; the inner supervisor may be dying yet
swept()
{
	ok uc_run "$UCRUN" -u inner "${deeper[@]}" true
	[ -z "$(left_dirs)" ]
}
wait_for swept
# the same by SIGTERM: everything ends, and tells by what
"$UCRUN" --trap "$LEVEL" -u test "$UCRUN" -u inner bash -c "$inner & $inner" &
outer=$!
wait_for started
kill $outer
wait $outer
is $? 143
wait_for none_left
is "$(left_dirs)" "" "directories"
