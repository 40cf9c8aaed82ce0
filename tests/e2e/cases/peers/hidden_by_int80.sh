#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu: a hidden directory opens through int 0x80.
. "$LIB"

also confine/int80_open
