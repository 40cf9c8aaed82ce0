#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -d: each instruction once, with bytes, text and symbol; of a function, of a range; other systems' too
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
m68k_build disas -static
m68k_run -d "$CASE_DIR/disas" >"$CASE_DIR/out" 2>"$CASE_DIR/err"
status=$?
[ "$status" = 125 ] && grep -q 'libcapstone is not there' "$CASE_DIR/err" && skip 'no libcapstone'
is "$status" 3 'status'
out_is '0
0'
want='known 202f 0004  move.l $4(a7), d0
known+0x4 5380  subq.l #$1, d0
known+0x6 66fc  bne.b
known+0x4 5380  subq.l #$1, d0
known+0x6 66fc  bne.b
known+0x8 f200 0080  fmove fp0, fp1
known+0xc 4afc  illegal #$4afc
known+0xe 4e75  rts'
for link in -static '-fPIE -pie' '-fPIE -pie -s -rdynamic'; do
	# shellcheck disable=SC2086 # options
	m68k_build disas $link
	m68k_run --disassemble=known "$CASE_DIR/disas" >"$CASE_DIR/out" 2>"$CASE_DIR/err"
	is $? 3 "status with $link"
	sed -E 's/^[0-9]+ [0-9a-f]{8} <([^>]*)>:/\1/; s/(bne.b).*/\1/' "$CASE_DIR/err" | diff -au <(echo "$want"; echo "$want") - ||
		fail "the trace of a function, with $link"
done
m68k_build disas -static
from=$(m68k-linux-gnu-nm "$CASE_DIR/disas" | sed -n 's/^\([0-9a-f]*\) T known$/\1/p')
m68k_run "--disassemble=$from-$from" "$CASE_DIR/disas" >/dev/null 2>"$CASE_DIR/err"
is "$(wc -l <"$CASE_DIR/err")" 2 'lines of one address'
expect 125 "$M68K" --disassemble=nothing "$CASE_DIR/disas"
err_has 'has no function of this name'

# A program that it executes is traced as well, and the calls are where they are made.
m68k_run -d -t "$CASE_DIR/disas" 2>"$CASE_DIR/err" >/dev/null
grep -B 1 'exit_group(3)' "$CASE_DIR/err" | head -n 1 | grep -q 'trap #\$0' ||
	fail "no trap in front of the call: $(tail -n 3 "$CASE_DIR/err")"

# GEMDOS: our own 68000.
pers_build gemdos gemdos "$CASE_DIR/t.tos"
(cd "$CASE_DIR" && printf 'typed line\nK' | "$M68K" -d ./t.tos >/dev/null 2>"$CASE_DIR/err")
grep -qE '^[0-9]+ [0-9a-f]{8}: 4e41  trap #\$1$' "$CASE_DIR/err" || fail "no trap #1: $(head -n 5 "$CASE_DIR/err")"
