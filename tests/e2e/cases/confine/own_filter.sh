#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "nobody listens at native level, so a program may have a listener of its own"

secret_seed confine
ok secret_run /confine own_filter
secret_kept
