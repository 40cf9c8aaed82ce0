#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A socket file of the host: not through the cow view, through a bind rw.
. "$LIB"

need_prog escape listener
chmod 777 "$W"
"$PROGS/listener" "$W/sock" >"$CASE_DIR/l" &
listener=$!
wait_for grep -q listening "$CASE_DIR/l"
chmod 777 "$W/sock"
uc_run -E SOCK="$W/sock" "$PROGS/escape" path_socket >"$CASE_DIR/cow" 2>&1
uc_run -b "$W:/s:rw" -E SOCK=/s/sock "$PROGS/escape" path_socket >"$CASE_DIR/rw" 2>&1
kill $listener
grep -qE '^connect.* = (ECONNREFUSED|ENOENT|EACCES|EPERM)' "$CASE_DIR/cow" || fail "cow: $(cat "$CASE_DIR/cow")"
grep -q '= 5$' "$CASE_DIR/rw" || fail "bind rw: $(cat "$CASE_DIR/rw")"
