#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# /dev/tty is the controlling terminal of who opens it, not of the supervisor: of a terminal made
# inside, also when ucrun has one itself, and none after setsid.
. "$LIB"

need script python3
cat >"$CASE_DIR/terminal.py" <<'END'
import errno, fcntl, os, pty, termios
def say(slave):
    try:
        fd = os.open("/dev/tty", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.write(fd, b"written to /dev/tty\n")
    except OSError as e:
        os.write(slave, errno.errorcode[e.errno].encode() + b"\n")
master, slave = pty.openpty()
if os.fork() == 0:
    os.setsid()
    say(slave)
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    say(slave)
    os._exit(0)
got = b""
while got.count(b"\n") < 2:
    got += os.read(master, 4096)
print("GOT", got)
END
want="GOT b'ENXIO\\r\\nwritten to /dev/tty\\r\\n'"
[ "$(python3 "$CASE_DIR/terminal.py" </dev/null)" = "$want" ] || fail "outside"
got=$(uc_run python3 - <"$CASE_DIR/terminal.py" 2>&1)
[ "$got" = "$want" ] || fail "without a terminal: $got"
SHELL=/bin/bash script -qec "$UCRUN --trap $LEVEL -u test python3 $CASE_DIR/terminal.py" /dev/null \
	</dev/null >"$CASE_DIR/typescript" 2>&1
grep -qF "$want" "$CASE_DIR/typescript" || fail "with a terminal: $(cat "$CASE_DIR/typescript")"
