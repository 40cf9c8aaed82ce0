#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every byte of the headers of a small program set to other values, one at a time: it runs, it is
# refused with one line, or it ends by a signal of its own. It never hangs or harms the emulator.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need python3
printf '.globl _start\n_start: moveq #42,%%d1\n moveq #1,%%d0\n trap #0\n' >"$CASE_DIR/tiny.s"
m68k-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -o "$CASE_DIR/tiny" "$CASE_DIR/tiny.s" ||
	fail "no tiny program"
expect 42 m68k_run "$CASE_DIR/tiny"
python3 - "$M68K" "$CASE_DIR/tiny" "$CASE_DIR/broken" <<'PY' || fail "see above"
import os, subprocess, sys
prog, good, path = sys.argv[1:]
data = open(good, 'rb').read()
phoff = int.from_bytes(data[28:32], 'big')
end = phoff + 32 * int.from_bytes(data[44:46], 'big')
bad = 0
def run(image, what):
    global bad
    with open(path, 'wb') as f:
        f.write(image)
    os.chmod(path, 0o755)
    done = subprocess.run([prog, path], capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
    rc, err = done.returncode, done.stderr.decode()
    refused = rc in (125, 126) and err.count('\n') == 1 and err.startswith('ucrun-m68k: ')
    if not (refused or rc == 42 or rc in (-4, -11, -7, -5, -8)):
        print(what, 'status', rc, err)
        bad += 1
for at in range(end):
    for value in (0, 0xff, data[at] ^ 0x80):
        run(data[:at] + bytes([value]) + data[at + 1:], f'byte {at} = {value}')
for size in (0, 1, 51, 52, phoff + 10, end - 1, len(data) // 2):
    run(data[:size], f'{size} bytes')
sys.exit(1 if bad else 0)
PY
