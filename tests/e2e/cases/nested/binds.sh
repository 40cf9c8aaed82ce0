#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --bind and --root name what the outer session sees, and what that one was given is there.
. "$LIB"
need busybox

inner() { uc_run -b "$CASE_DIR/given:/given" -b "$CASE_DIR/ro:/ro:ro" -b "$CASE_DIR/cow:/cow:cow" "$UCRUN" -u inner "$@"; }

mkdir "$CASE_DIR"/{given,ro,cow}
chmod 777 "$CASE_DIR/given"
for d in given ro cow; do echo "$d" >"$CASE_DIR/$d/f"; chmod 666 "$CASE_DIR/$d/f"; done
# what is nobody's inside cannot be copied up at native level (docs/limits.md)
ok uc_run true
[ "$(id -u)" != 0 ] || chown -R --reference="$UC_HOME/test" "$CASE_DIR/given"
# a rw bind of the outer one: the inner one's changes stay inside
ok inner sh -c 'cat /given/f /ro/f /cow/f; echo x >/given/f; echo x >/cow/f; echo x >/given/new; cat /given/f /cow/f /given/new'
out_is "$(printf 'given\nro\ncow\nx\nx\nx')"
is "$(cat "$CASE_DIR/given/f" "$CASE_DIR/cow/f"; ls "$CASE_DIR/given")" "$(printf 'given\ncow\nf')"
ok uc_run -b "$CASE_DIR/cow:/cow:cow" cat /cow/f
out_is cow
ok inner cat /given/f /given/new
out_is "$(printf 'x\nx')"
expect 2 inner sh -c 'echo x >/ro/f' 
# a bind of its own: rw is what the outer one has, and the outer one sees the change
ok uc_run sh -c 'mkdir /src /src/sub; echo src >/src/f'
ok uc_run "$UCRUN" -u inner -b /src:/dst -b /src:/mine:cow -b /src:/look:ro sh -c 'echo changed >/dst/f; echo y >/dst/sub/y; cat /mine/f /look/sub/y; echo own >/mine/f; cat /src/f'
out_is "$(printf 'changed\ny\nchanged')"
ok uc_run cat /src/f /src/sub/y
out_is "$(printf 'changed\ny')"
ok uc_run "$UCRUN" -u inner -b /src:/mine:cow cat /mine/f
out_is own
expect 2 uc_run "$UCRUN" -u inner -b /src:/look:ro sh -c 'echo x >/look/f'
# one file, and a hole
ok uc_run "$UCRUN" -u inner -b /src/f:/onefile sh -c 'echo file >/onefile'
ok uc_run cat /src/f
out_is file
ok uc_run mkdir -p /mnt/sub # at native level a hole needs something to show
ok uc_run "$UCRUN" -u inner -b /src:/mnt:rw,except=/mnt/sub sh -c 'ls /mnt/sub 2>/dev/null; cat /mnt/f'
out_is file
# a root that is in the outer compartment only
ok uc_run sh -c 'mkdir -p /newroot/bin && cp "$(command -v busybox)" /newroot/bin/busybox && echo r >/newroot/mark'
ok uc_run "$UCRUN" -u inner -r /newroot /bin/busybox sh -c 'busybox cat /mark; echo inner >/mark; busybox ls / | busybox grep -v proc'
out_is "$(printf 'r\nbin\ndev\nmark')"
ok uc_run cat /newroot/mark
out_is r
ok uc_run "$UCRUN" -u inner -r /newroot /bin/busybox cat /mark
out_is inner
# relative names are the caller's
ok uc_run sh -c 'cd /src && "$1" -u inner -b .:/here:ro cat /here/f' x "$UCRUN"
out_is file
