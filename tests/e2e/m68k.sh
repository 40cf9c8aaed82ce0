# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the cases of cases/m68k share. The judge is qemu-m68k: a program must say there and here the
# same, byte for byte, and end the same.

M68K=$(dirname "$UCRUN")/ucrun-m68k
SYSROOT=/usr/m68k-linux-gnu

[ -x "$M68K" ] || skip "ucrun-m68k was not built: libunicorn is missing"
[ -z "${SANITIZED-}" ] || skip "the emulator's address space does not go with the sanitizers'"
need m68k-linux-gnu-gcc

# m68k_build NAME [FLAG]... - the program of progs/m68k as ./NAME in CASE_DIR
m68k_build()
{
	local name=$1

	shift
	m68k-linux-gnu-gcc -O1 -w -o "$CASE_DIR/$name" "$SOURCES/m68k/$name.c" -pthread -lm "$@" ||
		fail "$name does not compile"
}

m68k_run()
{
	(cd "$W" && timeout -k 1 120 "$M68K" "$@" </dev/null)
}

# m68k_same NAME [FLAG]... - static and dynamic, compared with qemu-m68k
m68k_same()
{
	local name=$1 link

	shift
	need qemu-m68k
	for link in -static -no-pie; do
		m68k_build "$name" "$link" "$@"
		rm -rf "$W" && mkdir "$W"
		(cd "$W" && timeout -k 1 120 qemu-m68k -L $SYSROOT "$CASE_DIR/$name" </dev/null) \
			>"$CASE_DIR/out.qemu" 2>/dev/null
		echo "status $?" >>"$CASE_DIR/out.qemu"
		rm -rf "$W" && mkdir "$W"
		m68k_run "$CASE_DIR/$name" >"$CASE_DIR/out.ours" 2>"$CASE_DIR/err.ours"
		echo "status $?" >>"$CASE_DIR/out.ours"
		diff -au "$CASE_DIR/out.qemu" "$CASE_DIR/out.ours" ||
			fail "$name $link differs from qemu-m68k: $(head -c 1000 "$CASE_DIR/err.ours")"
	done
}
