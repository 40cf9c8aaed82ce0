#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A full state directory: the program sees ENOSPC, the view stays whole.
. "$LIB"

need_root
unshare -m true 2>/dev/null || skip "no mount namespace"
seed
head -c 3000000 /dev/urandom >"$W/big"
mkdir -p "$UC_HOME"
cat >"$CASE_DIR/inner" <<'SH'
mount -t tmpfs -o size=2m,mode=755 none "$UC_HOME" || exit 99
cd "$W" || exit 98
# a copy-up that does not fit: the old file stays whole
"$UCRUN" --trap $LEVEL -u test bash -c 'cp /dev/null x; cmp big big || exit 1
	echo more 2>/dev/null >>big && exit 2
	sha256sum <big; head -c 5000000 /dev/zero >new 2>/dev/null && exit 3
	rm -f new; echo small >small && cat small'
echo "status $?"
# full to the last byte before the session starts
head -c 5000000 /dev/zero >"$UC_HOME/fill" 2>/dev/null
"$UCRUN" --trap $LEVEL -u other true 2>&1 | head -n 3
echo "status ${PIPESTATUS[0]}"
# also for a compartment that is there, whose files are removed then
"$UCRUN" --trap $LEVEL -u test true 2>&1 | grep -c '^ucrun: .*No space left'
"$UC" reset test && rm "$UC_HOME/fill"
"$UCRUN" --trap $LEVEL -u test sh -c 'ls small; echo again'
SH
export W
ok unshare -m bash "$CASE_DIR/inner"
out_has "$(sha256sum <"$W/big" | cut -d' ' -f1)"
out_has '^small'
out_has '^status 0'
out_has '^status 125'
out_has '^1$'
out_has '^again'
err_has 'small.*No such file'
