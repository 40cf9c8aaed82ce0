#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

seed
ok uc_run -b "$W:/m:ro" cat /proc/self/mounts
out_has ' /m [a-z0-9]+ ro'
out_has ' / '
out_has ' /proc proc'
is "$(uc_run -r "$W" -C / /bin/true 2>/dev/null; echo $?)" 127
ok uc_run -b "$W:/m:ro" awk '{print $5}' /proc/self/mountinfo
out_has '^/m$'
ok uc_run df --output=target /
out_has '^/$'
# binds are parts of the one file system: df shows that once, by its root
ok uc_run -b "$W:/m:ro" df --output=target
out_has '^/$'
if [ "$LEVEL" = path ]; then
	ok uc_run -b "$W:/m:ro" awk '$5 == "/m" { print $4 }' /proc/self/mountinfo
	out_is "$W"
fi
