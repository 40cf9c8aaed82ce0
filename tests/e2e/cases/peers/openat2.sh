#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: openat2 fails in virtual views.
. "$LIB"

need_prog names
same_copied_up "$PROGS/names" openat2_flags
same_copied_up "$PROGS/names" openat2_sizes
