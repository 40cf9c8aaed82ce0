#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The devices that every program counts on.
. "$LIB"

same_sh '{
echo gone >/dev/null; echo $?
head -c 8 /dev/zero | od -An -tx1
head -c 8 /dev/urandom | wc -c
echo x >/dev/full; echo $?
cat /dev/stdin <a
cat <b /dev/fd/0
echo out >/dev/stdout
ls /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx
test -c /dev/null && echo device
test -d /dev/shm && echo shm
readlink /dev/fd
} | cat'
