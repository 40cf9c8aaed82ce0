#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# After chroot(2), in a root with the emulator's libraries but without /proc, programs execute others;
# without the libraries execve(2) says ENOENT, and -v why.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
need_root
m68k_build chroot -static
root=$CASE_DIR/root
mkdir -p "$root/lib"
cp "$CASE_DIR/chroot" "$root"
expect 1 m68k_run -v "$CASE_DIR/chroot" "$root"
out_is "exec: ENOENT"
err_has "/chroot: the emulator's own libraries are not in this root"
ldd "$(readlink -f "$M68K")" | grep -o '/[^ ]*' | while read -r lib; do
	case $lib in
	*/ld[-.]*) (cd / && cp -L --parents ".$lib" "$root") ;;
	*) cp -L "$lib" "$root/lib" ;;
	esac
done
printf '#!/chroot script\n' >"$root/script"
chmod 755 "$root/script"
ok m68k_run "$CASE_DIR/chroot" "$root"
out_is "depth 3 comm chroot proc -1 first descriptor 3
depth 2 comm script proc -1 first descriptor 3
depth 1 comm chroot proc -1 first descriptor 3"
