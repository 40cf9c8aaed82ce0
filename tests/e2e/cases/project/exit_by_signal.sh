#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

for s in HUP INT KILL TERM USR1 SEGV ABRT PIPE; do
	expect $((128 + $(kill -l $s))) uc_run bash -c "ulimit -c 0; trap - $s; kill -$s \$\$"
done
