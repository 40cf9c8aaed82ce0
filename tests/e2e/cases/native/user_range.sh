#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user with a range in /etc/subuid: -r DIR of hers is native.
. "$LIB"

need_level native "newuidmap"
need newuidmap newgidmap busybox
[ "$(id -u)" -ne 0 ] || skip "needs an ordinary user"
grep -qE "^($(id -un)|$(id -u)):" /etc/subuid || skip "no range in /etc/subuid"
R=$CASE_DIR/r
mkdir -p "$R/bin" "$R/etc"
cp "$(command -v busybox)" "$R/bin/"
ln -s busybox "$R/bin/sh"
echo mine >"$R/etc/mine"
ok "$UCRUN" --trap native -u test -r "$R" -C / /bin/sh -c 'busybox cat /etc/mine; echo x >/etc/mine; busybox cat /etc/mine; busybox chown 1000:33 /etc/mine; busybox stat -c %u:%g /etc/mine'
out_is 'mine
x
1000:33'
is "$(cat "$R/etc/mine")" mine
ok "$UCRUN" --trap path -u test -r "$R" -C / /bin/busybox stat -c %u:%g /etc/mine
out_is 1000:33
ok "$UC" reset test
