#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A watch on a host file sees what the session writes to it.
. "$LIB"

seed
ok inside /usr/bin/python3 -c '
import ctypes, os, select
libc = ctypes.CDLL(None)
fd = libc.inotify_init1(0)
assert libc.inotify_add_watch(fd, b".", 0x100 | 0x2 | 0x200 | 0x8) > 0
open("fresh", "w").write("x")
os.unlink("fresh")
assert select.select([fd], [], [], 20)[0]
print("event")
'
out_is event
