#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The ELF interpreter must come from the view: 126/127, never the host's.
. "$LIB"

R=$CASE_DIR/root
mkdir -p "$R"/{bin,proc,dev}
cp /bin/true "$R/bin/true"
uc_run -r "$R" -C / /bin/true >"$CASE_DIR/out" 2>"$CASE_DIR/err"
status=$?
[ $status -eq 126 ] || [ $status -eq 127 ] || fail "status $status: the host's loader ran it"
