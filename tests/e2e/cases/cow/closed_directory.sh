#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A directory of the host that the compartment's user may not search is an empty one of the compartment's own.
. "$LIB"
need_level path "at native level the directories of a lower layer are what the kernel finds"

seed
echo secret >"$W/d/e/f/secret"
mkdir "$W/d/e/f/below"
echo log >"$W/log"
echo key >"$W/key"
chmod 600 "$W/log" "$W/key"
if [ "$(id -u)" -eq 0 ]; then
	chmod 700 "$W/d/e/f" # and the compartment's user is not root
else
	chmod 000 "$W/d/e/f" "$W/log" "$W/key"
fi
snapshot "$W" >"$CASE_DIR/snap.before"

# looking changes nothing in what programs see, and tells nothing
ok inside sh -c 'stat -c %F d/e/f; test -e d/e/f/secret || echo none; cat d/e/f/below/x 2>&1; test -r d/e/f && ls -a d/e/f'
out_is "$(printf '%s\n' directory none 'cat: d/e/f/below/x: No such file or directory' . ..)"
ok inside sh -c 'cd d/e/f && echo mine >x && mkdir -p below/er && mv x below/y && cat below/y && ls'
out_is "$(printf 'mine\nbelow')"
# and it is there in the next session, and can go
ok inside sh -c 'cat d/e/f/below/y && rm -r d/e/f && test ! -e d/e/f && mkdir d/e/f && ls d/e/f'
out_is mine

# made in it without looking first, by a relative path from inside
uc_reset
ok inside sh -c 'cd d/e/f && mkdir a && cp ../../text a/ && cat a/text | wc -l && pwd | sed s,.*/,,'
out_is "$(printf '2\nf')"
# not for others inside
uc_reset
if [ "$(id -u)" -eq 0 ]; then
	expect 2 inside setpriv --reuid 12345 --regid 12345 --clear-groups ls d/e/f
	err_has 'Permission denied'
fi

# a file stays closed, but a log goes on: with what is added
expect 1 inside cat key
ok inside sh -c 'echo more >>log; cat log'
out_is more
expect 1 inside sh -c "( exec 3<>key ) || exit 1"
snapshot "$W" >"$CASE_DIR/snap.after"
diff -u "$CASE_DIR/snap.before" "$CASE_DIR/snap.after" || fail "the host changed"
chmod 755 "$W/d/e/f"
