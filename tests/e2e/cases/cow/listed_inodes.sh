#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# d_ino of a listing is st_ino: of copies, in directories made or renamed inside, in the next session.
. "$LIB"
need_level path "d_ino is what overlayfs tells"

need_prog cow
same_copied_up "$PROGS/cow" listed_inodes
seed
ok inside "$PROGS/cow" listed_inodes
out_lacks 'listed'
ok inside "$PROGS/cow" listed_inodes_again
out_lacks 'listed'
out_has '^made: \./4 \.\./4 .*a/8 fifo/1 link/8 over/8 plain/8 sym/10|^made: .*a/8 fifo/1 link/8'
