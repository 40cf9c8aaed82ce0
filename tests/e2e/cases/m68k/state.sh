#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --save and --restore: a program that computes, has files half read, waits for input, for time, uses
# the FPU, signals, threads, odd memory; static and dynamic
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/state.sh"

round_trip()
{
	local want=$1

	shift
	STATE_ARGS=--save-exit state_begin "$@"
	state_save
	state_restore
	state_is "$want"
}

files_want='5 [ line] 3 [
sene] [second line
]
append 4 2001 cloexec 1 0
null 1 1 0
dir 1, cwd /sub
umask 27'
fpu_want='3fff0000 80000000 00000001
bfff0000 ffffffff ffffffff
7fff0000 00000000 00000000
ffff0000 00000000 00000000
7fff0000 c0000000 12345678
80000000 00000000 00000000
7ffe0000 ffffffff ffffffff
00010000 80000000 00000003
00000030 0f0000f8, wrong 0'
signals_want='alarms go on 1
pending 1, seen 0
seen 1, on the other stack 1
ignored 1, raise 0'

for link in -static -no-pie; do
	m68k_build state $link
	round_trip 'bad 0, some 1' count
	round_trip "$files_want" files
	printf 'one\ntwo\n' | diff -au - "$W/log" || fail 'the file that is appended to'
	round_trip '11 0 [typed text
]' reads
	round_trip "$fpu_want" fpu
	round_trip "$signals_want" signals
	round_trip '10 20 30 own 77, raise 0' threads
	round_trip '-1 -1
hidden shared 9 0 [firs] 1' memory
done
STATE_AFTER=1.5
round_trip '0, not too soon 1' waits poll
round_trip '0, not too soon 1' waits nanosleep

# Saved, it goes on as if nothing had been: as often as one likes, at another signal, into one file.
expect 125 "$M68K" --save st --save-signal KILL "$CASE_DIR/state" count
STATE_AFTER=0.1
STATE_ARGS='--save-signal 50' state_begin count
for _ in 1 2 3 4 5; do
	rm -f "$W/st"
	kill -50 "$state_pid"
	wait_for test -s "$W/st"
done
touch "$W/go"
wait "$state_pid"
is $? 7 'status of a program that was saved and went on'
grep -q '^bad 0, some 1$' "$W/out1" || fail "it was disturbed: $(cat "$W/out1")"
state_restore
state_is 'bad 0, some 1'

# A program that it executes is saved in its place.
STATE_ARGS=--save-exit
m68k_build state -static
STATE_PROG=$CASE_DIR/state state_begin again "$CASE_DIR/state" count
state_save
state_restore
state_is 'bad 0, some 1'
