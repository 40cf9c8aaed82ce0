#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A directory of the host that the user may not enter stays closed; root's rights end there.
. "$LIB"

need_level path "a native view of the whole host was asked for by root, and shows what root sees"

[ -r /etc/shadow ] && [ "$(id -u)" -ne 0 ] && skip "odd host"
expect 1 uc_run cat /etc/shadow
ok uc_run sh -c 'rm -f /etc/motd; echo mine >/etc/motd; cat /etc/motd'
out_is mine
