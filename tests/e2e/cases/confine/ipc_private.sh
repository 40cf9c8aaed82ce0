#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Objects of the host and of another session, of this compartment or not: not there by key, name or
# id, not listed, not changed.
. "$LIB"
need_level path "at native level the kernel has an IPC namespace, and the case looks for the objects of a supervisor"

need_prog ipc_others
need ipcs
export IPC_KEY=$((0x75100000 | ($$ & 0xfffff)))

# held PREFIX... - hold one object of each kind until held_end; the ids go to IPC_IDS
held()
{
	mkfifo "$CASE_DIR/end"
	"$@" "$PROGS/ipc_others" hold <"$CASE_DIR/end" >"$CASE_DIR/held" 2>&1 &
	holder=$!
	exec 9>"$CASE_DIR/end"
	wait_for grep -qE '^held|FAILED' "$CASE_DIR/held"
	IPC_IDS=$(sed -n 's/^\(shm\|sem\|msg\) //p' "$CASE_DIR/held" | tr '\n' ' ')
	export IPC_IDS
}

held_end()
{
	exec 9>&-
	wait $holder
	is $? 0 "$(cat "$CASE_DIR/held")"
	rm "$CASE_DIR/end"
}

strangers()
{
	local name

	for name; do
		ok uc_as "$name" "$PROGS/ipc_others" stranger
		is "$(grep -cE '= (ENOENT|EINVAL)$' "$CASE_DIR/out")" 20 "$(cat "$CASE_DIR/out")"
		is "$(grep -c '= fd$' "$CASE_DIR/out")" 4 "$(cat "$CASE_DIR/out")"
	done
}

host_end()
{
	ipcrm -m "$shm" -s "$sem" -q "$msg"
	"$PROGS/ipc_others" unhold
}

# of the host's
held env
read -r shm sem msg <<<"$IPC_IDS"
trap host_end EXIT
host=$(ipcs -m -i "$shm"; ipcs -s -i "$sem"; ipcs -q -i "$msg")
strangers test
ok uc_run ipcs
out_lacks "0x|^[0-9]"
ok uc_run sh -c 'wc -l </proc/sysvipc/shm; wc -l </proc/sysvipc/sem; wc -l </proc/sysvipc/msg'
out_is "1
1
1"
expect 1 uc_run ipcrm -m "$shm" -s "$sem" -q "$msg"
expect 1 uc_run ipcrm -M "$IPC_KEY"
ok uc_run ipcrm --all
is "$(ipcs -m -i "$shm"; ipcs -s -i "$sem"; ipcs -q -i "$msg")" "$host"
held_end
host_end
trap - EXIT

# of another session of this compartment, seen from here and from another compartment
held uc_run
strangers test other
read -r shm sem msg <<<"$IPC_IDS"
ipcs -m -i "$shm" | grep -q '[0-9]' || fail "the object is not a real one"
held_end

# nothing stayed
for list in "shm $shm" "sem $sem" "msg $msg"; do
	awk -v id="${list#* }" 'FNR > 1 && $2 == id { exit 1 }' "/proc/sysvipc/${list% *}" ||
		fail "left behind: $list"
done
