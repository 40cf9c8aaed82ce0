#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: MAP_SHARED writes are lost; mmap is not coherent with write.
. "$LIB"

need_prog proc
same_copied_up "$PROGS/proc" mmap_shared
