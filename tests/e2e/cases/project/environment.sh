#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

is "$(uc_run -E A=b -E C= sh -c 'echo "$A-${C-unset}"')" b-
is "$(FROM=outside uc_run sh -c 'echo "$FROM"')" outside
is "$(FROM=outside uc_run -E FROM=inside sh -c 'echo "$FROM"')" inside
is "$(FROM=outside uc_run -E FROM sh -c 'echo "${FROM-unset}"')" unset
is "$(uc_run -E 'X=a b=c' sh -c 'echo "$X"')" 'a b=c'
[ -n "$(uc_run sh -c 'echo "$HOME"')" ] || fail "no HOME"
uc_run sh -c 'cd "$HOME" && touch it' || fail "HOME is not usable"
