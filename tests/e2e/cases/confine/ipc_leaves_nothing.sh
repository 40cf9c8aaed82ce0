#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a session made and did not remove goes with it: at a normal end, and when ucrun is killed.
# Other sessions come and go beside us, so only what was seen while ours ran must go.
. "$LIB"

need_prog ipc_others
need ipcs

# The host's objects that may be a session's; the names of queues only for root, who can mount.
objects()
{
	local kind

	for kind in shm sem msg; do
		awk -v kind=$kind 'FNR > 1 && $3 ~ /700$/ { print kind, $2 }' /proc/sysvipc/$kind
	done
	[ "$(id -u)" -ne 0 ] ||
		unshare -m sh -c 'mount -t mqueue none /mnt && ls /mnt' 2>/dev/null | grep '^uc-'
	return 0
}

# gone FILE - none of the objects in FILE exists
gone()
{
	! objects | grep -qxFf "$1"
}

# those of the session that says "held" in CASE_DIR/held
seen()
{
	wait_for grep -qE '^held|FAILED' "$CASE_DIR/held"
	objects >"$CASE_DIR/now"
	is "$(grep -cxFf <(grep -E '^(shm|sem|msg) ' "$CASE_DIR/held") "$CASE_DIR/now")" 3 "real objects"
	grep -xFf <(grep -E '^(shm|sem|msg) ' "$CASE_DIR/held") "$CASE_DIR/now" >"$CASE_DIR/seen"
	grep '^uc-' "$CASE_DIR/now" >>"$CASE_DIR/seen"
	if [ "$(id -u)" -eq 0 ]; then
		grep -q '^uc-' "$CASE_DIR/seen" || [ ! -e /proc/sys/fs/mqueue ] || fail "no queue"
	fi
}

# the guard holds the session until its work is done
swept()
{
	uc_run true && [ -z "$(ls "$UC_HOME/test/sessions")" ]
}

for signal in none TERM KILL; do
	mkfifo "$CASE_DIR/end"
	"$UCRUN" --trap path -u test "$PROGS/ipc_others" hold <"$CASE_DIR/end" >"$CASE_DIR/held" 2>&1 &
	pid=$!
	exec 9>"$CASE_DIR/end"
	seen
	[ $signal = none ] || kill -$signal $pid
	exec 9>&-
	wait $pid 2>/dev/null
	rm "$CASE_DIR/end"
	wait_for gone "$CASE_DIR/seen"
done

# removed by hand while others make some, and many left
ok uc_run "$PROGS/ipc_others" churn_threads
out_is "done"

# killed in the middle of making them
objects >"$CASE_DIR/before"
for i in 1 2 3 4 5; do
	"$UCRUN" --trap path -u test "$PROGS/ipc_others" churn_on >"$CASE_DIR/held" 2>&1 &
	pid=$!
	wait_for grep -q up "$CASE_DIR/held"
	sleep 0.$((i + 1))
	kill -KILL $pid
	wait $pid 2>/dev/null
	wait_for swept
done
objects | grep -vxFf "$CASE_DIR/before" >"$CASE_DIR/seen"
[ ! -s "$CASE_DIR/seen" ] || wait_for gone "$CASE_DIR/seen"
