#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file given as stdin can be read, not changed.
. "$LIB"

need_prog escape
need_host_root "the file is the user's, and so are its mode and content"
seed
chmod 644 "$W/d/text"
cd "$W" || exit 1
snapshot "$W" >"$CASE_DIR/before"
uc_run "$PROGS/escape" stdin_metadata <d/text >"$CASE_DIR/out" 2>&1 || fail "$(cat "$CASE_DIR/out")"
snapshot "$W" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "the file changed"
