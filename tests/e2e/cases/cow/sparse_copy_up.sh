#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog cow
seed
truncate -s 200M "$W/sparse"
printf data | dd of="$W/sparse" bs=1M seek=100 conv=notrunc 2>/dev/null
touch -d '2020-02-02Z' "$W/sparse"
ok unchanged inside "$PROGS/cow" sparse_copy_up
out_has 'still sparse 1'
