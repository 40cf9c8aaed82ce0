#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A second session sees the first one's files at once, shares its overlay, and nothing else of it.
. "$LIB"

need_level native "sessions that share a superblock"
mkfifo "$CASE_DIR/go"
uc_run bash -c 'echo first >/shared; hostname; echo up; read -r x; cat /second; ls /m 2>&1' <"$CASE_DIR/go" >"$CASE_DIR/one" 2>&1 &
pid=$!
exec 5>"$CASE_DIR/go"
wait_for grep -q up "$CASE_DIR/one"
seed
ok uc_run --hostname other -b "$W:/m:ro" sh -c 'cat /shared; echo second >/second; uname -n; cat /m/a; ps ax | grep -c "[r]ead -r x"; grep -c " / overlay" /proc/mounts'
out_is 'first
other
one
0
1'
# the overlay is the same file system: mounted once
ok uc_run sh -c 'stat -c %d /etc/passwd; cat /second'
out_has second
# a third one after the first has gone
uc_run bash -c 'echo held; read -r x <&6; cat /late' 6<"$CASE_DIR/go" >"$CASE_DIR/two" 2>&1 &
pid2=$!
wait_for grep -q held "$CASE_DIR/two"
echo >&5
wait -n $pid $pid2
ok uc_run sh -c 'echo late >/late'
echo >&5
exec 5>&-
wait
grep -q second "$CASE_DIR/one" || fail "$(cat "$CASE_DIR/one")"
