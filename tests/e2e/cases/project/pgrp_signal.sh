#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A signal to the foreground process group reaches the program once.
. "$LIB"

cat >"$CASE_DIR/drive.py" <<'PY'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
data = b''
while b'up' not in data:
    data += os.read(fd, 4096)
time.sleep(0.3)
os.write(fd, b'\x03')
time.sleep(1)
os.write(fd, b'q\n')
try:
    while True:
        more = os.read(fd, 4096)
        if not more:
            break
        data += more
except OSError:
    pass
_, status = os.waitpid(pid, 0)
print(data.count(b'hit'), os.waitstatus_to_exitcode(status))
PY
ok /usr/bin/python3 "$CASE_DIR/drive.py" "$UCRUN" --trap $LEVEL -u test bash -c \
	'trap "echo hit" INT; echo up; until read -r x; do :; done; exit 5'
out_is '1 5'
