#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# every FPU operation on 32 kinds of numbers, all rounding modes and precisions, with the status
# register: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same fp_all -m68040
