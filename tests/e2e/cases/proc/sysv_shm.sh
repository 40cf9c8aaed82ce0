#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog ipc
same "$PROGS/ipc" sysv_shm
