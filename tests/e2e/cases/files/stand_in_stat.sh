#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fstat tells of devices and of the files of /proc what stat tells: cp and install compare the two.
. "$LIB"
need python3

same python3 -c '
import os
for name in ["/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/proc/cpuinfo", "/proc/self/status", "/proc/mounts", "/proc/self/maps"]:
    a = os.stat(name)
    fd = os.open(name, os.O_RDONLY)
    b = os.fstat(fd)
    print(name, [k for k in dir(a) if k.startswith("st_") and k[-4:] not in ("time", "e_ns") and getattr(a, k) != getattr(b, k)])
    print(os.readlink("/proc/self/fd/%d" % fd).replace("/%d/" % os.getpid(), "/self/"))
'
same_sh 'mkdir p && cp /proc/self/status /proc/cpuinfo /proc/mounts p && ls p && install -m 640 /dev/null p/empty && stat -c %a:%s p/empty'
