#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A downloaded program is asked for: no terminal means no, an answer can be remembered by content.
. "$LIB"

need setfattr script python3
cd "$W" || exit 1
echo 'print("ran")' >prog.py
setfattr -n user.xdg.origin.url -v https://example.org/prog.py prog.py 2>/dev/null || skip "no user xattrs here"
expect 126 setsid -w "$UCRUN" --trap "$LEVEL" -u test ./prog.py
err_has 'downloaded from https://example.org/prog.py .rule origin.: the answer was no'
answer()
{
	(sleep 1; printf '%s\n' "$1"; sleep 1) |
		SHELL=/bin/bash timeout 60 script -qec "$UCRUN --trap $LEVEL -u test ./prog.py" /dev/null >"$CASE_DIR/said" 2>&1
}
answer n
grep -q ran "$CASE_DIR/said" && fail "no was no no: $(cat "$CASE_DIR/said")"
grep -q "Python would run it with all rights in the compartment 'test'" "$CASE_DIR/said" ||
	fail "the question: $(cat "$CASE_DIR/said")"
answer y
grep -q ran "$CASE_DIR/said" || fail "yes was no yes: $(cat "$CASE_DIR/said")"
answer always
ok setsid -w "$UCRUN" --trap "$LEVEL" -u test ./prog.py
out_is ran
# another content is another question
echo 'print("ran 2")' >prog.py
expect 126 setsid -w "$UCRUN" --trap "$LEVEL" -u test ./prog.py
