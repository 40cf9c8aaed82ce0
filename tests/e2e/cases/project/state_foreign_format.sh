#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A compartment of another program's or a newer format is left alone.
. "$LIB"

ok "$UCRUN" --trap $LEVEL -u test true
for text in 'ucrun-compartment 999' 'something else' '' 'ucrun-compartment'; do
	printf '%s\n' "$text" >"$UC_HOME/test/format"
	snapshot "$UC_HOME/test" >"$CASE_DIR/before" 2>/dev/null
	one_error 125 'format|newer|compartment' "$UCRUN" --trap $LEVEL -u test true
	uc_fails "$UC" diff test
	snapshot "$UC_HOME/test" >"$CASE_DIR/after" 2>/dev/null
	diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "it was changed"
done
rm -rf "${UC_HOME:?}/test"
# a directory that is not a compartment at all
mkdir "$UC_HOME/test"
echo mine >"$UC_HOME/test/precious"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
is "$(ls "$UC_HOME/test")" precious
