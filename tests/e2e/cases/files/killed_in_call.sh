#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a killed task was making does not appear when its parent has already looked. Without that, one
# round of 250 to 300 failed.
. "$LIB"

need_prog killed_maker
ok inside "$PROGS/killed_maker" 400
out_is '0 late'
