#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "overlayfs in a user namespace answers EXDEV to the rename of a host directory"

need_prog objects
same "$PROGS/objects" getcwd_forms
