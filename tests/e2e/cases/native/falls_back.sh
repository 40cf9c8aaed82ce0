#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# auto: what the native level accepts and the kernel then does not mount runs at path level as a whole.
# Here a part of /proc is covered, as in most containers: then nobody without rights gets a fresh one.
. "$LIB"

need_root
need_level native "it is about falling back from there"
[ -x /bin/busybox ] || skip "busybox is not installed"
mkdir -p "$W/root/bin" "$W/root/proc"
cp /bin/busybox "$W/root/bin/sh"
ln -s sh "$W/root/bin/cat"
echo below >"$W/root/file"
cat >"$CASE_DIR/in" <<'EOS'
mount -t tmpfs none /proc/fs || exit 77
"$UCRUN" --trap native -u test -r "$1" /bin/sh -c :
[ $? -eq 125 ] || exit 2
"$UCRUN" -v -u test -r "$1" /bin/sh -c 'cat /file; echo inside >/file; cat /file' || exit 3
"$UCRUN" -u test -r "$1" /bin/sh -c 'cat /file' || exit 4
EOS
unshare -m /bin/bash "$CASE_DIR/in" "$W/root" >"$CASE_DIR/out" 2>"$CASE_DIR/err"
status=$?
[ $status -eq 77 ] && skip "no mounts here"
is $status 0 "status: $(cat "$CASE_DIR/err")"
out_is "below
inside
inside"
err_has '^ucrun: path level: /proc: '
is "$(cat "$W/root/file")" below
# and the other way round: without the cover it is the native level again, with the same files
ok "$UCRUN" -v -u test -r "$W/root" /bin/sh -c 'cat /file'
out_is inside
err_has '^ucrun: native level'
