#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Clocks inside tell the time, with and without a system call.
. "$LIB"

a=$(date +%s%N)
b=$(uc_run date +%s%N)
c=$(date +%s%N)
[ "$a" -le "$b" ] && [ "$b" -le "$c" ] || fail "$a $b $c"
a=$(/usr/bin/python3 -c 'import time; print(time.monotonic_ns())')
b=$(uc_run /usr/bin/python3 -c 'import time; print(time.monotonic_ns())')
c=$(/usr/bin/python3 -c 'import time; print(time.monotonic_ns())')
[ "$a" -le "$b" ] && [ "$b" -le "$c" ] || fail "monotonic $a $b $c"
