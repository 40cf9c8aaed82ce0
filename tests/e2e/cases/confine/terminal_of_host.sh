#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another terminal of the same user is not there: it could be read. One made inside is.
. "$LIB"

cat >"$CASE_DIR/own.py" <<'PY'
import os, pty, sys

name = sys.argv[1]
try:
    os.close(os.open(name, os.O_RDWR | os.O_NOCTTY))
    print('opened')
except FileNotFoundError:
    print('not there')
print(os.path.basename(name) in os.listdir('/dev/pts'))
master, slave = pty.openpty()
own = os.ttyname(slave)
os.close(slave)
fd = os.open(own, os.O_RDWR | os.O_NOCTTY)
os.write(fd, b'words')
print(os.read(master, 5), own[9:] in os.listdir('/dev/pts'), os.stat(own).st_rdev >> 8)
PY
cat >"$CASE_DIR/host.py" <<'PY'
import os, pty, subprocess, sys

master, slave = pty.openpty()
os.fchmod(slave, 0o666)
r = subprocess.run(sys.argv[1:] + [os.ttyname(slave)])
sys.exit(r.returncode)
PY
ok /usr/bin/python3 "$CASE_DIR/host.py" "$UCRUN" --trap $LEVEL -u test /usr/bin/python3 "$CASE_DIR/own.py"
out_is "not there
False
b'words' True 136"
