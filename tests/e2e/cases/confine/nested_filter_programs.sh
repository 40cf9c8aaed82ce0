#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that sandbox themselves work.
. "$LIB"

ok uc_run setpriv --no-new-privs sh -c 'echo x >~/x; cat ~/x'
out_is x
