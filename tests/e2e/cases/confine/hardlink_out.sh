#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hard link from a writable bind to a cow'd or read-only host file is refused.
. "$LIB"

seed
mkdir "$CASE_DIR/rw"
chmod 777 "$CASE_DIR/rw"
expect 1 uc_run -b "$CASE_DIR/rw:/rw:rw" ln "$W/a" /rw/a
[ ! -e "$CASE_DIR/rw/a" ] || fail "linked"
expect 1 uc_run -b "$CASE_DIR/rw:/rw:rw" -b "$W:/ro:ro" ln /ro/a /rw/a
