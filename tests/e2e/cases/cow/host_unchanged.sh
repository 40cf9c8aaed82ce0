#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A storm of changes; the host's tree is the same byte for byte.
. "$LIB"

seed
unchanged inside bash -ec '
echo changed >a; rm b; mkdir new; mv d moved; ln moved/text hardlink; chmod 600 moved/x
touch -d 2001-01-01 link; rm -rf moved/e; mkdir moved/e; echo in >moved/e/in; rm fifo; mkfifo fifo
truncate -s 100 hard; cp -a moved copy; rm -rf copy; : >dangling; sync
' || fail "inside"
is "$(inside cat moved/e/in)" in
