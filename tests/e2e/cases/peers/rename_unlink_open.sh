#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: rename and unlink of an open file fail in virtual views.
. "$LIB"

need_prog change
same_copied_up "$PROGS/change" open_unlinked
