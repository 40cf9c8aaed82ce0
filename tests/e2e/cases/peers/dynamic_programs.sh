#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umview: every dynamically linked program fails.
. "$LIB"

ok uc_run bash -c 'ls / >/dev/null && ldd /bin/ls | grep -c libc.so && id -u'
out_is '1
0'
