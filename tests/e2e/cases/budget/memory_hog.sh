#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A task that wants more than --memory is killed; the session and its supervisor live on.
. "$LIB"

need_cgroup
ok uc_run --memory 64M --swap 0 sh -c '/usr/bin/python3 -c "x = bytearray(200 << 20)"; echo $?'
out_is 137
err_has '^ucrun: budget: memory: killed 1 task at 64M'
wait_for no_cgroups
[ -n "${SANITIZED-}" ] && exit 0 # such a supervisor does not fit
# many small ones: each is smaller than the supervisor
uc_run --memory 32M --swap 0 --pids 200 sh -c '
for i in 1 2 3 4 5 6 7 8 9 10; do
	/usr/bin/python3 -c "x = bytearray(6 << 20); import time; time.sleep(2)" &
done
sleep 1
echo here; wait
exit 0' >"$CASE_DIR/out" 2>"$CASE_DIR/err"
# whoever was killed, it was not the supervisor: it tells
err_has '^ucrun: budget: memory: killed [0-9]+ tasks? at 32M'
wait_for no_cgroups
