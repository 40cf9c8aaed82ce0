#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A directory that holds one which the user may not read: it cannot be copied, so it is not moved.
. "$LIB"
need_level path "a lower directory is not renamed at native level: mv copies"

if [ "$(id -u)" -eq 0 ]; then
	# the compartment's user is nobody who owns anything here
	seed
	echo secret >"$W/d/e/f/deep"
	chmod 700 "$W/d/e/f"
else
	seed
	chmod 000 "$W/d/e/f"
fi
cp -r "$W/a" "$W/d/more"
expect 1 inside mv d new
err_has "'d'.*Permission denied"
ok inside sh -c 'test ! -e new && test -d d/e/f && cat d/text d/more'
out_has 'some longer text'
# nothing was copied either
ok "$UC" diff test
out_is ''
# a neighbour moves, and what hides the closed one away is our own
ok inside sh -c 'mkdir n && mv d/text n && mv n n2 && cat n2/text && rmdir d/e/f && mv d new && cat new/more'
out_has 'one'
chmod 755 "$W/d/e/f"
