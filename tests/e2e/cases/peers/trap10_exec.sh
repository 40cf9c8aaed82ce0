#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What runs is what was resolved: #!, PT_INTERP, PATH, exec from a thread.
. "$LIB"

need_prog objects proc
same "$PROGS/proc" exec_from_thread
same "$PROGS/objects" exec_errors
bash "$(dirname "$LIB")/cases/project/script_arguments.sh" || fail script_arguments
