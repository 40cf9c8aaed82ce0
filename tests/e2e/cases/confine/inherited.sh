#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Descriptors that ucrun was started with lead nowhere.
. "$LIB"

need_prog escape
S=$CASE_DIR/secrets R=$CASE_DIR/root
mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
echo SECRET >"$S/secret"
chmod 777 "$S"
chmod 666 "$S/secret"
cp "$PROGS/escape" "$R/escape"
snapshot "$S" >"$CASE_DIR/before"
(cd "$S" && "$UCRUN" --trap $LEVEL -u test -r "$R" -C / /escape inherited 7<. 0<.) >"$CASE_DIR/out" 2>&1
is $? 0 "$(cat "$CASE_DIR/out")"
snapshot "$S" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "what is hidden changed"
