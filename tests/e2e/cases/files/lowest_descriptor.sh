#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog names
same "$PROGS/names" lowest_descriptor
