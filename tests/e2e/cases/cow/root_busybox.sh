#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -r DIR with a static busybox: another world.
. "$LIB"

[ -x /bin/busybox ] || skip "busybox-static is not installed"
R=$CASE_DIR/root
mkdir -p "$R"/{bin,etc,tmp,proc,dev}
cp /bin/busybox "$R/bin/busybox"
for a in sh ls cat echo id pwd mkdir rm ps readlink env; do ln -s busybox "$R/bin/$a"; done
ln -s /etc/words "$R/link"
echo words >"$R/etc/words"
snapshot "$R" >"$CASE_DIR/before"
ok uc_run -r "$R" -C / /bin/sh -c 'cat /link; ls /; pwd; echo new >/etc/new; rm /etc/words; cat /etc/new; id -u; ls /usr 2>&1; readlink /proc/self/exe'
out_has '^words$'
out_has '^new$'
out_has '^0$'
out_has '/usr: No such file'
out_has '^/bin/busybox$'
snapshot "$R" >"$CASE_DIR/after"
diff "$CASE_DIR/before" "$CASE_DIR/after" || fail "the root changed"
ok uc_run -r "$R" -C / /bin/sh -c 'cat /etc/new; cat /link || echo removed'
out_is 'new
removed'
one_error 127 '' uc_run -r "$R" -C / /bin/bash
