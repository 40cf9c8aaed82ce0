#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

for n in 0 1 2 77 125 126 127 128 200 255; do
	expect "$n" uc_run sh -c "exit $n"
done
