#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Mountpoints show up in listings and mounts(5), cannot be removed, and are borders.
. "$LIB"

seed
ok uc_run -b "$W:/m/here:ro" bash -c '
ls -d /m/*; grep -c " /m/here " /proc/self/mounts; grep -c " /m/here " /proc/self/mountinfo
rmdir /m/here 2>&1 | grep -o "busy"; mv /m/here /m/there 2>&1 | grep -o "busy"
ln /m/here/a /m/x 2>&1 | grep -o "cross-device"; findmnt -n -o TARGET /m/here 2>/dev/null || echo /m/here
mountpoint -q /m/here && echo mountpoint; find /m -xdev -name text | wc -l'
out_has '^/m/here$'
out_has '^1$'
out_has busy
out_has cross-device
