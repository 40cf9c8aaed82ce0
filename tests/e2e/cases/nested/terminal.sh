#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On a terminal: the inner program is in the foreground, is stopped and continued, gets the keys.
. "$LIB"
need python3

cat >"$CASE_DIR/drive.py" <<'PY'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b''
def until(what):
    global seen
    while what not in seen:
        try:
            data = os.read(fd, 4096)
        except OSError:
            data = b''
        if not data:
            print('ended early', seen)
            sys.exit(1)
        seen += data
    seen = seen[seen.index(what) + len(what):]
def say(text):
    os.write(fd, text)
until(b'P1> ')
say(b'tty; sh -c "echo run\'\'ning; exec sleep 1000"\n')
until(b'/dev/pts/')
until(b'running')
say(b'\x03')
until(b'P1> ')
say(b'sh -c "echo go\'\'ing; exec sleep 1000"; echo st\'\'opped\n')
until(b'going')
say(b'\x1a')
until(b'stopped')
until(b'P1> ')
say(b'jobs\n')
until(b'Stopped')
until(b'P1> ')
shell = os.tcgetpgrp(fd)
say(b'fg\n')
until(b'exec sleep')
while os.tcgetpgrp(fd) == shell: # told first, done then
    time.sleep(0.01)
say(b'\x03')
until(b'P1> ')
say(b'exit 5\n')
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
ok python3 "$CASE_DIR/drive.py" "$UCRUN" --trap "$LEVEL" -u test "$UCRUN" -u inner -E PS1='P1> ' bash --norc --noediting -i
out_is 5
