#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_level path "a task under a filter cannot enter strict mode"

need_prog proc
same "$PROGS/proc" seccomp_strict
