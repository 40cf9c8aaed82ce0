#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

ok uc_run /usr/bin/python3 -c '
import threading, os, time
def work(i):
    for k in range(30):
        name = f"/tmp/t{i}-{k}"
        with open(name, "w") as f:
            f.write(str(i))
        assert open(name).read() == str(i)
        os.unlink(name)
ts = [threading.Thread(target=work, args=(i,)) for i in range(32)]
[t.start() for t in ts]
[t.join() for t in ts]
time.sleep(0.2) # the kernel wakes who joins before the thread is out of the list
print(len(os.listdir("/proc/self/task")))
'
out_is 1
