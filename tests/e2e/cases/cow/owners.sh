#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# chown, set-id bits: recorded, told back, inherited as the kernel does.
. "$LIB"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" owners
out_is 'chown("a", 1234, 5678) = 0
stat("a", &st) = 0
1234 5678
lchown("link", 11, 12) = 0
chown("link", -1, 99) = 0
stat("a", &st) = 0
1234 99
chmod("d/x", 06755) = 0
stat("d/x", &st) = 0
6755
chown("d/x", 5, 6) = 0
stat("d/x", &st) = 0
0755 5 6
chown("d", 7, 8) = 0
mkdir("d/sub", 0755) = 0
stat("d/sub", &st) = 0
0 0
chmod("d", 02755) = 0
mkdir("d/sgid", 0755) = 0
stat("d/sgid", &st) = 0
0 8 2755
fchownat(AT_FDCWD, "dangling", 3, 4, AT_SYMLINK_NOFOLLOW) = 0'
# and in the next session
ok inside stat -c '%u:%g %a' d/x d
out_is '5:6 755
7:8 2755'
