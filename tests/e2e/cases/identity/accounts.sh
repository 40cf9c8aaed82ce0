#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Users and groups are added inside although the host's /etc/shadow cannot be read.
. "$LIB"
need useradd groupadd chpasswd su getent

[ -e /etc/shadow ] || skip "no /etc/shadow"
ok uc_run sh -c 'groupadd ucgroup && useradd -m -G ucgroup ucuser && getent passwd ucuser >/dev/null && su ucuser -c "id -Gn; pwd >/dev/null"'
out_is 'ucuser ucgroup'
# it lasts, with a password that can be set, and nobody has the host's
ok uc_run sh -c 'echo ucuser:secret | chpasswd && grep -c "^ucuser:[$]" /etc/shadow'
out_is 1
ok uc_run sh -c 'stat -c "%a %U" /etc/shadow /etc/gshadow; userdel -r ucuser && ! getent passwd ucuser'
out_is "$(stat -c '%a %U' /etc/shadow /etc/gshadow)"
if [ "$LEVEL" = path ]; then
	ok uc_run sh -c 'cut -d: -f2 /etc/shadow | sort -u; cut -d: -f1 /etc/shadow'
	out_is "$(echo '*'; cut -d: -f1 /etc/passwd)"
fi
