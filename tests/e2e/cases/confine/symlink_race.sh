#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a directory that is the host's own.
. "$LIB"

secret_seed escape
mkdir "$CASE_DIR/rw"
chmod 777 "$CASE_DIR/rw"
ok uc_run -r "$R" -b "$CASE_DIR/rw:/rw:rw" -C /rw -E SECRET="$S/secret" /escape symlink_race
secret_kept
