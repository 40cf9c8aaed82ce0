#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs' own seccomp filters work and gain nothing.
. "$LIB"

need_prog proc
same "$PROGS/proc" own_seccomp
[ "$LEVEL" = native ] || same "$PROGS/proc" seccomp_strict
bash "$(dirname "$LIB")/cases/confine/own_filter.sh" || [ $? -eq 77 ] || fail own_filter
