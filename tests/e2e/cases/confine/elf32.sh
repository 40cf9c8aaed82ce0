#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A 32-bit program ends in a clear refusal, unless an emulator of that processor is there.
. "$LIB"

need_level path "32-bit programs run at native level: native/elf32"

/usr/bin/python3 - "$W/prog32" <<'PY'
import struct, sys
# mkdir("made32", 0755) by int 0x80; exit(3)
base = 0x08048000
code_off = 52 + 32
name = b'made32\0'
code = (b'\xb8' + struct.pack('<I', 39) + b'\xbb' + b'NAME' + b'\xb9' + struct.pack('<I', 0o755) + b'\xcd\x80' +
        b'\xb8' + struct.pack('<I', 1) + b'\xbb' + struct.pack('<I', 3) + b'\xcd\x80')
code = code.replace(b'NAME', struct.pack('<I', base + code_off + len(code)))
size = code_off + len(code) + len(name)
ehdr = b'\x7fELF\x01\x01\x01' + bytes(9) + struct.pack('<HHIIIIIHHHHHH', 2, 3, 1, base + code_off, 52, 0, 0, 52, 32, 1, 0, 0, 0)
phdr = struct.pack('<IIIIIIII', 1, 0, base, base, size, size, 7, 4096)
open(sys.argv[1], 'wb').write(ehdr + phdr + code + name)
PY
chmod 755 "$W/prog32"
cd "$W" || exit 1
# without an emulator it is refused; by one, it is a program of the view like any other
one_error 127 'qemu-i386.* is not installed: package' uc_run -E PATH=/nowhere ./prog32
ok uc_run bash -c 'PATH=/nowhere; ./prog32; s=$?; [ $s -ge 126 ]; echo $?; [ ! -e made32 ] && echo none'
out_is '0
none'
[ ! -e made32 ] || fail "it ran"
if command -v qemu-i386-static >/dev/null; then
	expect 3 uc_run ./prog32
	[ ! -e made32 ] || fail "it made its directory on the host"
	ok uc_run test -d made32
fi
