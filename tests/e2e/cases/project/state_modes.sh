#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is on disk is private, and as documented.
. "$LIB"

ok "$UCRUN" --trap $LEVEL -u test true
is "$(stat -c %a "$UC_HOME/test")" 700
is "$(cat "$UC_HOME/test/format")" 'ucrun-compartment 1'
grep -qE '^[0-9]+ [0-9]+$' "$UC_HOME/test/owner" || fail "owner: $(cat "$UC_HOME/test/owner")"
grep -qE '^0 ' "$UC_HOME/test/owner" && fail "the host's root owns it"
[ -d "$UC_HOME/test/upper" ] || fail "no upper"
