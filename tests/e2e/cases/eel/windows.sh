#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Windows program by Wine: one that Wine brings itself. Without Wine the package is told.
. "$LIB"

cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
import struct
open('fake.exe', 'wb').write(b'MZ'.ljust(60, b'\0') + struct.pack('<I', 64) + b'PE\0\0' +
    struct.pack('<HHIIIHHH', 0x8664, 1, 0, 0, 0, 240, 0x22, 0x20b) + bytes(400))
PY
chmod 755 fake.exe
one_error 127 'wine is not installed: package wine' uc_run -E PATH=/nowhere ./fake.exe
need wine
exe=$(ls /usr/lib/x86_64-linux-gnu/wine/x86_64-windows/hostname.exe 2>/dev/null) || skip "Wine's own hostname.exe is not there"
cp "$exe" tool.exe
chmod 755 tool.exe
mkdir home
ok uc_run -E HOME="$W/home" -E WINEDEBUG=-all -E DISPLAY --hostname somewhere ./tool.exe
grep -aqi somewhere "$CASE_DIR/out" || fail "the program said: $(head -c 500 "$CASE_DIR/out")"
[ -z "$(ls -A home)" ] || fail "the host has Wine's files"
