#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A signal makes a call arrive twice, or cannot interrupt a blocking one.
. "$LIB"

need_prog confine objects
seed
ok inside "$PROGS/confine" signals_once
same "$PROGS/objects" fifo_blocking
same "$PROGS/objects" fifo_restart
