#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# robust and priority-inheriting mutexes: as on this machine's own processor (qemu-m68k has neither)
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need gcc
gcc -O1 -w -o "$CASE_DIR/native" "$SOURCES/m68k/futex.c" -pthread || fail 'it does not compile'
timeout -k 1 60 "$CASE_DIR/native" >"$CASE_DIR/out.native"
is $? 5 'native status'
for link in -static -no-pie; do
	m68k_build futex $link
	mkdir -p "$W"
	m68k_run "$CASE_DIR/futex" >"$CASE_DIR/out" 2>"$CASE_DIR/err"
	is $? 5 "status, $link: $(tail -n 3 "$CASE_DIR/out" "$CASE_DIR/err")"
	diff -au "$CASE_DIR/out.native" "$CASE_DIR/out" || fail "futex $link differs: $(head -c 500 "$CASE_DIR/err")"
done
