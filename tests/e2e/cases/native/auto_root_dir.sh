#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# auto: native for -r DIR, where it reads no more; the path level for the host's root, and -v says why.
. "$LIB"

need_level native "what auto chooses"
need_root
need busybox
R=$CASE_DIR/r
mkdir -p "$R/bin" "$R/etc"
cp "$(command -v busybox)" "$R/bin/"
ln -s busybox "$R/bin/sh"
echo root >"$R/etc/mine"
chmod 600 "$R/etc/mine"
ok "$UCRUN" -u test -r "$R" -C / /bin/sh -c 'busybox cat /etc/mine; busybox cat /proc/self/uid_map | busybox wc -l; echo x >/etc/mine; busybox cat /etc/mine'
out_is 'root
2
x'
is "$(cat "$R/etc/mine")" root
expect 0 "$UCRUN" -v -u test true
err_has 'path level: .*whole host'
echo secret >"$CASE_DIR/closed"
chmod 600 "$CASE_DIR/closed"
chmod 755 "$CASE_DIR"
expect 1 "$UCRUN" -u test cat "$CASE_DIR/closed"
expect 0 "$UCRUN" -v -u test -r "$R" -C / -b /etc:/e:cow /bin/sh -c true
err_has 'path level: .*/etc'
# what root bound for reading is no wider either
ok "$UCRUN" -u test -r "$R" -C / -b /etc:/e:ro /bin/sh -c 'busybox cat /e/shadow 2>/dev/null || echo closed; busybox head -n 1 /e/passwd | busybox cut -d: -f1'
out_is 'closed
root'
