#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptrace of a task whose call is pending: the answer still comes, once.
. "$LIB"

need strace
seed
ok inside bash -c '
cat fifo >got & pid=$!
sleep 0.3
strace -o trace -p $pid & s=$!
sleep 0.7
echo words >fifo
wait $pid; echo "cat $?"
wait $s
cat got'
out_has '^cat 0'
out_has '^words'
