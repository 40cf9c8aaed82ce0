#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Descriptors that ucrun was started with lead nowhere.
. "$LIB"

secret_seed escape
(cd "$S" && "$UCRUN" --trap $LEVEL -u test -r "$R" -C / /escape inherited 7<. 0<.) >"$CASE_DIR/out" 2>&1
is $? 0 "$(cat "$CASE_DIR/out")"
secret_kept
