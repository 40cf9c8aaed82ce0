#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A view within the view: what the inner session changes is in the inner compartment only.
. "$LIB"

inner() { uc_run "$UCRUN" -u inner "$@"; }

seed
cd "$W" || exit 1
unchanged ok uc_run sh -c "echo outer >'$W/a'; rm '$W/b'; echo new >'$W/new'"
# it sees what the outer one sees
unchanged ok inner sh -c "cat '$W/a' '$W/new' '$W/d/text'; ls '$W'"
out_is "$(printf 'outer\nnew\nsome longer text\nof two lines\na\nd\ndangling\ndlink\nempty\nfifo\nlink\nloop1\nloop2\nnew')"
# it changes, removes, renames and makes
unchanged ok inner sh -c "cd '$W' && echo inner >a && rm new && mv d moved && mkdir made && echo x >made/f && chown 5:6 empty"
ok uc_run stat -c %u:%g "$W/empty"
owner=$(cat "$CASE_DIR/out")
ok uc_run sh -c "cd '$W' && cat a new d/text && ls && stat -c %u:%g empty"
out_is "$(printf 'outer\nnew\nsome longer text\nof two lines\na\nd\ndangling\ndlink\nempty\nfifo\nlink\nloop1\nloop2\nnew\n%s' "$owner")"
# and finds it again
ok inner sh -c "cd '$W' && cat a moved/text made/f && ls && stat -c %u:%g empty"
out_is "$(printf 'inner\nsome longer text\nof two lines\nx\na\ndangling\ndlink\nempty\nfifo\nlink\nloop1\nloop2\nmade\nmoved\n5:6')"
# another inner compartment has none of it; the default name is another one than "inner"
ok uc_run "$UCRUN" -u other cat "$W/a"
out_is outer
ok uc_run "$UCRUN" cat "$W/a"
out_is outer
# what is made ephemerally is forgotten, inside too
ok uc_run "$UCRUN" -u inner -e sh -c "echo gone >'$W/a'; cat '$W/a'"
out_is gone
ok inner cat "$W/a"
out_is inner
# changes of the outer session show while the inner one runs; at native level, under a name that the
# inner one has not asked for before
ok uc_run bash -c 'coproc C { "$1" -u live sh -c "echo; read x; cat /tmp/later"; }; read x <&${C[0]}
	echo later >/tmp/later; echo >&${C[1]}; cat <&${C[0]}' x "$UCRUN"
out_is later
ok "$UC" reset test
ok inner cat "$W/a"
out_is one
# the kernel stacks two overlays, so at native level there is one session in another, and none in an
# ephemeral one of the whole host
if [ "$LEVEL" = native ]; then
	one_error 125 'nested too deep' inner "$UCRUN" -u third true
	[ "$(id -u)" != 0 ] || one_error 125 'kernel stacks no more' uc_run -e "$UCRUN" -u inner true
	exit 0
fi
# three levels, each over the one before
ok inner sh -c "echo inner >'$W/a'; mkdir '$W/made'; echo x >'$W/made/f'"
ok inner "$UCRUN" -u third sh -c "cat '$W/a'; echo third >'$W/a'; rm '$W/made/f'"
out_is inner
ok inner cat "$W/a" "$W/made/f"
out_is "$(printf 'inner\nx')"
ok inner "$UCRUN" -u third sh -c "cat '$W/a'; ls -A '$W/made'"
out_is third
ok uc_run -e "$UCRUN" -u inner sh -c "cat '$W/a'; echo gone >'$W/a'"
out_is one
ok uc_run -e "$UCRUN" -u inner cat "$W/a"
out_is one
