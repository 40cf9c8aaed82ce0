#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a directory that is the host's own.
. "$LIB"

need_prog escape
S=$CASE_DIR/secrets R=$CASE_DIR/root
mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
echo SECRET >"$S/secret"
chmod 777 "$S"
chmod 666 "$S/secret"
cp "$PROGS/escape" "$R/escape"
snapshot "$S" >"$CASE_DIR/before"
mkdir "$CASE_DIR/rw"
chmod 777 "$CASE_DIR/rw"
ok uc_run -r "$R" -b "$CASE_DIR/rw:/rw:rw" -C /rw -E SECRET="$S/secret" /escape dotdot_race
snapshot "$S" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "what is hidden changed"
