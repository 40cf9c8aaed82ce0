#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

cd "$W" || exit 1
printf '#!/bin/echo one two\n' >s1
printf '#!%s/s1 x\n' "$W" >s2
printf '#!%s/s2\n' "$W" >s3
printf '#!/usr/bin/env bash\necho env "$0" "$@"\n' >s4
printf '#! /bin/sh -e\necho "$-" "$1"; false; echo no\n' >s5
chmod 755 s?
cp -a . ../copy
for c in './s1 a b' './s2 c' './s3 d e' './s4 f g' './s5 h' 'PATH=.:$PATH; s4 i'; do
	bash -c "$c" >"$CASE_DIR/o1" 2>&1
	a=$?
	uc_run bash -c "$c" >"$CASE_DIR/o2" 2>&1
	b=$?
	is "$b" "$a" "status of $c"
	diff "$CASE_DIR/o1" "$CASE_DIR/o2" || fail "$c"
done
expect 1 uc_run ./s5 arg
expect 0 uc_run ./s3 x y
out_is "one two $W/s1 x $W/s2 ./s3 x y"
