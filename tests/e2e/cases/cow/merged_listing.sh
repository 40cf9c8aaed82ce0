#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rewinddir, telldir, seekdir over a merged directory that changes meanwhile.
. "$LIB"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" merged_listing
out_has '^6 names'
out_has 'seekdir finds the same: 1'
out_has '^d: \.\./4 \./4 e/4 new2/8 new3/8 text/8$'
