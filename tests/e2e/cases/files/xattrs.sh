#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "overlayfs counts the size of a hidden name in a list"

need_prog change
same "$PROGS/change" xattrs
