#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

echo file >"$UC_HOME"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
is "$(cat "$UC_HOME")" file
rm "$UC_HOME"
mkdir -p "$UC_HOME"
echo file >"$UC_HOME/test"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
is "$(cat "$UC_HOME/test")" file
rm "$UC_HOME/test"
ln -s "$W" "$UC_HOME/test"
one_error 125 '' "$UCRUN" --trap $LEVEL -u test true
[ -z "$(ls -A "$W")" ] || fail "a symlink was followed"
