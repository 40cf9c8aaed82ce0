#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names are this machine's, but for a dynamic program's libraries, and for what -L's directory has.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
cross=/usr/m68k-linux-gnu
ld=$cross/lib/ld.so.1
[ -e /lib/ld.so.1 ] && skip "this machine has m68k's libraries at their place"
inode() { stat -Lc %i "$1"; }

m68k_build names -static
ok m68k_run "$CASE_DIR/names" /bin /lib /lib/ld.so.1
out_is "/bin: $(inode /bin)
/lib: $(inode /lib)
/lib/ld.so.1: none"

# As qemu-m68k's -L, for any program: what the directory has, else this machine's.
mkdir -p "$CASE_DIR/root/bin"
ok m68k_run -L "$CASE_DIR/root" "$CASE_DIR/names" /bin /etc
out_is "/bin: $(inode "$CASE_DIR/root/bin")
/etc: $(inode /etc)"

m68k_build names
ok m68k_run "$CASE_DIR/names" /bin /lib /lib/ld.so.1
out_is "/bin: $(inode /bin)
/lib: $(inode /lib)
/lib/ld.so.1: $(inode "$ld")"
ok m68k_run -L "$cross" "$CASE_DIR/names" /bin /lib/ld.so.1
out_is "/bin: $(inode $cross/bin)
/lib/ld.so.1: $(inode "$ld")"
