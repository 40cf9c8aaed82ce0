#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file is on the device of its directory, in an ephemeral session too, so that what stays on one file system finds it.
. "$LIB"

seed
for e in "" -e; do
	# shellcheck disable=SC2086
	ok uc_run $e -C "$W" sh -c 'echo new >d/new; find . ! -type l -printf "%D\n" | sort -u | wc -l; tar --one-file-system -cf - d | tar t | grep -v "/$"'
	sort -o "$CASE_DIR/out" "$CASE_DIR/out"
	out_is "$(printf '%s\n' 1 d/e/f/deep d/new d/text d/x)"
done
