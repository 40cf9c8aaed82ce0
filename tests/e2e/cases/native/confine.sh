#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What root inside may not do, and where it cannot go.
. "$LIB"

need_level native "the path level has the group confine"
ok uc_run bash -c '
mount -t tmpfs x /mnt 2>/dev/null || echo no-mount
umount /proc 2>/dev/null || echo no-umount
unshare -U true 2>/dev/null || echo no-userns
unshare -m true 2>/dev/null || echo no-mntns
python3 -c "
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
class args(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint64) for n in (\"flags\", \"pidfd\", \"ctid\", \"ptid\", \"sig\", \"stack\", \"size\", \"tls\")]
for flag in 0x10000000, 0x20000, 0x20000000, 0x40000000:
    a = args(flags=flag, sig=17)
    pid = libc.syscall(435, ctypes.byref(a), 64)
    if pid == 0:
        os._exit(0)
    print(\"clone3\", \"refused\" if pid < 0 else \"done\")
"
mknod /dev/sda b 8 0 2>/dev/null || echo no-device
echo 1 2>/dev/null >/proc/sys/kernel/panic || echo no-sysctl
echo b 2>/dev/null >/proc/sysrq-trigger || echo no-sysrq
echo 1 2>/dev/null >/sys/kernel/uevent_helper || echo no-sys
chroot /usr true 2>/dev/null; ls /proc/1/root/ >/dev/null 2>&1 || echo no-init
cat /proc/1/environ 2>/dev/null | wc -c
kill -9 1; echo still-here
ls /proc | grep -c "^[0-9]" | grep -qE "^[1-9]$" && echo few'
out_is 'no-mount
no-umount
no-userns
no-mntns
clone3 refused
clone3 refused
clone3 refused
clone3 refused
no-device
no-sysctl
no-sysrq
no-sys
no-init
0
still-here
few'
# a directory that was open outside is no way out; files, pipes and sockets are handed on
exec 7<"$CASE_DIR" 8<"$LIB"
ok uc_run bash -c 'ls /proc/self/fd/7 >/dev/null 2>&1 || echo closed; head -c 1 <&8 >/dev/null && echo file'
out_is 'closed
file'
exec 7<&- 8<&-
# the terminal's, as at path level
ok uc_run python3 -c '
import fcntl, os
m, s = os.openpty()
try:
    fcntl.ioctl(s, 0x5412, b"x")
    print("typed")
except PermissionError:
    print("refused")'
out_is refused
