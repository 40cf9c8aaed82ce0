# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the cases about saved states share: progs/m68k/state.c, which says "ready" to be saved, and goes
# on when there is a file "go".

# state_begin MODE [ARG]... - run it in a fresh $W with --save st; standard input is a FIFO that stays
# empty; sets $state_pid. STATE_ARGS: more options. STATE_PROG: which program
state_begin()
{
	rm -rf "$W"
	mkdir -p "$W/sub"
	touch "$W/sub/inner"
	printf 'first line\nsecond line\n' >"$W/data"
	mkfifo "$W/in"
	(
		cd "$W" || exit 1
		# A program would inherit the runner's descriptors, and they cannot be saved.
		exec 4<>in
		exec setsid "$M68K" -q --save st ${STATE_ARGS-} "${STATE_PROG-$CASE_DIR/state}" "$@" \
			<&4 >out1 2>"$CASE_DIR/err" 4<&- 3>&-
	) &
	state_pid=$!
	wait_for grep -q ready "$W/out1"
	sleep "${STATE_AFTER-0.1}"
}

# state_save - have it saved and end
state_save()
{
	kill -USR2 "$state_pid"
	wait "$state_pid"
	is $? 0 "status of a program that ends with its state saved ($(head -c 300 "$CASE_DIR/err"))"
	[ -s "$W/st" ] || fail "no state: $(head -c 300 "$CASE_DIR/err")"
	[ "$(find "$W" -name 'st?*')" = "" ] || fail 'a partial file is left'
}

# state_restore [COMMAND]... - go on; output and status in $CASE_DIR/out
state_restore()
{
	touch "$W/go"
	(cd "$W" && printf 'typed text\n' | timeout -k 1 60 "${@:-$M68K}" -q --restore st) \
		>"$CASE_DIR/out" 2>"$CASE_DIR/err"
	echo "status $?" >>"$CASE_DIR/out"
}

# state_is TEXT - what the restored program said, and how it ended
state_is()
{
	printf '%s\nstatus 7\n' "$1" | diff -au - "$CASE_DIR/out" ||
		fail "restored, it differs: $(head -c 300 "$CASE_DIR/err")"
}
