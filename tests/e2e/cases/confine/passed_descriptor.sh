#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

secret_seed escape
ok secret_run /escape passed_descriptor
secret_kept
