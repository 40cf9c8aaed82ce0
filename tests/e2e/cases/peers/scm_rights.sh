#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: SCM_RIGHTS passes a placeholder.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" socketpair_fds
