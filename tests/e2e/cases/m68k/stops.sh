#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that signals and other threads stop all the time. It is over memory and time that such
# errors show, so five times.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
m68k_build stops -static
expect_text='memory: 8000000 8000000 0
calls: 3000000 3000000 0
flags: 6000000 0
1
left 20 loops
threads: 8306122, 1'
for _ in 1 2 3 4 5; do
	ok m68k_run "$CASE_DIR/stops"
	out_is "$expect_text"
done
