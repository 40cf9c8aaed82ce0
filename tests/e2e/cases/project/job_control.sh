#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An interactive shell inside has job control; ^C and ^Z mean what they mean.
. "$LIB"

cat >"$CASE_DIR/drive.py" <<'PY'
import os, pty, select, sys, time

pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b''


def until(what):
    global seen
    deadline = time.monotonic() + 60
    while what not in seen:
        if time.monotonic() > deadline:
            sys.exit(f'waited for {what!r}, saw {seen!r}')
        if select.select([fd], [], [], 1)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                data = b''
            if not data:
                sys.exit(f'end, waiting for {what!r}, saw {seen!r}')
            seen += data
    seen = seen.partition(what)[2]


def say(text):
    os.write(fd, text)


until(b'PS> ')
say(b'sleep 1000\n')
time.sleep(0.7)
say(b'\x03')
until(b'PS> ')
say(b'echo status=$?\n')
until(b'status=130')
until(b'PS> ')
say(b'sleep 1000\n')
time.sleep(0.7)
say(b'\x1a')
until(b'Stopped')
until(b'PS> ')
say(b'jobs; kill %1; sleep 0.5\n')
until(b'Terminated')
until(b'PS> ')
say(b'cat | cat\n')
time.sleep(0.7)
say(b'words\n')
until(b'words\r\nwords')
say(b'\x04')
until(b'PS> ')
say(b'(sleep 0.2; exit 4) & fg\n')
until(b'PS> ')
say(b'echo fg=$?\n')
until(b'fg=4')
say(b'exit 6\n')
_, status = os.waitpid(pid, 0)
sys.exit(0 if os.waitstatus_to_exitcode(status) == 6 else f'status {status}')
PY
ok /usr/bin/python3 "$CASE_DIR/drive.py" env PS1='PS> ' bash --norc --noprofile -i
ok /usr/bin/python3 "$CASE_DIR/drive.py" "$UCRUN" --trap $LEVEL -u test env PS1='PS> ' \
	bash --norc --noprofile -i
