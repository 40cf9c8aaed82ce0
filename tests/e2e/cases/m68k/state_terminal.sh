#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a program that waits for a key on one terminal is restored on another, which gets its settings
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need script
m68k_build state -static
mkdir -p "$W"
cd "$W" || exit 1
mkfifo in
exec 5<>in
script -qec "exec 3>&- 5>&-; '$M68K' -q --save st --save-exit '$CASE_DIR/state' terminal; stty -a" /dev/null <in >out1 5>&- &
wait_for grep -q ready out1
sleep 0.2
kill -USR2 "$(tr -d '\r' <out1 | sed -n 's/^pid //p')"
wait
[ -s st ] || fail "not saved: $(cat out1)"
grep -qE '(^| )icanon' out1 || fail "the terminal was left as the program had it: $(cat out1)"
grep -qE -- '(^| )-echo( |$)' out1 && fail 'the terminal was left without echo'
{ sleep 1; printf 'ab'; sleep 1; } | script -qec "exec 3>&-; '$M68K' -q --restore st" /dev/null >"$CASE_DIR/out" 5>&-
is $? 7 "status: $(cat "$CASE_DIR/out")"
tr -d '\r' <"$CASE_DIR/out" | grep -q 'read a b, raw 1, told of the size 1' || fail "it says $(cat "$CASE_DIR/out")"
