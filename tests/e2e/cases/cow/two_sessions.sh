#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two sessions on one compartment at once see each other's changes.
. "$LIB"

seed
mkfifo "$CASE_DIR/go" "$CASE_DIR/went"
(cd "$W" && uc_run bash -c '
echo first >shared; read -r x; cat second; ls | wc -l; echo more >>a; mkdir both; echo ready; read -r x; cat both/in' \
	<"$CASE_DIR/go" >"$CASE_DIR/one" 2>&1) &
pid=$!
exec 5>"$CASE_DIR/go"
wait_for inside test -s shared
is "$(inside cat shared)" first
ok inside sh -c 'echo second >second; rm b'
echo >&5
wait_for grep -q ready "$CASE_DIR/one"
is "$(inside cat a)" "one
more"
ok inside sh -c 'echo in >both/in'
echo >&5
exec 5>&-
wait $pid
is $? 0 "status of the first"
is "$(head -n 1 "$CASE_DIR/one")" second
is "$(tail -n 1 "$CASE_DIR/one")" in
