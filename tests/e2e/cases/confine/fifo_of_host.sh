#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A FIFO of the host does not carry data out of a cow view.
. "$LIB"

mkfifo "$W/pipe"
chmod 666 "$W/pipe"
(timeout 3 cat "$W/pipe" >"$CASE_DIR/got") &
cd "$W" || exit 1
uc_run timeout 1 sh -c 'echo leaked >pipe' >/dev/null 2>&1
wait
[ ! -s "$CASE_DIR/got" ] || fail "the host read it"
