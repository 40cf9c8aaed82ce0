#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fchmod and friends on a read-only descriptor of a host file copy up first.
. "$LIB"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" metadata_by_readonly_fd
out_has '^fchmod\(fd, 0600\) = 0'
out_has '^0600 6$'
out_has '^d/text: "som"'
grep -c '^0600 6$' "$CASE_DIR/out" | grep -qx 2 || fail "fstat and stat disagree: $(cat "$CASE_DIR/out")"
lsattr "$W/a" 2>/dev/null | cut -d' ' -f1 | grep -q d && fail "a flag of the host's file changed"
exit 0
