#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# strace inside: a program and its children, attach.
. "$LIB"

need strace
seed
cd "$W" || exit 1
ok uc_run strace -f -o t sh -c 'cat a; ls missing 2>/dev/null; exit 0'
ok uc_run cat t
out_has 'openat\(AT_FDCWD, "a", O_RDONLY\) *= [0-9]'
out_has '"missing".*ENOENT'
out_has 'exit_group\(0\)'
ok uc_run strace -c -o t2 ls
ok uc_run strace -e trace=mkdir -o t3 mkdir made
ok uc_run cat t3
out_has 'mkdir\("made", 0777\) *= 0'
ok uc_run bash -c 'sleep 100 & timeout -s INT 1 strace -o t4 -p $!; kill $!; [ -s t4 ] && echo attached'
out_has attached
