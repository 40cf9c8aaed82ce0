#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# EMFILE and EBADF from ADDFD are answers; only O_CLOEXEC passes.
. "$LIB"

need_prog confine names
seed
ok inside "$PROGS/confine" few_descriptors
same "$PROGS/names" open_modes
same "$PROGS/names" lowest_descriptor
