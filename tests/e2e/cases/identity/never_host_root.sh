#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Started by root, tasks have no privilege on the host.
. "$LIB"

need_root
ok uc_run sh -c 'echo $$; cat' <<<x
mkfifo "$CASE_DIR/hold"
uc_run bash -c 'echo up; read -r x' <"$CASE_DIR/hold" >"$CASE_DIR/o" 2>&1 &
exec 5>"$CASE_DIR/hold"
wait_for grep -q up "$CASE_DIR/o"
found=0
for f in /proc/[0-9]*/status; do
	tr '\0' '\n' <"${f%status}environ" 2>/dev/null | grep -qx "CASE_DIR=$CASE_DIR" || continue
	tr '\0' ' ' <"${f%status}cmdline" | grep -q '^bash -c echo up' || continue
	found=1
	grep -E '^(Uid|Gid|CapPrm|CapEff|CapBnd|CapInh|CapAmb|NoNewPrivs|Seccomp|Groups):' "$f" >"$CASE_DIR/st"
	grep -qE '^Uid:.*\b0\b' "$CASE_DIR/st" && fail "uid 0: $(cat "$CASE_DIR/st")"
	grep -qE '^Gid:.*\b0\b' "$CASE_DIR/st" && fail "gid 0: $(cat "$CASE_DIR/st")"
	grep -qE '^Groups:.*[0-9]' "$CASE_DIR/st" && fail "groups: $(cat "$CASE_DIR/st")"
	# at native level they count in the session's user namespace only, and set-id programs work
	[ "$LEVEL" = path ] && grep -qE '^Cap(Prm|Eff):.*[1-9a-f]' "$CASE_DIR/st" && fail "capabilities: $(cat "$CASE_DIR/st")"
	[ "$LEVEL" = native ] || grep -qE '^NoNewPrivs:.1' "$CASE_DIR/st" || fail "privileges can be gained"
	grep -qE '^Seccomp:.2' "$CASE_DIR/st" || fail "no filter"
done
exec 5>&-
wait
is $found 1 "tasks found"
