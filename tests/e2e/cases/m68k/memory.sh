#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mappings, rights, faults with a handler that mends and goes on: as with qemu-m68k
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_same memory
