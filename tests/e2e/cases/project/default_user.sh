#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without -u: the login name's compartment.
. "$LIB"

ok "$UCRUN" --trap $LEVEL true
is "$(ls "$UC_HOME" | wc -l)" 1
