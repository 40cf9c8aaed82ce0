#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another door of the kernel leads nowhere.
. "$LIB"

secret_seed confine
ok secret_run /confine int80_open
out_is refused
# and over the host's view, where the name exists: the host is not changed
ok uc_run -E SECRET="$S/nosecret" "$PROGS/confine" int80_open
secret_kept
