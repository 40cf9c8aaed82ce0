#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "nobody listens at native level, so a program may have a listener of its own"

need_prog confine
S=$CASE_DIR/secrets R=$CASE_DIR/root
mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
echo SECRET >"$S/secret"
chmod 777 "$S"
chmod 666 "$S/secret"
cp "$PROGS/confine" "$R/confine"
snapshot "$S" >"$CASE_DIR/before"
ok uc_run -r "$R" -C / -E SECRET="$S/secret" /confine own_filter
snapshot "$S" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "what is hidden changed"
