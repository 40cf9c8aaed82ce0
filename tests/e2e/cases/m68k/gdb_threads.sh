#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -g on a port: two threads, their stacks and variables, Ctrl-C while one computes and one sleeps, a
# step of one thread alone; when gdb leaves or dies, the program goes on
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need gdb-multiarch
m68k_build debug_threads -static -g

# debugger_begin - the program, waiting on a port that it chose; sets $prog and $port
debugger_begin()
{
	: >"$CASE_DIR/err"
	"$M68K" -q -v -g 0 "$CASE_DIR/debug_threads" >"$CASE_DIR/out" 2>"$CASE_DIR/err" </dev/null &
	prog=$!
	wait_for grep -q 'target remote 127' "$CASE_DIR/err"
	port=$(sed -n 's/.*target remote 127.0.0.1:\([0-9]*\).*/\1/p' "$CASE_DIR/err")
}

debug()
{
	cat >"$CASE_DIR/script"
	sed -i "s/PORT/$port/" "$CASE_DIR/script"
	timeout -k 1 100 gdb-multiarch -nx -batch -x "$CASE_DIR/script" "$CASE_DIR/debug_threads" \
		>"$CASE_DIR/log" 2>&1
}

says()
{
	grep -qE -- "$1" "$CASE_DIR/log" || fail "gdb does not say /$1/: $(tail -n 60 "$CASE_DIR/log")"
}

debugger_begin
debug <<'GDB'
set pagination off
target remote 127.0.0.1:PORT
break both_run
continue
info threads
thread apply all bt
delete
shell (sleep 1; kill -INT $PPID) >/dev/null 2>&1 &
continue
echo interrupted\n
thread apply all print rounds > 0
thread find computes
thread 2
set scheduler-locking on
stepi
stepi
set scheduler-locking off
shell (sleep 1; kill -INT $PPID) >/dev/null 2>&1 &
continue
print finish = 9
thread 1
print (int)finish
kill
GDB
wait $prog
for line in 'Breakpoint 1, .*both_run' 'Thread [0-9]*\.?2 ' '^#.* computes ' '^#.* main ' 'received signal SIGINT' \
	'^interrupted' '^\$[0-9]+ = 9$'; do
	says "$line"
done
is "$(grep -c 'received signal SIGINT' "$CASE_DIR/log")" 2 'interrupts'

# Detached, it goes on by itself; a sleeping thread is interrupted by nothing but the variable.
debugger_begin
debug <<'GDB'
set pagination off
target remote 127.0.0.1:PORT
break both_run
continue
set var finish = 6
detach
GDB
wait $prog
is $? 6 "status of a program that gdb left: $(tail -n 5 "$CASE_DIR/log")"
out_is '20 21'

# gdb dies in the middle.
debugger_begin
debug <<'GDB'
set pagination off
target remote 127.0.0.1:PORT
break both_run
continue
set var finish = 4
shell kill -KILL $PPID
GDB
wait $prog
is $? 4 'status of a program whose gdb died'
expect 125 "$M68K" -g 70000 "$CASE_DIR/debug_threads"
expect 125 "$M68K" -g "$CASE_DIR/no/such/socket" "$CASE_DIR/debug_threads"
