#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

ok "$UCRUN" --version
out_has '^ucrun [0-9]+\.[0-9]+'
ok "$UC" --version
out_has '[0-9]+\.[0-9]+'
