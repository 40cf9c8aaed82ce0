#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"


secret_seed confine
ok secret_run /confine own_filter
secret_kept
