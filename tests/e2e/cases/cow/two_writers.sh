#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes that write one host file at once: one copy-up, nothing lost.
. "$LIB"

need_prog cow
for _ in 1 2 3; do
	same "$PROGS/cow" two_writers
done
