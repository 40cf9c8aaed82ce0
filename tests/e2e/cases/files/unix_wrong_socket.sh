#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog objects
same "$PROGS/objects" not_unix_sockets
