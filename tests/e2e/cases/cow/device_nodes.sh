#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Device nodes are recorded and told back, and open nothing.
. "$LIB"

need_level path "device nodes cannot be made in a user namespace"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" device_nodes
out_has '^chr 103$'
out_has '^blk 700 0600$'
out_has '^blk 0640$'
out_has 'blk2/6'
