#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A fork bomb halts at --pids, its session ends, and one line tells. It is bounded by itself too.
. "$LIB"

need_cgroup
ok uc_run --pids 30 /usr/bin/python3 -c '
import os, signal
children, refused = [], 0
for i in range(300):
    try:
        pid = os.fork()
    except BlockingIOError:
        refused += 1
        continue
    if pid == 0:
        signal.alarm(60)
        signal.pause()
    children.append(pid)
for pid in children:
    os.kill(pid, signal.SIGKILL)
print(len(children), refused)
'
out_is '29 271'
err_has '^ucrun: budget: pids: refused 271 at 30$'
wait_for no_cgroups
