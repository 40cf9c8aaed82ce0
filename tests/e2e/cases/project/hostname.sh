#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

is "$(uc_run --hostname box uname -n)" box
is "$(uc_run --hostname box sh -c 'cat /proc/sys/kernel/hostname')" box
ok "$UCRUN" --trap $LEVEL -u test uname -n
out_is "$(uname -n)"
