#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program never sees, and its children never inherit, the processor that it is kept on for the
# moment in which it gets a descriptor.
. "$LIB"

ok uc_run /usr/bin/python3 -c '
import os, sys
every = os.sched_getaffinity(0)
wrong = 0
for i in range(3000):
    fd = os.open("/etc/passwd", os.O_RDONLY)
    wrong += os.sched_getaffinity(0) != every
    os.close(fd)
for i in range(100):
    fd = os.open("/etc/passwd", os.O_RDONLY)
    pid = os.fork()
    if pid == 0:
        os._exit(os.sched_getaffinity(0) != every)
    os.close(fd)
    wrong += os.waitpid(pid, 0)[1] != 0
print(wrong)
'
out_is 0
