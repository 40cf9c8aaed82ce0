#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Human68k programs: DOS calls by F-line, files and their long names, EXEC, IOCS, a .R file.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
pers_same hu human self.x 7 one two
expect 125 m68k_run ./self.x gem
err_has 'it calls IOCS graphics'
# print 'R' and leave, at any address
printf '\x60\x00\x00\x02\x3f\x3c\x00\x52\xff\x02\x54\x8f\xff\x00' >"$W/small.r"
ok m68k_run ./small.r
out_is R
