#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "the session outside has the number 0 in a pid namespace"

need_prog proc
same "$PROGS/proc" job_ids
