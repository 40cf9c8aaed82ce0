#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whenever ucrun is killed, with its keeper or without, no cgroup stays after the next ucrun or uc.
. "$LIB"

need_cgroup
wait_for no_cgroups
# without: the keeper removes them when the guard has ended the tasks
"$UCRUN" --trap path -u test bash -c 'sleep 1000 & echo up; wait' >"$CASE_DIR/out" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/out"
[ -n "$(cgroups)" ] || fail "no cgroup while it runs"
kill -KILL $pid
wait $pid 2>/dev/null
wait_for no_cgroups

keeper_of()
{
	local p

	for p in $(cat /proc/"$1"/task/"$1"/children 2>/dev/null); do
		[ "$(cat /proc/"$p"/comm 2>/dev/null)" = uc-keeper ] && echo "$p"
	done
}

swept_by()
{
	"$@" >/dev/null && no_cgroups
}

for next in "$UC list" "$UCRUN -u other true"; do
	: >"$CASE_DIR/out"
	"$UCRUN" --trap path -u test bash -c 'echo up; sleep 1000' >"$CASE_DIR/out" 2>&1 &
	pid=$!
	wait_for grep -q up "$CASE_DIR/out"
	keeper=$(keeper_of $pid)
	[ -n "$keeper" ] || fail "no keeper"
	kill -KILL "$keeper"
	kill -KILL $pid
	wait $pid 2>/dev/null
	# shellcheck disable=SC2086
	wait_for swept_by $next
done

# while it begins, at any moment
for pause in 0 0.001 0.002 0.003 0.004 0.005 0.006 0.007 0.008 0.010 0.012 0.015; do
	"$UCRUN" --trap path -u test sleep 1000 >/dev/null 2>&1 &
	pid=$!
	sleep $pause
	keeper=$(keeper_of $pid)
	kill -KILL $pid
	# shellcheck disable=SC2086
	[ -n "$keeper" ] && kill -KILL $keeper 2>/dev/null
	wait $pid 2>/dev/null
done
wait_for swept_by uc_run true
wait_for no_cgroups other
