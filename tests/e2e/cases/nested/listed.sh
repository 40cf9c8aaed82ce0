#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc ps and uc info tell what is in a compartment's sessions; uc rm forgets it too.
. "$LIB"

ok uc_run bash -c 'mkfifo /tmp/end; exec 3<>/tmp/end; "$1" -u inner sh -c "echo; read x" <&3 | { read x; echo up >/tmp/up; cat; }' x "$UCRUN" &
outer=$!
up() { [ -e "$(upper /tmp/up)" ]; }
wait_for up
ok "$UC" ps
out_has 'test/inner .*sh'
ok "$UC" info test
out_has 'nested +test/inner, 1 session$'
ok "$UC" info --json test
out_has '"nested":\[\{"name":"test/inner","sessions":1\}\]'
kill $outer 2>/dev/null
"$UC" stop test >/dev/null 2>&1
wait
ok "$UC" info test
out_has 'nested +test/inner, 0 sessions$'
ok "$UC" rm test
[ ! -e "$UC_HOME/test" ] || fail "it is still there"
