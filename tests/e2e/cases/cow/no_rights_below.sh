#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of the host that the user may not read stays closed; root's rights end there.
. "$LIB"

need_level path "a native view of the whole host was asked for by root, and shows what root sees"

seed
echo secret >"$W/key"
chmod "$([ "$(id -u)" -eq 0 ] && echo 600 || echo 000)" "$W/key"
expect 1 inside cat key
# the host's passwords are not what is in /etc/shadow
if ! [ -r /etc/shadow ] || [ "$(id -u)" -eq 0 ]; then
	uc_run cat /etc/shadow >"$CASE_DIR/shadow"
	grep -vE '^[^:]*:[*]:' "$CASE_DIR/shadow" && fail "somebody's password"
fi
ok uc_run sh -c 'rm -f /etc/motd; echo mine >/etc/motd; cat /etc/motd'
out_is mine
