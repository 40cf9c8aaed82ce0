#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A new pseudo-terminal is owned by the user inside who opened its master; chown and chmod of it
# are told back by name and by descriptor, and asked when it is opened.
. "$LIB"

need python3
ok uc_run /usr/bin/python3 -c '
import os
def owner(fd):
    by_name, by_fd = os.stat(os.ttyname(fd)), os.fstat(fd)
    assert by_name[:6] == by_fd[:6], (by_name, by_fd)
    return by_name.st_uid
def opens(name):
    try:
        os.close(os.open(name, os.O_RDWR | os.O_NOCTTY))
        return "opens"
    except PermissionError:
        return "closed"
m, s = os.openpty()
name = os.ttyname(s)
print(owner(s))
os.chown(name, 7, 8)
print(owner(s), os.stat(name).st_gid)
os.fchown(s, 9, -1)
os.chmod(name, 0o600)
print(owner(s), os.stat(name).st_gid, oct(os.stat(name).st_mode), flush=True)
if os.fork() == 0:
    os.setresgid(9, 9, 9)
    os.setresuid(9, 9, 9)
    m2, s2 = os.openpty()
    print(owner(s2), opens(os.ttyname(s2)), opens(name))
    os.fchmod(s2, 0o400)
    print(oct(os.fstat(s2).st_mode), opens(os.ttyname(s2)), flush=True)
    os._exit(0)
os.wait()
m3, s3 = os.openpty()
print(owner(s3), flush=True)
if os.fork() == 0:
    os.setresuid(5, 5, 5)
    print(opens(name), opens(os.ttyname(s3)), flush=True)
    os._exit(0)
os.wait()
'
out_is "0
7 8
9 8 0o20600
9 opens opens
0o20400 closed
0
closed closed"
