#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal is passed through: size, modes, /dev/tty, what it is called.
. "$LIB"

need script
for run in outside inside; do
	cmd='stty size; tty | sed s,[0-9]*$,N,; test -t 0 && test -t 1 && test -t 2 && echo tty; echo hi >/dev/tty; stty -a | grep -o "speed [0-9]*"; stty raw; stty -raw; ps -o tty= -p $$ | tr -d "0-9 "'
	if [ $run = outside ]; then
		SHELL=/bin/bash script -qec "bash -c '$cmd'" /dev/null </dev/null
	else
		SHELL=/bin/bash script -qec "$UCRUN --trap $LEVEL -u test bash -c '$cmd'" /dev/null </dev/null
	fi >"$CASE_DIR/$run" 2>&1
done
# script(1) ends its empty input with ^D, which may be echoed or not
sed -i 's/\^D\x08*//g' "$CASE_DIR/outside" "$CASE_DIR/inside"
diff "$CASE_DIR/outside" "$CASE_DIR/inside" || fail "differs"
grep -q tty "$CASE_DIR/inside" || fail "no terminal: $(cat "$CASE_DIR/inside")"
