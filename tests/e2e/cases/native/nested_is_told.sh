#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# There is no session in a session at native level: one line says so, and the outer session goes on.
. "$LIB"

need_level native "at path level there is: nested/"
need_root
one_error 125 'another supervisor already listens here' uc_run "$UCRUN" -u inner true
one_error 125 'another supervisor already listens here' uc_run "$UCRUN" --trap path -u inner true
ok uc_run sh -c '"$1" -u inner true 2>/dev/null; echo $?' x "$UCRUN"
out_is 125
