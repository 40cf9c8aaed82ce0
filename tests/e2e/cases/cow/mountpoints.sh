#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Mountpoints show up in listings and mounts(5), cannot be removed, and are borders.
. "$LIB"

seed
ok uc_run -b "$W:/m/here:ro" bash -c '
ls -d /m/*; grep -c " /m/here " /proc/self/mounts; grep -c " /m/here " /proc/self/mountinfo
rmdir /m/here 2>&1 | grep -o "busy"; mv /m/here /m/there 2>&1 | grep -o "busy"
ln /m/here/a /m/x 2>&1 | grep -o "cross-device"; findmnt -n -o TARGET /m/here 2>/dev/null || echo /m/here
mountpoint -q /m/here && echo mountpoint; find /m -xdev -name text | wc -l'
out_has '^/m/here$'
out_has '^1$'
out_has busy
out_has cross-device

# The mount point itself, and directories above it, which stay where they are too.
ok uc_run -b "$W:/m/deep/here" python3 -c '
import errno, os
os.mkdir("/m/free"); open("/m/file", "w").close(); os.mkdir("/m/tree"); os.mkdir("/m/tree/x")
def told(what, call, *args):
    try:
        call(*args)
        print(what, "OK")
    except OSError as e:
        print(what, errno.errorcode[e.errno])
told("rename", os.rename, "/m/deep/here", "/m/deep/there")
told("rename-to-itself", os.rename, "/m/deep/here", "/m/deep/here")
told("rename-over", os.rename, "/m/free", "/m/deep/here")
told("rmdir", os.rmdir, "/m/deep/here")
told("unlink", os.unlink, "/m/deep/here")
told("above-rename", os.rename, "/m/deep", "/m/other")
told("above-rename-over", os.rename, "/m/free", "/m/deep")
told("above-rename-file-over", os.rename, "/m/file", "/m/deep")
told("above-rmdir", os.rmdir, "/m/deep")
told("above-unlink", os.unlink, "/m/deep")
told("across", os.rename, "/m/file", "/m/deep/here/file")
told("beside", os.rename, "/m/tree", "/m/wood")'
# Linux takes mounts along with a directory above them; we leave them where they are.
[ "$LEVEL" = native ] && { out_has '^rename EBUSY$'; out_has '^rmdir EBUSY$'; exit 0; }
out_is "rename EBUSY
rename-to-itself OK
rename-over EBUSY
rmdir EBUSY
unlink EISDIR
above-rename EBUSY
above-rename-over ENOTEMPTY
above-rename-file-over EISDIR
above-rmdir ENOTEMPTY
above-unlink EISDIR
across EXDEV
beside OK"
