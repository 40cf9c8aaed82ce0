#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: fallocate and SEEK_HOLE fail in virtual views.
. "$LIB"

need_prog change
same_copied_up "$PROGS/change" sparse
