#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Mode, times, xattrs, owner and inode number survive a copy-up.
. "$LIB"

need_prog cow
seed
setfattr -n user.k -v v "$W/d/x" 2>/dev/null
ok unchanged inside "$PROGS/cow" copy_up_keeps
out_has kept
out_has 'directory time 1580608922'
