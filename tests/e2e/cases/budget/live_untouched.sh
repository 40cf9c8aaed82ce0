#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The start of a session does not touch the cgroups of a compartment whose keeper lives: that one sweeps.
# (What is left when the keeper is killed too: budget/killed.)
. "$LIB"

[ -z "${SANITIZED-}" ] || skip "the leak sanitizer does not work under strace"
need strace
need_cgroup
mkfifo "$CASE_DIR/go"
uc_as live sh -c 'echo up; read -r _' <"$CASE_DIR/go" >"$CASE_DIR/said" &
pid=$!
exec 5>"$CASE_DIR/go"
wait_for grep -q up "$CASE_DIR/said"
dirs=$(cgroups live)
[ "$dirs" ] || fail "it has no cgroup"
ok strace -o "$CASE_DIR/calls" "$UCRUN" --trap "$LEVEL" -u other true
grep -q 'uc-other-' "$CASE_DIR/calls" || fail "no cgroup of its own in the trace"
grep '/uc-live-' "$CASE_DIR/calls" | grep -v '/\.keeper\.' && fail "a live compartment was touched"
exec 5>&-
wait $pid
wait_for no_cgroups live
