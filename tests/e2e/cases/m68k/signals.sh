#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# handlers, masks, restarts, alternate stack, endings: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same signals
