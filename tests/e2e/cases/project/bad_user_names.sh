#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A compartment's name becomes a directory's: what could lead elsewhere is refused.
. "$LIB"

for name in '' . .. a/b ../x '-x' "$(printf 'a\nb')" "$(printf 'x%.0s' {1..300})"; do
	expect 125 "$UCRUN" -u "$name" true
	[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
	uc_fails "$UC" rm -- "$name"
done
[ -z "$(ls "$UC_HOME" 2>/dev/null)" ] || fail "something was made: $(ls "$UC_HOME")"
