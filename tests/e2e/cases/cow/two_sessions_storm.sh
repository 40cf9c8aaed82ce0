#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two sessions that create, copy up, rename and remove at once: nothing is lost.
. "$LIB"

seed
for i in $(seq 60); do echo "host $i" >"$W/d/h$i"; done
storm='me=$1; for i in $(seq 60); do echo "$me $i" >>d/h$i; echo "$me" >d/$me.$i; mv d/$me.$i d/$me-$i; done; echo end'
(cd "$W" && uc_run bash -c "$storm" x left) >"$CASE_DIR/l" 2>&1 &
l=$!
(cd "$W" && uc_run bash -c "$storm" x right) >"$CASE_DIR/r" 2>&1 &
r=$!
wait $l
is $? 0 "left: $(cat "$CASE_DIR/l")"
wait $r
is $? 0 "right: $(cat "$CASE_DIR/r")"
is "$(cat "$CASE_DIR/l" "$CASE_DIR/r")" "end
end"
is "$(inside bash -c 'cat d/h* | wc -l; ls d | grep -c -e left- -e right-')" "180
120"
is "$(cat "$W/d/h7")" 'host 7'
