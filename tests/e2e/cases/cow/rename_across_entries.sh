#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

seed
ok uc_run -b "$W:/m:cow" bash -c 'mv /m/a /tmp/a && cat /tmp/a && [ ! -e /m/a ] && mv /tmp/a /m/back && cat /m/back'
out_is 'one
one'
