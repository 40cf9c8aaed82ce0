#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu: clone3 answers ENOSYS.
. "$LIB"

need_prog proc
same_copied_up "$PROGS/proc" clone3_forms
