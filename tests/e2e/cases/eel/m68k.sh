#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A 68k Linux program runs by our own emulator, wherever that is; by qemu-m68k where it is not.
. "$LIB"

need m68k-linux-gnu-gcc
own=$(dirname "$UCRUN")/ucrun-m68k
[ -x "$own" ] || skip "ucrun-m68k was not built: libunicorn is missing"
[ -z "${SANITIZED-}" ] || skip "the emulator's address space does not go with the sanitizers'"
cd "$W" || exit 1
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%d %%s\\n", c, c > 1 ? v[1] : "-"); return 7; }\n' >p.c
m68k-linux-gnu-gcc -static -o static p.c && m68k-linux-gnu-gcc -o dynamic p.c || fail "p.c does not compile"
for p in static dynamic; do
	expect 7 uc_run "./$p" 'two words'
	out_is '2 two words'
	err_empty
	# also where PATH is not ours
	expect 7 uc_run -E PATH=/usr/bin sh -c "./$p x"
	out_is '2 x'
done
ok uc_run -x ./static
out_has '\+ ucrun-m68k .*matches'
out_has '^command: +/dev/uc/ucrun-m68k -q -- ./static'
ok "$UC" envs
out_has "^ucrun-m68k +built-in +code +.*/ucrun-m68k: application/x-elf-m68k"
if command -v qemu-m68k-static >/dev/null; then
	ok uc_run --ee qemu-m68k-static -x ./static
	out_has '\+ qemu-m68k-static'
	# as installed, without our own emulator
	mkdir -p "$CASE_DIR/inst"
	cp -L "$UCRUN" "$(dirname "$UCRUN")/eel" "$CASE_DIR/inst/" && chmod 755 "$CASE_DIR" "$CASE_DIR/inst"
	expect 7 "$CASE_DIR/inst/ucrun" --trap path -u test ./static y
	out_is '2 y'
	ok "$CASE_DIR/inst/ucrun" --trap path -u test -x ./static
	out_has '\- ucrun-m68k .*is not installed'
	out_has '\+ qemu-m68k-static'
fi
# as installed, with it: bin and libexec
mkdir -p "$CASE_DIR/usr/bin" "$CASE_DIR/usr/libexec/uc"
lib=$(dirname "$(readlink -f "$own")")/libunicorn.so.2
[ ! -e "$lib" ] || cp "$lib" "$CASE_DIR/usr/libexec/uc/"
cp -L "$UCRUN" "$own" "$CASE_DIR/usr/bin/" && cp -L "$(dirname "$UCRUN")/eel" "$CASE_DIR/usr/libexec/uc/" || exit 1
chmod -R a+rX "$CASE_DIR/usr" && chmod 755 "$CASE_DIR"
expect 7 "$CASE_DIR/usr/bin/ucrun" --trap path -u test ./dynamic z
out_is '2 z'

# other systems' programs of that processor: it is asked first where a console is enough
/usr/bin/python3 - <<'PY'
import struct
def put(name, data):
    open(name, 'wb').write(data)
prg = struct.pack('>HIIIIIIH', 0x601a, 16, 0, 0, 0, 0, 0, 0) + bytes(100)
put('a.tos', prg), put('a.ttp', prg), put('a.prg', prg)
put('a.68k', struct.pack('>HIIIIIIH', 0x601b, 16, 0, 0, 0, 0, 0, 0) + bytes(100))
put('amiga', struct.pack('>IIIIII', 0x3f3, 0, 1, 0, 0, 1) + bytes(40))
put('b.x', b'HU' + bytes(10) + struct.pack('>IIIII', 16, 0, 0, 0, 0) + bytes(100))
PY
chmod 755 a.* amiga b.x
for f in a.tos a.ttp a.68k amiga b.x; do
	ok uc_run -x "./$f"
	out_has '\+ ucrun-m68k-'
	out_lacks '\+ hatari'
done
# windows: the machine, when its ROM is there
ok uc_run -E DISPLAY -x ./a.prg
out_has '\- hatari .*it needs ~/.config/uc/rom/tos.img: a TOS ROM, or EmuTOS'
out_has '\+ ucrun-m68k-atari'
