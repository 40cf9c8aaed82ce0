#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Over the whole host: a racing writer never reaches the host's file.
. "$LIB"

need_prog confine escape
S=$CASE_DIR/secrets R=$CASE_DIR/root
mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
echo SECRET >"$S/secret"
chmod 777 "$S"
chmod 666 "$S/secret"
cp "$PROGS/confine" "$R/confine"
snapshot "$S" >"$CASE_DIR/before"
ok uc_run -E SECRET="$S/secret" -E RO="$S/secret" "$PROGS/escape" toctou_read_only
snapshot "$S" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "what is hidden changed"
