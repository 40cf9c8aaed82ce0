#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared memory by name works and does not reach the host.
. "$LIB"

need python3
ok uc_run /usr/bin/python3 -c '
from multiprocessing import shared_memory
s = shared_memory.SharedMemory(create=True, size=4096, name="uce2e-shm")
t = shared_memory.SharedMemory(name="uce2e-shm")
s.buf[0] = 7
print(t.buf[0])
t.close()
s.close()
s.unlink()
'
out_is 7
[ ! -e /dev/shm/uce2e-shm ] || fail "it is on the host"
