#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --save says in one line what cannot be saved, and the program goes on; a full disk, too;
# --restore says in one line what is wrong with a file or with this machine
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/state.sh"
m68k_build state -static

# goes_on PATTERN - it was told, there is no file, and the program ends as it would
goes_on()
{
	wait_for grep -qE "not saved, the program goes on: .*$1" "$CASE_DIR/err"
	is "$(wc -l <"$CASE_DIR/err")" 1 'lines'
	[ "$(find "$W" -name 'st*')" = "" ] || fail 'there is a file'
	touch "$W/go"
	wait "$state_pid"
	is $? 7 'status of a program that goes on'
}

while read -r what pattern; do
	state_begin "$what"
	kill -USR2 "$state_pid"
	goes_on "$pattern"
	grep -q 'went on' "$W/out1" || fail "$what: it did not go on"
done <<'LIST'
pipe descriptor 3 is a pipe, which cannot be saved
socket descriptor 3 is a socket, which cannot be saved
epoll descriptor 3 is an epoll, which cannot be saved
eventfd descriptor 3 is an eventfd, which cannot be saved
deleted descriptor 3: .*/gone.* was removed or replaced
shared data is mapped, shared and writable, which cannot be saved
child it has child processes, which cannot be saved
timer it has a timer of timer_create\(\), which cannot be saved
LIST

# No room: the limit on a file's size, and a directory that is not there.
STATE_ARGS=
(ulimit -f 64; state_begin count; kill -USR2 "$state_pid"; goes_on 'File too large') || exit 1
state_begin count
mv "$W/st" "$W/x" 2>/dev/null
mkdir "$W/st"
kill -USR2 "$state_pid"
wait_for grep -q 'not saved, the program goes on: Is a directory' "$CASE_DIR/err"
rmdir "$W/st"
[ "$(find "$W" -name 'st*')" = "" ] || fail 'a partial file is left'
touch "$W/go"
wait "$state_pid"
is $? 7 'status'

# Damaged files.
STATE_ARGS=--save-exit
state_begin files
state_save
cp "$W/st" "$CASE_DIR/good"

# broken STATUS PATTERN - one line, one status
broken()
{
	state_restore
	grep -qx "status $1" "$CASE_DIR/out" || fail "$2: $(cat "$CASE_DIR/out" "$CASE_DIR/err")"
	is "$(wc -l <"$CASE_DIR/err")" 1 'lines'
	grep -qE "$2" "$CASE_DIR/err" || fail "not /$2/: $(cat "$CASE_DIR/err")"
	cp "$CASE_DIR/good" "$W/st"
}

rm "$W/st"
broken 127 'st: No such file'
: >"$W/st"
broken 126 'st: it is not a saved state'
printf 'ELF' | dd of="$W/st" conv=notrunc status=none
broken 126 'st: it is not a saved state'
printf '\2' | dd of="$W/st" bs=1 seek=11 conv=notrunc status=none
broken 126 'another version'
for size in 20 100 5000 100000; do
	truncate -s $size "$W/st"
	broken 126 'st: it is'
done
truncate -s +1 "$W/st"
broken 126 'not as long as it says'
for at in 12 24 60 1000 40000 200000; do
	printf 'damage' | dd of="$W/st" bs=1 seek=$at conv=notrunc status=none
	broken 126 'st: it is damaged'
done
# A sum that is right does not make it a program.
python3 - "$CASE_DIR/good" "$W/st" <<'PY'
import hashlib, sys
b = bytearray(open(sys.argv[1], 'rb').read()[:-32])
b[24:28] = b'\xff\xff\xff\xfe'
open(sys.argv[2], 'wb').write(b + hashlib.sha256(b).digest())
PY
broken 126 'what it describes is no program'
mv "$W/data" "$W/data2"
broken 125 'descriptor 3, .*/data: No such file'
mkfifo "$W/data"
broken 125 'descriptor 3, .*/data: Invalid'
rm "$W/data"
mv "$W/data2" "$W/data"
mv "$W/sub" "$W/sub2"
broken 125 'directory .*/sub: No such file'
mv "$W/sub2" "$W/sub"
expect 125 "$M68K" --restore "$W/st" "$CASE_DIR/state"
expect 125 "$M68K" -g 0 --restore "$W/st"
printf '\140\032%060d' 0 >"$W/x.tos"
expect 125 "$M68K" --save "$W/y" "$W/x.tos"
err_has 'for Linux programs only'
state_restore
grep -qx 'status 7' "$CASE_DIR/out" || fail 'the good one is not good any more'
