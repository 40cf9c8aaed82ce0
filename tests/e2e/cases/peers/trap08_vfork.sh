#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A vfork parent sleeps uninterruptibly while its child's call is slow: others go on.
. "$LIB"

seed
cat >"$W/spawn.py" <<'PY'
import os
# posix_spawn uses vfork: the child opens a FIFO that nobody writes yet
pid = os.posix_spawn("/bin/true", ["true"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 0, "fifo", os.O_RDONLY, 0)])
print("spawned", os.waitpid(pid, 0)[1])
PY
ok inside bash -c '/usr/bin/python3 spawn.py & sleep 0.5; cat a; : >fifo; wait'
out_is 'one
spawned 0'
