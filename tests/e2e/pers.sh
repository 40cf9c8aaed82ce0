# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the cases about other systems' programs share: each program is compiled and becomes a file of
# its system; its output is the one in progs/m68k/pers, outside and in a session.
need python3
PERS=$SOURCES/m68k/pers

# pers_build FORMAT NAME OUT
pers_build()
{
	# gcc stores words at odd addresses when it may join stores; a 68000 cannot.
	m68k-linux-gnu-gcc -m68000 -Os -w -ffreestanding -fno-pic -fomit-frame-pointer -nostdlib -static \
		-fno-store-merging -fno-tree-loop-distribute-patterns -Wl,-q,--build-id=none,-N,--no-warn-rwx-segments \
		-T "$PERS/link.ld" -o "$CASE_DIR/elf" "$PERS/$2.c" || fail "$2 does not compile"
	python3 "$PERS/mkexe.py" "$1" "$CASE_DIR/elf" "$3" || fail "no $1 file of $2"
}

# pers_same FORMAT NAME FILE STATUS ARGS... - typed input is a line and a K
pers_same()
{
	local format=$1 name=$2 file=$3 status=$4 where

	shift 4
	for where in outside inside; do
		rm -rf "$W" && mkdir "$W" && echo text >"$W/text"
		pers_build "$format" "$name" "$W/$file"
		if [ $where = outside ]; then
			(cd "$W" && printf 'typed line\nK' | timeout -k 1 60 "$M68K" "./$file" "$@")
		else
			(cd "$W" && printf 'typed line\nK' | timeout -k 1 60 "$UCRUN" --trap "$LEVEL" -u test "$M68K" "./$file" "$@")
		fi >"$CASE_DIR/out" 2>"$CASE_DIR/err"
		is $? "$status" "status $where"
		diff -au "$PERS/$name.out" "$CASE_DIR/out" || fail "$name differs $where: $(head -c 1000 "$CASE_DIR/err")"
	done
}
