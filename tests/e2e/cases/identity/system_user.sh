#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Started by root with the name of a system user: that user's files are what the compartment may touch.
. "$LIB"

need_root
getent passwd nobody >/dev/null || skip "no nobody"
ok "$UCRUN" --trap $LEVEL -u nobody id -u
out_is 0
is "$(cut -d' ' -f1 "$UC_HOME/nobody/owner")" "$(id -u nobody)"
"$UCRUN" --trap $LEVEL -u root id -u >/dev/null 2>&1
! grep -q '^0 ' "$UC_HOME/root/owner" 2>/dev/null || fail "host root owns a compartment"
