#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A symlink made in a writable bind does not lead ucrun's own work out.
. "$LIB"

mkdir "$CASE_DIR/rw" "$CASE_DIR/outside"
chmod 777 "$CASE_DIR/rw" "$CASE_DIR/outside"
echo SECRET >"$CASE_DIR/outside/secret"
chmod 666 "$CASE_DIR/outside/secret"
mkdir -p "$CASE_DIR/root"/{bin,proc,dev}
[ -x /bin/busybox ] || skip "busybox-static is not installed"
cp /bin/busybox "$CASE_DIR/root/bin/sh"
uc_run -r "$CASE_DIR/root" -b "$CASE_DIR/rw:/rw:rw" -C /rw /bin/sh -c "ln -s $CASE_DIR/outside l; cat l/secret; echo over >l/secret; echo x >l/new; ln -s ../outside m; cat m/secret" >"$CASE_DIR/out" 2>&1
out_lacks SECRET
is "$(cat "$CASE_DIR/outside/secret")" SECRET
is "$(ls "$CASE_DIR/outside")" secret
