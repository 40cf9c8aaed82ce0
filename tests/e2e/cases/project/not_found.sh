#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 127: not found; 126: found and not runnable.
. "$LIB"

seed
cd "$W" || exit 1
one_error 127 'no-such-program' uc_run no-such-program
one_error 127 'missing' uc_run ./missing
one_error 127 'missing' uc_run /missing/dir/prog
one_error 126 '' uc_run ./d
one_error 126 '' uc_run /
one_error 126 '' uc_run ./a
one_error 127 '' uc_run ./dangling
one_error 126 '' uc_run ./loop1
# there, but what it names to run it is not
printf '#! /no/such/sh -e\n' >nosh
printf '#!/bin/sh\r\nexit 0\r\n' >crlf
printf '#!' >nobody
chmod +x nosh crlf nobody
one_error 127 'nosh: its interpreter /no/such/sh' uc_run ./nosh
one_error 127 'crlf: .*carriage return' uc_run ./crlf
one_error 126 'nobody' uc_run ./nobody
need cc
echo 'int main(void) { return 0; }' >e.c
cc -o elf e.c -Wl,--dynamic-linker=/no/such/ld.so
one_error 127 'elf: the interpreter' uc_run ./elf
