#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# uc-mac program|disk FILE - start the user's Mac OS on an emulated Quadra 800, and give it FILE.
#
# A program in MacBinary is copied to an HFS volume of its own, which the guest sees as a CD-ROM; so
# is an image of one volume. An image with partitions, which bring their drivers, is a second disk.
# Everything else that the guest needs is the user's: ROM and system disk, in ~/.config/uc/rom.

set -u
rom=$HOME/.config/uc/rom/quadra800.rom
system=$HOME/.config/uc/rom/mac-system.img
HEADER_BYTES=84 # of DiskCopy 4.2

die()
{
	status=$1
	shift
	printf 'uc-mac: %s\n' "$*" >&2
	exit "$status"
}

need()
{
	command -v "$1" >/dev/null || die 127 "$1 is not installed: package $2"
}

# byte FILE OFFSET LENGTH - in hexadecimal
bytes()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

[ $# -eq 2 ] || die 125 "wants program or disk, and a FILE"
kind=$1 file=$2
[ -r "$file" ] || die 126 "$file: cannot be read"
for f in "$rom" "$system"; do
	[ -r "$f" ] || die 126 "$f: is missing"
done
need qemu-system-m68k qemu-system-misc
size=$(($(wc -c <"$file")))
tmp=$(mktemp -d) || die 125 "no temporary directory"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

case $kind in
program)
	need hformat hfsutils
	[ "$(bytes "$file" 0 1)$(bytes "$file" 74 1)" = 0000 ] && [ "$(bytes "$file" 122 1)" != 00 ] ||
		die 126 "$file: only a program in MacBinary can be given to the guest"
	# the volume's own tables, and room for the Finder's
	truncate -s $((size / 1024 + size / 8192 + 1024))K "$tmp/disk" &&
		HOME=$tmp hformat -l ucrun "$tmp/disk" >/dev/null &&
		HOME=$tmp hmount "$tmp/disk" >/dev/null &&
		HOME=$tmp hcopy -m "$file" : &&
		HOME=$tmp humount || die 125 "$file: cannot be copied to a volume for the guest"
	;;
disk)
	if [ "$(bytes "$file" 0 2)" = 4552 ]; then
		set -- -drive "file=$file,format=raw,if=none,id=hd1" -device scsi-hd,scsi-id=1,drive=hd1
	elif [ "$(bytes "$file" 82 2)" = 0100 ] && [ "$(bytes "$file" 1024 2)" != 4244 ]; then
		tail -c +$((HEADER_BYTES + 1)) "$file" >"$tmp/disk"
	else
		ln -s "$(realpath "$file")" "$tmp/disk"
	fi
	;;
*)
	die 125 "wants program or disk"
	;;
esac
[ ! -e "$tmp/disk" ] || set -- -drive "file=$tmp/disk,format=raw,if=none,readonly=on,id=cd0" \
	-device scsi-cd,scsi-id=3,drive=cd0
case $1 in
-*) ;;
*) die 125 "$file: nothing to give to the guest" ;;
esac
qemu-system-m68k -M q800 -m 128 -bios "$rom" \
	-drive "file=$system,format=raw,if=none,id=hd0" -device scsi-hd,scsi-id=0,drive=hd0 "$@"
