#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --trap native where it cannot be: one line with the way out; auto takes the path level.
. "$LIB"

if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 777 "$CASE_DIR/home2"
	as=(setpriv --reuid 54321 --regid 54321 --clear-groups env "UC_HOME=$CASE_DIR/home2/uc")
else
	as=(env)
fi
one_error 125 'native.*--trap path' "${as[@]}" "$BUILD/ucrun" --trap native true
ok "${as[@]}" "$BUILD/ucrun" --trap auto true
expect 0 "${as[@]}" "$BUILD/ucrun" -v --trap auto true
err_has 'path level: .'
one_error 125 'unknown level' "$BUILD/ucrun" --trap nonsense true
