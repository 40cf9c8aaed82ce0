#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's mounts below "/" and below a bind: each has its part of the one upper tree.
. "$LIB"

need_level native "the path level has one tree"
need_root
M=$CASE_DIR/mnt
mkdir "$M"
cat >"$CASE_DIR/inner.sh" <<'SH'
. "$LIB"
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/deep" "$1/deep/er"
mount -t tmpfs tmpfs "$1/deep/er"
echo outer >"$1/f"
echo inner >"$1/deep/er/g"
chown 5:6 "$1/deep"
ok uc_run sh -c "cat $1/f $1/deep/er/g; echo changed >$1/f; echo changed >$1/deep/er/g; rm -f $1/deep/er/nothing; echo n >$1/deep/er/n; stat -c %u:%g $1/deep"
out_is 'outer
inner
5:6'
is "$(cat "$1/f" "$1/deep/er/g")" 'outer
inner'
ok uc_run sh -c "cat $1/f $1/deep/er/g $1/deep/er/n"
out_is 'changed
changed
n'
# the other level reads the same upper tree
ok "$UCRUN" --trap path -u test cat "$1/f" "$1/deep/er/g" "$1/deep/er/n"
out_is 'changed
changed
n'
ok uc_run -b "$1:/c:cow" sh -c 'cat /c/f /c/deep/er/g; rm -r /c/deep/er/*; ls /c/deep/er | wc -l'
out_is 'outer
inner
0'
ok uc_run -b "$1:/r:ro" sh -c 'cat /r/deep/er/g; echo x 2>/dev/null >/r/deep/er/g || echo refused'
out_is 'inner
refused'
# beside a mount that the compartment has nothing of yet, on the way to it too
mkdir -p "$1/way/to"
mount -t tmpfs tmpfs "$1/way/to"
ok "$UCRUN" --trap native -u fresh mkdir "$1/way/beside" "$1/beside"
ok "$UCRUN" --trap native -u fresh ls "$1/way"
out_is 'beside
to'
SH
unshare -m bash "$CASE_DIR/inner.sh" "$M" || fail "in a mount namespace of its own"
exit 0
