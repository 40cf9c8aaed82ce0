#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: renaming a directory under cow.
. "$LIB"

need_level path "as its files/ case tells"

need_prog change
same_copied_up "$PROGS/change" rename_directory
