#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: AF_UNIX bind.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" unix_sockets
