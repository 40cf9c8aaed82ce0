#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog sockets
same "$PROGS/sockets" internet_names
