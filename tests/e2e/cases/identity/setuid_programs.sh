#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's own set-uid programs work for a user inside.
. "$LIB"

[ -u /usr/bin/passwd ] || skip "no setuid passwd"
ok uc_run bash -c 'rm -f /etc/shadow /etc/gshadow; : >/etc/shadow; : >/etc/gshadow; useradd -m eve && echo eve:secret | chpasswd && setpriv --reuid eve --regid eve --init-groups /usr/bin/passwd -S eve'
out_has '^eve P'
