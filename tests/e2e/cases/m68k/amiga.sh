#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# AmigaDOS programs: hunks, libraries, files, locks, ReadArgs, a program that starts itself.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
pers_same hunk amiga self 7 'a b' num=12 all
expect 20 m68k_run ./self
out_has '^args: required argument missing$'
