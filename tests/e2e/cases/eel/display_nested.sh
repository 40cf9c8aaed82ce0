#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --display nested: an X server of the session's own, a window or memory, that ends with it.
. "$LIB"
. "$(dirname "$LIB")/x11.sh"

need python3
cd "$W" || exit 1
convert -size 96x80 gradient:red-blue -depth 8 PNG24:pic.png || skip "convert makes no pictures"
chmod 644 pic.png
here='echo "$DISPLAY $XAUTHORITY"; xwd -silent -root | wc -c'

# without a display: Xvfb
ok env -u DISPLAY "$UCRUN" --trap "$LEVEL" -u test --display nested sh -c "$here"
out_has '^:[0-9]+ /dev/uc/xauthority'
out_has '^[0-9]{7}'
# gone with the session, unless another server has taken the number meanwhile
n=$(sed -n 's/^:\([0-9]*\) .*/\1/p' "$CASE_DIR/out")
[ ! -e "/tmp/.X11-unix/X$n" ] || kill -0 "$(tr -d ' ' <"/tmp/.X$n-lock")" || fail "its socket is left"
# its cookie is needed, and is another one each time
ok uc_run --display nested sh -c 'XAUTHORITY=/dev/null xwd -silent -root >/dev/null 2>&1 || echo closed; od -An -tx1 /dev/uc/xauthority'
out_has '^closed'
cp "$CASE_DIR/out" "$CASE_DIR/first"
ok uc_run --display nested sh -c 'XAUTHORITY=/dev/null xwd -silent -root >/dev/null 2>&1 || echo closed; od -An -tx1 /dev/uc/xauthority'
cmp -s "$CASE_DIR/out" "$CASE_DIR/first" && fail "the cookie is the same"
# the owner's word is about the host's display alone
printf '[display]\nhost = deny\n' >"$UC_HOME/test/uc.conf"
if command -v feh >/dev/null; then
	ok uc_run --display nested bash -c 'open pic.png & v=$!
		while :; do
			xwd -silent -root | convert xwd:- -crop 96x80+0+0 +repage -depth 8 PNG24:shot.png
			compare -metric AE pic.png shot.png null: 2>/dev/null && break
			kill -0 $v || exit 3
			sleep 0.1
		done; kill $v'
fi
if command -v Xephyr >/dev/null; then
	# a window on the caller's display, which itself stays closed
	x_start
	x_shot "$CASE_DIR/empty.png"
	DISPLAY=:$X "$UCRUN" --trap "$LEVEL" -u test --display nested -E OUTER=":$X" sh -c '
		xwd -silent -root -display "$OUTER" >/dev/null 2>&1 || echo closed
		echo "$DISPLAY"
		exec sleep 1000' >"$CASE_DIR/said" &
	s=$!
	until x_shot "$CASE_DIR/now.png" && ! cmp -s "$CASE_DIR/now.png" "$CASE_DIR/empty.png"; do
		kill -0 $s || fail "the session ended"
		sleep 0.1
	done
	wait_for grep -q ^: "$CASE_DIR/said"
	grep -q ^closed "$CASE_DIR/said" || fail "the outer display is open: $(cat "$CASE_DIR/said")"
	# killed: the server goes too
	socket=/tmp/.X11-unix/X$(sed -n 's/^://p' "$CASE_DIR/said")
	[ -S "$socket" ] || fail "$socket is not there"
	kill -9 $s
	wait_for test ! -e "$socket"
fi
mkdir bin
ln -s "$(command -v sh)" bin/sh
one_error 125 'neither Xephyr nor Xvfb is installed: package xserver-xephyr or xvfb' \
	env -u DISPLAY PATH="$W/bin" "$UCRUN" --trap "$LEVEL" -u test --display nested sh -c true
printf '#!/bin/sh\necho "no memory for pixels" >&2\nexit 1\n' >bin/Xvfb
chmod 755 bin/Xvfb
one_error 125 'Xvfb does not start: no memory for pixels' \
	env -u DISPLAY PATH="$W/bin" "$UCRUN" --trap "$LEVEL" -u test --display nested sh -c true
