#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --trap native is honest about not being there.
. "$LIB"

one_error 125 'native' "$UCRUN" --trap native -u test true
ok "$UCRUN" --trap auto -u test true
