#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -b: ro refuses, rw writes through, cow keeps it in the compartment.
. "$LIB"

seed
mkdir -p "$CASE_DIR/rw"
chmod 777 "$CASE_DIR/rw"
echo host >"$CASE_DIR/rw/file"
chmod 666 "$CASE_DIR/rw/file"
ok uc_run -b "$W:/m/ro:ro" -b "$CASE_DIR/rw:/m/rw:rw" -b "$W:/m/cow:cow" bash -c '
cat /m/ro/a; echo x 2>/dev/null >/m/ro/a || echo refused; touch /m/ro/new 2>&1 | grep -o "Read-only file system"
echo through >>/m/rw/file; echo new >/m/rw/new
echo private >/m/cow/a; cat /m/cow/a /m/ro/a
ls -d /m/*'
out_is 'one
refused
Read-only file system
private
one
/m/cow
/m/ro
/m/rw'
is "$(cat "$CASE_DIR/rw/file")" 'host
through'
is "$(cat "$CASE_DIR/rw/new")" new
is "$(cat "$W/a")" one
# the cow entry's layer persists
is "$(uc_run -b "$W:/m/cow:cow" cat /m/cow/a)" private
