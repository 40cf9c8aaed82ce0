#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: O_TMPFILE fails in virtual views.
. "$LIB"

need_prog names
same_copied_up "$PROGS/names" o_tmpfile
