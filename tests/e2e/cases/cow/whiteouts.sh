#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "overlayfs stores user.overlay names of programs under another name"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" whiteout_forms
out_has '^stat\("a", &st\) = ENOENT'
out_has '^setxattr\("d", "user.overlay.opaque".* = EPERM'
out_has '^lstat a: fifo 0600'
