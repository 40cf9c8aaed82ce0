#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A DOS .com file in DOSBox, without a display: the file that it writes is in the compartment.
. "$LIB"

need dosbox
cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
import struct
text, name = b'hello from DOS\r\n', b'OUT.TXT\0'
def code(at):  # create, write, close, exit(0)
    return (b'\xb4\x3c\x31\xc9\xba' + struct.pack('<H', at + len(text)) + b'\xcd\x21\x89\xc3\xb4\x40\xb9' +
            struct.pack('<HBH', len(text), 0xba, at) + b'\xcd\x21\xb4\x3e\xcd\x21\xb8\0\x4c\xcd\x21')
open('hello.com', 'wb').write(code(0x100 + len(code(0))) + text + name)
PY
chmod 755 hello.com
export HOME=$W SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy
ok uc_run -x ./hello.com
out_has '\+ dosbox'
ok uc_run ./hello.com
ok uc_run cat OUT.TXT
out_has 'hello from DOS'
[ ! -e OUT.TXT ] || fail "the host has what the program wrote"
