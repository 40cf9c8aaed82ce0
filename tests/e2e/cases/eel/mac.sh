#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Macintosh's files: recognised and explained; programs and disks go to the user's own Mac OS on
# a Quadra, and one line says what is missing for that. (A stand-in for QEMU looks at what it is given.)
. "$LIB"

[ -x "$(dirname "$UCRUN")/uc-mac" ] || skip "uc-mac is not next to ucrun"
cd "$W" || exit 1
/usr/bin/python3 - <<'PY'
import binascii, struct
def put(name, data):
    open(name, 'wb').write(data)
def rsrc(kind):
    data = struct.pack('>I', 4) + b'code'
    head = struct.pack('>IIII', 256, 256 + len(data), len(data), 28 + 2 + 8 + 12)
    types = struct.pack('>H4sHH', 0, kind, 0, 10) + struct.pack('>HHIH', 0, 0xffff, 0, 0) + bytes(2)
    return head + bytes(240) + data + head + bytes(4) + struct.pack('>HHHH', 0, 0, 28, 28 + len(types)) + types
def macbinary(kind, fork, data=b''):
    h = bytearray(128)
    h[1], h[2:9], h[65:69], h[69:73] = 7, b'Program', kind, b'UCUC'
    h[83:91] = struct.pack('>II', len(data), len(fork))
    h[122] = h[123] = 129
    h[124:126] = struct.pack('>H', binascii.crc_hqx(bytes(h[:124]), 0))
    pad = lambda b: b + bytes(-len(b) % 128)
    return bytes(h) + pad(data) + pad(fork)
def apple(magic, fork):
    return struct.pack('>II16xH', magic, 0x20000, 1) + struct.pack('>III', 2, 38, len(fork)) + fork
code, other = rsrc(b'CODE'), rsrc(b'STR ')
put('program.bin', macbinary(b'APPL', code))
put('ppc.bin', macbinary(b'APPL', other, b'Joy!peff'))
put('text.bin', macbinary(b'TEXT', b'', b'text'))
put('single', apple(0x51600, code))
put('double', apple(0x51607, code))
put('plain', apple(0x51607, other))
put('fork', code)
def mdb(sig):
    b = struct.pack('>HIIHHHHHIIIHI', sig, 0, 0, 0, 0, 3, 0, 1024, 512, 512, 4, 16, 0)
    b = bytearray(b[:36].ljust(36, b'\0')) + bytes([4]) + b'Disk'
    b[20:24] = struct.pack('>I', 512)
    return bytes(1024) + bytes(b).ljust(512, b'\0')
hfs = mdb(0x4244) + bytes(80000)
put('hfs.img', hfs), put('mfs.img', mdb(0xd2d7) + bytes(80000))
put('copy.image', (bytes([4]) + b'Disk').ljust(64, b'\0') + struct.pack('>IIIIBBH', len(hfs), 0, 0, 0, 0, 0x22, 0x100) + hfs)
put('disk.img', b'ER\2\0' + bytes(508) + b'PM\0\0' + bytes(65536))
PY
chmod 755 ./*
export HOME=$W
# explained FILE TYPE DETAIL
explained()
{
	ok uc_run -x "./$1"
	out_has "^is: +$2, .*$3"
	ok uc_run -x --json "./$1"
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["type"] == sys.argv[2], d' "$CASE_DIR/out" "$2" ||
		fail "JSON of $1: $(cat "$CASE_DIR/out")"
}
explained program.bin application/x-mac-68k 'CODE resources\) in MacBinary'
explained ppc.bin application/x-mac-ppc 'without 68000 code'
explained text.bin application/x-macbinary 'of type TEXT'
explained single application/x-mac-68k AppleSingle
explained double application/x-mac-68k AppleDouble
explained plain multipart/appledouble AppleDouble
explained fork application/x-mac-68k 'a resource fork'
explained hfs.img application/x-hfs "HFS\) 'Disk'"
explained mfs.img application/x-mfs "MFS\) 'Disk'"
explained copy.image application/x-diskcopy 'DiskCopy 4.2 image of 79 KiB'
explained disk.img application/x-apple-partitions ''
missing='it needs ~/.config/uc/rom/quadra800.rom and ~/.config/uc/rom/mac-system.img: a Quadra 800.s ROM, and a disk with Mac OS$'
one_error 126 "program.bin: application/x-mac-68k: mac-quadra would run it, but $missing" uc_run ./program.bin
one_error 126 "mac-quadra-disk would run it, but $missing" uc_run ./hfs.img
one_error 126 'no environment is known for application/x-mac-ppc: Macintosh program without 68000 code' uc_run ./ppc.bin
mkdir -p .config/uc/rom bin
echo rom >.config/uc/rom/quadra800.rom
one_error 126 'it needs ~/.config/uc/rom/mac-system.img: ' uc_run ./program.bin
echo system >.config/uc/rom/mac-system.img

# configured: what the guest is given. A display that answers is part of it.
python3 - "$CASE_DIR/wl" <<'PY' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
s.listen()
while True:
    s.accept()[0].close()
PY
server=$!
trap 'kill $server; wait $server 2>/dev/null' EXIT
chmod 755 "$CASE_DIR"
wait_for test -S "$CASE_DIR/wl"
shown()
{
	env WAYLAND_DISPLAY="$CASE_DIR/wl" "$UCRUN" --trap path -u test --display host -E PATH="$W/bin:/usr/bin:/bin" "$@"
}
mkdir nothing
for p in sh od tr wc mktemp rm; do
	ln -s "$(command -v $p)" nothing/
done
expect 127 env WAYLAND_DISPLAY="$CASE_DIR/wl" "$UCRUN" --trap path -u test --display host -E PATH="$W/nothing" ./hfs.img
err_has 'uc-mac: qemu-system-m68k is not installed: package qemu-system-misc'
cat >bin/qemu-system-m68k <<'SH'
#!/bin/sh
echo "$@" | tr ' ' '\n' | sed -n 's/^file=\([^,]*\),.*id=\(.*\)/\2 \1/p' | while read -r id file; do
	echo "$id"
	case $id in
	cd0)
		od -An -tx1 -j 1024 -N 2 "$file"
		cp "$file" cd.img
		;;
	esac
done
echo "$@" | grep -q -- "-M q800 .*-bios $HOME/.config/uc/rom/quadra800.rom" && echo q800
SH
chmod 755 bin/qemu-system-m68k
for f in hfs.img copy.image; do
	ok shown "./$f"
	out_is 'hd0
cd0
 42 44
q800'
done
ok uc_run cmp cd.img hfs.img # without DiskCopy's header
ok shown ./disk.img
out_is 'hd0
hd1
q800'
expect 126 shown ./single
if command -v hformat >/dev/null; then
	err_has 'uc-mac: ./single: only a program in MacBinary can be given to the guest'
	ok shown ./program.bin
	out_is 'hd0
cd0
 42 44
q800'
	ok uc_run -E HOME="$W" sh -c 'hmount cd.img >/dev/null && hls -l && hcopy -m :Program out.bin && humount'
	out_has 'APPL/UCUC +256? *[0-9]* .*Program|APPL/UCUC'
	ok uc_run sh -c 'tail -c +129 out.bin | head -c 300 | cmp - fork -n 300'
fi
leftover=$(uc_run sh -c 'ls -d "${TMPDIR:-/tmp}"/tmp.* 2>/dev/null')
is "$leftover" '' 'temporary directories of uc-mac'
