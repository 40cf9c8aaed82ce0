#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A directory too deep for a path is refused with ENAMETOOLONG, and what is above goes on working.
. "$LIB"

need_level path "the kernel carries paths of any depth"

need_prog names
seed
ok unchanged inside "$PROGS/names" deep_directories
out_has '^told$'
out_has '^bottom: "bottom"$'
out_has '^a: "one|"$'
