#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -g: breakpoints, steps, registers, memory, a signal and the exit status, seen by gdb-multiarch
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need gdb-multiarch
m68k_build debug -static -g
cat >"$CASE_DIR/script" <<'GDB'
set pagination off
target remote SOCKET
break add
continue
bt
finish
stepi
stepi
info registers d0 pc ps fpcontrol
info threads
set var total = 5
delete
continue
continue
GDB
sed -i "s|SOCKET|$CASE_DIR/sock|" "$CASE_DIR/script"
"$M68K" -g "$CASE_DIR/sock" "$CASE_DIR/debug" >"$CASE_DIR/out" 2>"$CASE_DIR/err" &
wait_for test -S "$CASE_DIR/sock"
timeout -k 1 100 gdb-multiarch -nx -batch -x "$CASE_DIR/script" "$CASE_DIR/debug" >"$CASE_DIR/log" 2>&1
wait $!
is $? 42 'status'
out_is 'total 1315'
for line in 'Breakpoint 1, .*add \(a=0, b=1\)' '^#1 .* in main' 'Value returned is .* = 1' '^fpcontrol ' \
	'received signal SIGUSR1' 'exited with code 052'; do
	grep -qE -- "$line" "$CASE_DIR/log" || fail "gdb does not say /$line/: $(tail -n 40 "$CASE_DIR/log")"
done
