#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu: sendfile, copy_file_range and splice answer ENOSYS.
. "$LIB"

need_prog proc
same_copied_up "$PROGS/proc" data_calls
