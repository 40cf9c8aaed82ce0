#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fakeroot talks to its server by System V message queues and a semaphore.
. "$LIB"

need fakeroot-sysv
ok uc_run setpriv --reuid 1000 --regid 1000 --clear-groups fakeroot-sysv sh -c '
id -u; cd /tmp && touch file && chown 12:13 file && mknod null c 1 3 && stat -c "%u %g %F" file null
mkdir tree && chown 7:8 tree && tar cf tree.tar tree && tar tvf tree.tar --numeric-owner | cut -c 1-15'
out_is "0
12 13 regular empty file
0 0 character special file
drwxr-xr-x 7/8 "
