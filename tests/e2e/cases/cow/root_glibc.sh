#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -r DIR with hand-copied Debian files: libraries from the view, not the host's.
. "$LIB"

R=$CASE_DIR/root
mkdir -p "$R"/{proc,dev,tmp,etc}
copy()
{
	local f

	for f; do
		mkdir -p "$R$(dirname "$f")"
		cp -L "$f" "$R$f"
	done
}
for p in /bin/bash /bin/ls /bin/cat /usr/bin/env /usr/bin/perl; do
	copy "$p"
	mapfile -t libs < <(ldd "$p" | grep -o '/[^ ]*')
	copy "${libs[@]}"
done
ok uc_run -r "$R" -C / /bin/bash -c '
ls / | tr "\n" " "; echo; cat /proc/self/maps | grep -c libc; readlink /proc/self/exe
env A=b /bin/bash -c "echo \$A"; perl -e "print 6*7, qq(\n)"; [ -e /usr/share/doc ] || echo "own root"; cat <(echo sub)'
out_has '^b$'
out_has '^42$'
out_has '^own root$'
out_has '^sub$'
# a library that only the view has: a wrong one is noticed
lib=$(cd "$R" && find . -name 'libc.so.6' | head -n 1)
mv "$R/$lib" "$R/$lib.away"
expect 127 uc_run -r "$R" -C / /bin/bash -c "echo not possible"
