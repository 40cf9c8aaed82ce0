#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What fpu.c computes itself, bit for bit, in each mode of rounding and precision.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same fp_random
