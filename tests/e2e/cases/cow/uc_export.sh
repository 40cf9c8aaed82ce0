#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc export: a tar of the changes, with whiteouts.
. "$LIB"

seed
ok inside bash -c 'echo n >new; echo c >a; rm b; mkdir nd; ln -s x nd/s; chown 12:34 new; chmod 4755 new; mkfifo p'
ok "$UC" export test
tar tvf "$CASE_DIR/out" >"$CASE_DIR/list" 2>&1 || fail "not a tar: $(cat "$CASE_DIR/list")"
for f in new a nd nd/s p; do
	grep -qF "${W#/}/$f" "$CASE_DIR/list" || fail "lacks $f: $(cat "$CASE_DIR/list")"
done
grep -E 'rwsr-xr-x.*12/34.*/new|rwsr-xr-x 12/34' "$CASE_DIR/list" >/dev/null ||
	fail "owner and mode are not told: $(grep new "$CASE_DIR/list")"
grep -qE 'c.*0,0.*/b$|\.wh\.b' "$CASE_DIR/list" || fail "no whiteout of b: $(cat "$CASE_DIR/list")"
is "$(tar xOf "$CASE_DIR/out" --wildcards '*/work/a')" c
