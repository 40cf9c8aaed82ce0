#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# eel needs nothing of the view: it runs in a root file system that has only busybox.
. "$LIB"

[ -x /bin/busybox ] || skip "busybox is not installed"
mkdir -p "$W/root/bin" "$W/root/proc"
cp /bin/busybox "$W/root/bin/"
ln -s busybox "$W/root/bin/sh"
ln -s busybox "$W/root/bin/cat"
echo 'a note' >"$W/root/note.txt"
head -c 62 /dev/zero | sed '1s/^/MZ/' >"$W/root/dos.exe"
chmod 755 "$W/root/dos.exe"
ok uc_run -r "$W/root" -E PATH=/bin /note.txt
out_is 'a note'
expect 127 uc_run -r "$W/root" -E PATH=/bin /bin/sh -c /dos.exe
err_has 'dosbox is not installed: package dosbox'
