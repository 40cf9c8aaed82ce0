#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program of a machine whose emulator is missing: one line says which package would run it.
. "$LIB"

cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
import struct
head = b'\x7fELF\x02\x01\x01' + bytes(9)
open('prog', 'wb').write(head + struct.pack('<HHIQQQIHHHHHH', 2, 183, 1, 0x400000, 64, 0, 0, 64, 56, 1, 0, 0, 0) +
    struct.pack('<IIQQQQQQ', 1, 5, 0, 0x400000, 0x400000, 120, 120, 4096))
open('none', 'wb').write(head + struct.pack('<HHIQQQIHHHHHH', 2, 4711, 1, 0, 64, 0, 0, 64, 56, 0, 0, 0, 0))
PY
head -c 62 /dev/zero | sed '1s/^/MZ/' >dos.exe
chmod 755 prog none dos.exe
one_error 127 'qemu-aarch64-static is not installed: package qemu-user-static' uc_run -E PATH=/nowhere ./prog
one_error 127 'dosbox is not installed: package dosbox' uc_run -E PATH=/nowhere ./dos.exe
one_error 126 'no environment is known for application/x-elf-machine-4711' uc_run ./none
# inside, the same words and statuses
expect 127 uc_run /bin/bash -c 'PATH=/nowhere; ./prog'
err_has 'package qemu-user-static'
