#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files of the user who started it are root's inside; new ones too; on the host they are the user's.
. "$LIB"

seed
if [ "$(id -u)" -ne 0 ]; then
	is "$(inside stat -c %u:%g a)" 0:0
fi
is "$(inside sh -c 'echo x >n; stat -c %u:%g n')" 0:0
uid=$(cut -d' ' -f1 "$UC_HOME/test/owner")
find "$UC_HOME/test" ! -uid "$uid" ! -type c | head -n 3 >"$CASE_DIR/foreign"
[ ! -s "$CASE_DIR/foreign" ] || fail "not the compartment's: $(cat "$CASE_DIR/foreign")"
find "$UC_HOME/test" -perm /6000 | head -n 1 | grep -q . && fail "a set-id file on the host"
exit 0
