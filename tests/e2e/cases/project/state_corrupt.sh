#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nonsense in the state's files ends in one line, not in a crash.
. "$LIB"

ok "$UCRUN" --trap $LEVEL -u test true
for file in owner uc.conf format; do
	cp -a "$UC_HOME/test/$file" "$CASE_DIR/saved" 2>/dev/null || : >"$CASE_DIR/saved"
	for text in 'x y z' '-1 -1' '99999999999999999999 1' '[' '= = =' "$(head -c 100000 /dev/zero | tr '\0' A)"; do
		printf '%s\n' "$text" >"$UC_HOME/test/$file"
		"$UCRUN" --trap $LEVEL -u test true >"$CASE_DIR/out" 2>"$CASE_DIR/err"
		status=$?
		[ $status -eq 125 ] || [ $status -eq 0 ] || fail "$file: status $status"
		[ $file = uc.conf ] || [ $status -eq 125 ] || fail "$file [$text] was accepted"
		[ "$(wc -l <"$CASE_DIR/err")" -le 1 ] || fail "$(head -c 500 "$CASE_DIR/err")"
	done
	cat "$CASE_DIR/saved" >"$UC_HOME/test/$file"
done
ok "$UCRUN" --trap $LEVEL -u test true
