#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is on disk is overlayfs's format: the kernel's overlayfs shows the same.
. "$LIB"

need_root
unshare -m true 2>/dev/null || skip "no mount namespace"
seed
ok inside bash -c 'echo c >a; rm b; rm -r d; mkdir d; echo only >d/only; mkdir nd; mv link nd/'
list='cd "$1" && find . -printf "%p %y %s\n" | LC_ALL=C sort | grep -v " d " ; find . -type d | LC_ALL=C sort; cat a d/only'
ok inside bash -c "$list" x "$W"
cp "$CASE_DIR/out" "$CASE_DIR/ours"
mkdir "$CASE_DIR/ovl" "$CASE_DIR/m"
export list W
unshare -m bash -c 'mount -t tmpfs none "$CASE_DIR/ovl" && mkdir "$CASE_DIR/ovl/work" "$CASE_DIR/ovl/up" &&
	cp -a "$UC_HOME/test/upper$W/." "$CASE_DIR/ovl/up/" &&
	mount -t overlay none -o "userxattr,lowerdir=$W,upperdir=$CASE_DIR/ovl/up,workdir=$CASE_DIR/ovl/work" "$CASE_DIR/m" ||
	exit 77; bash -c "$list" x "$CASE_DIR/m"' >"$CASE_DIR/kernel" 2>"$CASE_DIR/err"
status=$?
[ $status -ne 77 ] || skip "no overlay mount: $(head -n 1 "$CASE_DIR/err")"
diff "$CASE_DIR/ours" "$CASE_DIR/kernel" || fail "the kernel sees something else"
