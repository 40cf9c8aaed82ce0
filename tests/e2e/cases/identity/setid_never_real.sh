#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A set-id bit given inside is never real on the host.
. "$LIB"

need_level path "set-id bits are real at native level, of the range: native/same_upper"

ok uc_run sh -c 'cp /bin/sh /sh; chown 0:0 /sh; chmod 6755 /sh; stat -c %a /sh; mkdir /d; chmod 2777 /d; touch /d/x; stat -c %a /d'
out_is '6755
2777'
find "$UC_HOME" -perm /6000 | grep -q . && fail "a set-id bit on the host: $(find "$UC_HOME" -perm /6000)"
exit 0
