#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# umvu inside umvu fails: ours says what is missing, in one line, until views nest.
. "$LIB"
need_level path "nobody listens at native level; native/ has its own case of a session in a session"

expect 125 uc_run "$UCRUN" --trap $LEVEL -u inner true
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$(cat "$CASE_DIR/err")"
err_has 'another supervisor'
# a place of its own for compartments makes no difference
one_error 125 'another supervisor' uc_run env UC_HOME="$CASE_DIR/inner" "$UCRUN" --trap path -u inner true
ok uc_run true
