#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# the FPU, bit for bit, infinities and NaN among the operands: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same fp
