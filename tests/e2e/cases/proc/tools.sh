#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tools that read /proc.
. "$LIB"

ok uc_run bash -c 'ps aux >/dev/null && pgrep -f "bash -c" >/dev/null && uptime >/dev/null && free >/dev/null && top -bn1 >/dev/null && w >/dev/null; pidof -x nothing; df / >/dev/null && df /tmp >/dev/null && findmnt / >/dev/null && lsof -p $$ >/dev/null 2>&1; mount >/dev/null; nproc >/dev/null && echo fine'
out_is fine
