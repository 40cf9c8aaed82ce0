#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -e on a compartment that does not exist yet.
. "$LIB"

ok "$UCRUN" --trap $LEVEL -e -u fresh sh -c 'echo x >/x; cat /x'
out_is x
expect 1 "$UCRUN" --trap $LEVEL -e -u fresh test -e /x
