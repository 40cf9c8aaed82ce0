#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An -e session sees what another session of the compartment changes meanwhile.
. "$LIB"

need_level path "overlayfs does not look for changes of its lower directories"

seed
ln "$W/a" "$W/a2"
mkfifo "$CASE_DIR/go"
(cd "$W" && uc_run -e bash -c '
ls >/dev/null; cat a; echo mine >mine; echo ready; read -r x
cat new; cat a; cat a2; [ -e b ] || echo no-b; ls | grep -x -e b -e mine -e new; cat mine' <"$CASE_DIR/go" >"$CASE_DIR/one" 2>&1) &
pid=$!
exec 5>"$CASE_DIR/go"
wait_for grep -q ready "$CASE_DIR/one"
ok inside sh -c 'echo new >new; echo changed >a; rm b; [ ! -e mine ]'
echo >&5
exec 5>&-
wait $pid
is $? 0 "status of the ephemeral one"
is "$(cat "$CASE_DIR/one")" "one
ready
new
changed
changed
no-b
mine
new
mine"
