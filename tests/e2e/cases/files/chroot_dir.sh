#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user cannot chroot outside: then only the inside is looked at.
. "$LIB"

need_prog objects
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/objects" chroot_dir
fi
seed
ok inside "$PROGS/objects" chroot_dir
out_has '^/abs: "jailed"'
out_has '^/etc/passwd: ENOENT'
out_has '^a: "one\|"'
