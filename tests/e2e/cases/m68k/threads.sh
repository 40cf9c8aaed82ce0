#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Threads, ten times over: qemu-m68k is no judge, it aborts in a child of several threads.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_build threads
expect_text='turn of 0, own 5
turn of 1, own 6
turn of 2, own 7
turn of 3, own 8
turn of 4, own 9
turn of 5, own 10
turn of 6, own 11
turn of 7, own 12
counter 160000 locked 10000 tas 2504 sum 140 destroyed 8 own 5
handled 1 ret 3
cancelled 1
cancelled 1
timed ETIMEDOUT
child of many 17'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	ok m68k_run "$CASE_DIR/threads"
	out_is "$expect_text"
done
