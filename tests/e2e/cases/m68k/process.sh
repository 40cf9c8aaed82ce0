#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fork, a real vfork, posix_spawn that reports its error, exec of m68k and native programs and
# scripts. qemu-m68k can do neither of the middle two without help of the kernel's.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_build process
expect 21 m68k_run "$CASE_DIR/process"
out_is "fork: exit 1 status 42 signal 0
value 1
vfork: exit 1 status 7 signal 0
shared 8
again: argc 3 argv0 name last x y env set exe process comm process
run: exit 1 status 3 signal 0
run: exit 1 status 0 signal 0
native set
run: exit 1 status 4 signal 0
exec /nowhere: ENOENT
run: exit 1 status 127 signal 0
exec /etc/passwd: EACCES
run: exit 1 status 127 signal 0
script arg
run: exit 1 status 6 signal 0
again: argc 4 argv0 $CASE_DIR/process last arg env set exe process comm own
run: exit 1 status 11 signal 0
exec ./bad: ENOEXEC
run: exit 1 status 127 signal 0
spawn 0
spawn: exit 1 status 5 signal 0
spawn of nothing ENOENT
system
system 3
waitid signo 17 code 1 status 12 pid 1
-1 ECHILD
clone: exit 1 status 13 signal 0
renamed
ptrace -1
unknown -1 ENOSYS"
grep -q '^again: argc 2 argv0 spawn last 5 env set' "$W/spawned" || fail "the spawned one said: $(cat "$W/spawned")"
# A sysroot that has a /proc does not hide who we are.
m68k_build process -static
expect 3 m68k_run -L / "$CASE_DIR/process" 3
out_has 'exe process comm process$'
