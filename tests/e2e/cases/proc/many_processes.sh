#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

ok uc_run bash -c 'mkdir /tmp/many; for i in $(seq 200); do (echo $i >/tmp/many/p$i; cat /tmp/many/p$i >/dev/null) & done; wait; ls /tmp/many | wc -l'
out_is 200
