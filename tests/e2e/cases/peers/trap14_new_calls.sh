#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Unknown calls fail closed; the known new ones work.
. "$LIB"

need_prog change confine names
ok uc_run "$PROGS/confine" unknown_calls
same "$PROGS/names" statx_variants
same "$PROGS/names" faccessat2_variants
same "$PROGS/change" fchmodat2_variants
