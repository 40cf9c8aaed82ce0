#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

is "$(uc_run sh -c 'printf "<%s>" "$@"' name 'a b' '' '*' $'n\nl')" $'<a b><><*><n\nl>'
big=$(head -c 100000 /dev/zero | tr '\0' x)
is "$(uc_run sh -c 'echo ${#1}' n "$big")" 100000
