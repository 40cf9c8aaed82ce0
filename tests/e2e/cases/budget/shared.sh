#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions of one compartment share one budget; another compartment has its own.
. "$LIB"

need_cgroup
count='
import os, signal
children = []
for i in range(20):
    try:
        pid = os.fork()
    except BlockingIOError:
        break
    if pid == 0:
        signal.alarm(60)
        signal.pause()
    children.append(pid)
print(len(children), flush=True)
os.read(0, 1)
for pid in children:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
'
mkfifo "$CASE_DIR/go"
uc_run --pids 25 /usr/bin/python3 -c "$count" <>"$CASE_DIR/go" >"$CASE_DIR/first" 2>&1 &
pid=$!
wait_for grep -q . "$CASE_DIR/first"
is "$(cat "$CASE_DIR/first")" 20
ok uc_run /usr/bin/python3 -c "$count" </dev/null
out_is 3
err_has 'pids: refused 1 at 25'
# said on the command line, it is changed for both
ok uc_run --pids 30 /usr/bin/python3 -c "$count" </dev/null
out_is 8
ok uc_as other /usr/bin/python3 -c "$count" </dev/null
out_is 20
echo x >"$CASE_DIR/go"
wait $pid
wait_for no_cgroups
wait_for no_cgroups other
