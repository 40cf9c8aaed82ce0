#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mincow, merge, tmp and holes.
. "$LIB"

seed
mkdir -p "$CASE_DIR/low/sub" "$CASE_DIR/rw" "$CASE_DIR/other"
echo low >"$CASE_DIR/low/low"
echo other >"$CASE_DIR/other/low"
echo mine >"$CASE_DIR/other/new"
chmod 777 "$CASE_DIR/rw"
# tmp: empty, forgotten
is "$(uc_run -b "$W:/t:tmp" sh -c 'ls /t; echo x >/t/x; cat /t/x')" x
is "$(uc_run -b "$W:/t:tmp" ls /t)" ''
is "$(ls "$W" | wc -l)" 10
# merge: SRC over what is there, read-only
ok uc_run -b "$CASE_DIR/low:/m:ro" -b "$CASE_DIR/other:/m:merge" sh -c 'cat /m/low /m/new; ls /m; echo x 2>/dev/null >/m/x || echo refused'
out_is 'other
mine
low
new
sub
refused'
# holes
# (a mount needs something to sit on: where nothing is below, the native level gives up)
[ "$LEVEL" = native ] || ok uc_run -b "$W:/h:ro,except=d" sh -c 'ls /h; cat /h/a; ls /h/d 2>&1 | wc -l'
[ "$LEVEL" = native ] || out_has '^one$'
# mincow: what the host lets us change changes there
[ "$LEVEL" = native ] && exit 0 # mincow is cow there
ok uc_run -b "$CASE_DIR/rw:/r:mincow" sh -c 'echo through >/r/f; cat /r/f'
is "$(cat "$CASE_DIR/rw/f")" through
ok uc_run -b /etc:/e:mincow sh -c 'echo mine >/e/hostname; cat /e/hostname'
out_is mine
is "$(uc_run -b /etc:/e:mincow cat /e/hostname)" mine
