#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

secret_seed escape
ok secret_run /escape ways_up
secret_kept
