#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: with 8 threads reads return nothing.
. "$LIB"

need_prog proc
same_copied_up "$PROGS/proc" eight_threads
