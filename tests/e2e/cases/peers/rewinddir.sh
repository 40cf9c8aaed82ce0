#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: rewinddir.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" getdents
