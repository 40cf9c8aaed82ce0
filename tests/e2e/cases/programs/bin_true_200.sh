#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hundred short programs from a shell.
. "$LIB"

ok uc_run sh -c 'i=0; while [ $i -lt 200 ]; do /bin/true || exit 1; i=$((i+1)); done; echo $i'
out_is 200
