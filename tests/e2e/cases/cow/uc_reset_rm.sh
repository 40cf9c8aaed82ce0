#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

seed
ok inside sh -c 'echo c >a; rm b'
ok "$UC" reset test
is "$(inside sh -c 'cat a b')" "one
two"
ok inside sh -c 'mkdir -p x/y; chmod 0 x/y x'
ok "$UC" rm test
[ ! -e "$UC_HOME/test" ] || fail "still there: $(find "$UC_HOME")"
uc_fails "$UC" rm test
uc_fails "$UC" diff test
