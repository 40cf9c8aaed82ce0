#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# useradd, su and friends, as a root program expects them.
. "$LIB"

[ -x /usr/sbin/useradd ] || skip "no useradd"
ok uc_run bash -c 'rm -f /etc/shadow /etc/gshadow; : >/etc/shadow; : >/etc/gshadow; useradd -m -s /bin/bash bob && id -u bob >/dev/null && setpriv --reuid bob --regid bob --init-groups bash -c "id -un; echo x >~bob/mine; stat -c %U ~bob/mine; touch /root/x 2>/dev/null || touch /etc/x 2>/dev/null || echo denied"'
out_is 'bob
bob
denied'
grep -q '^bob:' /etc/passwd && fail "the host has bob"
ok uc_run bash -c 'su bob -c "id -un"'
out_has '^bob$'
