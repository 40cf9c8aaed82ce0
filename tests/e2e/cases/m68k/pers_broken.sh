#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every byte of the headers of other systems' programs set to other values, and files cut short: it
# runs, is refused in one line, or ends by an exception that is told. The emulator stays whole.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
mkdir -p "$W"
python3 - "$M68K" "$W/broken" <<'PY' || fail "see above"
import os, struct, subprocess, sys
prog, path = sys.argv[1:]
w = lambda *v: struct.pack(f'>{len(v)}H', *v)
l = lambda *v: struct.pack(f'>{len(v)}I', *v)
tos = w(0x4879) + l(4) + w(0x588f, 0x3f3c, 42, 0x3f3c, 0x4c, 0x4e41)
cpm = w(0x41f9) + l(0) + w(0x7000, 0x4e42)
hunk = w(0x41f9) + l(0) + w(0x702a, 0x4e75) + w(0x4e71)
human = w(0x41f9) + l(0) + w(0x3f3c, 42, 0xff4c)
files = {
    'gemdos': (w(0x601a) + l(len(tos), 0, 16, 0, 0, 0) + w(0) + tos + l(2) + b'\0', 28, 42),
    'cpm': (w(0x601b) + l(len(cpm), 0, 16, 0, 0, 0) + w(0) + l(len(cpm), len(cpm)) + cpm + w(0, 5, 2, 0, 0), 36, 0),
    'amiga': (l(0x3f3, 0, 1, 0, 0, 3, 0x3e9, 3) + hunk + l(0x3ec, 1, 0, 2, 0, 0x3f2), 32, 42),
    'human68k': (b'HU\0\0' + l(0, 0, len(human), 0, 16, 2, *[0] * 8) + human + w(2), 64, 42),
}
bad = 0
def run(image, pers, what, good):
    global bad
    with open(path, 'wb') as f:
        f.write(image)
    try:
        done = subprocess.run([prog, '-P', pers, path], capture_output=True, timeout=10, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print(pers, what, 'hangs')
        bad += 1
        return
    rc, err = done.returncode, done.stderr.decode()
    told = err.count('\n') == 1 and err.startswith('ucrun-m68k: ' + path + ': ')
    if not (rc == good or (told and rc in (125, 126, -4, -7, -8, -11))):
        print(pers, what, 'status', rc, err)
        bad += 1
for pers, (data, head, good) in files.items():
    run(data, pers, 'whole', good)
    # Without HU it is a .R file, whose first bytes are code; behind an Amiga's code are more words.
    for at in [*range(2 if pers == 'human68k' else 0, head), *(range(44, len(data)) if pers == 'amiga' else [])]:
        for value in {0, 0xff, 0x7f, data[at] ^ 0x80, (data[at] + 1) & 0xff} - {data[at]}:
            run(data[:at] + bytes([value]) + data[at + 1:], pers, f'byte {at} = {value}', good)
    for size in range(head if pers == 'human68k' else 0, len(data)):
        run(data[:size], pers, f'{size} bytes', good)
sys.exit(bad != 0)
PY
