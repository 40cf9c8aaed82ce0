#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Across sessions, rename, copy and tar.
. "$LIB"

# a device node cannot be made in a user namespace
node='mknod /t/c c 1 3'
[ "$LEVEL" = path ] || node='ln /dev/null /t/c 2>/dev/null || touch /t/c'
ok uc_run bash -ec 'mkdir /t; echo x >/t/f; chown 1000:2000 /t/f; chmod 4711 /t/f; ln -s f /t/l; '"$node"
ok uc_run bash -ec 'mv /t /t2; cp -a /t2 /t3; tar cf /x.tar -C /t2 .; mkdir /t4; tar xpf /x.tar -C /t4; for d in /t2 /t3 /t4; do stat -c "%n %u:%g %a %F" $d/f $d/l; stat -c "%F %t,%T" $d/c; done'
for d in 2 3 4; do
	out_has "/t$d/f 1000:2000 4711 regular file"
	out_has "/t$d/l 0:0 777 symbolic link"
done
[ "$LEVEL" = native ] || is "$(grep -c '^character special file 1,3$' "$CASE_DIR/out")" 3
