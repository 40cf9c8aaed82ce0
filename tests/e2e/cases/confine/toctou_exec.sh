#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A racing process rewrites the path of an exec: what runs is what was resolved.
. "$LIB"

need_prog escape exit66
S=$CASE_DIR/secrets R=$CASE_DIR/root
mkdir -p "$S" "$R/proc" "$R/dev" "$R/tmp"
echo SECRET >"$S/secret"
chmod 777 "$S"
chmod 666 "$S/secret"
cp "$PROGS/escape" "$R/escape"
snapshot "$S" >"$CASE_DIR/before"
cp "$PROGS/escape" "$R/fair-exec"
cp "$PROGS/exit66" "$S/escaped"
chmod 755 "$S/escaped"
ok uc_run -r "$R" -C / -E SECRET="$S/escaped" /escape toctou_exec
