#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# names, sizes, times, locks and descriptors: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same files
