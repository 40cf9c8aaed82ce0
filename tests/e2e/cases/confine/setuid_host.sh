#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A set-uid program of the host gives nothing real.
. "$LIB"

[ -u /bin/su ] || skip "no set-uid program here"
uc_run bash -c 'grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status' >"$CASE_DIR/out"
uc_run bash -c 'su -c "id -u" </dev/null' >"$CASE_DIR/out" 2>&1
# what is told for the host's passwords is none of them (at native level root started it, and reads)
[ "$LEVEL" = native ] || is "$(uc_run cut -d: -f2 /etc/shadow | sort -u)" '*' "passwords"
