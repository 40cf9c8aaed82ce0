#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A working directory that was removed: "." is still it, ".." leads to its parent.
. "$LIB"
need_level path "overlayfs tells nlink 1 of a removed directory"

need_prog names
same_copied_up "$PROGS/names" removed_cwd
