#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names with control characters come out of uc escaped.
. "$LIB"

ok uc_run bash -c 'mkdir "$1/h" && cd "$1/h" && touch "$(printf "a\nb")" "$(printf "\033[31mred")" "$(printf "bad\377utf")" "sp ace" "q\"uote"' x "$W"
ok "$UC" diff test
LC_ALL=C grep -qP '\x1b' "$CASE_DIR/out" && fail "an escape sequence came through"
is "$(grep -c work/h/ "$CASE_DIR/out")" 5
ok "$UC" diff test --json
/usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
assert "sp ace" in json.dumps(d), d
' <"$CASE_DIR/out" || fail "not JSON"
