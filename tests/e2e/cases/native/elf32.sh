#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A 32-bit program runs, and its dangerous calls are refused by their own numbers.
. "$LIB"

need_level native "the path level refuses them: confine/elf32"
seed
/usr/bin/python3 - "$W/prog32" <<'PY'
import struct, sys
# each call by int 0x80; the exit status tells which one was wrong
base = 0x08048000
off = 52 + 32
def call(nr, ebx=0, ecx=0, edx=0, esi=0, edi=0):
    return (b'\xb8' + struct.pack('<i', nr) + b'\xbb' + struct.pack('<i', ebx) + b'\xb9' + struct.pack('<i', ecx) +
            b'\xba' + struct.pack('<i', edx) + b'\xbe' + struct.pack('<i', esi) + b'\xbf' + struct.pack('<i', edi) + b'\xcd\x80')
def must(want, status):
    # cmp eax, want; je over; exit(status)
    out = b'\xb8' + struct.pack('<i', 1) + b'\xbb' + struct.pack('<i', status) + b'\xcd\x80'
    return b'\x3d' + struct.pack('<i', want) + b'\x74' + bytes([len(out)]) + out
EPERM, ENOSYS = -1, -38
checks = [(21, EPERM), (22, EPERM), (52, EPERM), (217, EPERM), (25, EPERM), (79, EPERM), (264, EPERM), (404, EPERM),
          (128, EPERM), (129, EPERM), (350, EPERM), (283, EPERM), (88, EPERM), (357, EPERM), (336, EPERM), (288, EPERM),
          (342, EPERM), (346, EPERM), (374, ENOSYS), (425, ENOSYS), (428, EPERM), (429, EPERM), (442, EPERM), (223, ENOSYS),
          (469 + 40, ENOSYS)]
name = b'made32\0'
body = b''
for n, (nr, want) in enumerate(checks):
    body += call(nr) + must(want, 100 + n)
body += call(310, 0x10000000) + must(EPERM, 200)           # unshare(CLONE_NEWUSER)
body += call(120, 0x10000000 | 17) + must(EPERM, 201)      # clone(CLONE_NEWUSER | SIGCHLD)
tail = call(1, 3)
at = base + off + len(body) + len(call(39)) + len(must(0, 202)) + len(tail)
body += call(39, at, 0o755) + must(0, 202) + tail
size = off + len(body) + len(name)
ehdr = b'\x7fELF\x01\x01\x01' + bytes(9) + struct.pack('<HHIIIIIHHHHHH', 2, 3, 1, base + off, 52, 0, 0, 52, 32, 1, 0, 0, 0)
phdr = struct.pack('<IIIIIIII', 1, 0, base, base, size, size, 7, 4096)
open(sys.argv[1], 'wb').write(ehdr + phdr + body + name)
PY
chmod 755 "$W/prog32"
"$W/prog32" 2>/dev/null
ran=$? # outside the first check fails, by another error: 100
[ $ran -eq 100 ] || skip "this kernel runs no 32-bit programs"
cd "$W" || exit 1
expect 3 uc_run ./prog32
[ ! -e made32 ] || fail "it changed the host"
ok uc_run test -d made32
